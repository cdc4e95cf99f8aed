"""What questions ask in words: of what, at which points of the axes, under which conditions."""

from fractions import Fraction
from pathlib import Path

import pytest

from flopwatt.bench.runner.question_words import PHRASES, fixed_places, question_text, with_conditions
from flopwatt.bench.study.conditions import ON_EVIDENCE
from flopwatt.bench.study.loader import Study, load_study
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.questions import (
    Best,
    Decision,
    Histogram,
    Pareto,
    Quantiles,
    Question,
    Sensitivity,
    Summary,
    Table,
)
from flopwatt.kernels.model.statistics import Measure, Promise, SharePromise, Statistic

TEXT = """title = "t"
[given]
training_flops = 1e24
peak_flops = 1e15
[axes.chip_count]
values = [1000, 2000, 4000]
[axes.precision]
columns.precision_bits = [16, 8, 4]
labels = ["BF16", "FP8", "FP4"]
[axes.pair]
columns.goodput = [0.8, 0.9]
columns.load = [0.5, 0.6]
[axes.mfu]
values = [0.25, 0.5]
uncertain = true
[[questions]]
summary = "run_time"
"""
DAY = 86400.0
P80 = Statistic("run_time", Measure.QUANTILE, Fraction(4, 5))
IN_TIME, CHEAP = Condition("run_time", "<=", 120 * DAY), Condition("cost", "<", 5e6)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    path: Path = tmp_path_factory.mktemp("words") / "study.toml"
    path.write_text(TEXT)
    return load_study(path)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (Best(name="q", objective="run_time"), "least run time"),
        (Best(name="q", objective="chip_count", maximize=True), "greatest number of chips"),
        (Decision(name="q", objective=P80), "least P80 of run time"),
        (Summary(name="q", quantity="run_time"), "least, mean and greatest run time"),
        (Quantiles(name="q", quantity="run_time"), "run time"),
        (Histogram(name="q", quantity="cost"), "histogram of cost"),
        (Sensitivity(name="q", quantity="cost"), "what the variance of cost comes from"),
        (
            Pareto(name="q", quantities=("cost", "run_time")),
            "front of cost and run time, the less the better: nothing has less of one and no more of the other",
        ),
        (
            Pareto(name="q", quantities=("cost", "run_time"), more=(True, False)),
            "front of more cost against less run time: nothing is better in one and no worse in the other",
        ),
        (Table(name="q", quantities=("cost", "run_time")), "cost and run time"),
    ],
)
def test_what_is_asked(study: Study, question: Question, text: str) -> None:
    assert type(question) in PHRASES
    assert question_text(question, study) == text


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ((Condition("chip_count", ">=", 3000.0),), "x, at number of chips 4,000"),
        ((Condition("precision_bits", "<=", 8.0), Condition("precision_bits", ">", 4.0)), "x, at precision FP8"),
        ((Condition("chip_count", "<=", 3000.0),), "x where number of chips <= 3,000 chips"),  # two are left
        ((Condition("chip_count", "<", 10.0),), "x where number of chips < 10 chips"),  # none is
        ((Condition("goodput", ">", 0.85),), "x, at pair 90%"),
        (
            (Condition("run_time", "<=", 10 * DAY), Condition("cost", ">", "electricity_cost")),
            "x where run time <= 10 days, cost > ",
        ),
        (
            (Condition("chip_count", ">=", 3000.0), IN_TIME),
            "x, at number of chips 4,000, where run time <= 120 days",
        ),
        ((ON_EVIDENCE,), "x, on chips with fitted runs or published step times"),
    ],
)
def test_conditions_that_leave_one_point_are_said_as_that_point(study: Study, where: tuple[Condition, ...], text: str) -> None:
    assert with_conditions("x", Best(name="q", objective="cost", where=where), study).startswith(text)


def test_the_points_and_the_other_conditions(study: Study) -> None:
    where = (IN_TIME, Condition("precision_bits", "<", 8.0))
    assert fixed_places(Best(name="q", objective="cost", where=where), study) == ([("precision", "FP4")], [IN_TIME])


def test_promises_follow_conditions_at_the_confidences_that_are_asked(study: Study) -> None:
    promises = (
        Promise(P80, "<=", 10 * DAY),
        Promise(Statistic("cost", Measure.MEAN), "<", 5e6),
        SharePromise((IN_TIME, CHEAP), ">=", Fraction(9, 10)),
    )
    question = Decision(name="q", objective=P80, where=(CHEAP,), promises=promises)
    assert with_conditions("least", question, study) == (
        "least where cost < 5 million USD, P80 of run time <= 10 days, mean cost < 5 million USD, "
        "run time <= 120 days and cost < 5 million USD in at least 90% of draws"
    )
    several = Decision(name="q", objective=P80, promises=promises, confidences=(Fraction(1, 2), Fraction(4, 5)))
    assert with_conditions("least", several, study) == (
        "least where mean cost < 5 million USD, run time <= 10 days and (run time <= 120 days and cost < 5 million USD), "
        "each in at least 50% and 80% of draws"
    )
