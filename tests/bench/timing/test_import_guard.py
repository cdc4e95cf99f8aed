"""Where a project's modules come from: the checkout that is timed, and no other copy of it."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from flopwatt.bench.timing.import_guard import ImportGuard


@pytest.fixture
def guard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImportGuard:
    for side in ("tree", "other"):
        (tmp_path / side / "src/package").mkdir(parents=True)
        (tmp_path / side / "src/package/__init__.py").write_text("")
        (tmp_path / side / "alone.py").write_text("")
        (tmp_path / side / "json.py").write_text("")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "tree/src"), str(tmp_path / "tree"), *sys.path])
    return ImportGuard(tmp_path / "tree", tmp_path / "other", "theirs")


def loaded(monkeypatch: pytest.MonkeyPatch, name: str, file: Path) -> None:
    module = ModuleType(name)
    module.__file__ = str(file)
    monkeypatch.setitem(sys.modules, name, module)


def test_it_knows_what_the_tree_holds(guard: ImportGuard) -> None:
    assert guard.names == {"package", "alone"}  # nobody's json.py stands for the standard library's


@pytest.mark.parametrize(
    ("name", "file", "is_wrong"),
    [
        ("package", "tree/src/package/__init__.py", False),
        ("package", "other/src/package/__init__.py", True),
        ("package.part", "usr/lib/python3/site-packages/package/part.py", True),
        ("package", "tree/.venv/lib/python3/site-packages/package/__init__.py", True),
        ("helper", "other/benchmarks/helper.py", True),
        ("numpy_like", "other/.venv/lib/python3/site-packages/numpy_like/__init__.py", False),
        ("elsewhere", "usr/lib/elsewhere.py", False),
    ],
)
def test_a_copy_is_told_from_the_checkouts_own(
    guard: ImportGuard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, file: str, is_wrong: bool
) -> None:
    assert guard.fault() == ""
    loaded(monkeypatch, name, tmp_path / file)
    fault = guard.fault()
    assert fault.startswith(f"{name} is imported from {tmp_path / file} and not from the checkout") == is_wrong, fault


def test_a_link_counts_as_what_it_leads_to(guard: ImportGuard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tree/src/linked").symlink_to(tmp_path / "other/src/package")
    loaded(monkeypatch, "linked", tmp_path / "tree/src/linked/__init__.py")
    assert "linked is imported from" in guard.fault()


def test_what_the_project_is_installed_as_counts_too(tmp_path: Path) -> None:
    assert "pytest" in ImportGuard(tmp_path / "tree", tmp_path / "other", "pytest").names
    assert ImportGuard(tmp_path / "tree", tmp_path / "other", "no such / name").names == set()
