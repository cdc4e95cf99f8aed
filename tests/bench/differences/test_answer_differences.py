"""How far answers moved: rows, those that moved most first, and rows of one side."""

import math

import pytest

from flopwatt.bench.differences.answer_cells import Cell
from flopwatt.bench.differences.answer_differences import (
    DOUBLE,
    RowDifference,
    chosen_differently,
    compare_cells,
    moved_first,
)


def cell(row: str, value: float | None, column: str = "P50(cost)", is_main: bool = True, chips: float = 1.0) -> Cell:
    return Cell(
        (("site", row, ""),), column, "cost", "USD", value, is_main, (("chip_count", chips, "chip"),) if is_main else ()
    )


def test_rows_that_moved_most_come_first_whichever_way() -> None:
    before = [cell("a", 100.0), cell("b", 100.0), cell("c", 100.0), cell("d", 100.0)]
    after = [cell("a", 110.0), cell("b", 50.0), cell("c", 100.0 * (1 + DOUBLE / 2)), cell("d", 180.0)]
    difference = compare_cells("q", before, after, DOUBLE)
    assert [row.cell.key[0][1] for row in difference.rows] == ["b", "d", "a"]
    assert [row.change for row in difference.rows] == pytest.approx([-0.5, 0.8, 0.1])
    assert difference.same == 1
    assert difference.has_moved


def test_rows_of_one_side_are_named() -> None:
    difference = compare_cells("q", [cell("a", 1.0), cell("b", 1.0)], [cell("b", 1.0), cell("c", 1.0)], DOUBLE)
    assert difference.only_a == ((("site", "a", ""),),)
    assert difference.only_b == ((("site", "c", ""),),)
    assert difference.has_moved
    assert difference.rows == ()


def test_an_answer_that_only_one_side_has_is_the_largest_move() -> None:
    before = [cell("a", None), cell("b", 1.0), cell("c", None), cell("d", 0.0)]
    after = [cell("a", 1.0), cell("b", 3.0), cell("c", None), cell("d", 1.0)]
    difference = compare_cells("q", before, after, DOUBLE)
    assert [row.cell.key[0][1] for row in difference.rows] == ["a", "d", "b"]
    assert [row.size for row in difference.rows] == [math.inf, math.inf, pytest.approx(math.log(3))]
    assert difference.same == 1


def test_numbers_beside_the_main_one_are_told_apart() -> None:
    before = [cell("a", 1.0), cell("a", 2.0, "P90(cost)", is_main=False)]
    after = [cell("a", 1.0), cell("a", 3.0, "P90(cost)", is_main=False)]
    difference = compare_cells("q", before, after, DOUBLE)
    assert (difference.rows, difference.same) == ((), 0)
    assert [row.cell.column for row in difference.others] == ["P90(cost)"]
    assert difference.has_moved


def test_what_was_chosen_otherwise() -> None:
    row = RowDifference(cell("a", 1.0, chips=1000.0), cell("a", 1.1, chips=2000.0))
    assert chosen_differently(row) == [(("chip_count", 1000.0, "chip"), ("chip_count", 2000.0, "chip"))]
    assert chosen_differently(RowDifference(cell("a", 1.0), cell("a", 1.1))) == []
    assert chosen_differently(RowDifference(cell("a", 1.0), None)) == []


def test_the_first_that_moved() -> None:
    same = compare_cells("same", [cell("a", 1.0)], [cell("a", 1.0)], DOUBLE)
    moved = compare_cells("moved", [cell("a", 1.0)], [cell("a", 2.0)], DOUBLE)
    assert not same.has_moved
    assert moved_first([same, moved]) is moved
    assert moved_first([same]) is None


def placed(site: str, chip: str, value: float) -> Cell:
    return Cell((("site", site, ""), ("chip", chip, "")), "P50(cost)", "cost", "USD", value, True)


def test_a_dimension_is_left_out_only_where_no_row_of_either_side_lies_elsewhere() -> None:
    before = [placed("a", "x", 1.0), placed("b", "x", 1.0)]
    assert compare_cells("q", before, [placed("a", "x", 2.0), placed("b", "x", 1.0)], DOUBLE).alike == {"chip"}
    assert compare_cells("q", before, [placed("a", "x", 2.0), placed("b", "y", 1.0)], DOUBLE).alike == frozenset()
    assert compare_cells("q", before[:1], [placed("a", "x", 2.0)], DOUBLE).alike == frozenset()
