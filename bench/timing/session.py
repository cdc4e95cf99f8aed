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
    from .plugin import Harness, Server

SUITES = Path(__file__).resolve().parents[1] / "suites"
QUICK = Policy(precision=0.02, budget_seconds=2.0)
QUICK_SUITES = ("questions",)  # what --quick runs where no suite is named
FULL = Policy(precision=0.01, budget_seconds=10.0)


@dataclass(frozen=True)
class SuiteResults:
    """What a session gave; ``failures`` says by test what went wrong, ``subject`` names the suites."""

    benchmarks: tuple[Benchmark, ...]
    failures: dict[str, str]
    subject: str

    def record(self, options: dict[str, Any]) -> Record:
        """Make the record, with the options that it was measured with."""
        return Record(benchmarks=self.benchmarks, kind="bench", subject=self.subject, options=options)


def suites() -> dict[str, Path]:
    """List the suites that come with flopwatt: their files by name."""
    return {path.stem.removeprefix("test_"): path for path in sorted(SUITES.glob("test_*.py"))}


def find_suites(names: Sequence[str]) -> dict[str, Path]:
    """Find the files of suites by their names.

    Parameters
    ----------
    names
        Names of flopwatt's own suites, or paths; all of flopwatt's own where there are none.

    Returns
    -------
    dict
        The files by the suites' names.

    Raises
    ------
    InputError
        Where a name is neither a suite nor a path that exists.
    """
    known = suites()
    if not names:
        return known
    files = {}
    for name in names:
        path = Path(name)
        if name in known:
            files[name] = known[name]
        elif os.path.exists(path):  # unlike Path.exists, it answers for a name of any length
            files[path.stem.removeprefix("test_")] = path.resolve()
        else:
            raise InputError(
                f"there is no suite {name!r}, neither of that name nor at that path"
                f"{nearest(name, known) or '; there are ' + ', '.join(known)}"
            )
    return files


def run_suites(
    names: Sequence[str],
    policy: Policy,
    *,
    options: Sequence[str] = (),
    report: Callable[[int, int, int, str], None] | None = None,
    server: "Server | None" = None,
) -> SuiteResults:
    """Measure suites in this process.

    Parameters
    ----------
    names
        Names or paths of suites; all of flopwatt's own where there are none.
    policy
        How precise and how long.
    options
        What pytest is given beside the suites.
    report
        Is told of each test that begins: the pass, the test's position in it, how many there are, and its name.
    server
        Says which benchmark takes a pass; without it all take all passes.

    Raises
    ------
    InputError
        Where pytest is not installed, a suite cannot be read, or nothing was selected.
    KeyboardInterrupt
        Where the user stops it, which pytest would keep to itself.
    """
    try:
        import pytest
        import pytest_benchmark  # noqa: F401
    except ImportError as error:
        raise InputError(
            f"the suites need {error.name}; install it with: pip install 'flopwatt[test]'", where="bench"
        ) from None
    from .plugin import Harness

    files = find_suites(names)
    harness = Harness(policy, report, server)
    own = all(path.is_relative_to(SUITES) for path in files.values())
    args = [
        *map(str, files.values()),
        *(["--rootdir", str(SUITES.parent.parent)] if own else []),
        *("-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:faulthandler", "-o", "addopts=", "--benchmark-quiet"),
        *options,
    ]
    output = io.StringIO()
    with contextlib.redirect_stderr(output), contextlib.redirect_stdout(output):
        status = pytest.main(args, plugins=[harness])
    if harness.interrupted:
        raise KeyboardInterrupt
    _check(int(status), harness, output.getvalue(), ", ".join(map(str, files.values())))
    return SuiteResults(harness.benchmarks(), harness.failures, ",".join(files))


def _check(status: int, harness: "Harness", output: str, where: str) -> None:
    """Raise InputError for what is no result: options or suites that pytest cannot use, or an empty selection."""
    lines = [line for line in output.splitlines() if line.strip()]
    if status in (3, 4):
        errors = [line for line in lines if "rror" in line] or lines
        raise InputError(f"pytest: {errors[0].removeprefix('ERROR: ') if errors else f'exit status {status}'}", where=where)
    if not harness.selected and harness.failures:
        raise InputError(next(iter(harness.failures.values())), where=next(iter(harness.failures)))
    if not harness.selected:
        raise InputError("no benchmark was selected", where=where)
