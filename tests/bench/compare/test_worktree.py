"""A commit checked out beside a tree: it comes and goes, and what killed processes left goes with the next."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from flopwatt.bench.compare import worktree
from flopwatt.bench.compare.worktree import Owner, own_folder, owner_of, this_process
from flopwatt.bench.errors import InputError


def run_git(folder: Path, *args: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.invalid", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *identity, "-C", folder, *args], check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of one commit whose hook fails, beside the folder for temporary files."""
    root = tmp_path / "repository"
    root.mkdir()
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (root / "file").write_text("as committed")
    run_git(root, "init", "-q")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-q", "-m", "one")
    hook = root / ".git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    return root


def left(repository: Path) -> tuple[list[str], list[str]]:
    """What there is beside the repository: temporary folders and worktrees."""
    worktrees = repository / ".git/worktrees"
    return os.listdir(tempfile.gettempdir()), os.listdir(worktrees) if worktrees.exists() else []


def test_it_comes_and_goes(repository: Path) -> None:
    (repository / "file").write_text("changed since")
    with own_folder() as folder, worktree.worktree(repository, "HEAD", folder) as tree:
        assert owner_of(folder) == this_process()
        assert (tree / "file").read_text() == "as committed"
        assert str(tree) in run_git(repository, "worktree", "list")
    assert left(repository) == ([], [])


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_it_goes_whatever_happens(repository: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), own_folder() as folder, worktree.worktree(repository, "HEAD", folder):
        raise error
    assert left(repository) == ([], [])


@pytest.mark.parametrize("ref", ["nothing", "--all", "HEAD:file"])
def test_what_is_no_commit_is_an_error(repository: Path, ref: str) -> None:
    with pytest.raises(InputError, match=r"^ref: git knows no commit '"):
        worktree.commit_of(repository, ref)
    with pytest.raises(InputError), own_folder() as folder, worktree.worktree(repository, ref, folder):
        pass
    assert left(repository) == ([], [])


LEAVE = """
import os, sys, tempfile
from pathlib import Path
from flopwatt.bench.compare.worktree import own_folder, worktree
tempfile.tempdir = sys.argv[2]
with own_folder() as folder, worktree(Path(sys.argv[1]), "HEAD", folder) as tree:
    (Path(sys.argv[1]) / ".git/worktrees/tree/locked").write_text("initializing")  # as where git itself was killed
    os.kill(os.getpid(), 9)
"""


def test_what_a_killed_process_left_goes_with_the_next(repository: Path) -> None:
    subprocess.run([sys.executable, "-c", LEAVE, repository, tempfile.gettempdir()], check=False)
    folders, worktrees = left(repository)
    assert (len(folders), worktrees) == (1, ["tree"])
    with own_folder() as folder, worktree.worktree(repository, "HEAD", folder):
        assert left(repository)[0] == [folder.name]
    assert left(repository) == ([], [])


def test_those_of_living_processes_and_of_others_stay(repository: Path) -> None:
    owner = this_process()
    names = [f"{owner.prefix}abc", f"{Owner('00000000', 2**22 + 1, 5).prefix}abc", "flopwatt-else", "flopwatt-1-2-3"]
    for name in names:
        (Path(tempfile.gettempdir()) / name).mkdir()
    run_git(repository, "config", "core.hooksPath", "/dev/null")
    run_git(repository, "worktree", "add", "-q", "--detach", str(Path(tempfile.gettempdir()) / names[0] / "tree"))
    run_git(repository, "worktree", "add", "-q", "--detach", str(repository.parent / "users"))
    with own_folder() as folder, worktree.worktree(repository, "HEAD", folder):
        pass
    assert sorted(left(repository)[0]) == sorted(names)
    assert len(left(repository)[1]) == 2


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="when a process began is read in /proc")
def test_a_process_of_the_same_number_that_began_later_is_another() -> None:
    owner = this_process()
    assert not owner.is_gone()
    assert Owner(owner.place, owner.process, owner.begun + 1).is_gone()
    assert not Owner("00000000", owner.process, owner.begun + 1).is_gone()
