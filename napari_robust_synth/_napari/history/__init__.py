"""The edits of a window's pictures: made, undone, gone back to, compared, accepted."""
