"""The studies that come with flopwatt load, are as large as they say, and answer what they were written for."""

import math
from typing import Any

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.estimate.intervals import TARGETS
from flopwatt.bench.estimate.scenario import Assumptions, StatedValue, complete, evaluate, facts
from flopwatt.bench.estimate.source import Source, SourceKind
from flopwatt.bench.prior.drawn_inputs import has_evidence
from flopwatt.bench.runner.run import run_study
from flopwatt.bench.runner.sentences import headlines
from flopwatt.bench.study.loader import Study, load_study
from flopwatt.bench.study.names import saying_of
from flopwatt.bench.study.sayings import fitting
from flopwatt.bench.validate import gigawatts
from flopwatt.kernels import engines
from flopwatt.kernels.model.evaluate import evaluate_at
from flopwatt.kernels.model.questions import Best, Decision, Quantiles
from flopwatt.kernels.model.units import factor

BIG = "nvidia-openai-10gw"
SEARCHING = ("strategy", "serving-deepseek")  # studies of which some groups have no strategy


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
        "predicted from published runs on other chips",
        "are left out of the choice",
        "in ways that do not compare",
        "is counted alike",
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


def _of(study: Study, name: str, **labels: str) -> Any:
    """The quantiles of a question of the big study at these labels of its kept axes, and all of an axis that is not named."""
    question = next(question for question in study.questions if question.name == name)
    values = _answer(study, name)
    places = tuple(_labels(study, axis).index(labels[axis]) if axis in labels else slice(None) for axis in question.by)
    return values["quantiles"][places]


@pytest.mark.parametrize(("chip", "facility", "it"), [("gb200-nvl72", 3.9e6, 4.9e6), ("vr200-nvl72", 2.7e6, 3.4e6)])
def test_chips_of_10_gigawatts_on_both_readings(chip: str, facility: float, it: float, big: Study) -> None:
    for basis, median in (("facility", facility), ("IT", it)):
        values = _of(big, "chips", basis=basis, chip=chip)
        assert values[1] == pytest.approx(median, rel=0.03)
        assert 0.85 * values[1] < values[0] < values[1] < values[2] < 1.15 * values[1]


def test_the_study_and_the_comparison_with_published_counts_are_one(big: Study) -> None:
    """The same chips of 10 GW from `flopwatt run` and from `flopwatt validate --gigawatts`: one set of factors."""
    chips = _labels(big, "chip")
    claims = [claim for claim in gigawatts.claims(1024) if claim.chip.key in chips]
    assert {claim.chip.key for claim in claims} >= {"h100-sxm-80gb", "b200-sxm", "gb200-nvl72", "vr200-nvl72"}
    for claim in claims:
        for basis, count in claim.counts.items():
            values = _of(big, claim.counted.replace("packages", "chips"), basis=basis, chip=claim.chip.key)
            assert values == pytest.approx([count.low, count.median, count.high], rel=0.015), claim.who


def test_announced_gpus_are_dies_of_vera_rubin_at_its_greater_power(big: Study) -> None:
    low, median, high = _of(big, "dies", basis="facility", chip="vr200-nvl72-max-p")
    assert 4e6 <= low < 4.5e6 < high <= 5e6
    assert median == pytest.approx(4.47e6, rel=0.02)


def test_full_load_is_87_6_terawatt_hours(big: Study) -> None:
    values = _of(big, "energy in a year at full load", basis="facility") / factor("TWh")
    assert values[:, 1] == pytest.approx(8.76 * np.arange(1, 11), rel=0.008)  # a quantile is within 0.8%


def test_best_is_asked_only_where_one_is_better(big: Study) -> None:
    """A site's power, energy and comparisons at the facility hang on no chip, grid or PUE: none of them is a best case."""
    best = [question for question in big.questions if isinstance(question, Best | Decision)]
    assert {target for question in best for target in question.targets()} <= {
        "site_cost_per_run",
        "run_share_of_site",
        "mfu_evidence",
        "site_power",
    }


def test_money_builds_gigawatts(big: Study) -> None:
    low, median, high = _of(big, "gigawatts that the money builds", investor="nvidia") / 1e9
    assert 1 < low < median < high < 3.5
    assert median == pytest.approx(2, rel=0.1)  # at some 50 USD a watt
    closed = _of(big, "gigawatts that the money builds", investor="round-closed") / 1e9
    assert closed == pytest.approx(np.array([low, median, high]) * 1.1, rel=0.02)


def test_capital_is_shown_both_ways_with_their_ratio(big: Study) -> None:
    """38 USD per watt of IT (Epoch AI) are what the parts cost; 50 per watt of the facility (Stargate) are much more."""
    ratio = "capital by the price of a watt over that by parts"
    assert _of(big, ratio, price_of_a_watt="epoch-model")[1] == pytest.approx(1, abs=0.15)
    assert 1.3 < _of(big, ratio, price_of_a_watt="stargate")[1] < 2
    epoch = _of(big, "capital by the price of a watt", price_of_a_watt="epoch-model", basis="IT")
    assert epoch == pytest.approx(380e9, rel=0.01)


def test_vera_rubin_answers_in_every_precision(big: Study) -> None:
    for name in ("peak FLOP/s", "runs of 1e27 FLOP in a year", "cost of a run of 1e27 FLOP"):
        for chip in ("vr200-nvl72", "vr200-nvl72-max-p"):
            assert (_of(big, name, chip=chip)[:, 1] > 0).all()


def test_no_run_is_longer_than_its_limit(big: Study) -> None:
    longest = _answer(big, "days of a run")["max"] / factor("day")
    assert longest == pytest.approx(np.tile([30, 45, 60, 100], (2, 1)), rel=0.01)


def test_runs_of_a_year_follow_the_shares_of_that_year(big: Study) -> None:
    values = _answer(big, "runs of 1e27 FLOP in FP8 in a year by the year's shares")["quantiles"]
    earlier, later = (values[_labels(big, "shares").index(row)] for row in ("openai-2024", "openai-2025"))
    assert later[:, 1] == pytest.approx(earlier[:, 1] * 0.05 / 0.07, rel=0.02)
    assert (earlier[:, 2] < 65).all()  # 44 to 99 of any length were answered once


# What a study cannot answer, and why. Whatever else is null is a fault.
NO_FP4 = {"h100-sxm-80gb", "h200-sxm"}  # Hopper has no FP4
BY_SERVER = {"h200-sxm", "b200-sxm"}  # sold by the server: racks are of many sizes
NO_SUM = {"softbank-talks"}  # SoftBank named none
NOT_RENTED = {"gb300-nvl72", "vr200-nvl72", "vr200-nvl72-max-p"}  # no rent is published yet
GROWING, FIRST_ONLINE = "nvidia-openai-buildout", "2028 Q3"  # a share of what is online is not known while nothing is
POWERS = {"france-peak", "new-york-state", "new-york-state-record", "new-york-city", "epr"}  # peaks: no year's energy
ENERGIES = {"france", "germany", "london", "new-york-state-year"}  # energies of a year: no peak


def _explained(question: str, kept: dict[str, str]) -> bool:
    """Tell whether the first study may have no answer there."""
    by_question = {
        "racks": ("chip", BY_SERVER),
        "a year's energy compared": ("compared", POWERS),
        "power compared": ("compared", ENERGIES),
        "gigawatts that the money builds": ("investor", NO_SUM),
        "an hour of a chip, rented": ("chip", NOT_RENTED),
    }
    if question in by_question:
        axis, rows = by_question[question]
        return kept[axis] in rows
    return kept.get("precision") == "FP4" and kept.get("chip") in NO_FP4


def _nulls(study: Study, name: str) -> list[dict[str, str]]:
    """The labels of the kept axes wherever a question has no answer."""
    question = next(question for question in study.questions if question.name == name)
    engine = "numpy" if study.summed else "numba"  # columns of sums take long to compile, and engines are compared elsewhere
    values = engines.get(engine).prepare(study.problem, question, engines.Settings()).run().values
    axes = [study.problem.grid.axes[study.problem.grid.position(axis)] for axis in question.by]
    answer = next(np.asarray(values[key]) for key in ("quantiles", "objective", "mean", "shares") if key in values)
    texts = [axis.labels or tuple(map(str, next(iter(axis.columns.values())))) for axis in axes]
    null = np.isnan(answer.reshape(*(len(text) for text in texts), -1)).any(axis=-1)
    return [{axis.name: text[i] for axis, text, i in zip(axes, texts, place, strict=True)} for place in np.argwhere(null)]


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in configs.studies() if not name.startswith(SEARCHING)])
def test_nothing_is_null_without_a_reason(name: str) -> None:
    study = load_study(name, ["axes.assumptions.draws=64"])
    nulls = [(question.name, kept) for question in study.questions for kept in _nulls(study, question.name)]
    nulls = [(question, kept) for question, kept in nulls if name != GROWING or kept["period"] >= FIRST_ONLINE]
    assert [(question, kept) for question, kept in nulls if name != BIG or not _explained(question, kept)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in configs.studies() if name.startswith("strategy")])
def test_a_strategy_is_null_only_where_none_fits(name: str) -> None:
    study = load_study(name, ["axes.assumptions.draws=2"])
    nulls = {question.name: _nulls(study, question.name) for question in study.questions}
    assert nulls["best"] == nulls["cheapest"] == nulls["fitting"]
    chips = {kept["chip"] for kept in nulls["fitting"]}
    assert all(len([kept for kept in nulls["fitting"] if kept["chip"] == chip]) < 50 for chip in chips)


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


def test_the_big_one_is_told_in_five_sentences_without_a_number_that_is_not_known(big: Study) -> None:
    asked = [placeholder for template in big.wording.sayings.headlines for placeholder in template.placeholders()]
    names = {question.name for one in asked for question in fitting(one, big.questions, big.problem)}
    run = run_study(load_study(BIG, only=sorted(names)), "numpy", budget_seconds=0)
    told = headlines(run)
    assert len(told) == 5
    assert "87.6 TWh, 19.5% of what France consumes and 3.71 times what London does" in told[1]
    assert not [text for text in told if "-nvl72" in text or "∞" in text or "nan" in text]


@pytest.mark.parametrize("name", configs.studies())
def test_what_a_study_shows_of_a_question_is_less_than_a_screen(name: str) -> None:
    study = load_study(name)
    for question in study.questions:
        saying = saying_of(study, question.name)
        lengths = {axis: len(study.problem.grid.axes[study.problem.grid.position(axis)]) for axis in question.by}
        rows = math.prod(len(saying.points.get(axis, range(length))) for axis, length in lengths.items())
        assert saying.hidden or rows <= 20, (question.name, rows)
