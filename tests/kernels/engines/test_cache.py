"""Compiled kernels on the disk: a warm start loads little, and a file that is cut off or corrupt does no harm."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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


def answers(folder: Path) -> list[str]:
    """What the program prints with its cache in this folder; last, whether SciPy's linear algebra was loaded."""
    environment = os.environ | {"FLOPWATT_CACHE": str(folder), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A folder that a first start filled, and what it answered."""
    folder = tmp_path_factory.mktemp("cold")
    return folder, answers(folder)


@pytest.mark.slow
def test_a_warm_start_leaves_numbas_library_alone(cold: tuple[Path, list[str]]) -> None:
    folder, first = cold
    warm = answers(folder)
    assert first[:-1] == warm[:-1]
    assert (first[-1], warm[-1]) == ("True", "False")


@pytest.mark.slow
@pytest.mark.parametrize(("ending", "left"), [("nbi", 0.0), ("nbi", 0.5), ("nbc", 0.5)])
def test_spoilt_files_are_compiled_anew(cold: tuple[Path, list[str]], tmp_path: Path, ending: str, left: float) -> None:
    folder, first = cold
    files = [path.relative_to(folder) for path in folder.rglob(f"*.{ending}")]
    assert files
    spoilt = tmp_path / "cache"
    shutil.copytree(folder, spoilt)
    for name in files:
        data = (folder / name).read_bytes()
        (spoilt / name).write_bytes(data[: int(left * len(data))])
    assert answers(spoilt)[:-1] == first[:-1]
    assert all((spoilt / name).stat().st_size > 100 for name in files)  # and kept for the next start
