"""A run's workbook reads back with the answers' own numbers, in the unit of the heading."""

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hostile_study import hostile_run

import flopwatt
from flopwatt.bench.export import run_workbook
from flopwatt.bench.export.answer_files import write
from flopwatt.bench.export.summary_table import in_words
from flopwatt.bench.export.workbook import cell_text
from flopwatt.kernels.model import units

WORDS = {"million": 1e6, "billion": 1e9, "trillion": 1e12, "thousand": 1e3}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return hostile_run(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def book(run: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("out") / "book.xlsx"
    assert write(run, path) == [path]
    return openpyxl.load_workbook(path)


def rows_of(page: Any) -> tuple[list[str], list[tuple[Any, ...]]]:
    heading, *rows = page.iter_rows(values_only=True)
    return list(heading), rows


def in_own_unit(value: Any, heading: str, unit: str) -> float:
    """Turn a cell's number back into the unit of the answer."""
    if value is None:
        return math.nan
    if value in ("∞", "-∞"):
        return math.inf if value == "∞" else -math.inf
    named = re.search(r"\[(.+)\]$", heading)
    if not named:
        return float(value)
    scale, _, rest = named[1].partition(" ") if named[1].split()[0] in WORDS else ("", "", named[1])
    size = WORDS.get(scale, 1.0)
    rest = {"days": "day", "years": "year", "m³": "m**3", f"{unit}s": unit}.get(rest, rest)
    return float(value) * size * units.factor(rest) / units.factor(unit)


def test_every_question_has_a_sheet_after_the_first(run: Any, book: Any) -> None:
    first, *others = book.sheetnames
    assert first == "Answer"
    assert others[-4:] == ["Inputs", "Assumptions", "Sources", "Missing facts"]
    assert others[:-4] == [
        "cost of a run of Llama 3.1 405B", "cost of a run of Llama 3.1 40 2", "least of all", "summed", "bins", "=front",
        "shares", "all of it", "by number",
    ]  # fmt: skip


def test_quantiles_stand_side_by_side_with_the_answers_numbers(run: Any, book: Any) -> None:
    answer = run.answers[0]
    heading, rows = rows_of(book.worksheets[1])
    assert heading == ["site", "year of the run", "P5 run time [days]", "median run time [days]", "P95 run time [days]"]
    column = answer.values["run_time"]
    read = [[in_own_unit(value, name, column.unit) for name, value in zip(heading[2:], row[2:], strict=True)] for row in rows]
    np.testing.assert_allclose(np.reshape(read, column.data.shape), column.data, rtol=1e-15)
    assert [row[0] for row in rows[::2]] == [cell_text(label) for label in answer.coords["site"].data]
    assert [row[1] for row in rows[:2]] == [2026, 2028]


def test_summaries_and_decisions_have_the_answers_numbers(run: Any, book: Any) -> None:
    heading, rows = rows_of(book["summed"])
    answer = run.answer("summed")
    for name, words in (("min", "least"), ("mean", "mean"), ("max", "greatest")):
        place = next(i for i, text in enumerate(heading) if text.startswith(f"{words} run time"))
        read = [in_own_unit(row[place], heading[place], "s") for row in rows]
        np.testing.assert_allclose(read, answer.values[name].data.reshape(-1), rtol=1e-15)
    assert [row[2] for row in rows] == answer.values["count"].data.reshape(-1).tolist()
    heading, rows = rows_of(book.worksheets[2])
    decided = run.answers[1]
    (name, column), *_ = decided.values.items()
    read = [in_own_unit(row[2], heading[2], column.unit) for row in rows]
    np.testing.assert_allclose(read, column.data.reshape(-1), rtol=1e-15)
    assert heading[2] == "median run time [days]", name


def test_a_table_has_every_row(run: Any, book: Any) -> None:
    heading, rows = rows_of(book["all of it"])
    answer = run.answer("all of it")
    assert len(rows) == answer.total
    place = next(i for i, text in enumerate(heading) if text.startswith("run time"))
    read = [in_own_unit(row[place], heading[place], "s") for row in rows]
    np.testing.assert_allclose(read, answer.values["run_time"].data, rtol=1e-15)


def test_a_table_longer_than_a_sheet_is_cut_with_a_word(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_workbook, "MAX_ROWS", 5)
    said: list[str] = []
    write(run, tmp_path / "book.xlsx", ["all of it"], said.append)
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert len(rows_of(book["all of it"])[1]) == 5
    total = run.answer("all of it").total
    assert said == [f"all of it: the first 5 of {total:,} rows; a sheet holds no more"]
    assert "the first 5 of" in str([[cell.value for cell in row] for row in book["Answer"].rows])


def test_no_cell_of_any_sheet_is_a_formula(book: Any) -> None:
    kinds = {cell.data_type for page in book.worksheets for row in page.iter_rows() for cell in row}
    assert kinds <= {"n", "s"}


@pytest.mark.filterwarnings("error")
def test_a_title_that_begins_as_a_formula_is_a_title(run: Any, tmp_path: Path) -> None:
    write(run, tmp_path / "book.xlsx")


def test_charts_are_where_they_fit(book: Any) -> None:
    charts = {page.title: [type(chart).__name__ for chart in page._charts] for page in book.worksheets if page._charts}
    assert charts["by number"] == ["ScatterChart"]
    assert charts["bins"] == ["BarChart"]
    assert charts["=front"] == ["ScatterChart"]
    assert charts["shares"] == ["BarChart"]
    assert "all of it" not in charts


def test_what_it_rests_on_has_sheets_of_its_own(run: Any, book: Any) -> None:
    heading, rows = rows_of(book["Assumptions"])
    assert heading[:7] == ["assumption", "key", "what it is", "P10", "median or value", "P90", "unit"]
    assert [row[1] for row in rows] == [one.quantity for one in run.study.assumptions]
    heading, rows = rows_of(book["Inputs"])
    assert {row[1] for row in rows} >= {"training_flops", "peak_flops", "chip_count", "mfu", "year"}
    assert [row[3] for row in rows if row[1] == "mfu"] == ["P10", "median", "P90"]
    assert all(row[3] for row in rows_of(book["Sources"])[1])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["frontier-run", "strategy-gpt3-175b", "nvidia-openai-10gw"])
def test_shipped_studies_make_workbooks(name: str, tmp_path: Path) -> None:
    sets = ["axes.assumptions.draws=32"] if name != "strategy-gpt3-175b" else []
    study = flopwatt.load_study(name, sets=sets)
    run = flopwatt.run_study(study, engines="numba")
    write(run, tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    for answer, page in zip(run.answers, book.worksheets[1:], strict=False):
        heading, rows = rows_of(page)
        if answer.question.kind != "quantiles":
            continue
        (column,) = answer.values.values()
        own = len(answer.coords["quantile"].data)
        read = [[in_own_unit(v, h, column.unit) for h, v in zip(heading[-own:], row[-own:], strict=True)] for row in rows]
        np.testing.assert_allclose(np.reshape(read, column.data.shape), column.data, rtol=2e-15)


def test_statistics_of_one_quantity_are_in_one_unit(tmp_path: Path) -> None:
    """Least, mean and greatest span three orders of magnitude, and what is nearest stands beside what there is not."""
    (tmp_path / "study.toml").write_text(
        """title = "t"
[given]
training_flops = 1e24
peak_flops = 1e15
goodput = 1
[axes.chip_count]
values = [10, 1000, 100000]
[axes.mfu]
values = [0.25, 0.5]
uncertain = true
[[questions]]
name = "times"
summary = "run_time"
[[questions]]
name = "none"
minimize = "P50(run_time)"
where = ["run_time <= 1 s"]
"""
    )
    run = flopwatt.run_study(flopwatt.load_study(tmp_path / "study.toml"), "numpy", most_samples=1, budget_seconds=0.0)
    book = openpyxl.load_workbook(write(run, tmp_path / "book.xlsx")[0])
    headings, (row,) = rows_of(book["times"])
    assert [text for text in headings if "[" in text] == [f"{one} run time [days]" for one in ("least", "mean", "greatest")]
    assert row[-1] == pytest.approx(1e24 / (10 * 1e15 * 0.25) / 86400)
    headings, _ = rows_of(book["none"])
    assert {text.rpartition(" ")[2] for text in headings if "[" in text} == {"[h]"}
    assert "nearest: how far its conditions are missed" in headings
    assert "nearest: decisions looked at" in headings


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """Answer the study on three chips, and read its workbook."""
    run = flopwatt.run_study(flopwatt.load_study("quick", sets=["axes.assumptions.draws=64"]), engines="numpy")
    (path,) = write(run, tmp_path_factory.mktemp("out") / "book.xlsx")
    return run, openpyxl.load_workbook(path)


def test_what_is_drawn_is_among_the_assumptions_in_units_that_people_know(drawn: tuple[Any, Any]) -> None:
    _, book = drawn
    heading, rows = rows_of(book["Assumptions"])
    by_key = {row[1]: dict(zip(heading, row, strict=True)) for row in rows}
    for key in ("mfu", "pue", "peak_pue", "load", "chip_price", "electricity_price"):
        row = by_key[key]
        assert row["what it is"] == "drawn"
        assert row["P10"] < row["median or value"] < row["P90"]
        assert row["source"]
    place = heading.index("median or value")
    (mfu,) = (cells for cells in book["Assumptions"].iter_rows() if cells[1].value == "mfu")
    assert mfu[place].number_format == "0.0%"
    assert 0.2 < mfu[place].value < 0.7
    assert by_key["utilisation"]["what it is"] == "default"
    assert not any("deviation" in str(row[0]) for row in rows_of(book["Inputs"])[1])


def test_the_first_sheet_has_the_rows_that_matter(drawn: tuple[Any, Any]) -> None:
    run, book = drawn
    rows = [row for row in book["Answer"].iter_rows(values_only=True) if row[0] == "cheapest"]
    assert [row[1] for row in rows[:2]] == ["H100: number of chips", "H100: median cost (P10 to P90)"]
    counts = run.answer("cheapest").at["chip_count"].data[0, :, 1]
    assert [row[2] for row in rows if row[1].endswith("number of chips") and row[2]] == counts.tolist()
    assert [row[1] for row in rows if row[3] == "million USD"] == [
        f"{chip}: median cost (P10 to P90)" for chip in ("H100", "B200", "GB200 NVL72")
    ]
    texts = [str(row[1]) for row in book["Answer"].iter_rows(values_only=True)]
    assert "energy" in texts
    assert "energy: energy" not in texts


def test_medians_of_quantiles_carry_their_range(tmp_path: Path) -> None:
    study = flopwatt.load_study("quick", sets=["axes.assumptions.draws=64", "questions.energy.show=all"], only=["energy"])
    book = openpyxl.load_workbook(write(flopwatt.run_study(study, engines="numpy"), tmp_path / "book.xlsx")[0])
    rows = [row for row in book["Answer"].iter_rows(values_only=True) if row[0] == "energy" and row[3] == "GWh"]
    assert [row[1] for row in rows] == ["H100", "B200", "GB200 NVL72"]
    assert all(re.fullmatch(r"[\d.]+ \([\d.]+ to [\d.]+\) GWh, P5 to P95", row[4]) for row in rows), rows


def test_notes_are_in_words(drawn: tuple[Any, Any]) -> None:
    study = drawn[0].study
    assert in_words("mfu of b200-sxm: chip_mtbf and other-words", study) == (
        "MFU of B200: chip-hours between failures and other-words"
    )
