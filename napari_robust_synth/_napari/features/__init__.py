"""The feature browser, and the eyedropper in it."""
