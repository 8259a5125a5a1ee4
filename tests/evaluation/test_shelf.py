"""Pictures of a part that was stopped are there when it goes on, and gone when it is done."""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from napari_robust_synth.evaluation.bench import Bench, Meter
from napari_robust_synth.evaluation.parts import PARTS, generation
from napari_robust_synth.evaluation.shelf import Shelf
from napari_robust_synth.models import Classifier

PICTURE = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)


def test_generation_goes_on_where_it_was_stopped(
    tiny: Classifier, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generation, "KEPT", 2)
    find, whole = PARTS["generation"].find, PARTS["generation"].find(tiny, bench)
    drawn: list[float] = []
    real = generation.run_all

    def three(*args: object) -> object:
        if len(drawn) == 3:
            raise KeyboardInterrupt
        drawn.append(0)
        return real(*args)

    shelf = Shelf(tmp_path / "parts" / "generation.json")
    monkeypatch.setattr(generation, "run_all", three)
    with pytest.raises(KeyboardInterrupt):
        find(tiny, replace(bench, shelf=shelf))
    monkeypatch.setattr(generation, "run_all", lambda *args: drawn.append(1) or real(*args))
    meter = Meter()
    again = find(tiny, replace(bench, shelf=shelf, meter=meter))
    assert drawn == [0, 0, 0, 1, 1, 1], "what was there is not drawn again"
    assert meter.done == pytest.approx(meter.total)
    assert asdict(again) == asdict(whole)
    shelf.clear()
    assert not list((tmp_path / "parts").iterdir())


def test_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    shelf, calls = Shelf(tmp_path / "part.json"), []
    for _ in range(2):
        shelf.made("a", lambda: calls.append(1) or ([PICTURE], {"size": 2}))
    file = next(tmp_path.iterdir())
    for damage in (b"", b"no archive", file.read_bytes()[:100]):
        file.write_bytes(damage)
        pictures, about = shelf.made("a", lambda: calls.append(1) or ([PICTURE], {"size": 2}))
        assert np.array_equal(pictures[0], PICTURE) and about == {"size": 2}
    assert len(calls) == 4
