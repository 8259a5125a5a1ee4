"""What is refused before anything is measured."""

from dataclasses import replace
from pathlib import Path

import pytest

from napari_robust_synth.evaluation.bench import Settings
from napari_robust_synth.evaluation.evaluate import Plan, Tools, evaluate, lay_bench
from napari_robust_synth.evaluation.pool import Pool
from napari_robust_synth.models import Classifier


@pytest.fixture
def plan(tiny: Classifier, pool: Pool) -> Plan:
    """Pictures of one class of three, and two parts."""
    return Plan([tiny], pool.of(["church"]), None, Settings(n=2, steps=1), Tools(), ("robustness", "translation"))


def test_one_class_can_not_be_translated(plan: Plan, tmp_path: Path) -> None:
    shown: list[str] = []
    with pytest.raises(
        ValueError, match=r"of one class alone that the classifiers know, church, but .* --only without"
    ):
        evaluate(plan, tmp_path / "report", lambda what, done, total: shown.append(what))
    assert shown == [] and not (tmp_path / "report").exists()


def test_one_class_does_for_other_parts_and_for_a_pair(plan: Plan) -> None:
    assert lay_bench(replace(plan, parts=("robustness",))).classes == ("church",)
    pair = replace(plan, settings=replace(plan.settings, pair=("church", "tench")))
    assert len(lay_bench(pair).sources) == 2
