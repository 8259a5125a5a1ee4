"""Fit the seed statistics of a model on a folder of pictures."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from napari_robust_synth.cli import report
from napari_robust_synth.features.names import note_weights
from napari_robust_synth.models.cards import WEIGHTS, model_hash
from napari_robust_synth.pictures import files


def fit_seeds(
    model: str,
    data: Path,
    *,
    rank: int,
    components: int,
    config: str | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Fit, write, and say where."""
    from napari_robust_synth.models.zoo import BUNDLED, find_model

    began = time.perf_counter()
    entry = find_model(model)
    if not data.is_dir():
        raise ValueError(f"{data} is not a folder of pictures: expected {data}/CLASS/picture.jpg")
    if out is None and entry.name == BUNDLED:
        raise ValueError("the bundled model belongs to the package: say with -o which model folder to make")
    if out is not None and (out / WEIGHTS).exists():
        raise ValueError(f"{out} already holds a model: choose another folder")
    files.check_folder(entry.folder if out is None else out, make=True)

    from napari_robust_synth.training.config import TrainingConfig, read_config
    from napari_robust_synth.training.fit_seeds import fit_seeds as fit
    from napari_robust_synth.training.fit_seeds import store_seeds

    own = entry.folder / "config.toml"
    settings = read_config(config or str(own)) if config or own.exists() else TrainingConfig()
    note = partial(report.note, quiet=quiet)
    seeds = fit(data, entry.card, settings, rank=rank, components=components, note=note)
    note_weights(model_hash(entry.folder), entry.folder)
    folder = store_seeds(seeds, entry.folder, out)
    values = {
        "task": "fit-seeds",
        "model": str(folder),
        "rank": rank,
        "components": components,
        "seconds": round(time.perf_counter() - began, 3),
    }
    report.show(values, f"wrote {folder}", as_json=as_json, quiet=quiet)
