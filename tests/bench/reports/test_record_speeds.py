import dataclasses

import pytest
from made_records import record, timed

from flopwatt.bench.history.series import series_of
from flopwatt.bench.records.summary import SampleSummary
from flopwatt.bench.reports.record_columns import BenchmarkNames
from flopwatt.bench.reports.record_speeds import (
    fastest_sentence,
    measured,
    pace_of,
    speed_columns,
    speed_pictures,
)


def points_of(*benchmarks, **changes):
    series = series_of([record(*benchmarks, **changes)])
    return measured(series), BenchmarkNames(one.newest.benchmark for one in series)


def engines(case: str, **seconds: float):
    return [
        dataclasses.replace(
            timed(case, median, count=5, spread=0.0, params={"case": case, "engine": engine}, engine=engine),
            name=f"test_it[{case}-{engine}]",
            fullname=f"test_it[{case}-{engine}]",
        )
        for engine, median in seconds.items()
    ]


def column(columns, heading: str):
    return next(one for one in columns if one.heading == heading)


def test_the_table_has_the_fastest_engine_of_a_task_first() -> None:
    points, names = points_of(*engines("b", numpy=0.02, numba=0.001), *engines("a", numpy=0.004, numba=0.002))
    columns = speed_columns(points, names)
    assert list(zip(columns[0].texts, columns[1].texts, strict=True)) == [
        ("a", "numba"), ("a", "numpy"), ("b", "numba"), ("b", "numpy"),
    ]  # fmt: skip
    assert column(columns, "points a second").numbers == pytest.approx((5e5, 2.5e5, 1e6, 5e4))
    assert column(columns, "median time of a call").texts[0] == "2 ms"
    assert "commit" not in [one.heading for one in columns]  # all of one record


def test_measurements_of_several_records_say_of_which() -> None:
    old = record(timed("a"), created="2026-09-01T10:00:00.000+00:00")
    series = series_of([old, record(timed("b"))])
    columns = speed_columns(measured(series), BenchmarkNames(one.newest.benchmark for one in series))
    assert column(columns, "measured (UTC)").texts == ("2026-09-01 10:00", "2026-09-28 10:11")
    assert column(columns, "commit").texts == ("a" * 12,) * 2


def test_a_pace_is_the_middle_half_of_the_samples() -> None:
    benchmark = timed("a", samples=(1.0, 2.0, 3.0, 4.0, 5.0), points=60)
    assert pace_of(benchmark, in_points=False) == type(pace_of(benchmark, in_points=False))(3.0, 2.0, 4.0)
    assert pace_of(benchmark, in_points=True).low == 15.0
    told = dataclasses.replace(timed("a"), samples=(), blocks=(), summary=SampleSummary("mean", 2.0))
    assert pace_of(told, in_points=False).low == 2.0


def test_pictures_are_of_speeds_or_of_times_where_points_say_nothing() -> None:
    points, names = points_of(*engines("a", numpy=0.02, numba=0.001), timed("b", points=None))
    speeds, times = speed_pictures(points, "a machine", names)
    assert speeds.title == "Points a second on a machine"
    assert {(row["y"], row["c"], row["v"]) for row in speeds.spec["data"]["values"]} == {
        ("a", "numba", "1 million"), ("a", "numpy", "50,000"),
    }  # fmt: skip
    assert times.title == "Time of a call on a machine"
    points, names = points_of(*engines("a", numpy=0.02, numba=0.001), kind="run")
    assert [picture.title for picture in speed_pictures(points, "x", names)] == ["Time of a call on x"]


def test_no_benchmark_is_left_out_of_the_pictures() -> None:
    points, names = points_of(*(timed(f"case {i}", 0.001 * (i + 1)) for i in range(70)))
    pictures = speed_pictures(points, "x", names)
    assert [picture.title[-8:] for picture in pictures] == ["(1 of 3)", "(2 of 3)", "(3 of 3)"]
    assert len({row["y"] for picture in pictures for row in picture.spec["data"]["values"]}) == 70


def test_many_engines_have_a_row_each() -> None:
    points, names = points_of(*engines("a", **{f"engine{i}": 0.001 * (i + 1) for i in range(8)}))
    (picture,) = speed_pictures(points, "x", names)
    assert sorted(row["y"] for row in picture.spec["data"]["values"]) == [f"a, engine{i}" for i in range(8)]


def test_the_fastest_engine_is_named_with_its_lead() -> None:
    both = engines("a", numpy=0.02, numba=0.001), engines("b", numpy=0.03, numba=0.001), engines("c", numpy=0.001, numba=0.002)
    points, names = points_of(*(one for pair in both for one in pair))
    assert fastest_sentence(points, names) == (
        "numba is the fastest in 2 of 3 benchmarks that several engines compute, 25 times as fast as the next (median)."
    )
    points, names = points_of(timed("a"))
    assert fastest_sentence(points, names) == ""
