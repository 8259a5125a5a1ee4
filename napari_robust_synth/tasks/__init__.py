"""What can be done with a picture; each task is one short declarative file.

Importing this package declares the tasks but does not import torch.
"""

import lazy_loader

from napari_robust_synth.tasks import (
    counterfactual,
    generate,
    inpaint,
    paint,
    palette,
    sketch,
    super_resolve,
    translate,
)
from napari_robust_synth.tasks.base import TASKS

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

_ORDER = (
    paint.Paint,
    inpaint.Inpaint,
    translate.Translate,
    sketch.Sketch,
    super_resolve.SuperResolve,
    generate.Generate,
    palette.Palette,
    counterfactual.Counterfactual,
)
TASKS.update({task.name: TASKS.pop(task.name) for task in _ORDER})
