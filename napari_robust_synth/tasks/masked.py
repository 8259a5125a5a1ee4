"""The problem of tasks that work inside a mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_robust_synth import core
from napari_robust_synth.tasks.base import KEEP_ALL, Inputs

if TYPE_CHECKING:
    from torch import Tensor


def held(wanted: core.Objective, inputs: Inputs, start: Tensor, *, eps: float | Tensor, keep: float) -> core.Problem:
    """Descend ``wanted`` in an L2 ball, while the pixels outside the mask are held.

    Below `KEEP_ALL` they are held by ``keep`` times their mean squared distance to the image (paper, section 3.2 and
    eq. 5). The run may then content the classifier with changes that the result leaves out, so at `KEEP_ALL`, the
    limit, they do not move at all.

    Parameters
    ----------
    wanted : Objective
        What the region is to become.
    inputs : Inputs
        Image and mask are used.
    start : Tensor
        (N, 3, h, w) in [0, 1], the centre of the ball.
    eps : float or Tensor
        Radius of the ball at 224 px, or of each picture's, (N, 1, 1, 1).
    keep : float
        How strongly the outside is held, 0 to `KEEP_ALL`.
    """
    ball = core.L2Ball(start, eps * inputs.scale)
    if keep >= KEEP_ALL:
        return core.Problem(start, wanted, core.Inside(ball, inputs.mask > 0))
    return core.Problem(start, wanted + keep * core.stay_close(inputs.image, inputs.mask), ball)
