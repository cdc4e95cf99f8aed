"""Summaries of predictions, and findings that are gathered."""

import math

import pytest

from flopwatt.bench.validate.results import Findings, LeftOut, Predicted, baseline_summaries, summaries


def test_summaries_count_what_has_an_interval() -> None:
    predictions = [
        Predicted("a", "q", "h", 100, 110, 90, 120, {"rule": 150}),
        Predicted("b", "q", "h", 100, 60, 50, 70, {"rule": 100}),
        Predicted("c", "q", "h", 100, 100),
    ]
    summary = summaries(predictions)["q"]
    assert (summary.n, summary.coverage) == (3, 0.5)
    assert summary.median_absolute_relative_error == pytest.approx(0.1)
    assert summary.mean_absolute_relative_error == pytest.approx(0.5 / 3)
    assert summary.intervals == 2
    assert summary.mean_absolute_log_error == pytest.approx((math.log(1.1) - math.log(0.6)) / 3)
    assert summary.bias == pytest.approx((math.log(1.1) + math.log(0.6)) / 3)
    assert baseline_summaries(predictions)["q"]["rule"].n == 2
    assert baseline_summaries(predictions)["q"]["rule"].mean_absolute_relative_error == pytest.approx(0.25)
    gathered = Findings(predictions[:1])
    gathered.add(Findings(predictions[1:], [LeftOut("d", "q", "why")]))
    assert (len(gathered.predicted), len(gathered.left_out)) == (3, 1)
