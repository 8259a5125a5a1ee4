"""Tests in napari's window.

napari collects garbage whenever a layer goes; that takes half a second where it looks through all that these imports
made, and so they are left out of it.
"""

import atexit
import gc

import napari  # noqa: F401
import torchvision  # noqa: F401

gc.freeze()
atexit.register(gc.unfreeze)
