"""Which classifier to draw with, and how others are got."""
