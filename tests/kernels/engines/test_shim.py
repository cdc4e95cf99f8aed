"""The shim finds what it is there to find: forgotten barriers, barriers that not all threads meet, stray reads and writes."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shim_device import COMPILER, ShimDevice
from small_problems import asked, problem_of

from flopwatt.kernels.emit.gpu.threads import Kernel
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.engines.gpu import GpuRun
from flopwatt.kernels.plan.plan import Plan

pytestmark = pytest.mark.skipif(COMPILER is None, reason="g++ is not installed")

HEAD = (
    'extern "C" __global__ void kernel(long long first, long long count, double* out) {\n    const int thread = threadIdx.x;\n'
)
HALVES = "    __shared__ double S[64];\n    S[thread] = thread;\n{barrier}    out[thread] = S[63 - thread];\n}}\n"


def launched(source: str, size: int = 64) -> np.ndarray:
    device = ShimDevice(seed=5)
    made = device.outputs([(size, np.float64)], fill=0)
    device.launch(source, 1, 64, (np.int64(0), np.int64(64), *made.arrays))
    return device.download(made)[0]


def test_threads_meet_at_a_barrier() -> None:
    right = np.arange(63.0, -1.0, -1.0)
    np.testing.assert_array_equal(launched(HEAD + HALVES.format(barrier="    __syncthreads();\n")), right)
    assert (launched(HEAD + HALVES.format(barrier="")) != right).any()


@pytest.mark.parametrize("body", ["if (thread < 32) __syncthreads();", "if (thread < 32) return;\n__syncthreads();"])
def test_a_barrier_that_not_all_threads_meet(body: str) -> None:
    with pytest.raises(AssertionError, match="different barriers"):
        launched(f"{HEAD}{body}\nout[thread] = 1.0;\n}}\n")


class Forgetful(ShimDevice):
    """Leaves out the barrier of that number in every kernel."""

    barrier = 0

    def compile(self, kernel: Kernel, plan: Plan) -> Any:
        parts = kernel.source.split("__syncthreads();")
        return "__syncthreads();".join(parts[: self.barrier + 1]) + "__syncthreads();".join(parts[self.barrier + 1 :])


@pytest.mark.slow
def test_an_emitted_kernel_needs_its_barriers() -> None:
    problem, question = problem_of(128, 9, 3), asked("summary", ("c",))
    expected = GpuRun(ShimDevice(), problem, question, Settings()).run().values
    wrong = []
    for Forgetful.barrier in range(6):  # of the tables, of the lanes' results, and of the first steps that merge them
        values = GpuRun(Forgetful(), problem, question, Settings()).run().values
        wrong.append(any((values[name] != expected[name]).any() for name in expected))
    assert wrong[0]
    assert sum(wrong) >= 5


@pytest.mark.slow
@pytest.mark.parametrize("place", ["out[64] = 1.0", "out[thread] = out[thread + 1]"])
def test_a_stray_access_stops_the_process(place: str) -> None:
    code = f"from test_shim import HEAD, launched\nlaunched(HEAD + '{place};}}')"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent, env=environment)
    assert done.returncode < 0
