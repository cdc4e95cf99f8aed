"""Compiled kernels on the disk: a warm start loads little, and a file that is cut off or corrupt does no harm."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
import numpy as np
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.grid import Axis, Grid
from flopwatt.kernels.quantities import MODEL
from flopwatt.kernels.questions import Best, Problem, Quantiles

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


def test_a_warm_start_leaves_numbas_library_alone(tmp_path: Path) -> None:
    cold, warm = answers(tmp_path), answers(tmp_path)
    assert cold[:-1] == warm[:-1]
    assert (cold[-1], warm[-1]) == ("True", "False")


@pytest.mark.parametrize("ending", ["nbi", "nbc"])
@pytest.mark.parametrize("spoil", [lambda data: b"", lambda data: data[: len(data) // 2], lambda data: b"\xff" * len(data)])
def test_spoilt_files_are_compiled_anew(tmp_path: Path, ending: str, spoil) -> None:
    first = answers(tmp_path)
    files = list(tmp_path.rglob(f"*.{ending}"))
    assert files
    for path in files:
        path.write_bytes(spoil(path.read_bytes()))
    assert answers(tmp_path)[:-1] == first[:-1]
    assert answers(tmp_path)[-1] == "False"
