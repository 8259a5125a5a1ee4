"""Published robust classifiers, as ``zoo.toml`` lists them: what is known of them before they are fetched."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from napari_robust_synth.models.cards import ModelCard

HERE = Path(__file__).parent
EPS_UNKNOWN = "With which radius it was trained is not known; the 0 here stands for that."


@dataclass(frozen=True, kw_only=True)
class Published:
    """A published checkpoint.

    Parameters
    ----------
    file, url : str
        Its file name, and the address it is downloaded from.
    arch : str
        Architecture.
    classes : str
        Name of the list of its classes, see `class_names`.
    size : int
        Working side in pixels.
    mean, std : tuple of 3 floats
        Normalisation of pixels in [0, 1].
    norm, eps : str, float or None
        Norm and radius of the training attack, for pixels in [0, 1]; 0 for a standard model, None when not published.
    data, licence, origin : str
        What it was trained on, its terms, and where it is from.
    megabytes : float
        Size of the download in 10^6 bytes; 0 when unknown.
    sha256 : str
        Hash of the download as its host publishes it; empty when unknown.
    """

    file: str
    url: str
    arch: str
    classes: str
    size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    norm: str
    eps: float | None
    data: str
    licence: str
    origin: str
    megabytes: float = 0.0
    sha256: str = ""

    def card(self) -> ModelCard:
        """Return the card that the model will have once it is fetched."""
        return ModelCard(
            arch=self.arch,
            size=self.size,
            mean=self.mean,
            std=self.std,
            class_names=class_names(self.classes),
            norm=self.norm,
            eps=(self.eps or 0.0) * (224 / self.size if self.norm == "l2" else 1),
            data=self.data,
            terms=f"Licence: {self.licence}. Ask the terms of the training pictures, too.",
            origin=f"{self.origin} ({self.url})",
            limits=EPS_UNKNOWN if self.eps is None else "",
        )


@cache
def class_names(name: str) -> tuple[str, ...]:
    """Return one readable name per class of ``imagenet``, ``restricted_imagenet``, ``cifar10`` or a domain pair."""
    text = (HERE / "classes" / f"{name}.txt").read_text(encoding="utf-8")
    return tuple(text.splitlines())


@cache
def published() -> Mapping[str, Published]:
    """Return all published models of ``zoo.toml`` by name."""
    table = tomllib.loads((HERE / "zoo.toml").read_text(encoding="utf-8"))
    entries = {}
    for family in table["family"]:
        for file in family.pop("files"):
            raw = table["defaults"] | family | file
            name = raw.pop("name", raw["file"].rpartition(".")[0])
            entries[name] = _entry(raw)
    return MappingProxyType(entries)


def _entry(raw: dict[str, Any]) -> Published:
    eps = raw.pop("eps", None)
    if eps is not None and raw["norm"] == "linf":
        eps /= 255
    url = raw.pop("url").format(file=raw["file"])
    return Published(**raw | {"url": url, "eps": eps, "mean": tuple(raw["mean"]), "std": tuple(raw["std"])})
