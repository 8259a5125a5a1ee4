"""Picture files and the recipes in them: read and written without losing a bit."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
