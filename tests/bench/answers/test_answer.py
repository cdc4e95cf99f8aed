"""Answers: what each kind holds, in which units, with which dimensions; where its points lie; where there is nothing."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from flopwatt.bench.answers.answer import Answer, Computation, answer_of
from flopwatt.bench.answers.kinds import KINDS, OWN_NAMES, TOGETHER
from flopwatt.kernels.engines import Settings, get
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, collecting, given, quantity
from flopwatt.kernels.model.questions import (
    Best,
    Decision,
    Histogram,
    Pareto,
    Problem,
    Quantiles,
    Question,
    Result,
    Sensitivity,
    Summary,
    Table,
)
from flopwatt.kernels.model.statistics import Statistic

HOUR = 3600.0

with collecting() as _own:
    given("load", "kW", "drawn")
    given("hours", "h", "how long")
    given("price", "USD/kWh", "of energy")

    @quantity(unit="kWh", source="definition")
    def energy(load, hours):  # type: ignore[no-untyped-def]
        return load * hours

    @quantity(unit="USD", source="a contract")
    def bill(energy, price):  # type: ignore[no-untyped-def]
        return energy * price


LOADS = np.array([1.0, 2.0, 4.0])  # kW
HOURS = np.array([10.0, 20.0])
PRICES = np.array([0.5, 0.25])  # USD/kWh
PROBLEM = Problem(
    Model(_own),
    Grid(
        (
            Axis("site", {"price": PRICES / 3.6e6}, ("north", "south")),
            Axis("load", {"load": LOADS * 1e3}),
            Axis("plan", {"hours": HOURS * HOUR}),
        )
    ),
)
ENERGY = LOADS[:, None] * HOURS  # kWh, over load and plan
BILL = PRICES[:, None, None] * ENERGY


def answered(question: Question, dtype: str = "float64", problem: Problem = PROBLEM) -> Answer:
    if isinstance(question, Table):
        (chunk,) = get("numpy").prepare(problem, question, Settings(dtype)).chunks()
        index = np.flatnonzero(np.ones(problem.grid.size, bool) if chunk.feasible is None else chunk.feasible)[:4]
        values = {name: array[index] for name, array in chunk.values.items()}
        result = Result({"index": index, **values, "rows": np.array(problem.grid.size)}, problem.grid.size)
    else:
        result = get("numpy").prepare(problem, question, Settings(dtype)).run()
    return answer_of(problem, question, result, Computation("numpy", dtype, {"price": "the study's", "load": "measured"}))


def test_a_best_has_its_objective_and_conditions_in_their_units_and_its_place() -> None:
    answer = answered(Best(name="q", objective="bill", by=("site",), where=(Condition("energy", ">=", 20 * 3.6e6),)))
    assert answer.dims == ("site",)
    assert answer.coords["site"].data.tolist() == ["north", "south"]
    np.testing.assert_allclose(answer.values["bill"].data, [10, 5], rtol=1e-12)
    np.testing.assert_allclose(answer.values["energy"].data, [20, 20], rtol=1e-12)
    assert (answer.values["bill"].unit, answer.values["energy"].unit) == ("USD", "kWh")
    assert answer.values["bill"].source == "a contract"
    assert list(answer.at) == ["load", "plan", "hours"]
    np.testing.assert_allclose(answer.at["load"].data, [1, 1])  # of equal points the first: 1 kW for 20 h
    np.testing.assert_allclose(answer.at["hours"].data, [20, 20])
    assert (answer.at["load"].unit, answer.at["load"].source) == ("kW", "measured")


def test_where_nothing_meets_the_conditions_there_is_nan_and_no_label() -> None:
    answer = answered(Best(name="q", objective="bill", by=("load",), where=(Condition("energy", ">=", 30 * 3.6e6),)))
    assert np.isnan(answer.values["bill"].data).tolist() == [True, False, False]
    assert np.isnan(answer.values["energy"].data).tolist() == [True, False, False]
    assert answer.at["site"].data.tolist() == [None, "south", "south"]
    assert np.isnan(answer.at["hours"].data[0])
    np.testing.assert_allclose(answer.coords["load"].data, LOADS)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_values_keep_the_dtype(dtype: str) -> None:
    question = Best(name="q", objective="bill", where=(Condition("energy", ">=", 0.0),))
    assert {column.data.dtype.name for column in answered(question, dtype).values.values()} == {dtype}


def test_a_summary_counts_in_whole_numbers_and_measures_in_the_quantitys_unit() -> None:
    answer = answered(Summary(name="q", quantity="energy", by=("plan",), where=(Condition("load", "<=", 2e3),)))
    assert list(answer.values) == ["count", "feasible", "nan", "min", "mean", "max"]
    assert answer.values["count"].data.tolist() == [6, 6]
    assert answer.values["feasible"].data.tolist() == [4, 4]
    np.testing.assert_allclose(answer.values["mean"].data, ENERGY[:2].mean(axis=0), rtol=1e-12)
    assert {name: column.unit for name, column in answer.values.items()} == {
        "count": "",
        "feasible": "",
        "nan": "",
        "min": "kWh",
        "mean": "kWh",
        "max": "kWh",
    }


def test_quantiles_have_a_dimension_of_their_own() -> None:
    answer = answered(Quantiles(name="q", quantity="bill", at=(0.0, 1.0), by=("site",)))
    assert answer.dims == ("site", "quantile")
    assert answer.coords["quantile"].data.tolist() == [0, 1]
    np.testing.assert_allclose(answer.values["bill"].data, [[5, 40], [2.5, 20]], rtol=1e-12)


def test_a_histograms_bins_have_their_ends_in_the_quantitys_unit() -> None:
    answer = answered(Histogram(name="q", quantity="bill", bins=4, by=("site",)))
    assert answer.dims == ("site", "bin")
    low, high, counts = (answer.values[name] for name in ("from", "to", "count"))
    assert (low.unit, high.unit, counts.unit) == ("USD", "USD", "")
    np.testing.assert_array_equal(low.data[:, 1:], high.data[:, :-1])
    for site, count in enumerate(counts.data):
        assert count.tolist() == np.histogram(BILL[site], [*low.data[0], high.data[0, -1]])[0].tolist()


def test_a_sensitivitys_last_share_is_what_the_axes_do_together() -> None:
    answer = answered(Sensitivity(name="q", quantity="bill", by=("site",)))
    assert answer.dims == ("site", "axis")
    assert answer.coords["axis"].data.tolist() == ["load", "plan", TOGETHER]
    np.testing.assert_allclose(answer.values["share"].data.sum(axis=-1), 1, rtol=1e-9)
    explained = BILL[0].mean(axis=1).var() / BILL[0].var()
    np.testing.assert_allclose(answer.values["share"].data[0, 0], explained, rtol=1e-9)
    assert answer.values["error"].data.tolist() == [[0.0] * 3] * 2


def test_a_sensitivity_names_the_columns_of_joint_draws() -> None:
    random = np.random.default_rng(0)
    draws = {"price": random.uniform(0.2, 0.4, 64) / 3.6e6, "hours": random.uniform(8, 12, 64) * HOUR}
    axes = (Axis("load", {"load": LOADS * 1e3}), Axis("drawn", draws, uncertain=True))
    answer = answered(Sensitivity(name="q", quantity="bill"), problem=Problem(PROBLEM.model, Grid(axes)))
    assert answer.coords["axis"].data.tolist() == ["load", "price", "hours", TOGETHER]
    share, error = (answer.values[name].data for name in ("share", "error"))
    assert share.sum() == pytest.approx(1)
    assert share.shape == error.shape == (4,)
    assert ((error > 0) & (error < 0.05)).all()


def test_the_rows_of_fronts_are_the_points_that_they_have() -> None:
    """South pays less, so a bill of 19 USD leaves it one point; what fills its front up to north's two is no row."""
    answer = answered(Pareto(name="q", quantities=("hours", "load"), by=("site",), where=(Condition("bill", ">=", 19.0),)))
    assert answer.dims == ("site", "point")
    np.testing.assert_allclose(answer.values["hours"].data, [[10, 20], [20, np.nan]])
    np.testing.assert_allclose(answer.values["load"].data, [[4, 2], [4, np.nan]])
    np.testing.assert_allclose(answer.values["bill"].data, [[20, 20], [20, np.nan]], rtol=1e-12)
    np.testing.assert_allclose(answer.at["load"].data, [[4, 2], [4, np.nan]])
    assert answer.rows().tolist() == [0, 1, 2]


def test_other_kinds_have_a_row_for_each_point() -> None:
    never = (Condition("bill", "<", 0.0),)
    assert answered(Best(name="q", objective="bill", by=("site", "load"), where=never)).rows().tolist() == list(range(6))
    assert answered(Quantiles(name="q", quantity="bill", at=(0.1, 0.5, 0.9), by=("site",))).rows().tolist() == list(range(6))


def test_a_table_has_its_first_rows_and_says_how_many_there_are() -> None:
    answer = answered(Table(name="q", quantities=("bill", "energy")))
    assert (answer.dims, answer.total) == (("scenario",), 12)
    assert answer.coords["scenario"].data.tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(answer.values["bill"].data, BILL.reshape(-1)[:4], rtol=1e-12)
    assert answer.at["site"].data.tolist() == ["north"] * 4
    np.testing.assert_allclose(answer.at["hours"].data, [10, 20, 10, 20])
    assert answered(Summary(name="q", quantity="bill")).total is None


def test_a_dataset_has_units_sources_and_no_name_twice() -> None:
    question = Best(name="q", objective="bill", by=("load",), where=(Condition("load", ">=", 2e3),))
    dataset = answered(question).dataset()
    assert dict(dataset.sizes) == {"load": 3}
    assert dataset["bill"].attrs == {"units": "USD", "source": "a contract"}
    assert dataset["load"].attrs == {"units": "kW"}
    np.testing.assert_allclose(dataset["value_load"].values, [np.nan, 2, 4])
    assert dataset["at_site"].values.tolist()[1:] == ["south", "south"]
    assert dataset.attrs == {"question": "q", "kind": "best", "engine": "numpy", "dtype": "float64"}


QUESTIONS: dict[type[Question], Question] = {
    Best: Best(name="q", objective="bill", by=("site",)),
    Decision: Decision(name="q", objective=Statistic("bill"), by=("site",), confidences=(Fraction(1, 2),)),
    Summary: Summary(name="q", quantity="bill", by=("site",)),
    Quantiles: Quantiles(name="q", quantity="bill", by=("site",)),
    Histogram: Histogram(name="q", quantity="bill", by=("site",)),
    Sensitivity: Sensitivity(name="q", quantity="bill", by=("site",)),
    Pareto: Pareto(name="q", quantities=("bill", "hours"), by=("site",)),
    Table: Table(name="q", quantities=("bill",)),
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_an_answer_holds_what_the_table_of_kinds_says(kind: type[Question]) -> None:
    question, entry = QUESTIONS[kind], KINDS[kind]
    answer = answered(question)
    assert answer.dims == (*question.by, *entry.dims)
    assert list(answer.coords) == list(answer.dims)
    assert set(answer.values) - set(PROBLEM.model.quantities) == set(entry.columns)
    shape = tuple(len(column.data) for column in answer.coords.values())
    columns: dict[str, Any] = {**answer.values, **answer.at}
    assert {name: column.data.shape for name, column in columns.items()} == dict.fromkeys(columns, shape)
    assert {*entry.dims, *entry.columns} <= OWN_NAMES
