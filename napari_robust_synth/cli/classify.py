"""Which classes a model sees in a picture."""

from __future__ import annotations

from pathlib import Path

from napari_robust_synth.cli import report
from napari_robust_synth.cli.run import parse_range
from napari_robust_synth.models import find_model
from napari_robust_synth.pictures import decode
from napari_robust_synth.tasks.inputs import check_size


def classify(
    image: Path, model: str, device: str, size: int | None, value_range: str | None, *, as_json: bool, quiet: bool
) -> None:
    """Print the likeliest classes of a whole picture."""
    limits = parse_range(value_range)
    picture = decode.read(image)
    size = check_size(find_model(model).card.size if size is None else size)

    from napari_robust_synth.models import load_classifier
    from napari_robust_synth.tasks import classify as look

    classifier = load_classifier(model, device, precise=True)
    found = look(classifier, picture.pixels, limits, size=size)
    values = {
        "task": "classify",
        "model": model,
        "device": classifier.device.type,
        "size": size,
        "image": str(image),
        "classes": [{"label": name, "probability": p} for name, p in found],
    }
    report.show(values, "\n".join(f"{p:6.1%}  {name}" for name, p in found), as_json=as_json, quiet=quiet)
