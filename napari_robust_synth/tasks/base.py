"""The declaration that every task is: its parameters, the inputs it needs, and the problem they make."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, get_args, get_origin, get_type_hints

from napari_robust_synth import core

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from napari_robust_synth.models import Classifier
    from napari_robust_synth.tasks.targets import Targets

Role = Literal["image", "mask", "label", "feature", "palette"]
TASKS: dict[str, type[Task]] = {}


@dataclass(frozen=True)
class Param:
    """What a form, the command line and the docs say of a parameter."""

    help: str
    low: float | None = None
    high: float | None = None
    unit: str = ""


Eps = Annotated[float, Param("How far the picture may move from its start", 0.1, 200, "L2 at 224 px")]
StepSize = Annotated[float, Param("How far one step goes", 0.01, 10, "L2 at 224 px")]
Steps = Annotated[int, Param("How many steps the run takes", 1, 2000)]
MAX_SIZE = 1024
"""The largest working size, in pixels."""
KEEP_ALL = 1000.0
Keep = Annotated[float, Param("How strongly pixels outside the mask are held; 1000: wholly", 0, KEEP_ALL)]


@dataclass(frozen=True)
class Regions:
    """The regions of a palette: (K, 1, h, w) bool, disjoint, and what each should become, by label; classes by name.

    ``also`` are classes of regions that rest: they are in the picture, and are no rivals either.
    """

    masks: Tensor
    targets: Targets
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Inputs:
    """What a task works on, at the classifier's scale.

    Parameters
    ----------
    image : Tensor
        (1, 3, h, w) in [0, 1], what the run starts from; zeros when the task needs no image.
    mask : Tensor
        (1, 1, h, w), 1 where the picture may change.
    label : Tensor
        (1,) class index, or empty when the task has none.
    features : tuple of int
        Components of the representation.
    scale : float
        What radii and step sizes are multiplied by: working size / 224.
    generator : torch.Generator
        Source of all random numbers, on the CPU.
    given : (int, int)
        (h, w) of the part of the given picture that is worked on.
    regions : Regions, optional
        Of a task with a palette.
    carried : callable
        Maps a change (N, 3, h, w) to what the classifier will see of it in the full-resolution result.
    """

    image: Tensor
    mask: Tensor
    label: Tensor
    features: tuple[int, ...]
    scale: float
    generator: torch.Generator
    given: tuple[int, int]
    regions: Regions | None = None
    carried: Callable[[Tensor], Tensor] = field(default=lambda change: change)


@dataclass(frozen=True, kw_only=True)
class Task:
    """Parameters every task has. A subclass says what it needs and what problem that makes.

    Parameters
    ----------
    eps : float
        Radius of the L2 ball at 224 px; scales with the working size.
    step_size : float
        Length of a step at 224 px; scales with the working size.
    steps : int
        Number of steps.
    """

    eps: Eps = 40.0
    step_size: StepSize = 1.0
    steps: Steps = 60

    name: ClassVar[str] = ""
    needs: ClassVar[frozenset[Role]] = frozenset()
    takes: ClassVar[frozenset[Role]] = frozenset()
    size_ratio: ClassVar[float] = 1.0
    kept: ClassVar[frozenset[Role]] = frozenset()
    """Roles that can't change while it runs."""
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"default": {}, "paper": {}}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.name:
            TASKS[cls.name] = cls

    def __post_init__(self) -> None:
        for name, (kind, param) in self.parameters().items():
            value = getattr(self, name)
            if get_origin(kind) is Literal:
                if value not in get_args(kind):
                    raise ValueError(f"{name} is {value!r}, expected one of {', '.join(get_args(kind))}")
            elif isinstance(value, bool) or not isinstance(value, (int, kind)):
                raise ValueError(f"{name} is {value!r}, expected a {'whole ' if kind is int else ''}number")
            elif not (param.low is None or value >= param.low) or not (param.high is None or value <= param.high):
                raise ValueError(f"{name} is {value:g}, expected {param.low:g} to {param.high:g}")

    @classmethod
    @cache
    def parameters(cls) -> Mapping[str, tuple[Any, Param]]:
        """Return each parameter's type, and its range, unit and help."""
        found: dict[str, tuple[Any, Param]] = {}
        for base in reversed(cls.__mro__):  # a field declared again without `Annotated` keeps its range
            for name, hint in get_type_hints(base, include_extras=True).items():
                if get_origin(hint) is Annotated:
                    found[name] = get_args(hint)[:2]
        return {f.name: found[f.name] for f in fields(cls)}

    @classmethod
    def working_size(cls, size: int) -> int:
        """Return the working size where none is given, for a classifier that was trained at ``size``."""
        return min(round(cls.size_ratio * size), MAX_SIZE)

    @classmethod
    def preset(cls, preset: str, **parameters: Any) -> Task:
        """Make the task with a preset's values, and others where given."""
        if preset not in cls.presets:
            raise ValueError(f"no preset {preset!r}: expected {', '.join(cls.presets)}")
        return cls(**{**cls.presets[preset], **parameters})

    def with_changes(self, changes: Mapping[str, Any]) -> Task:
        """Return the task with other parameters."""
        return replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return the parameters as plain JSON types."""
        return asdict(self)

    @property
    def soft_edge(self) -> bool:
        """Whether the change fades in from the mask's edge, over what the canvas shows there."""
        return False

    def made_random(self) -> Task | None:
        """Return the task so that each seed gives another picture; None where there is one picture only."""
        return None

    def requires(self) -> frozenset[Role]:
        """Return the roles that must be given; by default `needs`."""
        return self.needs

    def canvas(self, image: core.Array, mask: core.Mask) -> core.Array:
        """Return the full-resolution picture that the run's change is added to; by default the image."""
        return image

    def starts(self, classifier: Classifier, inputs: Inputs) -> Tensor:
        """Return what the pixels are at step 0, (N, 3, h, w); by default the image."""
        return inputs.image

    def problem(self, classifier: Classifier, inputs: Inputs, start: Tensor) -> core.Problem:
        """Return what to descend, and inside which set."""
        raise NotImplementedError(f"{type(self).__name__} must say what its problem is")

    def begin(self, problem: core.Problem, inputs: Inputs) -> core.Problem:
        """Return the problem from where the run begins; by default from its start, which changes are measured from."""
        return problem

    def descend(self, problem: core.Problem, step_size: float) -> Generator[core.State, core.Change | None, None]:
        """Return the run: ``steps + 1`` states, the last of which is the result; by default `core.pgd`."""
        return core.pgd(problem, steps=self.steps, step_size=step_size)
