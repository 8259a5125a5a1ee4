"""An afternoon in the editor, with mouse and keys in the real window: a picture of each step, a check of its effect.

    xvfb-run -a -s "-screen 0 1600x1000x24" python benchmarks/storyboard.py OUT_FOLDER

Nothing of the user's is touched: settings, names and models of the run are in OUT_FOLDER. It ends at the first step
that has not done what it should, or with the first error that napari shows.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path


def untrained() -> None:
    """Keep a classifier that has learnt nothing, to compare the bundled one with."""
    from napari_robust_synth.models import ModelCard, find_model
    from napari_robust_synth.models.checkpoints import build, save_model
    from napari_robust_synth.models.store import models_folder

    known = find_model("bundled").card
    card = ModelCard("resnet18", known.size, known.mean, known.std, known.class_names)
    save_model(models_folder() / "untrained", build("resnet18", len(known.class_names)), card)


CHAPTERS = ("painting", "files")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=20, help="of each run")
    parser.add_argument("--chapter", choices=CHAPTERS, help="only this one")
    options = parser.parse_args()
    folder = options.folder.absolute()
    (folder / "home").mkdir(parents=True, exist_ok=True)
    os.environ["NAPARI_CONFIG"] = str(folder / "napari.yaml")
    os.environ["NAPARI_ROBUST_SYNTH_HOME"] = str(folder / "home")
    if options.chapter is None:
        untrained()
        for chapter in CHAPTERS:
            subprocess.run([sys.executable, *sys.argv, "--chapter", chapter], check=True)
        return
    from story_editing import Editing
    from story_files import Files

    kind = Editing if options.chapter == "painting" else Files
    kind(folder, options.steps).tell()
    sys.stdout.flush()
    os._exit(0)  # Qt's end without an event loop may crash


if __name__ == "__main__":
    main()
