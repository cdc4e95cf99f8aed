"""A first study of one run counts the best strategy as an estimate does, or says what an estimate expects with it."""

from pathlib import Path

import pytest

import flopwatt
from flopwatt.bench.beginnings.best_strategies import searched_chips
from flopwatt.bench.beginnings.study_text import study_text
from flopwatt.bench.beginnings.wishes import Wishes, read_wishes
from flopwatt.bench.study.loader import load_study
from flopwatt.bench.terminal import numbers


def test_of_one_chip_the_study_holds_what_an_estimate_searches(tmp_path: Path) -> None:
    wishes = Wishes(parameters="7e9", tokens="2e12", chips=("h100",), days="30")
    path = tmp_path / "run.toml"
    path.write_text(study_text(read_wishes(wishes), "run"), encoding="utf-8")
    best = flopwatt.estimate(params="7e9", tokens="2e12", chip="h100", days=30, draws=64).outlook.best
    assert best is not None
    assert load_study(path).problem.given["best_step_mfu"] == pytest.approx(best.mfu, rel=1e-4)


def test_of_several_it_says_what_an_estimate_expects() -> None:
    plan = read_wishes(Wishes(chips=("h100", "b200", "tpu-v5p")))
    text = study_text(plan, "run")
    assert "best_step_mfu" not in text
    told = searched_chips(plan)
    assert [one.name for one in told] == ["H100", "B200"]  # a TPU's step is not known
    estimate = flopwatt.estimate("llama-3.1-405b", "h100", days=90)
    assert told[0].expected == pytest.approx(estimate.quantile("mfu", 0.5), rel=2e-3)
    assert f"it expects an MFU of {numbers.share(round(told[0].expected, 3))} on H100, " in text


def test_a_site_has_none() -> None:
    assert "best strategy" not in study_text(read_wishes(Wishes(power="20 MW", chips=("h100",))), "site")
