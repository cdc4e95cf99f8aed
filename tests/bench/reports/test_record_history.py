from dataclasses import replace

import altair
from made_history import SLOWER, history_of

from flopwatt.bench.history.series import series_of
from flopwatt.bench.reports.record_columns import BenchmarkNames
from flopwatt.bench.reports.record_history import history_columns, history_picture, history_sentence


def told(records):
    series = series_of(records)
    return series, BenchmarkNames(one.newest.benchmark for one in series)


def test_a_change_is_said_shown_and_dated() -> None:
    series, names = told(history_of(SLOWER))
    assert history_sentence(series, names) == (
        "1 of 2 benchmarks changed over up to 14 records; most of all a, numpy, float64, 1.34 times slower since 2026-10-10 "
        "(commit 09ab09ab09ab)."
    )
    columns = {column.heading: column for column in history_columns(series, names)}
    assert columns["benchmark"].texts == ("a, numpy, float64", "steady, numpy, float64")
    assert columns["since"].texts == ("2026-10-10, commit 09ab09ab09ab", "-")
    step = columns["last step"].numbers
    assert step is not None
    assert 0.3 < step[0] < 0.4
    assert step[1] is None


def test_the_picture_has_every_record_and_begins_with_what_changed_most() -> None:
    series, names = told(history_of(SLOWER, name="z", spread=0.01))
    picture = history_picture(series, "a machine", names)
    assert picture is not None
    assert picture.sliders[0].points == ("z, numpy, float64", "steady, numpy, float64")
    rows = picture.spec["data"]["values"]
    assert len(rows) == 28
    levels = {row["f"] for row in rows if row["s0"] == 0}
    assert len(levels) == 2
    assert all(row["a"] <= row["v"] <= row["b"] for row in rows)
    altair.Chart.from_dict(dict(picture.spec))


def test_records_without_a_time_are_not_drawn() -> None:
    first, *rest = history_of(SLOWER)
    series, names = told([replace(first, created=""), *rest])
    picture = history_picture(series, "x", names)
    assert picture is not None
    assert len(picture.spec["data"]["values"]) == 26
    series, names = told([replace(one, created="") for one in rest])
    assert history_picture(series, "x", names) is None


def test_little_is_said_of_few_records() -> None:
    series, names = told(history_of([0.01]))
    assert history_sentence(series, names) == "There is one record of every benchmark, so nothing to see over time."
    assert history_columns(series, names) == ()
    assert history_picture(series, "x", names) is None
    series, names = told(history_of([0.01, 0.01]))
    assert history_sentence(series, names) == "Change points are sought from 6 records of a benchmark on; there are 2."
    assert len(history_columns(series, names)[0].texts) == 2
    series, names = told(history_of([0.01] * 8))
    assert history_sentence(series, names) == "None of 2 benchmarks changed over up to 8 records."
