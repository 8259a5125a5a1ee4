"""Training configs: small TOML files; every key is a field of `TrainingConfig`."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import tomli_w

from napari_robust_synth.models.cards import ModelCard
from napari_robust_synth.models.validate import validated

CONFIGS = Path(__file__).parent / "configs"
RANGES: tuple[tuple[str, Callable[[float], bool], str], ...] = (
    ("epochs batch attack_steps attack_step lr checkpoint_every", lambda v: v > 0, "a number above 0"),
    ("seed_rank seed_components seed_pictures val_pictures", lambda v: v > 0, "a number above 0"),
    ("eps head_lr weight_decay seed workers", lambda v: v >= 0, "0 or a number above"),
    ("wanted_accuracy warmup ema hold_out momentum", lambda v: 0 <= v < 1, "a share, 0 up to 1"),
    ("eps_ramp", lambda v: 0 <= v <= 1, "a share of the run, 0 to 1"),
    ("jitter", lambda v: 0 <= v <= 1, "a share, 0 to 1"),
    ("turn", lambda v: 0 <= v <= 180, "0 to 180 degrees"),
    ("crop", lambda v: 0.1 <= v <= 1, "a share of the side, 0.1 to 1"),
    ("size", lambda v: 32 <= v <= 1024, "32 to 1024 px"),
)


@dataclass(frozen=True)
class TrainingConfig:
    """PGD adversarial training, as data.

    Parameters
    ----------
    arch : str
        torchvision's name of the network.
    init : str
        Features to start from: the name or folder of a model (``bundled``), ``torchvision``, ``scratch``, or a
        safetensors file of features.
    size : int
        Side of the training pictures in pixels.
    mean, std : tuple of 3 floats
        Normalisation of pixels in [0, 1]; by default that of the model it starts from, or else ImageNet's.
    precision : str
        ``bfloat16`` (mixed) or ``float32``.
    norm : str
        ``l2`` or ``linf``.
    eps : float
        Radius of the attack at 224 px (scaled by size/224 for L2); 0 trains a standard model.
    wanted_accuracy : float
        Where above 0, eps only begins there: after the ramp it grows or shrinks so that this share of each batch is
        named right under attack.
    attack_steps, attack_step : int, float
        Steps of the attack, and their length as a multiple of eps.
    eps_ramp : float
        Share of the run over which eps grows from 0.
    epochs, batch : int
        Passes over the data, and pictures a step (of all processes together).
    lr, head_lr, momentum, weight_decay : float
        SGD with Nesterov momentum; ``head_lr`` is a multiple of ``lr``.
    warmup : float
        Share of the run in which the learning rate rises; it then falls as a cosine to 0.
    ema : float
        Decay a step of the average of the weights, which is then the model; 0 keeps the last weights.
    freeze_norm : bool
        Whether batch norms keep the statistics they start with.
    crop : float
        Random crops take between this share and the whole of the side.
    turn : float
        Random turns by up to so many degrees.
    jitter : float
        By which share brightness, contrast and saturation vary (hue by an eighth of it); a quarter of it is the share
        of pictures that turn grey. Of few pictures, with this a network learns by heart far later.
    seed, workers : int
        Random seed, and loader processes; the number of processes changes nothing but the time.
    seed_rank, seed_components, seed_pictures : int
        Rank of the seed statistics, at most; how many Gaussians describe a class, and from how many pictures at most.
    val_pictures : int
        How many validation pictures, drawn with the seed, the accuracies are measured on.
    hold_out : float
        Share of each class, the last by name, to validate on where the data has no validation folder.
    checkpoint_every : int
        Steps between two checkpoints, from which ``--resume`` goes on.
    classes : mapping of str to str
        Readable name of each class folder; folders not named keep their name.
    superclasses : mapping of str to tuple of str
        Folders that make up each class, by name or as ``FIRST..LAST``; other folders are left out.
    data, terms, origin, limits : str
        What the model card says.
    """

    arch: str = "resnet50"
    init: str = "bundled"
    size: int = 112
    mean: tuple[float, float, float] | None = None
    std: tuple[float, float, float] | None = None
    precision: Literal["bfloat16", "float32"] = "bfloat16"
    norm: str = "l2"
    eps: float = 3.0
    wanted_accuracy: float = 0.0
    attack_steps: int = 1
    attack_step: float = 1.25
    eps_ramp: float = 0.15
    epochs: int = 6
    batch: int = 64
    lr: float = 0.03
    head_lr: float = 5.0
    momentum: float = 0.9
    weight_decay: float = 1e-4
    warmup: float = 0.1
    ema: float = 0.0
    freeze_norm: bool = False
    crop: float = 0.6
    turn: float = 0.0
    jitter: float = 0.0
    seed: int = 0
    workers: int = 1
    seed_rank: int = 20
    seed_components: int = 1
    seed_pictures: int = 2000
    val_pictures: int = 1000
    hold_out: float = 0.0
    checkpoint_every: int = 50
    classes: Mapping[str, str] = field(default_factory=dict)
    superclasses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    data: str = ""
    terms: str = ""
    origin: str = ""
    limits: str = ""

    def __post_init__(self) -> None:
        if self.norm not in ("l2", "linf"):
            raise ValueError(f"norm is {self.norm!r}, expected 'l2' or 'linf'")
        if self.norm == "linf" and self.eps > 1:
            raise ValueError(f"eps is {self.eps:g} for linf, expected 0 to 1: for 4/255 write {4 / 255:.4f}")
        if self.wanted_accuracy and not self.eps:
            raise ValueError("wanted_accuracy with eps 0: expected an eps above 0 to begin with")
        for names, fits, expected in RANGES:
            for name in names.split():
                value = getattr(self, name)
                if not (math.isfinite(value) and fits(value)):
                    raise ValueError(f"{name} is {value}, expected {expected}")

    def radius(self, eps: float) -> float:
        """Return the radius at the training size that is ``eps`` at 224 px."""
        return eps * self.size / 224 if self.norm == "l2" else eps

    def settings(self) -> dict[str, Any]:
        """Return what a model card keeps of the config beside its own fields, as plain JSON types."""
        elsewhere = {f.name for f in fields(ModelCard)} | {"classes"}
        return {key: value for key, value in json.loads(json.dumps(asdict(self))).items() if key not in elsewhere}

    def to_toml(self) -> str:
        """Return the config as the text of a TOML file."""
        return tomli_w.dumps({key: value for key, value in asdict(self).items() if value is not None})


def read_config(name: str) -> TrainingConfig:
    """Read a config of ours by name, or a TOML file by path.

    Raises
    ------
    ValueError
        When there is none, it is not TOML, or it has a key that is not a field.
    """
    path = CONFIGS / f"{name}.toml"
    if not path.is_file():
        path = Path(name)
    try:
        return parse_config(path.read_text(encoding="utf-8"), str(path))
    except OSError:
        ours = ", ".join(sorted(p.stem for p in CONFIGS.glob("*.toml")))
        raise ValueError(f"no training config {name!r}: give one of {ours}, or the path of a TOML file") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not a TOML file: {error}") from None


def parse_config(text: str, name: str) -> TrainingConfig:
    """Make a config of the text of a TOML file; ``name`` is what errors call it.

    Raises
    ------
    ValueError
        When it is not TOML, or has a key that is not a field.
    """
    try:
        raw: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{name} is not a TOML file: {error}") from None
    unknown = sorted(set(raw) - {f.name for f in fields(TrainingConfig)})
    if unknown:
        raise ValueError(f"{name} has the unknown key {unknown[0]!r}; see the keys in docs/training.md")
    try:
        return validated(TrainingConfig, raw)
    except ValueError as error:
        raise ValueError(f"{name} does not fit ({error})") from None
