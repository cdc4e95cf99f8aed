"""A comparison in each of its forms: the sentence, Markdown, JSON and CSV say the same."""

import csv
import dataclasses
import io
import json

import pytest
from made_records import MACHINE, quiet_processes, record, timed
from rendered import render, rendered_tables

from flopwatt.bench.compare import report
from flopwatt.bench.compare.match import compare
from flopwatt.bench.compare.options import ComparisonOptions
from flopwatt.bench.compare.report import as_csv, as_json, markdown
from flopwatt.kernels.text import visible

BASELINE = [record(timed("steady"), timed("slow|er"), timed("gone"))]
CANDIDATE = [record(timed("steady", seed=1), timed("slow|er", 0.02, seed=1), timed("fresh"))]
OUTCOME = compare(BASELINE, CANDIDATE)


@pytest.mark.parametrize(
    ("baseline", "candidate", "text"),
    [
        (BASELINE, CANDIDATE, "FAILED: 1 of 4 benchmarks fail (1 slower, 1 missing, 1 new, 1 same)."),
        ([record(timed("a"))], [record(timed("a", seed=1))], "1 benchmark compared: 1 same."),
        ([record(timed("a"))], [record(timed("b"))], "Nothing was compared: 1 missing, 1 new."),
        ([record(timed("a", spread=0.001))], [record(timed("a", 0.0108, spread=0.001, seed=1))],
         "1 benchmark compared: 1 slower; 1 slower, but within the threshold."),
    ],
)  # fmt: skip
def test_the_outcome_in_a_sentence(baseline: list, candidate: list, text: str) -> None:  # type: ignore[type-arg]
    assert report.sentence(compare(baseline, candidate)) == text


def test_markdown_folds_away_what_is_the_same_and_escapes_its_own_signs() -> None:
    text = report.markdown(OUTCOME, BASELINE, CANDIDATE)
    loud, folded = text.split("<details>")
    assert r"test_it[slow\|er]" in loud
    assert "test_it[gone]" in loud
    assert "<summary>2 same or new</summary>" in folded
    assert "test_it[steady]" in folded
    widths = {line.replace(r"\|", "").count("|") for line in text.splitlines() if line.startswith("| ")}
    assert widths == {len(report.COLUMNS) + 1}


def test_json_has_all_and_csv_a_line_for_each() -> None:
    document = json.loads(report.as_json(OUTCOME, BASELINE, CANDIDATE))
    assert (document["exit_code"], document["counts"]) == (1, {"slower": 1, "missing": 1, "new": 1, "same": 1})
    rows = {row["name"]: row for row in document["benchmarks"]}
    slow = rows["test_it[slow|er]"]
    assert slow["ratio"] == pytest.approx(2, rel=0.05)
    assert slow["low"] < slow["ratio"] < slow["high"]
    assert rows["test_it[gone]"]["ratio"] is None
    lines = {line["name"]: line for line in csv.DictReader(io.StringIO(report.as_csv(OUTCOME)))}
    assert lines.keys() == rows.keys()
    assert float(lines["test_it[slow|er]"]["ratio"]) == slow["ratio"]
    assert lines["test_it[slow|er]"]["fails"] == "; ".join(slow["fails"])
    assert report.as_csv(compare([record()], [record()])).startswith("name,")


def test_notes_say_a_reason_once_and_have_an_end() -> None:
    base = [record(*(timed(f"b{i}", count=1) for i in range(30)))]
    unchanged = compare(base, [record(*(timed(f"b{i}", count=1, seed=1) for i in range(30)))])
    assert report.notes(unchanged) == ["30 benchmarks: a handful of samples of one process says nothing alone"]
    base = [record(*(timed(f"b{i}", count=9) for i in range(30)))]
    slow = compare(base, [record(*(timed(f"b{i}", 0.09, count=9, seed=1) for i in range(30)))])
    assert len(report.notes(slow, most=5)) == 6
    assert report.notes(slow, most=5)[-1].startswith("... and 25 more")


HOSTILE = ('a"b\\c', "a|b", "two\nlines", "<details>", "`x`", "x,y;z", "](http://x)", "\t\x01")


@pytest.fixture
def sides():
    machine = dataclasses.replace(MACHINE, name='a`b|"c')
    return [[record(*(timed(name, seed=seed) for name in HOSTILE), machine=machine)] for seed in (1, 2)]


def test_json_and_csv_have_every_name(sides) -> None:
    comparison = compare(*sides)
    names = {f"test_it[{name}]" for name in HOSTILE}
    document = json.loads(as_json(comparison, *sides))
    assert {row["name"] for row in document["benchmarks"]} == names
    assert document["baseline"][0]["machine"] == 'a`b|"c'
    assert {row["name"] for row in csv.DictReader(io.StringIO(as_csv(comparison), newline=""))} == set(map(visible, names))


def test_a_markdown_table_has_a_row_for_every_name(sides) -> None:
    text = markdown(compare(*sides), *sides)
    tables = rendered_tables(text)
    rows = [row for table in tables for row in table]
    assert {row[1] for row in rows} == {visible(" ".join(f"test_it[{name}]".split())) for name in HOSTILE}
    assert {len(row) for row in rows} == {len(report.COLUMNS)}
    assert text.count("\n<details>") == 1
    assert '``a`b|"c``' in text


def test_markdown_is_markdown_on_github() -> None:
    base = [record(timed("steady"), timed("a_b_ [x](y) `|` <b> & ~~c~~"), timed("gone"))]
    slow = [record(timed("steady", seed=1), timed("a_b_ [x](y) `|` <b> & ~~c~~", 0.02, seed=1), label="after *all*")]
    text = markdown(compare(base, slow), base, slow)
    html = render(text)
    loud, folded = rendered_tables(text)
    assert [row[:2] for row in loud] == [["slower", "test_it[a_b_ [x](y) `|` <b> & ~~c~~]"], ["missing", "test_it[gone]"]]
    assert [row[1] for row in folded] == ["test_it[steady]"]
    assert html.count("<details><summary>1 same or new</summary>") == html.count("</details>") == 1
    assert "<code>test_it[a_b_ [x](y) `|` &lt;b&gt; &amp; ~~c~~]</code>: " in html  # the note that says why it fails
    assert "(<code>after *all*</code>)" in html
    assert not any(tag in html for tag in ("<b>", "<em>", "<s>", "<a ", "<del>"))
    assert html.count('<th style="text-align:right">') == 2 * (len(report.COLUMNS) - 2)


def test_a_comparison_that_could_not_have_seen_its_threshold_says_so_loudly() -> None:
    noisy = [[record(*(timed(f"b{i}", spread=0.3, seed=(side, i)) for i in range(6)))] for side in "ab"]
    comparison = compare(*noisy)
    blind = len(comparison.blind)
    assert blind >= 5
    line = report.remarks(comparison)[-1]
    assert line.startswith(f"BLIND: {blind} of 6 benchmarks could be slower by more than 10% without this comparison seeing it")
    assert " it would have seen " in line
    assert comparison.exit_code == 0
    assert compare(*noisy, ComparisonOptions(require_power=True)).exit_code == 4
    assert len(json.loads(as_json(comparison, *noisy))["blind"]) == blind
    text = markdown(comparison, *noisy)
    assert text.index("- BLIND: ") < text.index("| verdict ")
    assert not any(
        line.startswith("BLIND") for line in report.remarks(compare([record(timed("a"))], [record(timed("a", seed=1))]))
    )


def test_all_together_and_the_machines_speed_are_said() -> None:
    slow = {"median": 0.02, **quiet_processes(20, speed=0.5)}
    sides = [record(*(timed(name) for name in "ab"))], [record(*(timed(name, seed=1, **slow) for name in "ab"))]
    speed, together = report.remarks(compare(*sides))
    assert speed.startswith("The machine was 2.00 times slower beside the candidate")
    assert together.startswith("All 2 together: same; ")
    assert "would have seen " in together


def test_a_speed_that_changed_beside_one_benchmark_is_said_since_its_ratio_is_not_that_of_its_times() -> None:
    slow = {"median": 0.0125, **quiet_processes(20, speed=0.8)}
    base = [record(*(timed(name) for name in "abc"))]
    candidate = [record(timed("a", seed=1, **slow), *(timed(name, seed=1) for name in "bc"))]
    line, *_ = report.remarks(compare(base, candidate))
    assert line.startswith("The machine was faster or slower beside some benchmarks")
    unchanged = [record(*(timed(name, seed=1) for name in "abc"))]
    assert not any("speed" in line for line in report.remarks(compare(base, unchanged)))


@pytest.mark.parametrize(("value", "text"), [(0.183, "18%"), (1.2, "2.2 times"), (500, "nothing")])
def test_what_would_have_been_seen_is_a_share_or_a_factor(value: float, text: str) -> None:
    assert report.share(value) == text
