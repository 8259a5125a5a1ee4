"""One run: what is asked for, the worker that does it, and where its result goes."""
