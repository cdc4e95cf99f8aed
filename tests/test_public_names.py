"""What ``import flopwatt`` offers, and that it and ``--help`` load nothing heavy."""

import subprocess
import sys

import pytest

import flopwatt

HEAVY = ("numba", "scipy", "xarray", "pandas", "plotly", "pint", "pydantic", "pyarrow", "rich", "cupy")


@pytest.mark.parametrize("name", flopwatt.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(flopwatt, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = flopwatt.nothing


def loaded(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_importing_loads_nothing_heavy() -> None:
    assert loaded("import flopwatt") == set()
    assert loaded("from flopwatt import given, maximum, quantity, where") == set()


def test_help_loads_nothing_heavy() -> None:
    code = "from flopwatt.bench.cli import cli\ntry:\n    cli(['--help'])\nexcept SystemExit:\n    pass"
    assert loaded(code) == set()


def test_reading_a_study_loads_only_what_it_must() -> None:
    assert loaded("import flopwatt\nflopwatt.load_study('quick')\nflopwatt.load_study('quick')") <= {"pydantic", "scipy"}


def best_of(count: int, *args: str) -> float:
    """Processor seconds of the fastest of several runs: other work on the machine does not count."""
    import resource

    def used() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    times = []
    for _ in range(count):
        start = used()
        subprocess.run([sys.executable, "-m", "flopwatt", *args], capture_output=True, check=True)
        times.append(used() - start)
    return min(times)


def test_help_is_quick() -> None:
    assert best_of(5, "--help") < 0.3


def test_quick_is_quick_when_it_is_warm() -> None:
    assert best_of(4, "run", "quick") < 2
