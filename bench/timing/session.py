"""Runs benchmark suites in this process and gives back what was measured."""

import contextlib
import io
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...kernels.text import nearest
from ..errors import InputError
from ..records.commit import Commit
from ..records.record import Benchmark, Record
from .project import SUITES, Project, project_of
from .sampler import Policy

if TYPE_CHECKING:
    from .plugin import Harness, Server

QUICK = Policy(precision=0.02, budget_seconds=2.0)
QUICK_SUITES = ("questions",)  # what --quick runs where no suite is named
FULL = Policy(precision=0.01, budget_seconds=10.0)


@dataclass(frozen=True)
class SuiteResults:
    """What a session gave; ``failures`` says by test what went wrong, ``subject`` names the suites, ``commit`` is theirs."""

    benchmarks: tuple[Benchmark, ...]
    failures: dict[str, str]
    subject: str
    commit: Commit

    def record(self, options: dict[str, Any]) -> Record:
        """Make the record, with the options that it was measured with."""
        return Record(benchmarks=self.benchmarks, kind="bench", subject=self.subject, commit=self.commit, options=options)


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
            stem = path.stem.removeprefix("test_")
            files[str(path) if files.get(stem, path.resolve()) != path.resolve() else stem] = path.resolve()
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
        Where pytest is not installed, the suites are of two projects, one cannot be read, or nothing was selected.
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
    from .parameters import Parameters
    from .plugin import Harness
    from .pytest_settings import PytestSettings

    files = find_suites(names)
    project = project_of(files.values())
    harness = Harness(policy, report, server, Parameters(project.folder))
    plugins: list[Any] = [harness, PytestSettings(() if project.own else _of_conftest(options))]
    if server is not None:
        server.commit = project.commit()
        plugins += _guards(server, project)
    args = [*map(str, files.values()), *_pytest_options(project, files.values()), "--benchmark-quiet"]
    args += options if project.own else [option for option in options if option not in _of_conftest(options)]
    output = io.StringIO()
    with contextlib.redirect_stderr(output), contextlib.redirect_stdout(output):
        status = pytest.main(args, plugins=plugins)
    if harness.interrupted:
        raise KeyboardInterrupt
    for refused in (getattr(plugin, "refused", None) for plugin in plugins):
        if refused is not None:
            raise refused
    _check(int(status), harness, output.getvalue(), ", ".join(map(str, files.values())))
    return SuiteResults(harness.benchmarks(), harness.failures, ",".join(files), project.commit())


def _of_conftest(options: Sequence[str]) -> list[str]:
    """Take the options that a suite's conftest has to know, from those that pytest knows."""
    from .pytest_settings import OPTIONS

    return [option for option in options if option == "--quick" or option.partition("=")[0] in OPTIONS]


def _guards(server: "Server", project: Project) -> list[Any]:
    """Return the plugin that holds a project's modules to the checkout that is to be timed, where it is said which."""
    from .import_guard import ImportGuard

    return [ImportGuard(*server.trees, project.name)] if server.trees and not project.own else []


def _pytest_options(project: Project, files: Iterable[Path]) -> list[str]:
    """Return what pytest is told beside the suites: of flopwatt's own nothing counts but they, of others all their settings."""
    if project.own:
        off = (f"no:{plugin}" for plugin in ("terminal", "cacheprovider", "faulthandler"))
        folder = project.root or SUITES.parent.parent
        return [f"--rootdir={folder}", *(part for plugin in off for part in ("-p", plugin)), "-o", "addopts="]
    if project.root is None or any(_has_settings(path, project.root) for path in files):
        return []
    return [f"--rootdir={project.folder}"]  # pytest would take the suites' own, or look for settings beyond the checkout


def _has_settings(path: Path, root: Path) -> bool:
    """Tell whether pytest finds a file that it takes its root from, in a folder of a checkout from a suite's up."""
    names = ("pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg", "setup.py", "pytest.toml", ".pytest.toml")
    folders = [folder for folder in (path, *path.parents) if folder.is_relative_to(root)]
    return any((folder / name).is_file() for folder in folders for name in names)


def _check(status: int, harness: "Harness", output: str, where: str) -> None:
    """Raise InputError for what is no result: options or suites that pytest cannot use, or an empty selection."""
    lines = [line for line in output.splitlines() if line.strip()]
    if status in (3, 4):
        internal = [line.removeprefix("INTERNALERROR> ") for line in lines if line.startswith("INTERNALERROR> ")]
        usage = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
        argument = [line.partition(": error: ")[2] for line in lines if ": error: " in line]  # below a line of usage
        said = [*argument, *usage, *internal[-1:], *(line for line in lines if "rror" in line), *lines, f"exit status {status}"]
        raise InputError(f"pytest: {said[0]}", where=where)
    if not harness.selected and harness.failures:
        raise InputError(next(iter(harness.failures.values())), where=next(iter(harness.failures)))
    if not harness.selected:
        raise InputError(f"no benchmark was selected{harness.left_out()}", where=where)
