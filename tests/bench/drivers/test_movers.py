"""Movers of answers: held against the same study run again with one value changed, at the place that they name."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flopwatt.bench.answers.answer import Answer
from flopwatt.bench.drivers.alternatives import drawn_alternative, spread_of_draws
from flopwatt.bench.drivers.mover import Mover
from flopwatt.bench.drivers.movers import movers, study_movers
from flopwatt.bench.drivers.trials import estimate_movers
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.study.loader import Study, load_study
from flopwatt.kernels.model.evaluate import evaluate_at
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Problem
from flopwatt.kernels.quantities import MODEL

GIVEN = """title = "t"
[given]
tokens = 1e12
[axes.model]
from = "models"
rows = ["llama-3.1-405b"]
[axes.chip]
from = "hardware"
rows = ["h100-sxm-80gb", "gb200-nvl72"]
[axes.chip_count]
values = [1024, 4096, 16384]
"""
DRAWS = """
[axes.assumptions]
draws = 64
seed = 7
prior = "run"
"""
QUESTIONS = """
[[questions]]
name = "cheapest"
minimize = "P50(cost)"
where = ["P80(run_time) <= 200 day"]
by = ["chip"]
[[questions]]
name = "energy"
quantiles = "energy"
at = [0.1, 0.5, 0.9]
by = ["chip"]
[[questions]]
name = "slow"
quantiles = "energy"
where = ["run_time >= 1e6 year"]
by = ["chip"]
[[questions]]
name = "how sure"
summary = "share(run_time <= 30 day)"
by = ["chip"]
"""


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, dict[str, Answer]]:
    study = loaded(tmp_path_factory.mktemp("drivers"), GIVEN + DRAWS + QUESTIONS)
    run = run_study(study, "numpy", most_samples=1)
    return study, {answer.name: answer for answer in run.answers}


def loaded(folder: Path, text: str, *sets: str, only: tuple[str, ...] = ()) -> Study:
    path = folder / "study.toml"
    path.write_text(text)
    return load_study(path, sets, only)


def again(folder: Path, study: Study, mover: Mover, value: float, quantity: str, chip: str) -> float:
    """Run the study once more: no draws, each drawn input at its median, the place held, and one input at a value."""
    points = dict(mover.place)
    assert points["chip"] == {"gb200-nvl72": "GB200 NVL72", "h100-sxm-80gb": "H100"}[chip]
    held = {"chip": chip, "chip_count": float(points["number of chips"].split()[0].replace(",", ""))}
    (axis,) = (axis for axis in study.problem.grid.axes if axis.uncertain)
    for name, column in axis.columns.items():
        own = name.partition("_on_")[0] if name.partition("_on_")[0] in MODEL else name
        held[own] = study.in_unit(name, spread_of_draws(column)[1])
    held[mover.name] = value
    text = GIVEN + f'[[questions]]\nminimize = "{quantity}"\n'
    plain = loaded(folder, text, *(f"{name}={value!r}".replace("'", "") for name, value in held.items()))
    (answer,) = run_study(plain, "numpy", most_samples=1).answers
    return float(answer.values[quantity].data)


def agrees(folder: Path, study: Study, mover: Mover, quantity: str, chip: str) -> None:
    for value, expected in ((mover.low, mover.answer_low), (mover.base, mover.answer_base), (mover.high, mover.answer_high)):
        assert again(folder, study, mover, value, quantity, chip) == pytest.approx(expected, rel=1e-9), mover


def test_movers_of_a_decision_agree_with_runs_of_one_value_changed(answered: Any, tmp_path: Path) -> None:
    study, answers = answered
    for mover in movers(answers["cheapest"], study)[:5]:
        agrees(tmp_path, study, mover, "cost", "gb200-nvl72")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "quantity"), [("cheapest", "cost"), ("energy", "energy")])
def test_all_movers_agree_with_runs_of_one_value_changed(answered: Any, tmp_path: Path, name: str, quantity: str) -> None:
    study, answers = answered
    for mover in movers(answers[name], study):
        agrees(tmp_path, study, mover, quantity, "gb200-nvl72")


def test_the_largest_effect_comes_first(answered: Any) -> None:
    study, answers = answered
    effects = [mover.effect for mover in movers(answers["cheapest"], study)]
    assert effects == sorted(effects, reverse=True)
    assert len(effects) > 10
    assert effects[-1] > 0


def test_drawn_and_assumed_inputs_are_told_apart_and_stated_ones_are_no_movers(answered: Any) -> None:
    study, answers = answered
    kinds = {mover.name: mover.kind for mover in movers(answers["cheapest"], study)}
    assert kinds["mfu"] == kinds["chip_price"] == kinds["load"] == "drawn"  # and not the places that they are drawn by
    assert kinds["depreciation"] == kinds["facility_price"] == "assumed"
    assert not {"tokens", "chip_count", "mfu_deviation", "price_position"} & set(kinds)
    assert {name for name, kind in kinds.items() if kind == "assumed"} <= {a.quantity for a in study.assumptions}


def test_of_quantiles_the_place_is_the_last_point_of_the_axis_kept(answered: Any) -> None:
    study, answers = answered
    assert movers(answers["energy"], study)[0].place == (("chip", "GB200 NVL72"), ("number of chips", "4,096 chips"))


def test_an_answer_without_rows_and_a_share_of_draws_have_no_movers(answered: Any) -> None:
    study, answers = answered
    assert movers(answers["slow"], study) == () == movers(answers["how sure"], study)


def test_a_study_without_anything_assumed_has_no_movers(tmp_path: Path) -> None:
    text = "[given]\ntraining_flops = 1e24\npeak_flops = 1e15\ngoodput = 1\nmfu = 0.4\nchip_count = 64\n"
    study = loaded(tmp_path, f'title = "t"\n{text}[[questions]]\nname = "q"\nminimize = "run_time"\n')
    (answer,) = run_study(study, "numpy", most_samples=1).answers
    assert movers(answer, study) == ()


def test_of_a_study_each_input_is_told_by_the_answer_that_it_moves_most(answered: Any) -> None:
    study, answers = answered
    told = study_movers(answers.values(), study)
    shares = [one.mover.relative_effect for one in told]
    assert shares == sorted(shares, reverse=True)
    assert len({one.mover.name for one in told}) == len(told)
    by_name = {one.mover.name: one for one in told}
    for name in ("cheapest", "energy"):
        for mover in movers(answers[name], study):
            assert by_name[mover.name].mover.relative_effect >= mover.relative_effect
    assert (by_name["depreciation"].question, by_name["depreciation"].quantity) == ("cheapest", "cost")


@pytest.mark.alone
def test_it_takes_tens_of_milliseconds(answered: Any) -> None:
    study, answers = answered
    movers(answers["cheapest"], study)
    start = time.perf_counter()
    study_movers(answers.values(), study)
    assert time.perf_counter() - start < 0.1


def test_an_estimate_solves_anew_at_every_trial() -> None:
    """Run time follows from the chips; here it is held, and the chips are solved for."""
    given = {"training_flops": 1e24, "peak_flops": 1e15, "goodput": 1.0}

    def problem_at(columns: Any) -> Problem:
        chips = 1e24 / (1e15 * columns["mfu"] * 1e7)
        return Problem(MODEL, Grid((Axis("trials", {**columns, "chip_count": chips}),)), given)

    varied = [drawn_alternative("mfu", (0.25, 0.5, 0.8))]
    found_movers = estimate_movers(problem_at, ["chip_count", "run_time", "chip_hours"], varied)
    (chips,), time_movers, (hours,) = found_movers.values()
    assert (chips.answer_low, chips.answer_base, chips.answer_high) == (400, 200, 125)
    assert time_movers == ()
    at_base = evaluate_at(problem_at({"mfu": np.array([0.5])}), ["chip_hours"], np.zeros(1, np.int64))["chip_hours"][0]
    assert hours.answer_base == pytest.approx(at_base / 3600)
    assert estimate_movers(problem_at, ["chip_count"], []) == {"chip_count": ()}
