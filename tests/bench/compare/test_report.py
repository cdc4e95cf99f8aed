"""A comparison in each of its forms: the sentence, Markdown, JSON and CSV say the same."""

import csv
import io
import json

import pytest
from made_records import record, timed

from flopwatt.bench.compare import report
from flopwatt.bench.compare.match import compare

BASELINE = [record(timed("steady"), timed("slow|er"), timed("gone"))]
CANDIDATE = [record(timed("steady", seed=1), timed("slow|er", 0.02, seed=1), timed("fresh"))]
OUTCOME = compare(BASELINE, CANDIDATE)


@pytest.mark.parametrize(
    ("baseline", "candidate", "text"),
    [
        (BASELINE, CANDIDATE, "FAILED: 1 of 4 benchmarks fail (1 slower, 1 missing, 1 new, 1 same)."),
        ([record(timed("a"))], [record(timed("a", seed=1))], "1 benchmark compared: 1 same."),
        ([record(timed("a"))], [record(timed("b"))], "Nothing was compared: 1 missing, 1 new."),
        ([record(timed("a"))], [record(timed("a", 0.0105, seed=1))],
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
    rows = {each["name"]: each for each in document["benchmarks"]}
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
    found = compare(base, [record(*(timed(f"b{i}", count=1, seed=1) for i in range(30)))])
    assert report.notes(found) == ["30 benchmarks: judged by the ratio alone: 1 and 1 samples are too few for a test"]
    slow = compare(base, [record(*(timed(f"b{i}", 0.02, count=1, seed=1) for i in range(30)))])
    assert len(report.notes(slow, most=5)) == 6
    assert report.notes(slow, most=5)[-1].startswith("... and 25 more")
