"""Look into a model file, and keep it as a model folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from napari_robust_synth.cli.options import Json, Quiet
from napari_robust_synth.models.radius import read_eps
from napari_robust_synth.pictures import files

if TYPE_CHECKING:
    from napari_robust_synth.models.importing import Found

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="A PyTorch or safetensors file, or a model folder. It is never run.")
]
Name = Annotated[str | None, typer.Option("--name", metavar="NAME", help="By default the file's name.")]
Arch = Annotated[
    str | None, typer.Option("--arch", metavar="ARCH", help="torchvision's name, or timm:NAME; inferred by default.")
]
Classes = Annotated[
    Path | None, typer.Option("--classes", metavar="FILE.txt", help="Names of the classes, one on each line.")
]
Size = Annotated[int | None, typer.Option("--size", metavar="PX", help="Side it works at, 32 to 1024.")]
Mean = Annotated[str | None, typer.Option("--mean", metavar="R,G,B", help="What to subtract from pixels in 0 to 1.")]
Std = Annotated[str | None, typer.Option("--std", metavar="R,G,B", help="What to divide them by then.")]
Norm = Annotated[
    Literal["l2", "linf"] | None, typer.Option("--norm", help="Norm of the attack that it was trained with.")
]
Eps = Annotated[
    str | None, typer.Option("--eps", metavar="EPS", help="Its radius, such as 3 or 4/255, for pixels in 0 to 1.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what is in the file, and keep nothing.")]


def import_model(
    file: File,
    name: Name = None,
    arch: Arch = None,
    classes: Classes = None,
    size: Size = None,
    mean: Mean = None,
    std: Std = None,
    norm: Norm = None,
    eps: Eps = None,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show what is in a model file, and keep it as a model of yours; nothing in it is run."""
    if not file.exists():
        raise ValueError(f"{file}: no such file")
    radius = None if eps is None else read_eps(eps)
    colours: dict[str, Any] = {"mean": three("mean", mean), "std": three("std", std)}

    from napari_robust_synth.cli import report
    from napari_robust_synth.models.describing import Choices, read_class_names
    from napari_robust_synth.models.importing import inspect, keep, target

    names = None if classes is None else read_class_names(classes)
    found = inspect(file, Choices(arch=arch, class_names=names, size=size, norm=norm, eps=radius, **colours))
    values = describe(found)
    if not (as_json or quiet):
        print(*(f"{key + ':':<15}{text(value)}" for key, value in values.items()), sep="\n", flush=True)
    folder = None if dry_run else target(found, name)
    if folder is not None:
        with files.hold_interrupts():
            keep(found, name)
    wrote = "nothing was kept" if folder is None else f"wrote {folder}"
    report.show({**values, "model": folder and str(folder)}, wrote, as_json=as_json, quiet=quiet)


def describe(found: Found) -> dict[str, Any]:
    """Return what was found, as plain JSON types."""
    card, facts = found.card, dict(found.facts)
    return {
        "file": str(found.source),
        "format": facts.pop("format"),
        "architecture": card.arch,
        "parameters": facts.pop("parameters", None),
        "size": card.size,
        "classes": list(card.class_names),
        "class names": facts.pop("classes", ""),
        "mean": list(card.mean),
        "std": list(card.std),
        "normalisation": facts.pop("normalisation", ""),
        "norm": facts.pop("norm"),
        "eps": facts.pop("eps"),
        **{key: list(value) if isinstance(value, tuple) else value for key, value in facts.items()},
    }


def text(value: Any) -> str:
    """Show a value on one line."""
    if not isinstance(value, list):
        return f"{value:,}" if isinstance(value, int) else "-" if value in (None, "") else str(value)
    shown = ", ".join(f"{v:g}" if isinstance(v, float) else str(v) for v in value[:6])
    return f"{shown}, ... ({len(value)})" if len(value) > 6 else shown or "-"


def three(name: str, given: str | None) -> tuple[float, ...] | None:
    """Read ``0.5,0.5,0.5``."""
    if given is None:
        return None
    try:
        r, g, b = map(float, given.split(","))
    except ValueError:
        raise ValueError(f"{name} is {given!r}, expected three numbers such as 0.485,0.456,0.406") from None
    return r, g, b
