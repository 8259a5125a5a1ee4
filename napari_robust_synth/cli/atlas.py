"""Draw what the features of a model look like."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from napari_robust_synth.cli.options import Device, Json, Quiet

SomeModel = Annotated[str, typer.Argument(metavar="NAME|PATH", help="A model's name, or its folder.")]
AtlasOut = Annotated[
    Path | None, typer.Option("-o", "--out", metavar="FILE.webp", help="Where to; by default where napari looks.")
]


def atlas(
    model: SomeModel, out: AtlasOut = None, device: Device = "auto", as_json: Json = False, quiet: Quiet = False
) -> None:
    """Draw what a model's features look like; after Ctrl-C the same command goes on where it stopped."""
    from napari_robust_synth.cli import report
    from napari_robust_synth.models import find_model, load_classifier
    from napari_robust_synth.pictures import files

    if out is not None:
        if out.suffix.lower() != ".webp":
            raise ValueError(f"an atlas is a WebP picture, but the output is {out}: choose a name that ends in .webp")
        files.check_file(out)
    entry = find_model(model)
    classifier = load_classifier(model, device)
    from napari_robust_synth.features.atlas import atlas_path
    from napari_robust_synth.features.making import make_atlas
    from napari_robust_synth.features.names import note_weights

    note_weights(classifier.sha256, entry.folder)
    target = out or atlas_path(entry, classifier.sha256)
    with report.progress(f"features of {entry.name}", classifier.n_features, quiet) as advance:
        for progress in make_atlas(classifier, target):
            if progress is not None:
                advance(progress.done, str)
    values = {"model": model, "features": classifier.n_features, "atlas": str(target)}
    report.show(values, f"wrote {target}", as_json=as_json, quiet=quiet)
