"""Runs benchmark suites in this process and gives back what was measured."""

import contextlib
import io
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...kernels.text import nearest
from ..errors import InputError
from ..records.record import Benchmark, Record
from .sampler import Policy

if TYPE_CHECKING:
    from .plugin import Server

SUITES = Path(__file__).resolve().parents[1] / "suites"
QUICK = Policy(precision=0.02, budget_seconds=1.0)
QUICK_SUITES = ("questions",)  # what --quick runs where no suite is named
FULL = Policy(precision=0.01, budget_seconds=10.0)


@dataclass(frozen=True)
class Driven:
    """What a session gave; ``failures`` says by test what went wrong, ``subject`` names the suites."""

    benchmarks: tuple[Benchmark, ...]
    failures: dict[str, str]
    subject: str

    def record(self, options: dict[str, Any]) -> Record:
        return Record(benchmarks=self.benchmarks, kind="bench", subject=self.subject, options=options)


def suites() -> dict[str, Path]:
    """The suites that come with flopwatt, by name."""
    return {path.stem.removeprefix("test_"): path for path in sorted(SUITES.glob("test_*.py"))}


def find_suites(names: Sequence[str]) -> dict[str, Path]:
    """The files of suites, by name or path; all of flopwatt's own where none is named. Raises InputError."""
    known = suites()
    if not names:
        return known
    found = {}
    for name in names:
        path = Path(name)
        if name in known:
            found[name] = known[name]
        elif os.path.exists(path):  # unlike Path.exists, it answers for a name of any length
            found[path.stem.removeprefix("test_")] = path.resolve()
        else:
            raise InputError(
                f"there is no suite {name!r}, neither of that name nor at that path"
                f"{nearest(name, known) or '; there are ' + ', '.join(known)}"
            )
    return found


def drive(
    names: Sequence[str],
    policy: Policy,
    *,
    options: Sequence[str] = (),
    report: Callable[[int, int, int, str], None] | None = None,
    server: "Server | None" = None,
) -> Driven:
    """Measure suites. ``options`` go to pytest; a ``server`` says which benchmark takes a pass.

    Raises InputError where pytest is not there, a suite cannot be read, or nothing was selected, and KeyboardInterrupt
    where the user stops it, which pytest would keep to itself.
    """
    try:
        import pytest
        import pytest_benchmark  # noqa: F401
    except ImportError as error:
        raise InputError(
            f"the suites need {error.name}; install it with: pip install 'flopwatt[test]'", where="bench"
        ) from None
    from .plugin import Harness

    found = find_suites(names)
    harness = Harness(policy, report, server)
    own = all(path.is_relative_to(SUITES) for path in found.values())
    args = [
        *map(str, found.values()),
        *(["--rootdir", str(SUITES.parent.parent)] if own else []),
        *("-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:faulthandler", "-o", "addopts=", "--benchmark-quiet"),
        *options,
    ]
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        status = pytest.main(args, plugins=[harness])
    if harness.interrupted:
        raise KeyboardInterrupt
    _check(int(status), harness, said.getvalue(), found)
    return Driven(harness.benchmarks(), harness.failures, ",".join(found))


def _check(status: int, harness: Any, said: str, found: dict[str, Path]) -> None:
    """Raise InputError for what is no result: options or suites that pytest cannot use, or an empty selection."""
    where = ", ".join(map(str, found.values()))
    lines = [line for line in said.splitlines() if line.strip()]
    if status in (3, 4):
        errors = [line for line in lines if "rror" in line] or lines
        raise InputError(f"pytest: {errors[0].removeprefix('ERROR: ') if errors else f'exit status {status}'}", where=where)
    if not harness.selected and harness.failures:
        raise InputError(next(iter(harness.failures.values())), where=next(iter(harness.failures)))
    if not harness.selected:
        raise InputError("no benchmark was selected", where=where)
