"""What was timed: a project's commit, whether its tree was changed since, and the version of the flopwatt that timed it."""

import functools
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ... import __version__

UNKNOWN = "unversioned"
REDIRECTING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")  # set in git's hooks, for the repository that they are of
MAX_SECONDS = 600  # that a git command may take: checking out a large repository


@dataclass(frozen=True)
class Commit:
    """The keys that pytest-benchmark's ``commit_info`` has, the version of the project that was timed, and flopwatt's own."""

    id: str = UNKNOWN
    time: str | None = None
    author_time: str | None = None
    dirty: bool = False
    project: str = "flopwatt"
    branch: str = "(unknown)"
    version: str = __version__
    project_version: str = ""  # where the project is not flopwatt itself, and states one

    @property
    def short(self) -> str:
        """The hash's first 12 digits; ``UNKNOWN`` outside a checkout."""
        return self.id[:12] if self.id != UNKNOWN else self.id


def git(*args: str, folder: Path) -> str | None:
    """Run a git command in a folder and return what it prints, stripped; None where it fails or there is no git."""
    try:
        process = subprocess.run(
            ["git", "--no-optional-locks", "-C", str(folder), *args],
            env={name: value for name, value in os.environ.items() if name not in REDIRECTING},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=MAX_SECONDS,
            process_group=0,  # Ctrl+C in a terminal is for flopwatt, which then ends git
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return process.stdout.strip() if process.returncode == 0 else None


def checkout() -> Path | None:
    """Find the root of the checkout that flopwatt's own code stands in; None where it is installed from a wheel."""
    here = Path(__file__).resolve().parent
    root = git("rev-parse", "--show-toplevel", folder=here)
    if root is None or git("ls-files", "--error-unmatch", str(here / "__init__.py"), folder=here) is None:
        return None  # a virtual environment inside someone else's checkout is no checkout of flopwatt
    return Path(root)


@functools.cache
def this_commit() -> Commit:
    """Read the commit of the flopwatt that runs; a plain ``Commit()`` outside a checkout."""
    root = checkout()
    return Commit() if root is None else commit_at(root)


def commit_at(root: Path, project: str = "flopwatt", project_version: str = "") -> Commit:
    """Read the commit of a checkout.

    Parameters
    ----------
    root
        A folder of it.
    project, project_version
        What is checked out there.

    Returns
    -------
    Commit
        One that says ``UNKNOWN`` where there is no commit.
    """
    log = git("log", "-1", "--format=%H%n%cI%n%aI", folder=root)
    if log is None:
        return Commit(project=project, project_version=project_version)
    name, committed, authored = log.splitlines()
    branch = git("rev-parse", "--abbrev-ref", "HEAD", folder=root) or "(unknown)"
    return Commit(
        name,
        committed,
        authored,
        is_changed(root),
        project,
        "(detached head)" if branch == "HEAD" else branch,
        project_version=project_version,
    )


def is_changed(root: Path) -> bool:
    """Tell whether files of a checkout that git knows were changed since its commit."""
    return bool(git("status", "--porcelain", "--untracked-files=no", folder=root))
