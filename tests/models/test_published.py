"""The table of published models is whole and says what their authors say."""

import re

import pytest

from napari_robust_synth.models.published import class_names, published

ENTRIES = published()


def test_the_families_of_the_papers_authors() -> None:
    names = set(ENTRIES)
    for arch in ("resnet18", "resnet50", "wide_resnet50_2", "wide_resnet50_4"):
        assert {f"{arch}_l2_eps{e}" for e in (0, 0.01, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 3, 5)} <= names
    for arch in ("resnet18", "resnet50", "wide_resnet50_2"):
        assert {f"{arch}_linf_eps{e}" for e in (0.5, 1.0, 2.0, 4.0, 8.0)} <= names
    for arch in ("densenet", "mnasnet", "mobilenet", "resnext50_32x4d", "shufflenet", "vgg16_bn"):
        assert {f"{arch}_l2_eps0", f"{arch}_l2_eps3"} <= names
    assert {"restricted_imagenet", "imagenet", "cifar", "horse2zebra", "apple2orange", "summer2winter"} <= names


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry(name: str) -> None:
    entry = ENTRIES[name]
    card = entry.card()
    assert (card.arch, card.size) == (entry.arch, entry.size)
    assert entry.url.startswith("http") and entry.file in entry.url
    assert re.fullmatch("[0-9a-f]{64}|", entry.sha256)
    assert len(set(card.class_names)) == len(card.class_names)
    assert entry.origin and entry.licence and entry.data and entry.norm in ("l2", "linf")
    if found := re.search(r"_(l2|linf)_eps([\d.]+)$", name):
        assert entry.norm == found[1]
        assert entry.eps == pytest.approx(float(found[2]) / (255 if found[1] == "linf" else 1))


def test_no_two_share_a_file_or_a_hash() -> None:
    files = [entry.file.lower() for entry in ENTRIES.values()]
    hashes = [entry.sha256 for entry in ENTRIES.values() if entry.sha256]
    assert len(set(files)) == len(files) and len(set(hashes)) == len(hashes) > 30


def test_class_names() -> None:
    imagenet = class_names("imagenet")
    assert len(imagenet) == 1000
    assert (imagenet[0], imagenet[207], imagenet[340], imagenet[999]) == (
        "tench",
        "golden retriever",
        "zebra",
        "toilet tissue",
    )
    assert class_names("restricted_imagenet")[:2] == ("dog", "cat") and len(class_names("restricted_imagenet")) == 9
    assert class_names("cifar10")[-1] == "truck"


def test_an_unknown_radius_is_said() -> None:
    assert ENTRIES["horse2zebra"].eps is None
    assert "is not known" in ENTRIES["horse2zebra"].card().limits
    assert not ENTRIES["resnet18_l2_eps0"].card().limits


def test_a_card_has_eps_at_224_px() -> None:
    assert ENTRIES["cifar_l2_0_5"].eps == 0.5 and ENTRIES["cifar_l2_0_5"].card().eps == 3.5
    assert ENTRIES["cifar_linf_8"].card().eps == ENTRIES["cifar_linf_8"].eps
