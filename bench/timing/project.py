"""The project that suites are of: where it stands, what it is called, and its commit."""

import configparser
import importlib.metadata
import os
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..records.commit import Commit, checkout, commit_at, git, this_commit

SUITES = Path(__file__).resolve().parents[1] / "suites"


@dataclass(frozen=True)
class Project:
    """A project whose suites are timed.

    Attributes
    ----------
    folder
        Where it stands: the nearest folder above the suites whose pyproject.toml or setup.cfg names a project, else its
        checkout, else the suites' own.
    root
        The root of its git checkout; None outside of one.
    name
        Its name: as stated, else that of the remote, else the folder's.
    version
        As stated; empty where none is.
    own
        Whether it is the flopwatt that runs.
    """

    folder: Path
    root: Path | None
    name: str
    version: str = ""
    own: bool = False

    def commit(self) -> Commit:
        """Read its commit; one that is unknown outside a checkout."""
        if self.own:
            return this_commit()
        if self.root is None:
            return Commit(project=self.name, project_version=self.version)
        return commit_at(self.root, self.name, self.version)


def project_of(files: Iterable[Path]) -> Project:
    """Find the project that suites are of.

    Parameters
    ----------
    files
        Files or folders, resolved; at least one.

    Raises
    ------
    InputError
        Where they are of more than one: a record is of one commit.
    """
    paths = list(files)
    own = checkout()
    homes = {path: _home(path, own) for path in paths}
    places = dict.fromkeys((folder, root) for folder, root in homes.values() if folder is not None)
    loose = [path.parent if path.is_file() else path for path, (folder, _) in homes.items() if folder is None]
    if loose:  # in no checkout and no project: what they have in common is theirs
        places[Path(os.path.commonpath(loose)), None] = None
    projects = [_describe(folder, root, own) for folder, root in places if folder is not None]
    if len(projects) > 1:
        first, second = projects[:2]
        raise InputError(
            f"the suites are of two projects, {first.name} in {first.folder} and {second.name} in {second.folder}, "
            "and a record holds one commit; time them one after the other"
        )
    return projects[0]


def _home(path: Path, own: Path | None) -> tuple[Path | None, Path | None]:
    """Find the folder that a suite's project stands in, and the root of its checkout; None for what there is not."""
    start = path if path.is_dir() else path.parent
    top = git("rev-parse", "--show-toplevel", folder=start)
    root = Path(top) if top else None
    if path.is_relative_to(SUITES) or (own is not None and root == own):
        return own or SUITES, own
    for folder in (start, *start.parents):
        if _stated(folder).get("name"):
            return folder, root
        if folder == root:
            break
    return root, root


def _describe(folder: Path, root: Path | None, own: Path | None) -> Project:
    if folder == (own or SUITES):
        return Project(folder, root, "flopwatt", own=True)
    stated = _stated(folder)
    name = str(stated.get("name") or _remote_name(root) or folder.name or "unknown")
    return Project(folder, root, name, _version(name, stated, folder))


def _stated(folder: Path) -> dict[str, Any]:
    """Read what a folder's pyproject.toml, else its setup.cfg, states of the project; nothing where they cannot be read."""
    try:
        document = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        document = {}
    tables = document.get("project"), _table(document, "tool").get("poetry")
    for table in tables:
        if isinstance(table, dict) and isinstance(table.get("name"), str):
            return table
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(folder / "setup.cfg", encoding="utf-8")
        return dict(parser["metadata"])
    except (OSError, ValueError, KeyError, configparser.Error):
        return {}


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    table = document.get(name)
    return table if isinstance(table, dict) else {}


def _remote_name(root: Path | None) -> str:
    url = git("remote", "get-url", "origin", folder=root) if root is not None else None
    return (url or "").rstrip("/").rpartition("/")[2].rpartition(":")[2].removesuffix(".git")


def _version(name: str, stated: dict[str, Any], folder: Path) -> str:
    """Return the version that is stated; where it is made when the project is built, that of what was built in its folder."""
    version = stated.get("version")
    if isinstance(version, str) and not version.startswith(("attr:", "file:")):
        return version
    try:
        distribution = importlib.metadata.distribution(name)
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return ""
    origin = distribution.read_text("direct_url.json") or ""
    return distribution.version if folder.as_uri() in origin else ""
