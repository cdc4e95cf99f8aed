"""The numba-cuda engine: its kernels in Numba's CUDA simulator, and what it says where there is no GPU."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flopwatt.kernels.engines import gpu_numba

TESTS = Path(__file__).parents[2]


@pytest.mark.slow
def test_agrees_with_the_reference_in_the_simulator() -> None:
    path = os.pathsep.join([str(TESTS), str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "NUMBA_ENABLE_CUDASIM": "1", "PYTHONPATH": path}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-k", "simulator", str(TESTS / "gpu")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_memory_that_runs_out_is_a_memory_error() -> None:
    driver = pytest.importorskip("numba.cuda.cudadrv.driver", exc_type=ImportError)
    code = driver.binding.CUresult
    with pytest.raises(MemoryError), gpu_numba._allocating():
        raise driver.CudaAPIError(code.CUDA_ERROR_OUT_OF_MEMORY, "cuMemAlloc")
    with pytest.raises(driver.CudaAPIError), gpu_numba._allocating():
        raise driver.CudaAPIError(code.CUDA_ERROR_ILLEGAL_ADDRESS, "cuMemcpyDtoH")
    assert gpu_numba.NumbaDevice.out_of_memory == (MemoryError,)
