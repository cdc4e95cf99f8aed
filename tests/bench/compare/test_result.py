"""What a comparison is made of: when a metric is worse, what comes first, and the exit code of all rows."""

import math

import pytest

from flopwatt.bench.compare.result import VERDICTS, Comparison, ComparisonRow, Metric, worst_first


def row(verdict: str, name: str = "a", fails: bool = False) -> ComparisonRow:
    return ComparisonRow(name, verdict, fails=("time +50%",) if fails else ())


@pytest.mark.parametrize(
    ("baseline", "candidate", "ratio", "worse"),
    [
        (100.0, 110.0, 1.1, False),
        (100.0, 120.0, 1.2, True),
        (10.0, 14.0, 1.4, False),
        (0.0, 0.0, 1.0, False),
        (0.0, 9.0, math.inf, True),
    ],
)
def test_a_metric_is_worse_beyond_its_share_and_its_slack(baseline: float, candidate: float, ratio: float, worse: bool) -> None:
    metric = Metric(baseline, candidate, threshold=0.15, slack=5.0)
    assert (metric.ratio, metric.worse) == (pytest.approx(ratio), worse)


def test_what_fails_comes_first_then_the_verdict_then_the_name() -> None:
    rows = [row("same"), row("slower", "b"), row("slower", "a"), row("same", "z", fails=True), row("wrong", fails=True)]
    order = [(judged.verdict, judged.name) for judged in worst_first(rows)]
    assert order == [("wrong", "a"), ("same", "z"), ("slower", "a"), ("slower", "b"), ("same", "a")]


@pytest.mark.parametrize(
    ("verdicts", "code", "strict"),
    [
        ([], 3, 3),
        (["same"], 0, 0),
        (["same", "slower", "faster", "new"], 0, 0),
        (["same", "unsure"], 0, 4),
        (["same", "missing"], 0, 4),
        (["same", "incomparable"], 0, 4),
        (["missing", "new", "incomparable"], 3, 3),
    ],
)
def test_exit_codes(verdicts: list[str], code: int, strict: int) -> None:
    rows = tuple(row(verdict) for verdict in verdicts)
    assert (Comparison(rows).exit_code, Comparison(rows, strict=True).exit_code) == (code, strict)
    assert Comparison((*rows, row("wrong", fails=True)), strict=True).exit_code == 1


def test_counts_are_in_the_order_of_how_bad_it_is() -> None:
    assert list(Comparison(tuple(map(row, reversed(VERDICTS)))).counts) == list(VERDICTS)
