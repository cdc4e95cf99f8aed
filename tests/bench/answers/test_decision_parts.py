"""Decisions as answers: what stands in them by which name, where they lie, and what is nearest where there is none."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from decided_study import DAY, FAST, answer_to, study_of

from flopwatt.bench.answers.decision_parts import comparison_text, condition_text, failed_names, met_all_name, spread_of
from flopwatt.bench.study.loader import Study
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.questions import Decision
from flopwatt.kernels.model.statistics import Measure, Promise, SharePromise, Statistic


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return study_of(tmp_path)


def test_values_are_named_as_a_study_asks_for_them(study: Study) -> None:
    answer = answer_to(study, "fastest")
    both = "share(run_time <= 15 day and chip_hours <= 1000000 h)"
    assert list(answer.values) == ["mean(run_time)", both, "chip_count", "P10(run_time)", "P50(run_time)", "P90(run_time)"]
    expected = [1.25 * FAST / 2, 0.75, 2000, FAST / 2, FAST / 2, FAST]
    np.testing.assert_allclose([column.data for column in answer.values.values()], expected, rtol=1e-12)
    assert [column.unit for column in answer.values.values()] == ["s", "", "chip", "s", "s", "s"]
    assert (answer.dims, answer.nearest) == ((), None)


def test_a_decision_has_no_place_along_what_is_uncertain(study: Study) -> None:
    assert {name: column.data.tolist() for name, column in answer_to(study, "fastest").at.items()} == {
        "site": "a",
        "chip_count": 2000.0,
    }


def test_each_condition_has_its_share_of_the_draws_and_so_have_all_together(study: Study) -> None:
    values = answer_to(study, "fewest").values
    assert list(values)[-3:] == [
        "share(chip_hours <= 10000000 h)",
        "share(run_time <= 25 day)",
        "share(chip_hours <= 10000000 h and run_time <= 25 day)",
    ]
    np.testing.assert_array_equal(values["share(run_time <= 25 day)"].data, [1, np.nan])


def test_confidences_are_a_dimension_behind_the_kept_axes(study: Study) -> None:
    answer = answer_to(study, "surer")
    assert answer.dims == ("site", "confidence")
    assert answer.coords["confidence"].data.tolist() == [0.5, 0.95]
    np.testing.assert_array_equal(answer.values["chip_count"].data, [[1000, 2000], [4000, np.nan]])
    np.testing.assert_array_equal(answer.values["share(run_time <= 25 day)"].data, [[0.75, 1], [0.75, np.nan]])


def test_the_nearest_stands_where_there_is_no_answer(study: Study) -> None:
    nearest = answer_to(study, "fewest").nearest
    assert nearest is not None
    np.testing.assert_array_equal(nearest.at["chip_count"].data, [np.nan, 4000])
    np.testing.assert_allclose(nearest.values["P80(run_time)"].data, [np.nan, 1.25 * FAST], rtol=1e-12)
    np.testing.assert_array_equal(nearest.values["share(run_time <= 25 day)"].data, [np.nan, 0.75])
    np.testing.assert_allclose(nearest.excess.data, [np.nan, 1.25 * FAST / (25 * DAY) - 1], rtol=1e-9)
    assert {name: column.data.tolist() for name, column in nearest.failed.items()} == {
        "P50(chip_hours) <= 10000000 h": [0, 0],
        "P80(run_time) <= 25 day": [0, 3],
    }
    assert nearest.considered.data.tolist() == [0, 3]


def test_what_is_promised_at_confidences_fails_by_its_quantile(study: Study) -> None:
    nearest = answer_to(study, "surer").nearest
    assert nearest is not None
    assert nearest.failed["share(run_time <= 25 day) >= confidence"].data.tolist() == [[0, 0], [0, 3]]
    np.testing.assert_allclose(nearest.excess.data, [[np.nan, np.nan], [np.nan, 1.25 * FAST / (25 * DAY) - 1]], rtol=1e-9)


def test_what_no_draw_changes_has_no_spread(study: Study) -> None:
    questions = {question.name: question for question in study.questions}
    assert [spread_of(questions[name]) for name in ("fewest", "surer")] == [(), ()]  # type: ignore[arg-type]
    assert [str(statistic) for statistic in spread_of(questions["median"])] == [  # type: ignore[arg-type]
        "P10(run_time)",
        "P50(run_time)",
        "P90(run_time)",
    ]


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (Condition("run_time", "<=", 120 * DAY), "run_time <= 120 day"),
        (Condition("run_time", "<", 1.0), "run_time < 1 s"),
        (Condition("run_time", "<=", 120.45678 * DAY), "run_time <= 10407465.792 s"),
        (Condition("chip_count", ">=", 2000.0), "chip_count >= 2000 chip"),
        (Condition("facility_power", "<=", 2e8), "facility_power <= 200 MW"),
        (Condition("cost", "<=", 3e7), "cost <= 30000000 USD"),
        (Condition("mfu", ">", 0.25), "mfu > 0.25"),
        (Condition("cost", "==", "electricity_cost"), "cost == electricity_cost"),
    ],
)
def test_a_condition_is_written_with_all_of_its_number(study: Study, condition: Condition, text: str) -> None:
    assert condition_text(condition, study.problem.model) == text


def test_promises_are_written_as_a_study_has_them(study: Study) -> None:
    quick = Condition("run_time", "<=", DAY)
    promises = (
        Promise(Statistic("run_time", Measure.MEAN), "<=", DAY),
        Promise(Statistic("run_time", Measure.QUANTILE, Fraction(99, 100)), "<=", DAY),
        SharePromise((quick, Condition("mfu", ">", 0.25)), ">", Fraction(1, 3)),
    )
    model = study.problem.model
    assert [comparison_text(promise, model) for promise in promises] == [
        "mean(run_time) <= 1 day",
        "P99(run_time) <= 1 day",
        "share(run_time <= 1 day and mfu > 0.25) > 33.3333%",
    ]
    question = Decision(name="q", objective=Statistic("cost"), where=(Condition("chip_count", "==", 1.0),), promises=promises)
    assert met_all_name(question, model) == "share(run_time <= 1 day and mfu > 0.25)"
    assert failed_names(question, model) == [comparison_text(promise, model) for promise in promises]
    assert met_all_name(Decision(name="q", objective=Statistic("cost")), model) == ""


def test_a_dataset_has_the_nearest_too(study: Study) -> None:
    dataset = answer_to(study, "fewest").dataset()
    np.testing.assert_array_equal(dataset["nearest_at_chip_count"].values, [np.nan, 4000])
    assert dataset["nearest_P80(run_time)"].attrs["units"] == "s"
    assert "nearest_excess" in dataset
    assert "nearest_excess" not in answer_to(study, "median").dataset()
