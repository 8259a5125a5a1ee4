"""An afternoon in the editor, with mouse and keys in the real window: a picture of each step, a check of its effect.

    xvfb-run -a -s "-screen 0 1600x1000x24" python benchmarks/storyboard.py OUT_FOLDER

Nothing of the user's is touched: settings, names and models of the run are in OUT_FOLDER. It ends at the first step
that has not done what it should, or with the first error that napari shows.
"""

import argparse
import os
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=8, help="of each run")
    options = parser.parse_args()
    folder = options.folder.absolute()
    (folder / "home").mkdir(parents=True, exist_ok=True)
    os.environ["NAPARI_CONFIG"] = str(folder / "napari.yaml")
    os.environ["NAPARI_ROBUST_SYNTH_HOME"] = str(folder / "home")

    from story import Story

    Story(folder, options.steps).tell()


if __name__ == "__main__":
    main()
