"""The pytest plugin: the order of passes, what is not run again, what becomes of a failure, and what a call's record says."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from flopwatt.bench.records.record import Benchmark
from flopwatt.bench.timing.plugin import Harness, _failure_line, _pedantic
from flopwatt.bench.timing.sampler import Policy, Timed

POLICY = Policy(precision=0.5, budget_seconds=0.01, passes=3, most=10)


class Items:
    """pytest's items, whose protocol notes which ran and may fail or take its time."""

    def __init__(self, harness: Harness, names: str, fails: str = "", spent: str = ""):
        self.harness, self.fails, self.spent, self.ran = harness, fails, spent, list[tuple[str, str | None]]()
        hook = SimpleNamespace(pytest_runtest_protocol=self.protocol)
        config = SimpleNamespace(hook=hook)
        self.items: Any = [
            SimpleNamespace(nodeid=f"file::{name}", name=name, config=config, fixturenames=["benchmark"]) for name in names
        ]

    def protocol(self, item: Any, nextitem: Any) -> None:
        self.ran.append((item.name, nextitem.name if nextitem else None))
        if item.name in self.spent:
            self.harness.measurements[item.nodeid] = SimpleNamespace(sampler=SimpleNamespace(spent=True))  # type: ignore[assignment]
        if item.name in self.fails:
            report: Any = SimpleNamespace(failed=True, nodeid=item.nodeid, longrepr="E   assert 1 == 2")
            self.harness.pytest_runtest_logreport(report)

    def loop(self) -> list[str]:
        session: Any = SimpleNamespace(items=self.items)
        assert self.harness.pytest_runtestloop(session)
        return [name for name, _ in self.ran]


def test_passes_go_forwards_and_backwards() -> None:
    """Every benchmark's n-th pass is near the others', and each is told which follows, so that fixtures are kept."""
    items = Items(Harness(POLICY), "abc")
    assert "".join(items.loop()) == "abc" + "cba" + "abc"
    assert items.ran[:4] == [("a", "b"), ("b", "c"), ("c", None), ("c", "b")]


def test_what_failed_or_spent_its_budget_is_not_run_again() -> None:
    harness = Harness(POLICY)
    assert "".join(Items(harness, "abc", fails="b", spent="c").loop()) == "abc" + "a" + "a"
    assert harness.failures == {"file::b": "assert 1 == 2"}


def test_only_benchmarks_are_run() -> None:
    harness = Harness(POLICY)
    items: Any = [
        SimpleNamespace(fixturenames=names, nodeid=str(names))
        for names in (["benchmark"], ["tmp_path"], ["tmp_path", "benchmark"])
    ]
    kept = [items[0], items[2]]
    harness.pytest_collection_modifyitems(items)
    assert (items, harness.selected) == (kept, 2)


class Server:
    """Asks for passes by name and keeps what it is told."""

    def __init__(self, *names: str):
        self.names, self.told = names, list[Any]()

    def requests(self, tests: Mapping[str, str], broken: Mapping[str, str]) -> Any:
        assert tests == {"file::a": "a", "file::b": "b"}
        yield from self.names

    def reply(self, outcome: Benchmark | str) -> None:
        self.told.append(outcome)


def test_a_server_says_which_benchmark_takes_a_pass_and_hears_why_it_failed() -> None:
    server = Server("file::b", "a", "file::b")  # an older flopwatt asks by the bare name
    harness = Harness(POLICY, server=server)
    assert "".join(Items(harness, "ab", fails="b").loop()) == "bab"
    assert server.told == ["assert 1 == 2", "it timed nothing", "assert 1 == 2"]
    assert harness.failures == {}  # told, so that the next request is run again


def fixture(name: str, **params: Any) -> Any:
    return SimpleNamespace(fullname=f"file::{name}", name=name, group=None, param=None, params=params, extra_info={"role": "x"})


def test_a_benchmark_holds_what_its_passes_gathered() -> None:
    calls = list[int]()
    harness = Harness(POLICY)
    for _ in range(3):
        assert harness.measure(fixture("one", size=3, kind=object), Timed(lambda: calls.append(1) or len(calls))) == len(calls)
    (benchmark,) = harness.benchmarks()
    assert (benchmark.name, benchmark.fullname, benchmark.extra) == ("one", "file::one", {"role": "x"})
    assert benchmark.params == {"size": 3, "kind": "builtins.object"}
    assert len(benchmark.blocks) == len(benchmark.cpu_blocks) == 3
    assert sum(benchmark.blocks) == len(benchmark.samples)
    assert benchmark.phases["compile"].reason == "the suite compiles nothing apart"
    assert benchmark.phases["first_call"].seconds is not None
    assert benchmark.phases["copy_in"].reason == "the data is in the host's memory"
    assert (benchmark.gpu, benchmark.memory.device_peak_bytes.reason) == (None, "the engine uses no GPU")
    assert benchmark.noise is not None


def test_a_benchmark_whose_test_failed_is_none() -> None:
    harness = Harness(POLICY)
    for name in ("one", "two"):
        harness.measure(fixture(name), Timed(lambda: None))
    harness.failures["file::one"] = "assert 1 == 2"
    assert [benchmark.name for benchmark in harness.benchmarks()] == ["two"]


@pytest.mark.parametrize("arguments", [None, ((1, 2), {"c": 3})])
def test_pedantics_setup_may_bring_the_arguments_and_teardown_is_given_them(arguments: Any) -> None:
    said = list[Any]()

    def setup() -> Any:
        said.append("setup")
        return arguments

    timed = _pedantic(
        lambda *args, **kwargs: said.append((args, kwargs)), ("own",), {}, setup, lambda *args, **kwargs: said.append(args)
    )
    timed.call_once()
    args, kwargs = arguments or (("own",), {})
    assert said == ["setup", (args, kwargs), args]


def test_pedantic_without_setup_is_a_plain_call_that_may_be_repeated() -> None:
    timed = _pedantic(lambda a, b: a + b, (1,), {"b": 2}, None, None)
    assert (timed.setup, timed.teardown, timed.call()) == (None, None, 3)


@pytest.mark.parametrize(
    ("longrepr", "line"),
    [
        (SimpleNamespace(reprcrash=SimpleNamespace(message="AssertionError: no\nassert 1 == 2")), "AssertionError: no"),
        ("def test():\n>   f()\nE   ValueError: bad\n", "ValueError: bad"),
        ("file.py:3: SyntaxError\n", "file.py:3: SyntaxError"),
        ("", "failed"),
    ],
)
def test_why_a_test_failed_is_one_line(longrepr: Any, line: str) -> None:
    assert _failure_line(SimpleNamespace(longrepr=longrepr)) == line
