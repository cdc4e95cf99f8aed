"""Settings of other projects: what would spoil the timing is undone, all else is as pytest would have it."""

from pathlib import Path

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.timing.sampler import Policy
from flopwatt.bench.timing.session import SuiteResults, run_suites

POLICY = Policy(precision=0.5, budget_seconds=0.001, passes=2, most=3)
pytestmark = pytest.mark.slow


def run(folder: Path, *options: str, addopts: str = "", conftest: str = "", suite: str = "", name: str = "it") -> SuiteResults:
    """Run a suite of a folder of its own; the names of files are its own too, since Python keeps what it imported."""
    (folder / "pytest.ini").write_text(f"[pytest]\naddopts = {addopts}\nmarkers =\n    small: for this test\n")
    (folder / "conftest.py").write_text(conftest)
    path = folder / f"test_{folder.name}_{name}.py"
    path.write_text(suite or "def test_one(benchmark):\n    benchmark(int)\ndef test_two(benchmark):\n    benchmark(int)\n")
    return run_suites([str(path)], POLICY, options=options)


@pytest.mark.parametrize(
    "addopts",
    [
        "-n 2",
        "--dist=loadfile -n 2",
        "--benchmark-skip",
        "--benchmark-disable",
        "--benchmark-only",
        "--collect-only",
        "--setup-plan",
        "-ra -v --color=yes --tb=short --durations=3 --strict-markers --strict-config",
        "--lf",
        "--benchmark-autosave",
        "-p no:terminal",
    ],
)
def test_addopts_that_would_time_nothing_do_not(tmp_path: Path, addopts: str) -> None:
    results = run(tmp_path, addopts=addopts)
    assert [one.name for one in results.benchmarks] == ["test_one", "test_two"]
    assert not results.failures
    assert not list(tmp_path.glob(".benchmarks"))


def test_a_first_failure_does_not_end_it(tmp_path: Path) -> None:
    suite = "def test_bad(benchmark):\n    assert benchmark(int)\ndef test_good(benchmark):\n    benchmark(int)\n"
    results = run(tmp_path, addopts="-x", suite=suite, name="x")
    assert [one.name for one in results.benchmarks] == ["test_good"]
    assert len(results.failures) == 1


def test_selections_of_addopts_hold_and_are_named_where_nothing_is_left(tmp_path: Path) -> None:
    suite = (
        "import pytest\n@pytest.mark.small\ndef test_small(benchmark):\n    benchmark(int)\n"
        "def test_large(benchmark):\n    benchmark(int)\n"
    )
    results = run(tmp_path, addopts="-m small", suite=suite, name="m")
    assert [one.name for one in results.benchmarks] == ["test_small"]
    with pytest.raises(InputError, match=r"no benchmark was selected: -k 'large', -m 'small' left 2 tests out"):
        run(tmp_path, "-k", "large", addopts="-m small", suite=suite, name="m")


CONFTEST = """
def pytest_addoption(parser):
    parser.addoption("--quick", action="store_true")
    parser.addoption("--engine", action="append")
def pytest_generate_tests(metafunc):
    if "asked" in metafunc.fixturenames:
        metafunc.parametrize("asked", [f"{metafunc.config.getoption('--quick')} {metafunc.config.getoption('--engine')}"])
"""
ASKED = "def test_asked(benchmark, asked):\n    benchmark(int)\n"


def test_a_conftest_that_knows_flopwatts_options_is_given_them(tmp_path: Path) -> None:
    results = run(tmp_path, "--quick", "--engine=a", "--engine=b", conftest=CONFTEST, suite=ASKED, name="asked")
    assert [one.params for one in results.benchmarks] == [{"asked": "True ['a', 'b']"}]


def test_one_that_does_not_is_spared_quick_and_refuses_the_others(tmp_path: Path) -> None:
    assert len(run(tmp_path, "--quick").benchmarks) == 2
    with pytest.raises(
        InputError, match=r"^the argument dtypes is for suites whose conftest\.py defines --dtype, as flopwatt's"
    ):
        run(tmp_path, "--quick", "--dtype=float32", conftest=CONFTEST)


def test_plugins_fixtures_and_pythonpath_of_the_project_count(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/settings_plugin.py").write_text("import pytest\n@pytest.fixture\ndef size():\n    return 5\n")
    suite = "def test_size(benchmark, size):\n    assert benchmark(range, size) == range(5)\n"
    (tmp_path / "tox.ini").write_text("")
    path = tmp_path / "test_settings_size.py"
    path.write_text(suite)
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = lib\naddopts = -p settings_plugin\n")
    results = run_suites([str(path)], POLICY)
    assert [one.fullname for one in results.benchmarks] == ["test_settings_size.py::test_size"]
    assert not results.failures
