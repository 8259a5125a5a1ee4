"""The zoo finds a model by name or folder."""

from pathlib import Path

import pytest

from napari_robust_synth.models import ZOO, ModelCard, find_model, load_classifier


def test_bundled_is_the_default() -> None:
    assert find_model("bundled") is ZOO["bundled"]
    assert next(iter(ZOO)) == "bundled"


def test_a_folder_is_a_model_named_after_itself(tiny_model_folder: Path) -> None:
    entry = find_model(tiny_model_folder)
    assert entry.name == "tiny" and find_model(str(tiny_model_folder)).card == entry.card
    assert isinstance(entry.card, ModelCard) and entry.card.size == 64


@pytest.mark.parametrize("name", ["bundeld", "/nowhere/model"])
def test_what_is_neither_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="expected bundled or a model folder"):
        find_model(name)


def test_a_folder_without_a_card_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no card\.json"):
        load_classifier(tmp_path)
