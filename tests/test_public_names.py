"""What ``import flopwatt`` offers, and that it and ``--help`` load nothing heavy."""

import os
import subprocess
import sys

import pytest

import flopwatt

HEAVY = ("numba", "scipy", "xarray", "pandas", "pint", "pydantic", "pyarrow", "rich", "tomlkit", "cupy")


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


def takes(limit: float, *args: str, tries: int = 10) -> float:
    """Processor seconds of a command: the first of several runs that is below the limit, else the fastest.

    Other work on the machine counts for little that way: it makes the processor slower, now more and now less.
    """
    import resource

    warm = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def used() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    fastest = float("inf")
    for _ in range(tries):
        start = used()
        subprocess.run([sys.executable, "-m", "flopwatt", *args], env=warm, capture_output=True, check=True)
        fastest = min(fastest, used() - start)
        if fastest < limit:
            break
    return fastest


def test_help_is_quick() -> None:
    assert takes(0.3, "--help") < 0.3


@pytest.mark.slow
def test_quick_is_quick_when_it_is_warm() -> None:
    assert takes(2.0, "run", "quick") < 2.0
