"""How good a classifier and its pictures are: measured, shown, judged (no torch until something is measured)."""
