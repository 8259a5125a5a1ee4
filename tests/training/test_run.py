"""From pictures to a model folder."""

import json
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from napari_robust_synth.models import ModelCard, load_classifier
from napari_robust_synth.tasks import Generate, Job
from napari_robust_synth.training.config import TrainingConfig, read_config
from napari_robust_synth.training.initial import completed
from napari_robust_synth.training.loop import Progress
from napari_robust_synth.training.run import resumed_config, run

CONFIG = TrainingConfig(
    arch="resnet18", init="scratch", size=32, batch=8, epochs=3, lr=0.002, eps=1.0, workers=0, seed_rank=2, ema=0.5,
    classes={"n01": "red thing"}, terms="free", limits="none", checkpoint_every=4,
)  # fmt: skip
CPU = torch.device("cpu")
FILES = [
    "README.md", "card.json", "config.toml", "curves.png", "metrics.json", "model.safetensors", "pictures.png",
    "seeds.safetensors",
]  # fmt: skip


class Killed(Exception):
    """Stands for a process that ends in the middle of a run."""


def ignore(_: object) -> None:
    pass


def killed_at(step: int):
    def report(progress: Progress) -> None:
        if progress.step == step:
            raise Killed

    return report


@dataclass
class Trained:
    """What a whole run wrote and said."""

    out: Path
    seen: list[Progress] = field(default_factory=list)
    usable: list[bool] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def report(self, progress: Progress) -> None:
        self.seen.append(progress)
        self.usable.append((self.out / "card.json").exists())


@pytest.fixture(scope="module")
def trained(toy: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    it = Trained(tmp_path_factory.mktemp("trained") / "model")
    run(toy, it.out, CONFIG, device=CPU, report=it.report, note=it.lines.append)
    return it


def test_a_folder_of_pictures_becomes_a_model(trained: Trained) -> None:
    seen, usable, lines, out = trained.seen, trained.usable, trained.lines, trained.out
    assert lines == ["24 pictures to train on: 12 red thing, 12 n02", "8 pictures to validate on: 4 red thing, 4 n02"]
    card = ModelCard.read(out)
    metrics = card.metrics
    assert card.class_names == ("red thing", "n02") and card.terms == "free"
    assert metrics["validation pictures"] == 8
    clean, robust = metrics["clean accuracy"], metrics["accuracy under PGD-20, L2 eps 3 at 224 px"]
    assert 50 <= clean <= 100 and robust <= clean
    assert usable == [False] * 2 + [True] * 7, "it is a model after every epoch"
    assert [p.clean is not None for p in seen] == [False, False, True] * 3 and seen[-1].clean == clean / 100
    assert sorted(p.name for p in out.iterdir()) == FILES
    classifier = load_classifier(out)
    assert Job(Generate(steps=1, n=1), classifier, label="red thing").run().shape == (1, 46, 46, 3)
    assert read_config(str(out / "config.toml")) == completed(CONFIG)

    history = json.loads((out / "metrics.json").read_text())
    assert history["metrics"] == metrics
    assert [(row["step"], row["loss"]) for row in history["steps"]] == [(p.step, p.loss) for p in seen]
    assert [row["clean"] for row in history["epochs"]] == [p.clean for p in seen if p.clean is not None]
    assert history["epochs"][1]["loss"] == pytest.approx(sum(p.loss for p in seen[3:6]) / 3)
    text = (out / "README.md").read_text()
    assert text.startswith("# model\n") and "| terms | free |" in text and f"| clean accuracy | {clean:g} |" in text
    assert "![curves](curves.png)" in text and "![pictures](pictures.png)" in text
    with Image.open(out / "curves.png") as curves, Image.open(out / "pictures.png") as strip:
        assert curves.width > 900 and strip.height * 2 == strip.width


def test_without_validation_pictures(toy: Path, config: TrainingConfig, tmp_path: Path) -> None:
    assert run(toy / "train", tmp_path / "m", replace(config, epochs=1), device=CPU, report=ignore, note=ignore) == {}
    assert "clean" not in json.loads((tmp_path / "m" / "metrics.json").read_text())["epochs"][0]
    assert sorted(p.name for p in (tmp_path / "m").iterdir()) == FILES


@pytest.mark.parametrize("step", [1, 5, 9])
def test_resuming_ends_with_the_same_bytes(trained: Trained, toy: Path, tmp_path: Path, step: int) -> None:
    again = tmp_path / "model"
    with pytest.raises(Killed):
        run(toy, again, CONFIG, device=CPU, report=killed_at(step), note=ignore)
    assert (again / "checkpoint.pt").exists()
    seen: list[int] = []
    run(
        *(toy, again, resumed_config(again)),
        device=CPU, report=lambda p: seen.append(p.step), note=ignore, resume=True,
    )  # fmt: skip
    assert seen == list(range({1: 1, 5: 5, 9: 10}[step], 10))
    for file in FILES:
        assert (again / file).read_bytes() == (trained.out / file).read_bytes(), file


def test_resuming_with_other_pictures_or_nothing_to_resume(toy: Path, config: TrainingConfig, tmp_path: Path) -> None:
    out = tmp_path / "model"
    with pytest.raises(ValueError, match="holds no unfinished training to resume"):
        resumed_config(out)
    with pytest.raises(Killed):
        run(toy, out, config, device=CPU, report=killed_at(1), note=ignore)
    with pytest.raises(ValueError, match=r"the pictures are not those that the training in .* began with"):
        run(toy / "train", out, replace(resumed_config(out), hold_out=0.5), device=CPU, report=ignore, note=ignore,
            resume=True)  # fmt: skip
    (out / "checkpoint.pt").write_bytes((out / "checkpoint.pt").read_bytes()[:1000])
    with pytest.raises(ValueError, match=r"checkpoint.pt is damaged \(.*\): train again in another folder"):
        resumed_config(out)


def test_validation_pictures_that_come_between(toy: Path, config: TrainingConfig, tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "model"
    shutil.copytree(toy / "train", data / "train")
    config = replace(config, checkpoint_every=4)
    with pytest.raises(Killed):
        run(data, out, config, device=CPU, report=killed_at(5), note=ignore)
    shutil.copytree(toy / "val", data / "val")
    run(data, out, resumed_config(out), device=CPU, report=ignore, note=ignore, resume=True)
    rows = json.loads((out / "metrics.json").read_text())["epochs"]
    assert ["clean" in row for row in rows] == [False, True, True]


@pytest.mark.filterwarnings("ignore:The default weight initialization:FutureWarning")
@pytest.mark.parametrize("wrong", ["data", "arch", "outputs", "components", "init"])
def test_what_does_not_fit_writes_nothing(toy: Path, config: TrainingConfig, tmp_path: Path, wrong: str) -> None:
    data, message = (
        toy,
        {
            "data": "no class folders",
            "arch": "does not work at 32 px",
            "outputs": "googlenet has more outputs in training than its logits: choose another arch",
            "components": "class 'red thing' has 12 pictures, but its seed statistics need 14",
            "init": "init is",
        },
    )
    if wrong == "data":
        data = tmp_path
    else:
        config = replace(
            config,
            **{
                "arch": {"arch": "alexnet"},
                "outputs": {"arch": "googlenet"},
                "components": {"seed_components": 7},
                "init": {"init": "x"},
            }[wrong],
        )
    with pytest.raises(ValueError, match=message[wrong]):
        run(data, tmp_path / "model", config, device=CPU, report=ignore, note=ignore)
    assert not (tmp_path / "model").exists()


def test_linf_models_are_measured_under_linf_too(toy: Path, config: TrainingConfig, tmp_path: Path) -> None:
    config = replace(config, norm="linf", eps=0.05, epochs=1)
    metrics = run(toy, tmp_path / "m", config, device=CPU, report=ignore, note=ignore)
    assert {"accuracy under PGD-20, Linf eps 4/255", "accuracy under PGD-20, L2 eps 3 at 224 px"} < set(metrics)
    assert "| trained against | linf eps 0.05 |" in (tmp_path / "m" / "README.md").read_text()
