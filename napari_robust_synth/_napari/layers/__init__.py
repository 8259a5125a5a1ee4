"""Layers as arrays: where they lie, what of them is shown, what they mark."""
