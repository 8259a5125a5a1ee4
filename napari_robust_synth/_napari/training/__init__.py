"""The dock that trains a classifier of one's own."""
