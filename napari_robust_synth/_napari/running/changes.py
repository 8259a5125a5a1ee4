"""What of the changes that the window sends a run can use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from napari_robust_synth.tasks import Job
    from napari_robust_synth.tasks.together import Together

TARGETS = ({"palette"}, {"label", "features"})
"""What a user may mistype."""


def usable(job: Job | Together, change: dict[str, Any] | None) -> tuple[dict[str, Any] | None, str]:
    """Return what of a change can be used, and what is wrong with its target, or nothing."""
    kept, wrong = dict(change or {}), ""
    for names in TARGETS:
        target = {name: kept[name] for name in names & set(kept)}
        if not target:
            continue
        try:
            job.course.turned(job.classifier, target)
        except ValueError as error:
            kept, wrong = {name: value for name, value in kept.items() if name not in target}, str(error)
    return kept or None, wrong
