"""How long kernels would take to compile: nothing where their code is kept, and told without loading LLVM."""

import subprocess
import sys
from pathlib import Path

import pytest

from flopwatt.kernels import cache_folder
from flopwatt.kernels.llvm import compiled
from flopwatt.kernels.llvm.compile_seconds import compile_seconds
from flopwatt.kernels.llvm.ir import Llvm
from flopwatt.kernels.llvm.module import Emitted, emitted


def stores(count: int) -> Emitted:
    code = Llvm("float64")
    (out,) = code.parameters(("out", "real*"))
    for i in range(count):
        out[i] = 1.0 + i
    return emitted(code)


def test_what_is_kept_takes_no_time_and_the_same_counts_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOPWATT_CACHE", str(tmp_path))
    monkeypatch.setattr(compiled, "_kernels", {})
    cache_folder._folder.cache_clear()
    short, long = stores(3), stores(300)
    assert 0 < compile_seconds([short]) < compile_seconds([long])
    assert compile_seconds([short, long, short]) == compile_seconds([short]) + compile_seconds([long])
    compiled.kernel(short).wait()
    assert compile_seconds([short]) == 0
    assert compile_seconds([short, long]) == compile_seconds([long])


def test_nothing_is_loaded_to_tell() -> None:
    code = (
        "import sys\n"
        "from flopwatt.kernels.llvm.compile_seconds import compile_seconds\n"
        "from flopwatt.kernels.llvm.ir import Llvm\n"
        "from flopwatt.kernels.llvm.module import emitted\n"
        "code = Llvm('float64')\n"
        "code.parameters(('out', 'real*'))\n"
        "assert compile_seconds([emitted(code)]) > 0\n"
        "print([name for name in ('numba', 'llvmlite.binding', 'concurrent.futures') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ("[]" if Path("/proc/cpuinfo").exists() else "['llvmlite.binding']")
