"""The live brush: what is painted evolves at once."""
