"""What a summary of samples refuses to hold."""

import math

import pytest

from flopwatt.bench.records.summary import SampleSummary


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seconds": 0.0}, "the median must be a finite number of seconds above 0"),
        ({"seconds": math.nan}, "the median must be"),
        ({"seconds": 1e12}, "the median must be"),
        ({"spread": -1e-9}, "the spread must be"),
        ({"spread": math.nan}, "the spread must be"),
        ({"count": 0}, "the count of samples must be 1 or more"),
        ({"count": 10**19}, "the count of samples must be 1 or more"),
    ],
)
def test_impossible_summaries(changes, message):
    with pytest.raises(ValueError, match=message):
        SampleSummary(**{"statistic": "median", "seconds": 1.0, **changes})


def test_what_a_file_does_not_tell_is_none():
    summary = SampleSummary("mean", 1.0)
    assert (summary.spread, summary.count) == (None, None)
