"""A commit checked out beside the tree that it is compared with, in a folder that goes away however the process ends.

A process that is killed leaves its folder; the next one removes it. The folder's name says whose it is: which machine's (or
container's), which process, and when that one began, since numbers of processes come again.
"""

import contextlib
import os
import re
import shutil
import socket
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError, Parameter
from ..records.commit import git
from ..terminal.interrupts import uninterrupted

NAME = re.compile(r"flopwatt-([0-9a-f]{8})-(\d+)-(\d+)-\w+")
MAX_REMOVING_SECONDS = 3.0


@dataclass(frozen=True)
class Owner:
    """The process that a folder is of.

    Attributes
    ----------
    place
        The machine and container that it runs in.
    process
        Its number.
    begun
        When it began (clock ticks since boot); 0 where the system does not tell.
    """

    place: str
    process: int
    begun: int

    @property
    def prefix(self) -> str:
        """What the names of its folders begin with."""
        return f"flopwatt-{self.place}-{self.process}-{self.begun}-"

    def is_gone(self) -> bool:
        """Tell whether it ended; of other machines and containers that is not known, so not said."""
        begun = _begun(self.process) if self.place == _place() else 0
        return begun is None or (begun != 0 and begun != self.begun)


def this_process() -> Owner:
    """Describe the process that runs."""
    return Owner(_place(), os.getpid(), _begun(os.getpid()) or 0)


def owner_of(folder: Path) -> Owner | None:
    """Read whose a folder is from its name; None where it is none of flopwatt's."""
    match = NAME.fullmatch(folder.name)
    return Owner(match[1], int(match[2]), int(match[3])) if match else None


def _place() -> str:
    """Return what tells machines, and containers that count processes anew, apart: eight hexadecimal digits."""
    try:
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        space = ""
    return f"{zlib.crc32(f'{socket.gethostname()} {space}'.encode()):08x}"


def _begun(process: int) -> int | None:
    """Return when a process began; None where there is none of that number, and 0 where the system does not tell."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
        state, *numbers = text.rpartition(")")[2].split()
        return None if state in "ZX" else int(numbers[18])
    except FileNotFoundError:
        if os.path.isdir("/proc/self"):
            return None
    except (OSError, ValueError, IndexError):
        return 0
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return None
    except OSError:
        return 0
    return 0


@contextlib.contextmanager
def own_folder() -> Iterator[Path]:
    """Make a temporary folder that says whose it is, and remove it afterwards; also those that killed processes left."""
    parent = Path(tempfile.gettempdir())
    _remove_left(parent)
    with contextlib.ExitStack() as exits:
        exits.callback(_remove_left, parent)  # once more: a worker that outlived its parent for a moment made its folder anew
        with uninterrupted():
            folder = Path(tempfile.mkdtemp(prefix=this_process().prefix))
            exits.callback(_remove, folder)
        yield folder


def _remove_left(parent: Path) -> None:
    for folder in parent.glob("flopwatt-*"):
        owner = owner_of(folder)
        if owner is not None and owner.is_gone():
            _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a folder, into which a git or a worker that outlived its killed parent for a moment may still write."""
    deadline = time.monotonic() + MAX_REMOVING_SECONDS
    with uninterrupted():
        shutil.rmtree(folder, ignore_errors=True)
        while folder.exists() and os.access(folder, os.W_OK) and time.monotonic() < deadline:
            time.sleep(0.05)
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def worktree(root: Path, ref: str, folder: Path) -> Iterator[Path]:
    """Check a commit out into a folder of its own; git forgets it afterwards, and those that killed processes left.

    Parameters
    ----------
    root
        The checkout whose commit it is.
    ref
        What git knows the commit by.
    folder
        Where; made by `own_folder`, which also removes it.

    Yields
    ------
    Path
        The tree.

    Raises
    ------
    InputError
        Where git knows no such commit or could not check it out.
    """
    commit = commit_of(root, ref)
    _forget_left(root)
    tree = folder / "tree"
    try:
        # without hooks: those of the user's are for the user's own checkouts
        made = git("-c", "core.hooksPath=/dev/null", "worktree", "add", "--detach", "--force", str(tree), commit, folder=root)
        if made is None:
            raise InputError(f"git could not check {ref!r} out into {tree}", where=Parameter("ref"))
        yield tree
    finally:
        with uninterrupted():
            shutil.rmtree(tree, ignore_errors=True)
            _forget(root, folder)


def commit_of(root: Path, ref: str) -> str:
    """Return the commit that git knows by a name. Raises InputError where it knows none."""
    commit = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}", folder=root)
    if commit is None:
        raise InputError(f"git knows no commit {ref!r} in {root}", where=Parameter("ref"))
    return commit


def _entries(root: Path) -> Iterator[tuple[Path, Path]]:
    """Go through what git keeps of a repository's worktrees: its folder for each, and the folder that the tree is in."""
    common = git("rev-parse", "--path-format=absolute", "--git-common-dir", folder=root)
    for entry in sorted(Path(common, "worktrees").glob("*")) if common else ():
        with contextlib.suppress(OSError, UnicodeDecodeError):
            yield entry, Path((entry / "gitdir").read_text(encoding="utf-8").strip()).parent.parent


def _forget(root: Path, folder: Path) -> None:
    """Have git forget the worktree in a folder, also one whose making was cut off, which git calls locked."""
    for entry, parent in _entries(root):
        if parent == folder:
            shutil.rmtree(entry, ignore_errors=True)


def _forget_left(root: Path) -> None:
    """Have git forget worktrees of processes that are gone, wherever their folders were."""
    for entry, parent in _entries(root):
        owner = owner_of(parent)
        if owner is not None and owner.is_gone():
            _remove(parent)
            shutil.rmtree(entry, ignore_errors=True)
