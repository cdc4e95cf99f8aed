"""What a suite tells of what it times: kept for the record, and its scalars for plain pytest-benchmark."""

from types import SimpleNamespace

from flopwatt.bench.timing.case import Case, case_of, describe


def test_a_fixture_keeps_what_it_was_told() -> None:
    fixture = SimpleNamespace(extra_info={"mine": 1})
    assert case_of(fixture) == Case()
    case = describe(fixture, Case("numba", "float64", 1000, evaluated=None, compile_seconds=0.5, prepared=object()))
    assert case_of(fixture) is case
    assert fixture.extra_info == {"mine": 1, "engine": "numba", "dtype": "float64", "points": 1000, "compile_seconds": 0.5}


def test_a_fixture_with_something_else_under_that_name_was_told_nothing() -> None:
    assert case_of(SimpleNamespace(flopwatt="text")) == Case()


def test_the_work_of_a_call_is_what_was_evaluated() -> None:
    assert Case(points=1000).work == 1000
    assert Case(points=1000, evaluated=250).work == 250
    assert Case().work is None
