"""Finding suites, and running one in this process: what was measured, what failed, and what is no result."""

from pathlib import Path

import pytest

from flopwatt.bench.timing.sampler import Policy
from flopwatt.bench.timing.session import QUICK_SUITES, SUITES, find_suites, run_suites, suites

POLICY = Policy(precision=0.5, budget_seconds=0.001, passes=2, most=3)


def test_flopwatts_own_suites_are_search_source_name() -> None:
    assert set(QUICK_SUITES) <= set(suites())
    assert find_suites(()) == suites()
    assert find_suites(["questions"]) == {"questions": SUITES / "test_questions.py"}


def test_a_suite_of_ones_own_is_search_source_its_path(tmp_path: Path) -> None:
    path = tmp_path / "test_mine.py"
    path.write_text("")
    assert find_suites([str(path), "questions"]) == {"mine": path, "questions": SUITES / "test_questions.py"}
    with pytest.raises(Exception, match=r"no suite 'qestions'.*; did you mean 'questions'"):
        find_suites(["qestions"])


def test_a_suite_is_run_and_a_failure_is_named(tmp_path: Path) -> None:
    path = tmp_path / "test_driven.py"
    path.write_text(
        "def test_good(benchmark):\n    benchmark(sum, [1, 2])\n"
        "def test_bad(benchmark):\n    assert benchmark(sum, [1, 2]) == 4\n"
        "def test_plain():\n    raise RuntimeError\n"
    )
    results = run_suites([str(path)], POLICY)
    assert [benchmark.name for benchmark in results.benchmarks] == ["test_good"]
    ((name, why),) = results.failures.items()
    assert name.endswith("::test_bad")
    assert why.startswith(("AssertionError", "assert 3 == 4"))
    record = results.record({"passes": 2})
    assert (record.subject, record.kind, record.options) == ("driven", "bench", {"passes": 2})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text", "options", "message"),
    [
        ("plain", "def test_plain():\n    pass\n", (), "no benchmark was selected"),
        ("unselected", "def test(benchmark):\n    benchmark(int)\n", ("-k", "other"), "no benchmark was selected"),
        ("broken", "def test(benchmark)\n", (), "line 1"),
        ("optioned", "def test(benchmark):\n    benchmark(int)\n", ("--no-such-option",), "no-such-option"),
    ],
)
def test_what_is_no_result(tmp_path: Path, name: str, text: str, options: tuple[str, ...], message: str) -> None:
    path = tmp_path / f"test_{name}.py"  # a name of its own: Python keeps what it has imported
    path.write_text(text)
    with pytest.raises(Exception, match=message):
        run_suites([str(path)], POLICY, options=options)


ALIKE = """
import pytest

class Thing:
    pass

@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("thing", [Thing(), Thing(), int])
def test_thing(benchmark, thing, count):
    benchmark(int)
"""


@pytest.mark.slow
def test_objects_that_are_told_by_one_text_are_told_apart_by_pytests_names(tmp_path: Path) -> None:
    path = tmp_path / "test_alike.py"
    path.write_text(ALIKE)
    told = [one.params for one in run_suites([str(path)], POLICY).benchmarks]
    assert told == [
        {"thing": f"<test_alike.Thing object> (thing{i}-{count})", "count": count} for i in range(2) for count in (1, 2)
    ] + [{"thing": "builtins.int", "count": count} for count in (1, 2)]


@pytest.mark.slow
def test_suites_of_one_name_are_both_timed(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for part in ("a", "b"):
        (tmp_path / part).mkdir()
        (tmp_path / part / "__init__.py").write_text("")
        (tmp_path / part / "test_same.py").write_text("def test_one(benchmark):\n    benchmark(int)\n")
    results = run_suites([str(tmp_path / part / "test_same.py") for part in ("a", "b")], POLICY)
    assert [one.fullname for one in results.benchmarks] == [f"{part}/test_same.py::test_one" for part in ("a", "b")]
    assert results.subject == f"same,{tmp_path / 'b/test_same.py'}"
