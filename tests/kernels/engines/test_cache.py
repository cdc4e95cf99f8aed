"""Compiled kernels on the disk: a warm start loads little, what is damaged is compiled anew, what is another's is not run."""

import os
import pickle
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from spoilt_files import DAMAGES

from flopwatt.kernels import cache_folder
from flopwatt.kernels.engines import cache

PROGRAM = """
import sys
import numpy as np
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.quantities import MODEL
from flopwatt.kernels.model.questions import Best, Problem, Quantiles

grid = Grid((Axis("chip_count", {"chip_count": np.arange(1.0, 65.0)}), Axis("mfu", {"mfu": np.linspace(0.1, 0.6, 128)})))
given = {"training_flops": 1e23, "peak_flops": 1e15, "goodput": 0.9}
for question in (Best(name="a", objective="run_time"), Quantiles(name="b", quantity="run_time")):
    print(engines.get("numba").prepare(Problem(MODEL, grid, given), question, Settings()).run().values)
print("scipy.linalg" in sys.modules)
"""
SOURCE = """
from numba import njit

@njit(nogil=True)
def kernel(values):
    for i in range(values.size):
        values[i] = values[i] * 3.0 + 1.0
"""
as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root changes owners")
NOBODY = 65534


def answers(folder: Path) -> list[str]:
    """What the program prints with its cache in this folder; last, whether SciPy's linear algebra was loaded."""
    environment = os.environ | {"FLOPWATT_CACHE": str(folder), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.slow
def test_a_warm_start_leaves_numbas_library_alone_and_damage_changes_no_answer(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    first, warm = answers(folder), answers(folder)
    assert first[:-1] == warm[:-1]
    assert (first[-1], warm[-1]) == ("True", "False")
    kept = sorted(folder.iterdir())
    assert kept
    assert all(path.name.startswith("kernel_") and stat.S_IMODE(path.stat().st_mode) == 0o600 for path in kept)
    for path in kept:
        path.write_bytes(path.read_bytes()[:-100])
    assert answers(folder)[:-1] == first[:-1]
    assert answers(folder)[-1] == "False"  # kept anew


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The cache folder, with the compiled kernel of SOURCE in it."""
    monkeypatch.setenv("FLOPWATT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cache_folder.tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(cache_folder, "_warned", [])
    cache_folder._folder.cache_clear()
    assert used() == "compiled"
    return tmp_path / "cache"


def used() -> str:
    """Load SOURCE as a new process would, use it, check what it computes; whether it was kept or is compiled."""
    name = f"flopwatt_kernel_{cache._stamp(SOURCE)}"
    sys.modules.pop(name, None)
    kernel: Any = cache.load_for_cpu(SOURCE)
    values = np.arange(4.0)
    kernel(values)
    np.testing.assert_array_equal(values, [1.0, 4.0, 7.0, 10.0])
    return "kept" if sum(kernel.stats.cache_hits.values()) else "compiled"


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_source_is_never_on_the_disk(folder: Path) -> None:
    assert used() == "kept"
    assert only_file(folder).suffix == ".bin"


@pytest.mark.slow
def test_each_damage_of_a_kernel_is_compiled_anew(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "whole")
    assert len(DAMAGES) >= 35  # and as many of an array: see test_array_cache.py
    for name, damage in DAMAGES.items():
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "whole", folder)
        damage(only_file(folder))
        assert used() == "compiled", name
        assert used() == ("kept" if name != "a folder with files" else "compiled"), name


class Poison:
    """Unpickled, it makes a file."""

    def __init__(self, marker: Path):
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (str(self.marker), "w")


def poison(folder: Path, marker: Path) -> Path:
    """Put a pickle that runs code, with the digest that belongs to it, in place of the kept kernel."""
    path = only_file(folder)
    data = pickle.dumps(Poison(marker))
    path.write_bytes(cache_folder._digest(path.name, data) + data)
    return path


def _own(path: Path) -> None:
    os.chown(path, NOBODY, NOBODY)


def _mode(mode: int) -> Callable[[Path], None]:
    return lambda path: path.chmod(mode)


def test_the_poison_works_where_it_is_this_users_own(folder: Path, tmp_path: Path) -> None:
    poison(folder, tmp_path / "marker")
    assert used() == "compiled"  # what was unpickled is no kernel
    assert (tmp_path / "marker").exists()


MODES = [_mode(0o777), _mode(0o707), _mode(0o770)]  # the last only where the group has another member


@pytest.mark.parametrize(
    ("where", "change"),
    [(where, change) for where in ("file", "folder") for change in MODES]
    + [("above", change) for change in MODES[:2]]
    + [pytest.param(where, _own, marks=as_root) for where in ("file", "folder", "above")],
)
def test_code_that_others_could_have_written_is_not_run(
    folder: Path, tmp_path: Path, where: str, change: Callable[[Path], None]
) -> None:
    path = poison(folder, tmp_path / "marker")
    change({"file": path, "folder": folder, "above": tmp_path}[where])
    cache_folder._folder.cache_clear()
    assert used() == "compiled"
    assert not (tmp_path / "marker").exists()


def test_a_poisoned_module_of_the_folder_is_not_imported(folder: Path, tmp_path: Path) -> None:
    name = f"flopwatt_kernel_{cache._stamp(SOURCE)}"
    (folder / f"{name}.py").write_text(f"open({str(tmp_path / 'marker')!r}, 'w')\n")
    (folder / "__pycache__").mkdir()
    for file in ("numba.py", "numpy.py", f"__pycache__/{name}.cpython-311.pyc"):
        (folder / file).write_text(f"open({str(tmp_path / 'marker')!r}, 'w')\n")
    assert used() == "kept"
    assert not (tmp_path / "marker").exists()
