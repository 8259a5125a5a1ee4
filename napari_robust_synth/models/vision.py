"""torchvision, imported without PyTorch's compiler.

Its pooling of regions, which no classifier has, imports the compiler only to ask whether that works on a device: a
second or more, and 160 MB.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

__all__ = ["NodePathTracer", "torchvision_models"]

COMPILER = "torch._dynamo.utils"


class _Later(ModuleType):
    """Stands for the compiler's module until something in it is used."""

    def is_compile_supported(self, device_type: str) -> bool:
        """Ask the compiler."""
        return bool(_compiler(self).is_compile_supported(device_type))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what the import system looks at
            raise AttributeError(name)
        return getattr(_compiler(self), name)


def _compiler(stand_in: ModuleType) -> ModuleType:
    if sys.modules.get(COMPILER) is stand_in:
        del sys.modules[COMPILER]
    return import_module(COMPILER)


def _import_torchvision() -> None:
    if COMPILER in sys.modules:
        return
    sys.modules[COMPILER] = stand_in = _Later(COMPILER)
    try:
        import_module("torchvision")
    finally:
        if sys.modules.get(COMPILER) is stand_in:
            del sys.modules[COMPILER]


_import_torchvision()

from torchvision import models as torchvision_models  # noqa: E402
from torchvision.models.feature_extraction import NodePathTracer  # noqa: E402
