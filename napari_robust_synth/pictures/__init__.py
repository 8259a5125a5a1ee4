"""Picture files and the recipes in them: read and written without losing a bit."""

from napari_robust_synth.pictures.replaying import replay

__all__ = ["replay"]
