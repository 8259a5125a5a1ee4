"""The docks: the only part that knows napari and Qt."""
