"""Classifiers: how they are built, stored and found."""
