"""A check that what is timed of a project comes from the checkout that it is to come from, and not from another copy."""

import importlib.metadata
import os
import sys
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ..errors import InputError

INSTALLED = {"site-packages", "dist-packages"}
NEVER = {"setup", "conftest", "__main__", "noxfile"}  # names that any project may have


@dataclass(eq=False)
class ImportGuard:
    """A pytest plugin: a test that imported another copy of the project fails, with where it came from.

    Attributes
    ----------
    tree
        The checkout that the project's modules are to come from.
    other
        The tree that is timed beside it, from which none may come.
    distribution
        What the project is installed as.
    refused
        What the suites imported from elsewhere.
    """

    tree: Path
    other: Path
    distribution: str
    names: set[str] = field(init=False)
    seen: set[str] = field(default_factory=set, init=False)
    refused: InputError | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.tree, self.other = (Path(os.path.realpath(folder)) for folder in (self.tree, self.other))
        inside = [Path(os.path.realpath(entry or ".")) for entry in sys.path]
        self.names = _provided(folder for folder in inside if self._of_tree(folder)) | _installed(self.distribution)

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Generator[None, Any, Any]:
        """Check what the suites imported. Raises pytest.UsageError."""
        result = yield
        fault = self.fault()
        if fault:
            self.refused = InputError(fault)
            raise pytest.UsageError(fault)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, Any, Any]:
        """Check what a test imported when it ran. Raises AssertionError, so that it fails."""
        result = yield
        fault = self.fault()
        assert not fault, fault
        return result

    def fault(self) -> str:
        """Say which module came from elsewhere, and what to do; empty where none did."""
        for name, module in list(sys.modules.items()):
            if name in self.seen and name.partition(".")[0] not in self.names:
                continue
            self.seen.add(name)
            origin = _origin(module)
            if origin is not None and self._is_wrong(name.partition(".")[0], origin):
                return (
                    f"{name} is imported from {origin} and not from the checkout {self.tree}, so both sides would time the "
                    f"same code; uninstall it here (pip uninstall {self.distribution}): the checkout's folder and its src come "
                    "first on the path, and so do folders of PYTHONPATH that lie in the project"
                )
        return ""

    def _is_wrong(self, top: str, origin: Path) -> bool:
        if self._of_tree(origin):
            return False
        return top in self.names or (origin.is_relative_to(self.other) and not INSTALLED & set(origin.parts))

    def _of_tree(self, path: Path) -> bool:
        return path.is_relative_to(self.tree) and not INSTALLED & set(path.relative_to(self.tree).parts)


def _origin(module: ModuleType | None) -> Path | None:
    file = getattr(module, "__file__", None)
    return Path(os.path.realpath(file)) if isinstance(file, str) else None


def _provided(folders: Iterable[Path]) -> set[str]:
    """Name the modules and packages that folders hold."""
    names = set[str]()
    for folder in folders:
        for path in folder.iterdir() if folder.is_dir() else ():
            if path.suffix == ".py" or (path / "__init__.py").is_file():
                names.add(path.stem)
    return names - NEVER - sys.stdlib_module_names


def _installed(distribution: str) -> set[str]:
    """Name the modules that a distribution brings; none where it is not installed."""
    try:
        files = importlib.metadata.distribution(distribution).files or []
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return set()
    packages = {path.parts[0] for path in files if path.parts[1:] == ("__init__.py",)}  # a namespace is others' too
    modules = {path.stem for path in files if len(path.parts) == 1 and path.suffix == ".py"}
    return {name for name in packages | modules if not name.startswith("__editable__")} - NEVER
