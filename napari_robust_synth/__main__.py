"""Run the command line: ``python -m napari_robust_synth``."""

import sys

from napari_robust_synth.cli import main

if __name__ == "__main__":
    sys.exit(main())
