"""A run on all slices of an axis."""
