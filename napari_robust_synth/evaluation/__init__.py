"""How good a classifier and its pictures are."""
