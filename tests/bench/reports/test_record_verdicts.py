from made_records import record, timed

from flopwatt.bench.records.commit import Commit
from flopwatt.bench.reports.record_columns import BenchmarkNames
from flopwatt.bench.reports.record_verdicts import verdicts_shown


def shown(*records, past=()):
    return verdicts_shown(records, BenchmarkNames(one for item in records for one in item.benchmarks), past)


def test_the_newest_record_is_held_against_the_one_before() -> None:
    oldest = record(timed("a", 0.9), created="2026-09-26T10:00:00.000+00:00")
    old = record(timed("a", 0.01), timed("b", 0.01), created="2026-09-27T10:00:00.000+00:00", commit=Commit("b" * 40))
    new = record(timed("a", 0.02, seed=1), timed("b", 0.01, seed=1), label="after")
    verdicts = shown(oldest, old, new)
    columns = {column.heading: column for column in verdicts.columns}
    assert dict(zip(columns["benchmark"].texts, columns["verdict"].texts, strict=True)) == {
        "a, numpy, float64": "slower",
        "b, numpy, float64": "same",
    }
    assert columns["change of time"].texts[0].startswith("+9")
    assert verdicts.outcome == "FAILED: 1 of 2 benchmarks fail (1 slower, 1 same)."
    assert (
        verdicts.headline
        == "Against the records before, 2 benchmarks: 1 slower and 1 same, 1 benchmark beyond what is allowed."
    )
    assert verdicts.sides == f"{'a' * 12} of 2026-09-28 10:11 (after) against {'b' * 12} of 2026-09-27 10:00"
    assert any(remark.startswith("All 2 together") for remark in verdicts.remarks)


def test_suites_are_compared_with_their_own_kind() -> None:
    def suite(name: str, case: str, day: int):
        return record(timed(case, seed=day), subject=name, created=f"2026-09-{day:02d}T10:00:00.000+00:00")

    verdicts = shown(
        suite("questions", "a", 1), suite("limits", "c", 2), suite("peers,shapes", "b", 3), suite("questions", "a", 4)
    )
    assert verdicts.columns[0].texts == ("a, numpy, float64",)
    assert verdicts.remarks[0] == "Nothing to compare with, since there is one record only: limits; peers, shapes."
    assert verdicts.sides.startswith("questions: ")


def test_what_one_record_alone_holds_is_not_compared() -> None:
    verdicts = shown(record(timed("a"), subject="questions"))
    assert verdicts.outcome == "Nothing to compare with, since there is one record only: questions."
    assert verdicts.columns == ()
    assert verdicts.headline == ""
