"""Reading a file runs nothing of it, takes no more memory than it has bytes, and ends in one line when it lies."""

import os
import tracemalloc
import zipfile
from collections import OrderedDict
from pathlib import Path

import dill
import numpy as np
import pytest
import torch

from napari_robust_synth.models.stored import Unknown
from napari_robust_synth.models.torchfiles import read_checkpoint
from tests.models import hostile

NAMES = sorted(hostile.payloads(Path("marker")))


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    return tmp_path / "marker"


@pytest.mark.parametrize("legacy", [False, True], ids=["zip", "legacy"])
def test_tensors_and_plain_data_come_back(tmp_path: Path, legacy: bool) -> None:
    grid = torch.arange(24.0).reshape(4, 6)
    content = {
        "float": grid,
        "view": grid.T[1:3],
        "half": grid.half(),
        "bfloat16": grid.bfloat16(),
        "whole": torch.tensor(7),
        "flag": torch.tensor([True, False]),
        "none at all": torch.empty(0, 3),
        "parameter": torch.nn.Parameter(grid),
        "ordered": OrderedDict(a=1, b=[2.5, (None, True)]),
        "number": np.float64(0.1),
        "count": np.int32(-3),
        "text": "ä",
        "bytes": b"\x00\xff",
        "large": 2**70,
        5: torch.Size([1, 2]),
    }
    torch.save(content, tmp_path / "file.pt", _use_new_zipfile_serialization=not legacy)
    checkpoint = read_checkpoint(tmp_path / "file.pt")
    assert list(checkpoint.tree) == list(content) and checkpoint.replaced == ()
    for name, item in content.items():
        found = checkpoint.tree[name]
        if isinstance(item, torch.Tensor):
            found = checkpoint.tensor(found)
            assert found.dtype == item.dtype and torch.equal(found, item.detach()), name
        else:
            assert found == item and type(found) is not np.float64, name


def test_a_tensor_of_a_gpu_is_read_to_the_cpu(tmp_path: Path) -> None:
    hostile.zipped(tmp_path / "file.pt", hostile.tensor(2, (2,), (1,)), **{"0": np.float32([1, 2]).tobytes()})
    checkpoint = read_checkpoint(tmp_path / "file.pt")
    assert b"cuda:0" in (tmp_path / "file.pt").read_bytes()
    assert checkpoint.tensor(checkpoint.tree["weight"]).tolist() == [1, 2]


@pytest.mark.parametrize("legacy", [False, True], ids=["zip", "legacy"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_run(tmp_path: Path, marker: Path, name: str, legacy: bool) -> None:
    hostile.saved(tmp_path / "file.pt", hostile.payloads(marker)[name], legacy=legacy)
    checkpoint = read_checkpoint(tmp_path / "file.pt")
    assert checkpoint.tensor(checkpoint.tree["model"]["weight"]).tolist() == [1, 1]
    assert checkpoint.replaced and not marker.exists()
    torch.load(tmp_path / "file.pt", weights_only=False)
    assert marker.exists(), "the payload does no harm even when it is trusted"


def test_a_lambda_of_dill_is_not_run(tmp_path: Path, marker: Path) -> None:
    hostile.dill_lambda(tmp_path / "file.pt", marker)
    assert "dill._dill._create_function" in read_checkpoint(tmp_path / "file.pt").replaced
    assert not marker.exists()
    torch.load(tmp_path / "file.pt", weights_only=False, pickle_module=dill)
    assert marker.exists()


@pytest.mark.parametrize("name", hostile.FILES)
def test_a_hostile_file_has_no_effect(tmp_path: Path, marker: Path, name: str) -> None:
    write, line = hostile.FILES[name]
    path = tmp_path / f"file{Path(name).suffix or '.pt'}"
    write(path, marker)
    before = sorted(p.name for p in tmp_path.parent.rglob("*"))
    if line is None:
        checkpoint = read_checkpoint(path)
        if name == "names that climb":
            assert checkpoint.tensor(checkpoint.tree["weight"]).shape == (1,)
    else:
        with pytest.raises(ValueError, match=line) as caught:
            read_checkpoint(path)
        text = str(caught.value)
        assert text.isprintable() and str(path) in text and len(text) < len(str(path)) + 300
    assert sorted(p.name for p in tmp_path.parent.rglob("*")) == before and not marker.exists()


@pytest.mark.parametrize(
    "name", ["zip bomb", "huge storage", "huge tensor", "copies", "copied dicts", "far memo", "long string"]
)
def test_memory_does_not_blow_up(tmp_path: Path, marker: Path, name: str) -> None:
    write, line = hostile.FILES[name]
    write(tmp_path / "file.pt", marker)
    tracemalloc.start()
    try:
        if line is None:
            read_checkpoint(tmp_path / "file.pt")
        else:
            with pytest.raises(ValueError, match=line):
                read_checkpoint(tmp_path / "file.pt")
        assert tracemalloc.get_traced_memory()[1] < 90_000_000
    finally:
        tracemalloc.stop()


def test_placeholders_keep_plain_state_and_nothing_else(tmp_path: Path, marker: Path) -> None:
    hostile.saved(tmp_path / "file.pt", hostile.payloads(marker)["setstate"])
    extra = read_checkpoint(tmp_path / "file.pt").tree["extra"]
    assert isinstance(extra, Unknown) and extra.state == {"path": str(marker)}


def test_a_name_that_can_not_be_printed_is_not(tmp_path: Path) -> None:
    hostile.zipped(tmp_path / "file.pt", b"\x80\x02cos\nsys\x1b[31mtem\n)R.")
    assert read_checkpoint(tmp_path / "file.pt").replaced == ("a name that can't be printed",)


def test_a_file_that_shrinks_after_it_was_opened(tmp_path: Path) -> None:
    path = tmp_path / "file.pt"
    torch.save({"a": torch.ones(1000)}, path)
    checkpoint = read_checkpoint(path)
    os.truncate(path, 100)
    with pytest.raises(ValueError, match="not a whole"):
        checkpoint.tensor(checkpoint.tree["a"])


def test_big_endian_numbers_are_refused(tmp_path: Path) -> None:
    hostile.zipped(tmp_path / "file.pt", hostile.tensor(1, (1,), (1,)), **{"0": bytes(4)})
    with zipfile.ZipFile(tmp_path / "file.pt", "a") as archive:
        archive.writestr("archive/byteorder", "big")
    with pytest.raises(ValueError, match="stored big-endian"):
        read_checkpoint(tmp_path / "file.pt")
