"""The classifier that comes with the package: small, described, good enough, and it sees what is there."""

import pytest
import torch
from safetensors.torch import load_file

from napari_robust_synth import samples
from napari_robust_synth.core import resample, to_tensor
from napari_robust_synth.models import ZOO, Classifier, load_classifier
from napari_robust_synth.training.config import TrainingConfig, read_config
from napari_robust_synth.training.measure import ATTACK

ENTRY = ZOO["bundled"]


@pytest.fixture(scope="module")
def bundled() -> Classifier:
    return load_classifier()


def test_it_is_at_most_fifty_megabytes() -> None:
    assert sum(path.stat().st_size for path in ENTRY.folder.iterdir()) <= 50_000_000


def test_its_card_is_complete() -> None:
    card = ENTRY.card
    assert len(set(card.class_names)) == 20 and {"church", "golden retriever", "Samoyed"} <= set(card.class_names)
    assert card.data and "non-commercial" in card.terms and card.origin and card.limits
    assert (card.norm, card.eps) == ("l2", 3.0)
    settings = TrainingConfig().settings() | card.config  # keys that came later had no effect
    assert settings == read_config("default").settings() and card.config["attack_steps"] == 1
    assert card.attack == ATTACK
    assert card.metrics["clean accuracy"] >= 70
    assert card.metrics["accuracy under PGD-20, L2 eps 3 at 224 px"] >= 45


def test_convolutions_are_half_and_batch_norms_full() -> None:
    state = load_file(ENTRY.folder / "model.safetensors")
    assert {t.dtype for t in state.values()} == {torch.float16, torch.float32}
    assert state["bn1.running_var"].dtype == torch.float32 and state["bn1.running_var"].max() > 65504
    assert all(tensor.isfinite().all() for tensor in state.values())


def test_it_knows_the_dog_of_the_samples(bundled: Classifier) -> None:
    sample = samples.load("super-resolve")
    x = resample(to_tensor(sample["image"], (0, 255)), (112, 112))
    likely = bundled.probabilities(x)[0].topk(3).indices.tolist()
    assert sample["label"] in [bundled.class_names[i] for i in likely]


def test_its_seeds_are_likelier_their_class_than_chance(bundled: Classifier) -> None:
    generator, n = torch.Generator().manual_seed(0), len(bundled.class_names)
    draws = [bundled.seeds.multivariate(label, 8, (112, 112), generator) for label in range(n)]
    own = [bundled.probabilities(x)[:, label].mean() for label, x in enumerate(draws)]
    assert torch.stack(own).mean() > 1.5 / n
