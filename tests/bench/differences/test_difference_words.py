"""Sentences on a difference, and its numbers in words."""

import json
from pathlib import Path
from typing import Any

import pytest
from made_documents import answer, run_document

from flopwatt.bench.differences.answer_cells import Cell
from flopwatt.bench.differences.answer_differences import RowDifference
from flopwatt.bench.differences.difference import compare_sides
from flopwatt.bench.differences.difference_words import change_text, column_words, percent, point_text, sentences, side_text
from flopwatt.bench.differences.document_side import DocumentSide, read_side


def file_of(folder: Path, name: str, document: Any) -> DocumentSide:
    path = folder / name
    path.write_text(json.dumps(document))
    return read_side(str(path))


def test_a_single_row_is_told_from_and_to(tmp_path: Path) -> None:
    a, b = (file_of(tmp_path, f"{cost}.json", run_document(answer("best", {}, cost=cost))) for cost in (2e6, 3e6))
    said = sentences(compare_sides(a, b))
    assert said[0] == "Of the inputs that both sides say none differs; the answer moved."
    assert said[1] == "q: cost goes from 2 million USD to 3 million USD (+50%)."


def test_versions_explain_what_inputs_do_not(tmp_path: Path) -> None:
    sides = [
        file_of(tmp_path, f"{v}.json", run_document(answer("best", {}, cost=v), axes=[], flopwatt={"version": str(v)}))
        for v in (1.0, 2.0)
    ]
    said = sentences(compare_sides(*sides))
    assert said[0] == "The inputs are the same, and what computes is not (flopwatt 1.0, then flopwatt 2.0); the answer moved."


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (0.027, "+2.7%"),
        (-0.362, "-36.2%"),
        (0.0075, "+0.75%"),
        (1.0, "+100%"),
        (8.0, "+800%"),
        (11.0, "12 times"),
        (-1.0, "-100%"),
        (1e-6, "< 0.001%"),
        (-1e-6, "< 0.001%"),
        (0.0, "+0%"),
    ],
)
def test_changes_in_percent(change: float, text: str) -> None:
    assert percent(change) == text


def test_a_change_from_nothing() -> None:
    cells = {value: Cell((), "cost", "cost", "USD", value, True) for value in (None, 0.0, 1.0)}
    assert change_text(RowDifference(cells[0.0], cells[1.0])) == "from 0"
    assert change_text(RowDifference(cells[None], cells[1.0])) == ""


def cell(column: str, quantity: str, unit: str, value: float | None) -> Cell:
    return Cell((), column, quantity, unit, value)


def test_statistics_and_their_numbers_in_words() -> None:
    assert column_words(cell("P50(cost)", "cost", "USD", 1.0)) == "median cost"
    assert column_words(cell("share", "", "", 0.5)) == "share of the variance"
    assert side_text(cell("P50(cost)", "cost", "USD", 2e6)) == "2 million USD"
    assert side_text(cell("share", "", "", 0.195)) == "19.5%"
    assert side_text(cell("P50(cost)", "cost", "USD", None)) == "no answer" == side_text(None)


def test_points_in_words() -> None:
    names = {"chip": {"h100-sxm-80gb": "H100"}}
    assert point_text(("chip", "h100-sxm-80gb", ""), names) == "H100"
    assert point_text(("chip", "other", ""), names) == "other"
    assert point_text(("chip_count", 1000.0, "chip"), names) == "1,000 chips"
    assert point_text(("confidence", 0.95, ""), names) == "at 95%"
    assert point_text(("axis", "mfu_deviation", ""), names) == "MFU"
    assert point_text(("chip", None, ""), names) == "-"
