"""The studies that come with flopwatt load, are as large as they say, and answer what they were written for."""

from typing import Any

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.estimate.intervals import TARGETS
from flopwatt.bench.estimate.scenario import Assumptions, StatedValue, complete, evaluate, facts
from flopwatt.bench.estimate.source import Source, SourceKind
from flopwatt.bench.prior.drawn_inputs import has_evidence
from flopwatt.bench.study.loader import Study, load_study
from flopwatt.kernels import engines
from flopwatt.kernels.model.evaluate import evaluate_at
from flopwatt.kernels.model.questions import Decision, Quantiles
from flopwatt.kernels.model.units import factor

BIG = "nvidia-openai-10gw"


@pytest.fixture(scope="module")
def big() -> Study:
    return load_study(BIG)


def _answer(study: Study, name: str) -> Any:
    question = next(question for question in study.questions if question.name == name)
    return engines.get("numpy").prepare(study.problem, question, engines.Settings()).run().values


def _labels(study: Study, axis: str) -> tuple[str, ...]:
    labels = study.problem.grid.axes[study.problem.grid.position(axis)].labels
    assert labels is not None
    return labels


def test_there_are_the_three() -> None:
    assert {BIG, "frontier-run", "quick"} <= set(configs.studies())


@pytest.mark.parametrize("name", configs.studies())
def test_a_study_loads_and_every_axis_changes_an_answer(name: str) -> None:
    study = load_study(name)
    assert study.title
    assert study.questions
    expected = (
        "takes the place",
        "from what is known of a run",
        "fitted on no run on these chips",
        "are left out of the choice",
    )
    assert not [
        note for note in study.notes if not any(text in note for text in expected)
    ]  # as of an axis that changes nothing
    names = {assumption.quantity for assumption in study.assumptions}
    assert names <= set(configs.defaults())


def test_the_big_study_is_big(big: Study) -> None:
    assert big.points >= 1e8


def test_one_of_its_questions_needs_1e8_points_by_itself(big: Study) -> None:
    from flopwatt.kernels.plan.collapse import collapse

    sizes = {question.name: collapse(big.problem, question).problem.grid.size for question in big.questions}
    assert max(sizes.values()) >= 1e8


def test_chips_of_10_gigawatts(big: Study) -> None:
    """Between 2.6 and 5.0 million GB200 or GB300, whatever the overheads."""
    values = _answer(big, "chips")["quantiles"]
    ten = big.problem.grid.axes[big.problem.grid.position("site_power")].columns["site_power"].tolist().index(10e9)
    for chip in ("gb200-nvl72", "gb300-nvl72"):
        low, median, high = values[ten, _labels(big, "chip").index(chip)]
        assert 2.6e6 < low < median < high < 5.0e6


def test_announced_gpus_are_dies_of_vera_rubin(big: Study) -> None:
    values = _answer(big, "dies")["quantiles"]
    low, median, high = values[-1, _labels(big, "chip").index("vr200-nvl72")]
    assert 4e6 <= median <= 5e6
    assert low < 4.5e6 < high


def test_full_load_is_87_6_terawatt_hours(big: Study) -> None:
    values = _answer(big, "energy in a year at full load")["objective"] / factor("TWh")
    assert values[-1] == pytest.approx(87.6, rel=2e-6)
    assert values == pytest.approx(8.76 * np.arange(1, 11), rel=2e-6)  # less by what the last chip would draw


def test_money_builds_gigawatts_and_what_is_not_stated_is_unknown(big: Study) -> None:
    values = _answer(big, "gigawatts that the money builds")["objective"] / 1e9
    investors = _labels(big, "investor")
    assert values[investors.index("nvidia")] == pytest.approx(100 / np.array([29, 38, 50, 80, 100]))
    assert np.isnan(values[investors.index("softbank-talks")]).all()
    missing = {(fact.row, fact.column) for fact in big.missing}
    assert ("softbank-talks", "money") in missing
    assert ("h100-sxm-80gb", "peak_fp4") in missing
    assert not {column for row, column in missing if row.startswith("vr200")}


def test_a_fact_that_is_not_published_spoils_only_its_own_row(big: Study) -> None:
    chips = _labels(big, "chip")
    values = _answer(big, "peak FLOP/s at 10 GW")["quantiles"]
    assert np.isnan(values[chips.index("h100-sxm-80gb"), 2]).all()
    assert (values[chips.index("h100-sxm-80gb"), :2] > 0).all()
    assert (values[chips.index("gb300-nvl72")] > 0).all()
    assert (values[chips.index("vr200-nvl72")] > 0).all()  # BF16, FP8 and FP4


def test_the_quick_study_is_small() -> None:
    study = load_study("quick")
    assert 5e4 < study.points < 2e6
    energy = next(question for question in study.questions if isinstance(question, Quantiles))
    low, median, high = engines.get("numpy").prepare(study.problem, energy, engines.Settings()).run().values["quantiles"][0]
    assert low < 3.5e7 * factor("kWh") < high  # 16,384 H100 for Llama 3.1 405B take some 35 GWh
    assert low < median < high


@pytest.mark.parametrize("name", ["quick", "frontier-run"])
def test_every_chip_that_is_chosen_among_has_evidence_of_its_mfu(name: str) -> None:
    study = load_study(name)
    assert all(has_evidence(chip) for chip in _labels(study, "chip"))
    assert not [note for note in study.notes if "left out of the choice" in note]
    assert not [question for question in study.questions if "mfu_evidence" in question.targets()]


def test_an_estimate_of_the_chips_that_quick_finds_takes_120_days_at_each_confidence() -> None:
    """The P50, P80 and P95 of its run time are within 2% of the deadline that quick's chips keep in 50, 80 and 95% of draws."""
    study = load_study("quick")
    question = study.questions[0]
    assert isinstance(question, Decision)
    index = engines.get("numba").prepare(study.problem, question, engines.Settings()).run().values["index"][0]
    counts = evaluate_at(study.problem, ["chip_count"], index)["chip_count"]
    for chip, row in zip(_labels(study, "chip"), counts, strict=True):
        for confidence, count in zip(question.confidences, row, strict=True):
            stated = facts(configs.load("models").rows["llama-3.1-405b"], "models")
            stated |= facts(configs.load("hardware").rows[chip], "hardware")
            source = Source(SourceKind.STATED, "the study")
            stated |= {"tokens": StatedValue(15.6e12, source), "chip_count": StatedValue(float(count), source)}
            run = complete(stated, TARGETS, Assumptions(chip=chip, year=configs.defaults()["year"].value))
            days = evaluate(run.problem(2**14), ["run_time"])["run_time"] / factor("day")
            assert np.quantile(days, float(confidence), method="inverted_cdf") == pytest.approx(120, rel=0.02)
