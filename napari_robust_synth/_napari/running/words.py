"""Features in words: by the names that people gave them."""

from __future__ import annotations

import re

from napari_robust_synth.features.names import Names, group, read_names

NUMBERED = re.compile(r"\bfeatures? (\d+(?:, \d+)*)\b")


def known_names(sha256: str) -> Names:
    """Return the names of a model's features; of a file that is damaged, none."""
    try:
        return read_names(sha256)
    except ValueError:  # the feature browser says what is wrong with the file
        return {}


def named(words: str, sha256: str) -> str:
    """Return words with the names of a model's features instead of their numbers, such as "feature 12", where given."""
    if not NUMBERED.search(words):
        return words
    names = known_names(sha256)

    def each(found: re.Match[str]) -> str:
        numbers = group(int(number) for number in found[1].split(", "))
        if numbers in names:
            return names[numbers]
        if not any((number,) in names for number in numbers):
            return found[0]
        return ", ".join(names.get((number,), f"feature {number}") for number in numbers)

    return NUMBERED.sub(each, words)
