"""Pieces of a window that know nothing of layers and runs."""
