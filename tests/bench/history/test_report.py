"""A history in words, as data, as CSV and as Markdown."""

import csv
import dataclasses
import io
import json
import re

import pytest
from made_history import SLOWER, SLOWER_COMMIT, history_of
from made_records import MACHINE, record, timed
from rendered import render, rendered_tables

from flopwatt.bench.history import report
from flopwatt.bench.history.series import History, HistoryPoint, series_of
from flopwatt.bench.machine.noise import Disturbance, Noise
from flopwatt.bench.records.commit import Commit


def history(medians=SLOWER, **changes) -> History:
    return History(tuple(series_of(history_of(medians, **changes))), ("x.json: no",))


def test_a_line_for_each_benchmark() -> None:
    slower, steady = report.list_rows(history().series)
    assert slower[:2] == ("test_it[a]", "14")
    assert slower[2] == "▁▁▁▁▁▁▁▁▁█████"
    assert slower[3].endswith(" ms")
    assert slower[4][0] in "+-"
    assert slower[5] == f"slower since {SLOWER_COMMIT}"
    assert steady[5] == ""
    faster = report.list_rows(history(SLOWER[::-1]).series)[0]
    assert faster[5] == "faster since 05ab05ab05ab"


def test_change_points_in_sentences() -> None:
    series, steady = history().series
    (sentence,) = report.sentences(series)
    assert re.fullmatch(rf"1\.3\d times slower from 2026-10-10, commit 08ab08ab08ab\.\.{SLOWER_COMMIT}", sentence)
    assert report.sentences(steady) == ["no change point"]
    (sentence,) = report.sentences(history(SLOWER[::-1]).series[0])
    assert re.match(r"1\.3\d times faster from 2026-10-06, commit 04ab04ab04ab\.\.05ab05ab05ab", sentence)
    assert report.sentences(history([0.01]).series[0]) == ["change points are sought from 6 records on; there are 1"]
    same = [dataclasses.replace(one, commit=Commit("c" * 40), label="moved") for one in history_of(SLOWER)]
    (sentence,) = report.sentences(series_of(same)[0])
    assert re.fullmatch(r"1\.3\d times slower from 2026-10-10, with the same commit cccccccccccc \(moved\)", sentence)


def test_a_line_for_each_record() -> None:
    noise = Noise(disturbances=(Disturbance("steal", 0.1), Disturbance("load", 3, 2)), reasons=("x", "y"))
    one = record(timed("a", noise=noise), commit=Commit("d" * 40, dirty=True), label="before")
    (date, commit, label, median, width, samples, word) = report.record_cells(HistoryPoint(one.benchmarks[0], one))
    assert (date, commit, label, samples, word) == ("2026-09-28 10:11", "dddddddddddd-dirty", "before", "20", "steal, load")
    assert median.endswith(" ms")
    assert 0 < float(width.removesuffix("%")) < 2
    few = record(timed("a", count=3))
    assert report.record_cells(HistoryPoint(few.benchmarks[0], few))[4] == ""


@pytest.mark.parametrize(
    ("noise", "word"), [(None, ""), (Noise(), "quiet"), (Noise(reasons=("a load average of 2.50",)), "unstable")]
)
def test_noise_in_a_word(noise: Noise | None, word: str) -> None:
    assert report.noise_word(noise) == word


def test_names_that_several_have_on_a_machine_are_told_apart() -> None:
    one, two = timed("a", fullname="t.py::A::test_it[a]"), timed("a", fullname="t.py::A::test_it[a]", points=2000)
    names = [row[0] for row in report.list_rows(series_of([record(one), record(two)]))]
    assert names == ["t.py::A::test_it[a] (1,000 points)", "t.py::A::test_it[a] (2,000 points)"]


def test_machines_are_headings() -> None:
    boosted = [dataclasses.replace(MACHINE, cpu=dataclasses.replace(MACHINE.cpu, boost=boost)) for boost in (False, True)]
    records = [record(timed("a"), timed("b"), machine=machine) for machine in boosted]
    groups = report.by_machine(History(tuple(series_of(records))))
    assert {machine: len(group) for machine, group in groups.items()} == {
        "amd-epyc-2-cores": 2,
        "amd-epyc-2-cores, apart: CPU boost False and True": 2,
    }


def test_data_has_all() -> None:
    document = report.document(history(label="x"))
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    series, _ = document["series"]
    assert [len(series["records"]), series["machine"]] == [14, "amd-epyc-2-cores"]
    (step,) = series["steps"]
    assert (step["position"], step["before"], step["after"]) == (9, "08ab08ab08ab", SLOWER_COMMIT)
    assert step["ratio"] == pytest.approx(1.34, rel=0.02)
    first = series["records"][0]
    assert first["low"] < first["seconds"] < first["high"]
    assert (first["label"], first["dirty"], first["samples"]) == ("x", False, 20)
    assert document["unread"] == ["x.json: no"]


def test_csv_has_a_line_for_each_record() -> None:
    lines = list(csv.DictReader(io.StringIO(report.as_csv(history()))))
    assert len(lines) == 28
    assert [i for i, line in enumerate(lines) if line["step"]] == [9]
    assert float(lines[9]["step"]) == pytest.approx(1.34, rel=0.02)
    assert lines[9]["name"] == "test_it[a]"


def test_markdown_shows_names_as_they_are() -> None:
    made = History(tuple(series_of(history_of(SLOWER, "a|b_*c*_ `d` <e>", label="_l_ | m"))))
    (table,) = rendered_tables(report.markdown(made, detailed=False))
    assert [row[0] for row in table] == ["test_it[a|b_*c*_ `d` <e>]", "test_it[steady]"]
    assert [len(row) for row in table] == [6, 6]
    text = report.markdown(made, detailed=True)
    first, second = rendered_tables(text)
    assert (len(first), len(second)) == (14, 14)
    assert first[0][2] == "_l_ | m"
    assert "1.34 times slower from 2026-10-10" in render(text)
    assert '<th style="text-align:right">time</th>' in render(text)
