"""Install napari with this plugin into `.venv` and open the demo.

Usage: ``python3 scripts/demo.py [OPTIONS OF napari-robust-synth demo]``
"""

import sys

from environment import prepare, run

if __name__ == "__main__":
    python = prepare("all", {"git": "git"})
    run([str(python), "-m", "napari_robust_synth", "demo", *sys.argv[1:]])
