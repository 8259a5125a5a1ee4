"""Features in words: by the names that people gave them."""

from __future__ import annotations

import re

from napari_robust_synth.features.names import read_names

NUMBERED = re.compile(r"\bfeatures? (\d+(?:, \d+)*)\b")


def named(words: str, sha256: str) -> str:
    """Return words with the names of a model's features instead of their numbers, such as "feature 12", where given."""
    if not NUMBERED.search(words):
        return words
    try:
        names = read_names(sha256)
    except ValueError:  # the feature browser says what is wrong with the file
        return words

    def each(found: re.Match[str]) -> str:
        numbers = [int(number) for number in found[1].split(", ")]
        if not any(number in names for number in numbers):
            return found[0]
        return ", ".join(names.get(number, f"feature {number}") for number in numbers)

    return NUMBERED.sub(each, words)
