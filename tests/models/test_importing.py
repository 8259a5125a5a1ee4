"""An imported model gives the logits of the original; nothing is kept by half, or over another."""

from dataclasses import replace
from pathlib import Path

import pytest
import timm
import torch

from napari_robust_synth.models import ZOO, ModelCard, ZooEntry, fetch, find_model, load_classifier
from napari_robust_synth.models.cancel import Cancel, Cancelled
from napari_robust_synth.models.classifier import Normalised
from napari_robust_synth.models.describing import Choices
from napari_robust_synth.models.importing import inspect, keep
from napari_robust_synth.models.published import published
from tests.models import hostile
from tests.models.conftest import MEAN, STD, Write, network

X = torch.rand((2, 3, 64, 64), generator=torch.Generator().manual_seed(0))


def logits(module: torch.nn.Module, mean=MEAN, std=STD) -> torch.Tensor:
    with torch.no_grad():
        return Normalised(module, mean, std)(X)


@pytest.fixture
def kept(home: Path) -> Path:
    """Where models are kept."""
    return home / "models"


@pytest.mark.parametrize("payload", [None, "os.system", "setstate"])
def test_a_checkpoint_of_robustness(tmp_path: Path, kept: Path, robustness_file: Write, payload: str | None) -> None:
    marker, path = tmp_path / "marker", tmp_path / "tiny_l2_eps3.ckpt"
    module = robustness_file(path, classes=9, extra=payload and hostile.payloads(marker)[payload])
    found = inspect(path, Choices(size=64))
    assert not kept.exists()
    folder = keep(found)
    assert folder == kept / "tiny_l2_eps3" and sorted(p.name for p in folder.iterdir()) == [
        *("card.json", "model.safetensors"),
    ]
    card, classifier = ModelCard.read(folder), load_classifier(folder, precise=True)
    assert (card.mean, card.std, card.norm, card.eps) == (MEAN, STD, "l2", pytest.approx(3 * 224 / 64))
    assert card.class_names == ZOO["restricted_imagenet"].card.class_names and found.facts["epoch"] == 7
    expected = logits(module)
    assert expected.abs().max() > 1
    torch.testing.assert_close(classifier.logits(X), expected, rtol=0, atol=1e-5)
    assert "dill._dill._create_function" in found.facts["replaced"] and not marker.exists()


def test_a_small_picture_network_gets_the_names_of_cifar(tmp_path: Path, robustness_file: Write) -> None:
    module = robustness_file(tmp_path / "cifar.pt", "cifar_resnet18", 10)
    found = inspect(tmp_path / "cifar.pt")
    assert (found.card.arch, found.card.size) == ("cifar_resnet18", 32)
    assert found.card.class_names == ZOO["cifar"].card.class_names and found.facts["classes"] == "assumed CIFAR-10's"
    classifier = load_classifier(keep(found, "mine"), precise=True)
    torch.testing.assert_close(classifier.logits(X), logits(module), rtol=1e-5, atol=1e-5)


def test_a_thousand_classes_are_imagenets(tmp_path: Path) -> None:
    torch.save(network(classes=1000).state_dict(), tmp_path / "a.pt")
    found = inspect(tmp_path / "a.pt")
    assert found.card.class_names == ZOO["resnet18_l2_eps3"].card.class_names, "as of a fetched one"
    assert found.card.mean == (0.485, 0.456, 0.406) and "assumed ImageNet's" in found.facts["normalisation"]
    assert found.card.limits and found.facts["eps"] is None and "give norm and eps" in found.facts["training"]


def test_what_the_user_says_holds(tmp_path: Path) -> None:
    torch.save(network().state_dict(), tmp_path / "a.pt")
    choices = Choices(
        arch="shufflenet_v2_x0_5",
        class_names=("a", "b", "c"),
        size=96,
        mean=(0.0, 0.0, 0.0),
        std=(1.0, 1.0, 1.0),
        norm="linf",
        eps=0.02,
    )
    card = inspect(tmp_path / "a.pt", choices).card
    assert (card.class_names, card.size, card.mean, card.norm, card.eps) == (
        ("a", "b", "c"),
        96,
        (0,) * 3,
        "linf",
        0.02,
    )


@pytest.mark.parametrize("name", ["test_resnet", "test_vit3", "test_byobnet"])
def test_a_model_of_timm(tmp_path: Path, name: str) -> None:
    torch.manual_seed(0)
    module = timm.create_model(name, num_classes=4).eval()
    torch.save({"state_dict": module.state_dict(), "arch": name}, tmp_path / "a.pth.tar")
    size = timm.get_pretrained_cfg(name).input_size[1]
    found = inspect(tmp_path / "a.pth.tar", Choices(arch=f"timm:{name}", size=size))
    classifier = load_classifier(keep(found, "from-timm"), precise=True)
    assert classifier.class_names[3] == "class 3" and found.card.arch == f"timm:{name}"
    x = torch.rand(1, 3, size, size)
    with torch.no_grad():
        expected = Normalised(module, found.card.mean, found.card.std)(x)
    torch.testing.assert_close(classifier.logits(x), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("own", [True, False])
def test_what_is_published_of_it_gives_way_to_a_normalisation_in_the_file(
    tmp_path: Path, kept: Path, robustness_file: Write, own: bool
) -> None:
    module, path = robustness_file(tmp_path / "a.pt", "cifar_resnet18", 10), tmp_path / "a.pt"
    if not own:
        torch.save(module.state_dict(), path)
    source = replace(published()["cifar_l2_0_5"], arch="cifar_resnet18")
    card = ModelCard.read(fetch.keep(ZooEntry("theirs", source=source), path))
    mean, std = (MEAN, STD) if own else (source.mean, source.std)
    assert source.mean != MEAN and (card.mean, card.std) == (mean, std)
    assert (card.norm, card.eps, card.data) == ("l2", 3.5, "CIFAR-10")
    expected = logits(module, mean, std)
    torch.testing.assert_close(load_classifier("theirs", precise=True).logits(X), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("last", [1, 2, 3])
def test_cancelled_at_any_step_nothing_is_kept(tmp_path: Path, kept: Path, robustness_file: Write, last: int) -> None:
    robustness_file(tmp_path / "a.pt", "cifar_resnet18", 10)
    source, cancel = replace(published()["cifar_l2_0_5"], arch="cifar_resnet18"), Cancel()
    steps: list[int] = []

    def check() -> None:
        steps.append(1)
        if len(steps) == last:
            cancel()
        cancel.check()

    with pytest.raises(Cancelled):
        fetch.keep(ZooEntry("theirs", source=source), tmp_path / "a.pt", check)
    assert len(steps) == last and (not kept.exists() or list(kept.iterdir()) == [])


def test_our_own_folder_is_copied(tiny_model_folder: Path, kept: Path) -> None:
    folder = keep(inspect(tiny_model_folder), "copy")
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {
        p.name: p.read_bytes() for p in tiny_model_folder.iterdir()
    }
    assert find_model(folder).card == ModelCard.read(tiny_model_folder)


@pytest.mark.parametrize(
    ("choices", "line"),
    [
        ({"class_names": ("a", "b")}, "2 class names for a network with 3 classes"),
        ({"size": 8}, "size is 8, expected 32 to 1024"),
        ({"mean": (0.5, 0.5, 0.5)}, "mean and std belong together"),
        ({"mean": (0.5, 0.5, 0.5), "std": (0.0, 1.0, 1.0)}, "mean and std must be"),
        ({"eps": float("nan")}, "eps is nan"),
        ({"arch": "squeezenet1_0"}, "does not fit squeezenet1_0"),
    ],
)
def test_choices_that_do_not_fit_are_one_line(tmp_path: Path, choices, line: str) -> None:
    torch.save(network().state_dict(), tmp_path / "a.pt")
    with pytest.raises(ValueError, match=line):
        inspect(tmp_path / "a.pt", Choices(**choices))


def test_weights_that_are_not_numbers_are_refused(tmp_path: Path) -> None:
    module = network()
    module.fc.weight.data[0, 0] = torch.nan
    torch.save(module.state_dict(), tmp_path / "a.pt")
    with pytest.raises(ValueError, match="not finite numbers"):
        inspect(tmp_path / "a.pt")


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "bundled", "taken", "x" * 200])
def test_names_that_are_none_or_taken(tmp_path: Path, kept: Path, tiny_model_folder: Path, name: str) -> None:
    found = inspect(tiny_model_folder)
    keep(found, "taken")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ValueError, match="give"):
        keep(found, name)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_failed_write_leaves_nothing(tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.save(network().state_dict(), tmp_path / "a.pt")
    found = inspect(tmp_path / "a.pt")

    def fail(tensors: object, path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("napari_robust_synth.models.checkpoints.save_file", fail)
    with pytest.raises(OSError, match="No space"):
        keep(found)
    assert list(kept.iterdir()) == []
