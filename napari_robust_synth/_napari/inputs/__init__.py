"""What a run is about, said in the rows of the dock, and read from them."""
