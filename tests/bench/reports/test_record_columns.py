from dataclasses import replace

import pytest
from made_records import timed

from flopwatt.bench.reports.record_columns import (
    BenchmarkNames,
    kept,
    number_column,
    runner_of,
    share_column,
    time_column,
    words_column,
)


def test_columns_say_what_people_read_and_hold_what_is_sorted() -> None:
    assert time_column("time", [0.0021, None, 3.5e-5]).texts == ("2.1 ms", "-", "35 µs")
    assert number_column("points", [2e9, None], "1/s").numbers == (2e9, None)
    assert number_column("points", [2e9]).texts == ("2 billion",)
    assert share_column("change", [0.5, -0.25], signed=True).texts == ("+50.0%", "-25.0%")
    assert share_column("share", [0.5, None]).texts == ("50.0%", "-")
    assert words_column("label", ["", "before"]).texts == ("-", "before")


def test_a_column_of_nothing_is_left_out() -> None:
    columns = words_column("label", ["", ""]), number_column("joules", [None, None]), words_column("name", ["a", ""])
    assert kept(columns) == (columns[2],)


def benchmark(function: str = "test_question", engine: str = "numba", **params):
    params = {"engine": engine, "dtype": "float64", **params}
    name = f"{function}[{'-'.join(map(str, params.values()))}]"
    return replace(timed("x", params=params, engine=engine), name=name, fullname=f"suites/test_it.py::{name}")


def test_names_hold_what_tells_benchmarks_apart() -> None:
    benchmarks = [
        benchmark(engine=engine, size="2e6", question=question)
        for engine in ("numba", "numpy")
        for question in ("cost", "energy")
    ]
    names = BenchmarkNames(benchmarks)
    assert [names.task(one) for one in benchmarks] == ["cost", "energy", "cost", "energy"]
    assert names.whole(benchmarks[2]) == "cost, numpy, float64"
    assert runner_of(benchmarks[2]) == "numpy"


def test_names_of_one_benchmark_hold_all_that_it_is() -> None:
    one = benchmark(size="2e6", question="cost")
    assert BenchmarkNames([one]).task(one) == "2e6, cost"


def test_names_say_which_function_where_there_are_several() -> None:
    benchmarks = [benchmark(size="2e6"), benchmark("test_wide_shape", size="2e6"), benchmark(size="2e7")]
    names = BenchmarkNames(benchmarks)
    assert [names.task(one) for one in benchmarks] == ["question: 2e6", "wide shape: 2e6", "question: 2e7"]


def test_a_suites_longer_words_stand_for_a_parameter() -> None:
    few, many = (
        timed(shape, params={"shape": shape}, extra={"shape": f"{shape}, 1e6 points"}, engine="numba")
        for shape in ("3 axes", "9 axes")
    )
    assert BenchmarkNames([few, many]).task(few) == "3 axes, 1e6 points"


def test_benchmarks_that_read_alike_have_their_full_names_and_sizes() -> None:
    first = benchmark(size="2e6")
    second = replace(first, name="test_question[b]", fullname="suites/test_it.py::test_question[b]")
    names = BenchmarkNames([first, second])
    assert names.task(first) != names.task(second)
    small, large = (timed("a", points=points, threads=2) for points in (1000, 2000))
    assert [BenchmarkNames([small, large]).task(one) for one in (small, large)] == [
        "test_it[a], 1,000 points, 2 threads",
        "test_it[a], 2,000 points, 2 threads",
    ]


@pytest.mark.parametrize("extra", [{"what": "DuckDB"}, {}])
def test_what_was_timed_beside_engines_has_its_own_name(extra: dict[str, str]) -> None:
    assert runner_of(timed("a", extra=extra, engine="", params={})) == extra.get("what", "")
