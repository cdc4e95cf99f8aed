import pytest
from made_records import record, timed

from flopwatt.bench.history.series import HistoryPoint
from flopwatt.bench.records.record import Energy, Reading
from flopwatt.bench.reports.record_limits import energy_sentence, is_limit, limits_shown


def column(columns, heading: str):
    return next(one for one in columns if one.heading == heading)


def points_of(*benchmarks):
    return [HistoryPoint(benchmark, record(*benchmarks)) for benchmark in benchmarks]


def limit(name: str, unit: str, amount: float, seconds: float):
    extra = {"role": "limit", "what": name, "amount": amount, "unit": unit}
    return timed(name, samples=(seconds,) * 3, extra=extra, engine="", dtype="", points=None)


def test_engines_are_held_against_the_limits_of_the_same_run() -> None:
    extra = {
        "role": "engine",
        "shape": "9 axes",
        "question": "best",
        "engine": "numba",
        "dtype": "float64",
        "points": 1000,
        "work": 4.0,
    }
    engine = timed("a", samples=(1e-6,) * 3, extra=extra, engine="numba")
    limits = [limit("fma float64", "multiply-add", 1e6, 1e-4), limit("C loop float64", "scenario", 1e6, 1e-3 / 2)]
    shown = limits_shown([record(timed("b")), record(engine, *limits), record(timed("c"))])
    assert shown is not None
    assert shown.sentence.startswith("numba reaches up to 20% of what the vector units can do; measured in one run, 2026-09-28")
    assert column(shown.shares, "share of the vector units").numbers == pytest.approx([0.2])
    assert column(shown.shares, "share of the loop alone in C").numbers == pytest.approx([0.5])
    assert column(shown.limits, "reached").texts == ("10 billion multiply-adds a second", "2 billion scenarios a second")
    assert limits_shown([record(engine)]) is None
    assert is_limit(limits[0])
    assert not is_limit(engine)


def test_energy_is_said_or_why_it_was_not_measured() -> None:
    with_energy = timed("a", energy=Energy(per_billion_points=Reading(12.5)))
    without = timed("b", energy=Energy(per_billion_points=Reading(None, "no RAPL counters")))
    assert energy_sentence(points_of(with_energy, without)) == (
        "For a billion points: numpy 12.5 joules. 1 of 2 benchmarks have no energy."
    )
    assert energy_sentence(points_of(without)) == "No energy was measured: no RAPL counters."
    assert energy_sentence(points_of(timed("a"))) == "No energy was measured."
