"""Which features a region of a picture raises."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from napari_robust_synth.cli import report
from napari_robust_synth.cli.run import parse_range
from napari_robust_synth.models import find_model
from napari_robust_synth.pictures import decode
from napari_robust_synth.tasks.inputs import check_size


def features(
    image: Path,
    mask: Path,
    model: str,
    device: str,
    size: int | None,
    value_range: str | None,
    *,
    top: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Print the features that the masked region raises most against its surroundings."""
    limits = parse_range(value_range)
    picture, marked = decode.read(image), decode.read(mask)
    entry = find_model(model)
    size = None if size is None else check_size(size)

    from napari_robust_synth.features import eyedropper, read_names
    from napari_robust_synth.features.names import note_weights
    from napari_robust_synth.models import load_classifier

    classifier = load_classifier(model, device)
    found = eyedropper(classifier, picture.pixels, marked.pixels, limits, size=size, top=top)
    note_weights(classifier.sha256, entry.folder)
    names = read_names(classifier.sha256)
    values = {
        "model": model,
        "device": classifier.device.type,
        "image": str(image),
        "mask": str(mask),
        "features": [{**asdict(one), "name": names.get((one.component,))} for one in found],
    }
    lines = [
        f"{one.component:6}  {one.inside:8.3g} inside  {one.outside:8.3g} outside  {names.get((one.component,), '')}"
        for one in found
    ]
    report.show(values, "\n".join(line.rstrip() for line in lines), as_json=as_json, quiet=quiet)
