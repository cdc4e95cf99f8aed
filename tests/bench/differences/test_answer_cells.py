"""Answers of every kind as cells."""

from typing import Any

import pytest
from made_documents import answer

from flopwatt.bench.differences.answer_cells import Cell, cells_of, cells_of_estimate
from flopwatt.bench.differences.difference_words import column_words
from flopwatt.bench.differences.document_forms import AnswerForm, EstimateForm, SpreadForm, ValuesForm
from flopwatt.bench.errors import InputError


def form(made: dict[str, Any], **more: Any) -> AnswerForm:
    values = {name: ValuesForm(**column) for name, column in made["values"].items()}
    coords = {dim: tuple(points) for dim, points in made["coords"].items()}
    return AnswerForm(**(made | {"values": values, "dims": tuple(made["dims"]), "coords": coords} | more))


def told(cells: tuple[Cell, ...], main: bool = True) -> dict[tuple[Any, ...], Any]:
    return {(*(point for _, point, _ in cell.key), cell.column): cell.value for cell in cells if cell.is_main == main}


SITES = {"site": ["a", "b"]}


def test_of_a_decision_the_objective_is_main_and_what_was_chosen_goes_with_it() -> None:
    made = answer("decision", SITES, **{"P50(cost)": [1.0, None], "P80(run_time)": [2.0, None]})
    cells = cells_of(form(made, at={"chip_count": [1000, None]}, units={"chip_count": "chip"}))
    assert told(cells) == {("a", "P50(cost)"): 1.0, ("b", "P50(cost)"): None}
    assert cells[0].chosen == (("chip_count", 1000, "chip"),)
    assert cells[0].quantity == "cost"


def test_of_quantiles_that_nearest_the_median_is_main() -> None:
    cells = cells_of(form(answer("quantiles", {**SITES, "quantile": [0.05, 0.4, 0.9]}, cost=[[1, 2, 3], [4, 5, 6]])))
    assert told(cells) == {("a", "P40(cost)"): 2, ("b", "P40(cost)"): 5}
    assert told(cells, main=False)["b", "P90(cost)"] == 6


def test_of_a_summary_it_is_the_mean() -> None:
    cells = cells_of(form(answer("summary", {}, count=3, mean=2.0, min=1.0, max=3.0)), ("cost",))
    assert told(cells) == {("mean(cost)",): 2.0}
    assert told(cells, main=False) == {("min(cost)",): 1.0, ("max(cost)",): 3.0}


def test_of_a_histogram_it_is_the_mean_of_its_bins_middles() -> None:
    bins = {"from": [[1.0, 4.0], [-1.0, 1.0]], "to": [[4.0, 16.0], [1.0, 3.0]], "count": [[1, 3], [0, 0]]}
    cells = cells_of(form(answer("histogram", {**SITES, "bin": [0, 1]}, **bins)), ("cost",))
    assert told(cells) == {("a", "mean_of_bins(cost)"): pytest.approx(6.5), ("b", "mean_of_bins(cost)"): None}
    bins["count"] = [[0, 0], [1, 3]]
    cells = cells_of(form(answer("histogram", {**SITES, "bin": [0, 1]}, **bins)), ("cost",))
    assert told(cells)["b", "mean_of_bins(cost)"] == pytest.approx((0 + 3 * 3**0.5) / 4)
    assert column_words(cells[0]) == "mean cost by the middles of the bins"


def test_of_a_sensitivity_each_share_is_a_row() -> None:
    cells = cells_of(form(answer("sensitivity", {"axis": ["mfu", "pue"]}, share=[0.7, 0.2], error=[0.1, 0.1])))
    assert told(cells) == {("mfu", "share"): 0.7, ("pue", "share"): 0.2}


def test_of_a_front_the_best_of_both_quantities_count() -> None:
    points = {**SITES, "point": [0, 1]}
    cells = cells_of(form(answer("pareto", points, speed=[[2, 1], [3, None]], tokens=[[1, 2], [4, None]])))
    assert told(cells) == {("a", "max(speed)"): 2, ("b", "max(speed)"): 3}
    assert told(cells, main=False) == {("a", "max(tokens)"): 2, ("b", "max(tokens)"): 4}
    cells = cells_of(form(answer("pareto", points, cost=[[1, 2], [3, None]], energy=[[2, 1], [4, None]])))
    assert told(cells) == {("a", "min(cost)"): 1, ("b", "min(cost)"): 3}
    assert told(cells, main=False) == {("a", "min(energy)"): 1, ("b", "min(energy)"): 4}


def test_rows_of_a_table_are_told_by_where_they_lie_and_not_by_their_numbers() -> None:
    made = answer("table", {"scenario": [7, 9]}, cost=[1.0, 2.0])
    cells = cells_of(form(made, at={"chip_count": [1000.0000000001, 2000]}, units={"chip_count": "chip"}))
    assert [(cell.key, cell.value) for cell in cells] == [
        ((("chip_count", 1000.0, "chip"),), 1.0),
        ((("chip_count", 2000.0, "chip"),), 2.0),
    ]


def test_an_estimate_is_a_row_for_each_quantity() -> None:
    cells = cells_of_estimate(EstimateForm({}, {"cost": SpreadForm("USD", 2.0, 1.0, 3.0)}))
    assert told(cells) == {("cost", "P50(cost)"): 2.0}
    assert told(cells, main=False) == {("cost", "P10(cost)"): 1.0, ("cost", "P90(cost)"): 3.0}


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (answer("guess", {}, cost=1.0), "is of no kind that is known: 'guess'"),
        (answer("best", {}), "has no values"),
        (answer("best", SITES, cost=[1.0]), "cost does not have the form of its dimensions"),
        (answer("best", SITES, cost=[1.0, [2.0]]), "cost does not have the form of its dimensions"),
        (answer("best", SITES, cost=[1.0, "x"]), "cost has text where numbers belong"),
        (answer("summary", {}, min=1.0), "has no values of 'mean'"),
        (answer("best", {}, cost=1.0) | {"dims": ["x"]}, "has no coordinates of 'x'"),
        (answer("quantiles", {}, cost=1.0, energy=2.0), "has the values of several quantities"),
        (answer("quantiles", {}, cost=1.0), "has no quantiles"),
        (answer("quantiles", {"quantile": ["x"]}, cost=[1.0]), "its quantiles are not all numbers"),
    ],
)
def test_an_answer_that_is_not_of_its_form_is_refused(made: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match="the answer to 'q'.*" + message):
        cells_of(form(made))
