"""``flopwatt bench --against REF``: this tree's benchmarks and another commit's, each in processes of its own, compared."""

import dataclasses
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError, Parameter
from ..records.commit import git, is_changed
from ..timing.project import Project, project_of
from ..timing.session import find_suites
from ..timing.worker import Home, Worker, flopwatt_folders, workers_ended
from .interleave import InterleavedComparison, Side, compare_interleaved
from .options import ComparisonOptions
from .worktree import commit_of, own_folder, worktree


def run_against(
    ref: str,
    suites: Sequence[str],
    arguments: Sequence[str],
    options: ComparisonOptions,
    *,
    say: Callable[[str], None] = lambda _: None,
) -> InterleavedComparison:
    """Time this tree's suites against those of the commit ``ref`` of the project that they are of.

    Of flopwatt's own suites either side is timed by its own flopwatt; another project's are both timed by the one that runs.

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
        Where there is no such commit, it has no such suite, or nothing ran on both sides.
    """
    files = find_suites(suites)
    project = project_of(files.values())
    root = project.root
    if root is None:
        where = "flopwatt is not running from" if project.own else f"{project.name} in {project.folder} is in"
        no = "a git checkout" if project.own else "no git checkout"
        raise InputError(f"{where} {no}, so there is no other commit to check out", where=Parameter("ref"))
    if commit_of(root, ref) == git("rev-parse", "HEAD", folder=root) and not is_changed(root):
        say(f"both are commit {commit_of(root, ref)[:12]}: this measures the noise only")
    with own_folder() as folder, worktree(root, ref, folder) as tree, workers_ended():
        trees = _Trees(project, root, tree)
        for name, path in files.items():
            trees.check_suite(name, path, ref)
        sides = [
            Side(label, trees.starter(label, place, files, arguments, folder))
            for label, place in ((ref, tree), ("this tree", root))
        ]
        return compare_interleaved(sides[0], sides[1], options, ",".join(files), say=say)


@dataclass(frozen=True)
class _Trees:
    """The two trees of a project: the root of its checkout, and the other commit."""

    project: Project
    root: Path
    tree: Path

    def check_suite(self, name: str, path: Path, ref: str) -> None:
        """Raise InputError where a suite is not in the other commit, or is the same file in both."""
        if not path.is_relative_to(self.root):
            raise InputError(f"{path} is outside of {self.root}, so both sides would time the same file", where=name)
        inside = path.relative_to(self.root)
        other = self.tree / inside
        if not os.path.lexists(other):
            raise InputError(f"{ref} has no {inside}{self._since(inside)}; name a suite that both have", where=Parameter("ref"))
        if not other.resolve().is_relative_to(self.tree.resolve()):
            raise InputError(f"{inside} is a link to {other.resolve()}, so both sides would time the same file", where=name)

    def _since(self, inside: Path) -> str:
        """Say which commit brought a file, as a message goes on."""
        log = git("log", "--diff-filter=A", "--format=%h", "--", str(inside), folder=self.root)
        if log is None:
            return ""
        return f" (it came with {log.splitlines()[-1]})" if log else " (it was never committed)"

    def starter(
        self, label: str, place: Path, files: dict[str, Path], arguments: Sequence[str], folder: Path
    ) -> Callable[[bool], Worker]:
        """Return what starts a process of the tree ``place``, whose compiled modules are kept under ``folder``.

        It is told whether that process measures energy.
        """
        other = self.root if place == self.tree else self.tree
        bytecode = folder / ("this" if place == self.root else "other")
        suites = [str(place / path.relative_to(self.root)) for path in files.values()]
        if self.project.own:  # by name, where another version may have them elsewhere
            known = find_suites(())
            suites = [
                name if known.get(name) == path else str(place / path.relative_to(self.root)) for name, path in files.items()
            ]
            home = Home(place / "src", (place / "src",), bytecode)
            return lambda energy: Worker(label, [*suites, *arguments], dataclasses.replace(home, energy=energy))
        home = Home(place, (*self._imports(place), *flopwatt_folders()), bytecode, other)
        served = [*suites, *arguments, "--trees", str(place), str(other)]
        return lambda energy: Worker(label, served, dataclasses.replace(home, energy=energy))

    def _imports(self, place: Path) -> list[Path]:
        """Return the folders of a tree that the project is imported from: its own, and those on this process's path."""
        inside = [self.project.folder / "src", self.project.folder, self.root / "src", self.root]
        inside += [path for path in map(Path, filter(None, sys.path)) if path.is_relative_to(self.root)]
        folders = [place / path.relative_to(self.root) for path in inside]
        return list(dict.fromkeys(folder for folder in folders if folder.is_dir() and "site-packages" not in folder.parts))
