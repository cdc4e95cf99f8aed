"""nvdisasm, NVIDIA's disassembler of GPU machine code: where it is, and what it prints of a kernel."""

import functools
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ..errors import EngineError

INSTALL = "instructions of a point are counted where nvdisasm is installed: pip install nvidia-cuda-nvdisasm"


class DisassemblerError(EngineError):
    """Machine code that nvdisasm cannot read."""


@functools.cache
def nvdisasm() -> str | None:
    """Find nvdisasm: of NVIDIA's wheel, of the toolkit that CUDA_HOME names, or on the path. None where it is nowhere."""
    try:
        from cuda.pathfinder import find_nvidia_binary_utility

        program = find_nvidia_binary_utility("nvdisasm")
    except Exception:  # an older cuda-pathfinder cannot find programs, and without cuda-bindings it is not installed
        program = None
    wheels = (Path(folder) / "nvidia/cu13/bin/nvdisasm" for folder in sys.path)
    return program or next((str(file) for file in wheels if file.is_file()), None) or shutil.which("nvdisasm")


def disassemble(code: bytes) -> str:
    """Print machine code as text, with the lines of the source that it comes from.

    Parameters
    ----------
    code
        A cubin.

    Raises
    ------
    DisassemblerError
        Where nvdisasm is not installed, or cannot read it.
    """
    program = nvdisasm()
    if program is None:
        raise DisassemblerError(INSTALL)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "kernel.cubin"
        file.write_bytes(code)
        done = subprocess.run([program, "-c", "-g", str(file)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise DisassemblerError(f"nvdisasm cannot read a kernel: {' '.join(done.stderr.split())[:160]}")
    return done.stdout
