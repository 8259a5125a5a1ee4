"""What was done to a picture, edit by edit, so that it can be undone to the bit; and the frames of a run."""
