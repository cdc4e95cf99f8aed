"""Which flopwatt this is: its version and, in a checkout, the commit and whether the tree was changed since."""

import functools
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ... import __version__

UNKNOWN = "unversioned"


@dataclass(frozen=True)
class Commit:
    """The keys that pytest-benchmark's ``commit_info`` has, and flopwatt's version."""

    id: str = UNKNOWN
    time: str | None = None
    author_time: str | None = None
    dirty: bool = False
    project: str = "flopwatt"
    branch: str = "(unknown)"
    version: str = __version__

    @property
    def short(self) -> str:
        """The first twelve digits of the hash."""
        return self.id[:12] if self.id != UNKNOWN else self.id


def git(*args: str, folder: Path) -> str | None:
    """Run git in a folder and return what it prints, stripped; None where it fails or git is not there."""
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", "-C", str(folder), *args],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def checkout() -> Path | None:
    """Find the root of the checkout that flopwatt's own code stands in, or None where it is installed from a wheel."""
    here = Path(__file__).resolve().parent
    root = git("rev-parse", "--show-toplevel", folder=here)
    if root is None or git("ls-files", "--error-unmatch", str(here / "__init__.py"), folder=here) is None:
        return None  # a virtual environment inside someone else's checkout is no checkout of flopwatt
    return Path(root)


@functools.cache
def this_commit() -> Commit:
    """Tell the commit of the code that runs; a plain ``Commit()`` outside a checkout."""
    root = checkout()
    if root is None:
        return Commit()
    log = git("log", "-1", "--format=%H%n%cI%n%aI", folder=root)
    if log is None:
        return Commit()
    name, committed, authored = log.splitlines()
    changed = git("status", "--porcelain", "--untracked-files=no", folder=root)
    branch = git("rev-parse", "--abbrev-ref", "HEAD", folder=root) or "(unknown)"
    return Commit(name, committed, authored, bool(changed), branch="(detached head)" if branch == "HEAD" else branch)
