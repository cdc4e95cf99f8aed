"""Kernels as machine code: what they may be handed, and their code on the disk, of which what is spoilt is made anew."""

import multiprocessing
import os
import random
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from spoilt_files import DAMAGES
from written import compiled as written

from flopwatt.kernels import cache_folder
from flopwatt.kernels.llvm import compiled, linked, object_code
from flopwatt.kernels.llvm.compiled import CompiledKernel
from flopwatt.kernels.llvm.ir import Llvm
from flopwatt.kernels.llvm.module import Emitted, emitted

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
    run = engines.get("numba").prepare(Problem(MODEL, grid, given), question, Settings())
    print(run.run().values)
    print([kernel.kept for kernel in run.inner.kernels.values()], file=sys.stderr)
print("numba" in sys.modules)
"""
as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root changes owners")
NOBODY = 65534


def tripled(values_are: str = "real*", by: float = 3.0) -> Emitted:
    code = Llvm("float64")
    (values,) = code.parameters(("values", values_are))
    with code.loop("i", 0, 4) as i:
        values[i] = values[i] * by + 1.0
    return emitted(code)


TRIPLED, LINKERS = tripled(), [linked._engine]


@pytest.mark.skipif(sys.platform != "linux", reason="needs a fork")
@pytest.mark.filterwarnings("ignore:.*fork")
def test_a_child_forked_amid_compiling_has_the_kernel() -> None:
    kernels = [compiled.kernel(tripled(by=random.random())) for _ in range(3)]  # none of them is kept
    child = multiprocessing.get_context("fork").Process(target=lambda: [kernel(np.zeros(4)) for kernel in kernels])
    child.start()
    child.join(20)
    hangs = child.is_alive()
    child.kill()
    assert not hangs
    assert child.exitcode == 0


# --- arguments ----------------------------------------------------------------------------------------------------------


ODD = np.zeros(25, np.uint8)[1:].view(float)  # not aligned
ARRAYS = (np.zeros(3, np.float32), np.zeros(3, ">f8"), np.zeros((3, 3)), np.zeros(6)[::2], ODD)


@pytest.mark.parametrize("out", [*ARRAYS, 1.5, None])
def test_other_types_are_refused(out: object) -> None:
    kernel = written(lambda code, out: code.fill(out, 1.0), ("out", "real*"))
    with pytest.raises(TypeError, match=r"the kernel nest_\w+ is handed .* for float64\*"):
        kernel(out)


@pytest.mark.parametrize("number", [1.0, "1", None, 2**63, -(2**63) - 1, np.zeros(1)])
def test_numbers_that_are_not_whole_or_too_large_are_refused(number: object) -> None:
    kernel = written(lambda code, n, out: code.store(out, code.whole(0), n), ("n", "int"), ("out", "wide*"))
    with pytest.raises(TypeError, match="for int64"):
        kernel(number, np.zeros(1, np.int64))


@pytest.mark.parametrize("number", [5, np.int64(5), np.uint8(5), True, -(2**63), 2**63 - 1])
def test_whole_numbers_of_any_kind_are_taken(number: Any) -> None:
    out = np.zeros(1, np.int64)
    written(lambda code, n, out: code.store(out, code.whole(0), n), ("n", "int"), ("out", "wide*"))(number, out)
    assert out[0] == number


def test_too_few_or_too_many_arguments_are_refused() -> None:
    for arguments in ((), (np.zeros(4), 1)):
        with pytest.raises(TypeError, match=f"takes 1 arguments, not {len(arguments)}"):
            compiled.kernel(TRIPLED)(*arguments)


def test_the_same_kernel_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []
    make = object_code.object_code
    monkeypatch.setattr(object_code, "object_code", lambda text: texts.append(text) or make(text))
    monkeypatch.setattr(cache_folder, "read", lambda name: None)
    first, second = (compiled.kernel(tripled(by=7.125)) for _ in range(2))
    assert first.wait() is second.wait()
    assert len(texts) == 1


def test_many_kernels_at_once_are_those_of_one_after_the_other() -> None:
    texts = [tripled(by=float(number)).text for number in range(12)]
    alone = [object_code.object_code(text) for text in texts]
    assert list(compiled._threads(os.getpid()).map(object_code.object_code, texts * 3)) == alone * 3


def test_what_llvm_cannot_read_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = CompiledKernel(Emitted("define void @f( {", "f", ()), "kernel_unreadable.bin")
    with pytest.raises(RuntimeError):
        kernel.wait()


def test_a_kernel_that_was_left_uncompiled_is_compiled_when_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    class Never:
        def submit(self, *_: Any) -> Any:
            from concurrent.futures import Future

            return Future()

    monkeypatch.setattr(cache_folder, "read", lambda name: None)
    monkeypatch.setattr(compiled, "_threads", lambda process: Never())
    kernel, values = CompiledKernel(TRIPLED, "kernel_left.bin"), np.arange(4.0)
    kernel.cancel()
    kernel(values)
    np.testing.assert_array_equal(values, [1.0, 4.0, 7.0, 10.0])


# --- what is kept -------------------------------------------------------------------------------------------------------


def answers(folder: Path) -> tuple[list[str], str]:
    """What the program prints with its cache in this folder, and which of its kernels were kept."""
    environment = os.environ | {"FLOPWATT_CACHE": str(folder), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(), done.stderr


@pytest.mark.slow
def test_a_second_process_compiles_nothing_and_damage_changes_no_answer(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    (first, cold), (again, warm) = answers(folder), answers(folder)
    assert (cold, warm) == ("[False, False]\n" * 2, "[True, True]\n" * 2)
    assert first == again
    assert first[-1] == "False"  # Numba itself is never needed
    kept = sorted(folder.iterdir())
    assert len(kept) == 4
    assert all(path.name.startswith("kernel_") and stat.S_IMODE(path.stat().st_mode) == 0o600 for path in kept)
    for path in kept:
        path.write_bytes(path.read_bytes()[:-100])
    assert answers(folder) == (first, cold)
    assert answers(folder) == (first, warm)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The cache folder, with the code of TRIPLED in it."""
    monkeypatch.setenv("FLOPWATT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cache_folder.tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(cache_folder, "_warned", [])
    cache_folder._folder.cache_clear()
    assert used() == "compiled"
    return tmp_path / "cache"


def used(kernel: Emitted = TRIPLED) -> str:
    """Load a kernel as a new process would, use it, check what it computes; whether it was kept or is compiled."""
    compiled._kernels.clear()
    linked._engine = cache(linked._engine.__wrapped__)
    LINKERS.append(linked._engine)  # they hold what they linked
    loaded, values = compiled.kernel(kernel), np.arange(4.0)
    loaded(values)
    np.testing.assert_array_equal(values, [1.0, 4.0, 7.0, 10.0])
    return "kept" if loaded.kept else "compiled"


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


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


def test_machine_code_of_another_kernel_is_compiled_anew(folder: Path) -> None:
    cache_folder.write(only_file(folder).name, object_code.object_code(tripled(by=5.0625).text))
    assert used() == "compiled"


def replaced(folder: Path) -> Path:
    """Put other code, which adds nothing and does not triple, in place of the kept one, with the digest that belongs to it."""
    path, other = only_file(folder), tripled(by=0.0)
    code = object_code.object_code(other.text.replace(other.name, TRIPLED.name))
    path.write_bytes(cache_folder._digest(path.name, code) + code)
    return path


def _own(path: Path) -> None:
    os.chown(path, NOBODY, NOBODY)


def _mode(mode: int) -> Callable[[Path], None]:
    return lambda path: path.chmod(mode)


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
    path = replaced(folder)
    change({"file": path, "folder": folder, "above": tmp_path}[where])
    cache_folder._folder.cache_clear()
    assert used() == "compiled"
