"""How far a picture, or each object in it, is from every class."""
