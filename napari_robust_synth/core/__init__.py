"""The method: descend a loss of a classifier with respect to the pixels, inside a set."""
