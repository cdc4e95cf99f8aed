"""Whose suites they are: flopwatt's own, those of a checkout, of a folder in it, or of no repository."""

import subprocess
from pathlib import Path

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.records.commit import UNKNOWN, this_commit
from flopwatt.bench.timing.project import SUITES, project_of


def run_git(folder: Path, *args: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.invalid", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *identity, "-C", folder, *args], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path.resolve() / "folder-name"
    (root / "benchmarks").mkdir(parents=True)
    (root / "benchmarks/test_it.py").write_text("")
    run_git(root, "init", "-q", "-b", "trunk")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-q", "-m", "one")
    return root


def test_flopwatts_own() -> None:
    project = project_of([SUITES / "test_questions.py", SUITES])
    assert (project.own, project.name) == (True, "flopwatt")
    assert project.commit() == this_commit()


def test_a_checkouts_commit_is_recorded_with_the_flopwatt_that_timed_it(checkout: Path) -> None:
    project = project_of([checkout / "benchmarks/test_it.py", checkout / "benchmarks"])
    assert (project.own, project.folder, project.root, project.name) == (False, checkout, checkout, "folder-name")
    commit = project.commit()
    assert commit.id == run_git(checkout, "rev-parse", "HEAD")
    assert (commit.branch, commit.dirty, commit.project) == ("trunk", False, "folder-name")
    assert commit.version == this_commit().version
    (checkout / "benchmarks/test_it.py").write_text("x = 1\n")
    assert project.commit().dirty


@pytest.mark.parametrize(
    ("name", "text", "stated"),
    [
        ("pyproject.toml", '[project]\nname = "theirs"\nversion = "1.2"\n', ("theirs", "1.2")),
        ("pyproject.toml", '[project]\nname = "theirs"\ndynamic = ["version"]\n', ("theirs", "")),
        ("pyproject.toml", '[tool.poetry]\nname = "theirs"\nversion = "3"\n', ("theirs", "3")),
        ("pyproject.toml", "[tool.ruff]\n", ("folder-name", "")),
        ("pyproject.toml", "no toml [", ("folder-name", "")),
        ("setup.cfg", "[metadata]\nname = theirs\nversion = 4\n", ("theirs", "4")),
        ("setup.cfg", "[metadata]\nname = theirs\nversion = attr: theirs.__version__\n", ("theirs", "")),
        ("setup.cfg", "no ini", ("folder-name", "")),
    ],
)
def test_its_name_and_version_are_those_stated(checkout: Path, name: str, text: str, stated: tuple[str, str]) -> None:
    (checkout / name).write_text(text)
    project = project_of([checkout / "benchmarks"])
    assert (project.name, project.version) == stated
    assert (project.commit().project, project.commit().project_version) == stated


@pytest.mark.parametrize("url", ["https://example.invalid/them/theirs.git", "git@example.invalid:theirs.git", "/srv/theirs/"])
def test_without_one_it_is_called_as_its_remote(checkout: Path, url: str) -> None:
    run_git(checkout, "remote", "add", "origin", url)
    assert project_of([checkout / "benchmarks"]).name == "theirs"


def test_one_of_several_projects_in_a_checkout(checkout: Path) -> None:
    (checkout / "benchmarks/pyproject.toml").write_text('[project]\nname = "part"\n')
    project = project_of([checkout / "benchmarks/test_it.py"])
    assert (project.name, project.folder, project.root) == ("part", checkout / "benchmarks", checkout)


def test_in_no_repository_there_is_no_commit(tmp_path: Path) -> None:
    folder = tmp_path.resolve()
    for part in ("a", "b"):
        (folder / part).mkdir()
        (folder / part / "test_x.py").write_text("")
    project = project_of([folder / "a/test_x.py", folder / "b/test_x.py"])
    assert (project.root, project.folder, project.name) == (None, folder, folder.name)
    assert (project.commit().id, project.commit().project) == (UNKNOWN, folder.name)


def test_suites_of_two_projects_are_an_error_that_names_both(checkout: Path) -> None:
    with pytest.raises(InputError, match=r"two projects, folder-name in .*folder-name and flopwatt in .*one after the other"):
        project_of([checkout / "benchmarks", SUITES / "test_questions.py"])
