"""A difference as people read it, at 80 and 120 columns, and as JSON."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from made_documents import STUDY, answer, estimate_document, run_document, run_of
from rich.console import Console

from flopwatt.bench.differences.difference import Difference, compare_sides
from flopwatt.bench.differences.document_side import DocumentSide, read_side, side_of_run
from flopwatt.bench.differences.report import print_difference


def printed(difference: Difference, width: int = 120, full: bool = False) -> str:
    stream = io.StringIO()
    print_difference(Console(file=stream, width=width), difference, full)
    return stream.getvalue()


def file_of(folder: Path, name: str, document: Any) -> DocumentSide:
    path = folder / name
    path.write_text(json.dumps(document))
    return read_side(str(path))


@pytest.fixture(scope="module")
def difference(tmp_path_factory: pytest.TempPathFactory) -> Difference:
    folder = tmp_path_factory.mktemp("sides")
    a, b = run_of(folder), run_of(folder, "training_flops=2e24", "chip_price=60000")
    return compare_sides(side_of_run(a, "made"), side_of_run(b, "made with more"))


def test_nothing_differs(tmp_path: Path) -> None:
    side = side_of_run(run_of(tmp_path), "made")
    assert printed(compare_sides(side, side)) == "Nothing differs.\n"


@pytest.mark.parametrize("width", [80, 120])
def test_it_begins_with_sentences_and_fits_the_screen(difference: Difference, width: int) -> None:
    lines = printed(difference, width).splitlines()
    assert lines[0] == "2 inputs differ; all 3 answers moved."
    assert lines[1].startswith("cheapest: median cost moves by +")
    assert max(map(len, lines)) <= width
    assert not any(line.rstrip().endswith("…") for line in lines)
    assert len(lines) < 40


def test_inputs_answers_and_what_moves_them_are_in_words(difference: Difference) -> None:
    text = " ".join(printed(difference).split())
    assert "1e24 FLOP 2e24 FLOP +100%" in text
    assert "price of a chip 30,000 USD 60,000 USD +100%" in text
    assert "What moves the cost (A with one input of B at a time; " in text
    assert "all of B" in text
    assert "training_flops" not in text
    assert "electricity_price" not in text


def test_many_rows_are_cut_to_those_that_moved_most_and_counted(tmp_path: Path) -> None:
    points = [f"p{i}" for i in range(60)]
    sides = [
        file_of(tmp_path, f"{k}.json", run_document(answer("best", {"x": points}, cost=[1.0 + k * i for i in range(60)])))
        for k in (1, 2)
    ]
    difference = compare_sides(*sides)
    text = printed(difference)
    assert "35 more rows moved; full prints all." in text
    assert "p59" in text
    assert "p7 " not in text
    assert "p7 " in printed(difference, full=True)


def test_the_same_answers_are_counted_in_a_line(tmp_path: Path) -> None:
    a = run_document(answer("best", {}, cost=1.0), answer("best", {}, cost=1.0) | {"question": "r"})
    b = run_document(answer("best", {}, cost=2.0), answer("best", {}, cost=1.0) | {"question": "r"})
    text = printed(compare_sides(file_of(tmp_path, "a.json", a), file_of(tmp_path, "b.json", b)))
    assert "1 of 2 answers moved" in text
    assert "The same on both sides: r." in text


def test_rows_of_one_side_are_named(tmp_path: Path) -> None:
    text = STUDY.replace('["a", "b"]', '["a", "c"]')
    other = compare_sides(side_of_run(run_of(tmp_path), "a"), side_of_run(run_of(tmp_path, text=text), "b"))
    assert "energy: 1 row only in A: b." in printed(other)
    assert "energy: 1 row only in B: c." in printed(other)
    assert "Only B has, of the axis site: c." in printed(other)


def test_what_was_chosen_otherwise_is_said(tmp_path: Path) -> None:
    sides = []
    for chips in (1000.0, 2000.0):
        made = answer("decision", {"site": ["a", "b"]}, **{"P50(cost)": [chips, 1.0]})
        made |= {"at": {"chip_count": [chips, 1.0]}, "units": {"chip_count": "chip"}}
        sides.append(file_of(tmp_path, f"{chips}.json", run_document(made)))
    assert "a; 1,000, then 2,000 chips" in printed(compare_sides(*sides))


def test_estimates_are_told_by_quantity(tmp_path: Path) -> None:
    a, b = (file_of(tmp_path, f"{cost}.json", estimate_document(cost)) for cost in (1e6, 2e6))
    text = printed(compare_sides(a, b))
    assert "median cost goes from 1 million USD to 2 million USD (+100%)." in text
    assert "says only a part of its inputs" in text


def test_text_of_documents_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    hostile = {"x": ["\x1b[31m[red]", "b"]}
    a, b = (file_of(tmp_path, f"{cost}.json", run_document(answer("best", hostile, cost=[cost, cost]))) for cost in (1.0, 2.0))
    assert "[red]" in printed(compare_sides(a, b))
