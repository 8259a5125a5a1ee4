"""The Inception-v3 of FID from a local file."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

from napari_robust_synth.evaluation import inception
from napari_robust_synth.evaluation.inception import open_inception

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, FeatureExtractorInceptionV3]:
    """Random weights in torch-fidelity's file, and the network as it opens that."""
    folder = tmp_path_factory.mktemp("inception")
    torch.manual_seed(0)
    torch.save({}, folder / "empty.pth")

    class Random(FeatureExtractorInceptionV3):
        def load_state_dict(self, state: object) -> None:
            pass

    random = Random("random", ["2048"], str(folder / "empty.pth"))
    for name, tensor in random.named_buffers():
        if name.endswith("running_mean"):
            tensor.normal_(0, 0.1)
    torch.save(random.state_dict(), folder / "inception.pth")
    network = FeatureExtractorInceptionV3("inception", ["2048", "logits_unbiased"], str(folder / "inception.pth"))
    return folder / "inception.pth", network


PICTURES = [np.random.default_rng(i).integers(0, 255, (40, 40, 3), np.uint8) for i in range(2)]


def expected(network: FeatureExtractorInceptionV3) -> tuple[torch.Tensor, torch.Tensor]:
    with torch.inference_mode():
        return network(torch.from_numpy(np.stack(PICTURES)).permute(0, 3, 1, 2))


def test_it_sees_what_torch_fidelity_sees(theirs: tuple[Path, FeatureExtractorInceptionV3]) -> None:
    path, network = theirs
    features = open_inception(path, CPU)
    seen, (pooled, logits) = features.see(PICTURES), expected(network)
    assert features.standard and np.allclose(seen.features, pooled, atol=1e-5)
    assert np.allclose(seen.probabilities, logits.double().softmax(1), atol=1e-6)


def test_a_module_stored_whole_without_its_last_layer(
    theirs: tuple[Path, FeatureExtractorInceptionV3], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its tensors have other names, and come in order; scales of batch norms are 1 and not stored."""
    path, network = theirs
    state = torch.load(path, weights_only=True)
    starts = [name.removesuffix("conv.weight") for name in state if name.endswith("conv.weight")]
    ordered = {f"layers.{i}.{part}": state[s + part] for i, s in enumerate(starts) for part in inception.PARTS}
    torch.save({"net": ordered}, tmp_path / "whole.pt")
    seen = open_inception(tmp_path / "whole.pt", CPU).see(PICTURES)
    assert np.allclose(seen.features, expected(network)[0], atol=1e-5) and len(seen.probabilities) == 0


@pytest.mark.parametrize("content", ["another network", "text"])
def test_what_is_no_inception_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / ("file.safetensors" if content == "another network" else "file.pth")
    if content == "text":
        path.write_text("hello")
    else:
        save_file({"fc.weight": torch.zeros(3)}, path)
    with pytest.raises(ValueError, match="file"):
        open_inception(path, CPU)
