"""Features people can find: what each component of R(x) looks like, which belong together, which a region raises.

Importing this package does not import torch.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
