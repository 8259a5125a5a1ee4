"""The zoo finds a model by name or folder."""

import shutil
from pathlib import Path

import pytest

from napari_robust_synth.models import ZOO, ModelCard, ZooEntry, find_model, is_name, load_classifier, models_here
from napari_robust_synth.models.store import models_folder
from napari_robust_synth.models.zoo import remove_model


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


@pytest.fixture
def kept(tiny_model_folder: Path, home: Path) -> Path:
    return Path(shutil.copytree(tiny_model_folder, models_folder() / "mine"))


def test_a_kept_model_has_a_name(kept: Path) -> None:
    assert list(models_here()) == ["bundled", "mine"]
    assert find_model("mine").folder == kept
    assert is_name("mine") and not is_name(str(kept))
    assert load_classifier("mine").name == "mine"


def test_what_is_no_model_folder_is_not_listed(kept: Path) -> None:
    (kept.parent / "half").mkdir()
    shutil.copytree(kept, kept.parent / ".hidden")
    shutil.copytree(kept, kept.parent / "bundled")
    assert list(models_here()) == ["bundled", "mine"]
    assert models_here()["bundled"] is ZOO["bundled"]


def test_a_published_model_must_be_fetched_first() -> None:
    entry = ZOO["resnet18_l2_eps3"]
    assert not entry.here and entry.card.arch == "resnet18" and len(entry.card.class_names) == 1000
    with pytest.raises(ValueError, match=r"run `napari-robust-synth models fetch resnet18_l2_eps3` first$"):
        find_model("resnet18_l2_eps3")
    assert list(models_here()) == ["bundled"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("bundled", "l2 eps 3"),
        ("resnet50_linf_eps4.0", "linf eps 4/255"),
        ("resnet50_linf_eps0.5", "linf eps 0.5/255"),
        ("resnet18_l2_eps0", "standard"),
        ("horse2zebra", "l2 eps unknown"),
        ("cifar_l2_0_5", "l2 eps 0.5 at 32 px"),
    ],
)
def test_what_it_is_robust_to(name: str, words: str) -> None:
    assert ZOO[name].robust_to == words


def test_remove(kept: Path) -> None:
    remove_model("mine")
    assert list(kept.parent.iterdir()) == []


@pytest.mark.parametrize("name", ["bundled", "nothing", "resnet18_l2_eps3", "../mine", "."])
def test_remove_refuses(kept: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"can.t be removed|is kept in"):
        remove_model(name)
    assert kept.is_dir() and ZOO["bundled"].here


def test_remove_takes_what_was_downloaded_along(home: Path) -> None:
    (home / "downloads").mkdir(parents=True)
    for name in ("resnet18_l2_eps3.ckpt.part", "resnet18_l2_eps3.ckpt", "checksums.json"):
        (home / "downloads" / name).write_text("{}")
    remove_model("resnet18_l2_eps3")
    assert [path.name for path in (home / "downloads").iterdir()] == ["checksums.json"]


def test_the_zoo_entry_of_a_folder(tiny_model_folder: Path) -> None:
    assert ZooEntry("tiny", tiny_model_folder).here
