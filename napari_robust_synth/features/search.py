"""Finding features by what a person types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def matching(text: str, components: Iterable[int], names: Mapping[int, str]) -> list[int]:
    """Return the components that a search finds, in their order.

    Parameters
    ----------
    text : str
        A number or the beginning of one, several numbers with commas, or words of a name; nothing finds all.
    components : iterable of int
        Where to look.
    names : mapping
        The names of some.

    >>> matching("2", [1, 2, 20, 12], {12: "2 stripes"})
    [2, 20, 12]
    >>> matching("12, 1", [1, 2, 20, 12], {})
    [1, 12]
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > 1 and all(part.isdecimal() for part in parts):
        wanted = set(map(int, parts))
        return [c for c in components if c in wanted]
    words = text.lower().replace(",", " ").split()
    return [c for c in components if _is_found(words, c, names.get(c, "").lower())]


def _is_found(words: list[str], component: int, name: str) -> bool:
    return (len(words) == 1 and str(component).startswith(words[0])) or all(word in name for word in words)
