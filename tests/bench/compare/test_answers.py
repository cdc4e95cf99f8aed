"""When two records' answers are equal: to the dtype's tolerance, bins, counts and ties to their own."""

import pytest
from made_records import record, timed, verdict

from flopwatt.bench.compare.answers import disagreement
from flopwatt.bench.compare.match import compare
from flopwatt.bench.machine.info import Cpu, Machine
from flopwatt.bench.records.record import Reading, StoredAnswer, Values


def answering(*data, dtype="float64", kind="value", **changes):
    answers = (StoredAnswer("cheapest", {"cost": Values("USD", data, len(data), None, kind)}),)
    return timed("a", dtype=dtype, answers=answers, **changes)


@pytest.mark.parametrize(
    ("one", "other", "dtype", "wrong"),
    [
        (1.0, 1.0 + 1e-13, "float64", False),
        (1.0, 1.0 + 1e-11, "float64", True),
        (1.0, 1.0 + 1e-6, "float32", False),
        (1.0, 1.0 + 1e-4, "float32", True),
        (None, None, "float64", False),
        (None, 1.0, "float64", True),
        (1.0, None, "float64", True),
        (float("inf"), float("inf"), "float64", False),
        (float("inf"), 1.0, "float64", True),
        (0.0, 0.0, "float64", False),
        (0.0, 1e-300, "float64", True),
    ],
)
def test_an_answer_is_wrong_beyond_the_dtypes_tolerance(one, other, dtype, wrong):
    row = verdict(answering(5.0, one, dtype=dtype), answering(5.0, other, dtype=dtype))
    assert (row.verdict == "wrong") == wrong
    assert bool(row.fails) == wrong
    if wrong:
        assert "cheapest: cost is" in row.reason


def test_a_wrong_answer_fails_on_another_machine_too():
    outcome = compare([record(answering(1.0))], [record(answering(2.0), machine=Machine("b", Cpu("other")))])
    assert (outcome.counts, outcome.exit_code) == ({"wrong": 1}, 1)


def test_bins_and_counts_and_ties_have_their_own_tolerance():
    assert not disagreement(answering(1.0, kind="binned"), answering(1.015, kind="binned"))
    assert disagreement(answering(1.0, kind="binned"), answering(1.02, kind="binned"))
    assert not disagreement(answering(1e9, kind="count"), answering(1e9 + 5, kind="count"))
    assert disagreement(answering(100.0, kind="count"), answering(101.0, kind="count"))
    assert not disagreement(answering(1.0, kind="tied"), answering(7.0, kind="tied"))


def test_an_answer_of_another_shape_and_an_error_against_numpy_are_wrong():
    assert "it had 1" in disagreement(answering(1.0), answering(1.0, 2.0))
    assert "off the reference by 0.001" in disagreement(answering(1.0), answering(1.0, max_relative_error=Reading(1e-3)))


def test_answers_that_are_missing_or_of_another_kind_are_wrong():
    base = answering(1.0)
    values = {"cost": Values("USD", (1.0,), 1)}
    for changed, reason in (
        ((), "the candidate stores no answer, the baseline answers to cheapest"),
        ((StoredAnswer("dearest", values),), "the candidate stores answers to dearest, the baseline answers to cheapest"),
        ((StoredAnswer("cheapest", {}),), "cheapest: it has no values where it had cost"),
        ((StoredAnswer("cheapest", {**values, "power": values["cost"]}),), "cheapest: it has cost, power where it had cost"),
        (
            (StoredAnswer("cheapest", {"cost": Values("USD", (1.0,), 1, None, "count")}),),
            "cheapest: cost is of the kind 'count', it was 'value'",
        ),
        (
            (StoredAnswer("cheapest", {"cost": Values("EUR", (1.0,), 1)}),),
            "cheapest: cost has 1 values in EUR, it had 1 in USD",
        ),
    ):
        row = verdict(base, timed("a", answers=changed))
        assert (row.verdict, row.reason) == ("wrong", reason)


def test_a_baseline_without_answers_holds_nothing_against_them():
    assert verdict(timed("a"), answering(1.0)).verdict == "same"
    assert verdict(timed("a"), timed("a")).verdict == "same"
