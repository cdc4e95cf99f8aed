"""``flopwatt bench --against REF``: this tree's benchmarks and another commit's, each in processes of its own, compared."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ..errors import InputError, Parameter
from ..records.commit import checkout, git
from ..timing.session import find_suites
from ..timing.worker import Home, Worker
from .interleave import InterleavedComparison, Side, compare_interleaved
from .options import ComparisonOptions


@contextlib.contextmanager
def worktree(root: Path, ref: str) -> Iterator[Path]:
    """Check a commit out into a temporary folder, which is removed afterwards.

    Raises
    ------
    InputError
        Where git knows no such commit or could not check it out.
    """
    commit = git("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", folder=root)
    if commit is None:
        raise InputError(f"git knows no commit {ref!r} in {root}", where=Parameter("ref"))
    git("worktree", "prune", folder=root)
    with tempfile.TemporaryDirectory(prefix="flopwatt-") as folder:
        place = Path(folder) / "tree"
        if git("worktree", "add", "--detach", "--force", str(place), commit, folder=root) is None:
            raise InputError(f"git could not check {ref!r} out into {place}", where=Parameter("ref"))
        try:
            yield place
        finally:
            git("worktree", "remove", "--force", str(place), folder=root)


def run_against(
    ref: str,
    suites: Sequence[str],
    arguments: Sequence[str],
    options: ComparisonOptions,
    *,
    say: Callable[[str], None] = lambda _: None,
) -> InterleavedComparison:
    """Time this tree's suites against those of the commit ``ref``.

    Parameters
    ----------
    ref
        What git knows a commit by.
    suites
        Names or paths; all of flopwatt's own where there is none.
    arguments
        What ``flopwatt bench`` is given, beside the suites, to serve passes on request.
    options
        The thresholds and what else fails.
    say
        What takes lines on how far it is.

    Returns
    -------
    InterleavedComparison
        Both records and their comparison.

    Raises
    ------
    InputError
        Where there is no such commit, or nothing ran on both sides.
    """
    root = checkout()
    if root is None:
        raise InputError(
            "flopwatt is not running from a git checkout, so there is no other commit to check out", where=Parameter("ref")
        )
    with worktree(root, ref) as tree, tempfile.TemporaryDirectory(prefix="flopwatt-") as bytecode:
        sides = [
            _side(label, place, [*(_suite_in(place, name, root) for name in suites), *arguments], Path(bytecode) / subfolder)
            for label, place, subfolder in ((ref, tree, "a"), ("this tree", root, "b"))
        ]
        return compare_interleaved(sides[0], sides[1], options, ",".join(find_suites(suites)), say=say)


def _side(label: str, place: Path, arguments: Sequence[str], bytecode: Path) -> Side:
    return Side(label, lambda: Worker(label, arguments, Home(place / "src", (place / "src",), bytecode)))


def _suite_in(tree: Path, suite: str, root: Path) -> str:
    """Name a suite as a tree has it: a path inside this checkout becomes the same one inside that tree."""
    if not Path(suite).exists():
        return suite
    path, root = Path(suite).resolve(), root.resolve()
    return str(tree / path.relative_to(root) if path.is_relative_to(root) else path)
