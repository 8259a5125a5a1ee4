"""Finding features by what a person types."""

from __future__ import annotations

from collections.abc import Iterable

from napari_robust_synth.features.names import Names


def matching(text: str, components: Iterable[int], names: Names) -> list[int]:
    """Return the components that a search finds, in their order.

    Parameters
    ----------
    text : str
        A number or the beginning of one, several numbers with commas, or words of a name; nothing finds all.
    components : iterable of int
        Where to look.
    names : mapping
        The names of some; a group's name finds all that belong to it.

    >>> matching("2", [1, 2, 20, 12], {(12,): "2 stripes"})
    [2, 20, 12]
    >>> matching("12, 1", [1, 2, 20, 12], {})
    [1, 12]
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > 1 and all(part.isdecimal() for part in parts):
        wanted = set(map(int, parts))
        return [c for c in components if c in wanted]
    words = text.lower().replace(",", " ").split()
    named = {c for members, name in names.items() if all(word in name.lower() for word in words) for c in members}
    number = words[0] if len(words) == 1 else ""
    return [c for c in components if not words or c in named or (number and str(c).startswith(number))]
