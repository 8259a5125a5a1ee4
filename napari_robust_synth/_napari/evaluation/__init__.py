"""What a classifier is good for, measured from the window."""
