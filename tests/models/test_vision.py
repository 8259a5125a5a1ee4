"""No PyTorch compiler: loading, preparing and running a classifier does not import it."""

import subprocess
import sys

UNWANTED = ("torch._dynamo", "torch._inductor", "triton", "sympy")
STEP = f"""
import sys, torch
before = set(sys.modules)
from napari_robust_synth import core, load_classifier
classifier = load_classifier()
x = torch.rand(1, 3, 64, 64)
classifier.prepare(x.shape)
regions = torch.zeros(2, 1, 64, 64, dtype=torch.bool)
regions[0, :, :32], regions[1, :, 32:] = True, True
losses = core.RegionObjective(regions, classifier.features, lambda r: r.mean(1), "ab")
core.last(core.pgd(core.Problem(x, losses, core.L2Ball(x, 1.0)), steps=1, step_size=0.1))
found = set({UNWANTED}) & (set(sys.modules) - before)
assert not found, found
"""
LATER = """
import sys
from napari_robust_synth.models import vision
assert vision.COMPILER not in sys.modules
from torchvision.ops import roi_align
asks = sys.modules[roi_align.__module__].is_compile_supported
assert asks("cpu") in (True, False) and vision.COMPILER in sys.modules
"""
MEANWHILE = """
import sys
from napari_robust_synth.models import vision
stand_in = sys.modules[vision.COMPILER] = vision._Later(vision.COMPILER)
from torch._dynamo.utils import counters
assert sys.modules[vision.COMPILER] is not stand_in and counters is sys.modules[vision.COMPILER].counters
"""


def python(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert not done.returncode, done.stderr


def test_a_step_imports_no_compiler() -> None:
    python(STEP)


def test_the_compiler_comes_when_it_is_asked_for() -> None:
    python(LATER)


def test_who_imports_the_compiler_meanwhile_gets_all_of_it() -> None:
    python(MEANWHILE)
