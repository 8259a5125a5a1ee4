"""The method: descend a loss of a classifier with respect to the pixels, inside a set.

Names are loaded on first use, so that importing this package does not import torch.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
