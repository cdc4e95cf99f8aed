"""What a question takes on a real GPU besides computing: it is printed, and far below what a person notices."""

import statistics
import time

import pytest
from gpu_targets import ON_GPUS, GpuTarget
from small_problems import asked, problem_of

from flopwatt.bench.suites.shapes import shallow
from flopwatt.kernels.engines import Settings

NOTICED = 0.02  # s


@pytest.mark.slow
@ON_GPUS
def test_launches_locating_and_copies_are_not_what_a_user_waits_for(target: GpuTarget) -> None:
    start = time.perf_counter()
    device = target.make()
    print(f"{target.name}: the device in {time.perf_counter() - start:.3f} s")
    small = problem_of(3, 40, 5), asked("least", ("a",))
    shape = shallow(9, 5.4e8)
    for name, (problem, question) in {"200 points": small, shape.name: (shape.problem, shape.questions["best"])}.items():
        start = time.perf_counter()
        prepared = target.prepare(problem, question, Settings(), device)
        prepared.run()
        print(f"{target.name}, {name}: prepared and run once in {time.perf_counter() - start:.3f} s")
        samples = []
        for _ in range(50):
            start = time.perf_counter()
            prepared.run()
            samples.append(time.perf_counter() - start)
        print(f"{target.name}, {name}: {statistics.median(samples) * 1e6:.0f} us a run")
        assert statistics.median(samples) < NOTICED
