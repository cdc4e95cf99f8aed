"""The compiled kernels themselves: vector instructions in the innermost loops, and no compilation in a second process."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, collecting, given, quantity
from flopwatt.kernels.model.questions import Best, Problem, Quantiles, Question, Summary

PACKED = re.compile(r"\s(v(?:add|sub|mul|div|min|max|cmp\w*|fmadd\w+)p[sd])\b.*%([yz])mm")
SCALAR = re.compile(r"\s(v(?:add|sub|mul|div|min|max)s[sd])\b")


def vectors() -> bool:
    """Whether the compiler knows this CPU to have AVX2 at least."""
    import llvmlite.binding as llvm

    return bool(llvm.get_host_cpu_features().get("avx2"))


needs_vectors = pytest.mark.skipif(not vectors(), reason="this CPU has no AVX2")


def problem() -> Problem:
    """Energy and cost over prices, sites and chips: one long axis, several short ones, a ceiling and a condition."""
    with collecting() as own:
        for name in ("count", "seconds", "power", "price", "rack", "factor"):
            given(name, "", name)

        @quantity(unit="", source="definition")
        def racks(count, rack):  # type: ignore[no-untyped-def]
            from flopwatt.kernels.model.quantity import ceil

            return ceil(count / rack)

        @quantity(unit="", source="definition")
        def energy(racks, power, seconds, factor):  # type: ignore[no-untyped-def]
            return racks * power * seconds * factor

        @quantity(unit="", source="definition")
        def cost(energy, price, count):  # type: ignore[no-untyped-def]
            return energy * price + count

    random = np.random.default_rng(3)
    lengths = {"count": 96, "seconds": 6, "power": 5, "price": 16, "rack": 3, "factor": 4}
    axes = tuple(Axis(name, {name: random.uniform(1.0, 50.0, n)}) for name, n in lengths.items())
    return Problem(Model(own), Grid(axes), {})


WHERE = (Condition("energy", "<=", 1e6),)
QUESTIONS: tuple[Question, ...] = (
    Best(name="best", objective="cost", by=("rack",), where=WHERE),
    Summary(name="summary", quantity="cost", by=("rack",), where=WHERE),
    Quantiles(name="quantiles", quantity="cost", by=("rack",), where=WHERE),
)


def innermost(assembly: str) -> list[list[str]]:
    """The bodies of loops that contain no other: the lines from a label to a jump back to it, without a label between.

    Blocks inside such a stretch (an unrolled remainder's test) end it, so what is found is straight vector code.
    """
    bodies: list[list[str]] = []
    label, body = "", list[str]()
    for line in assembly.splitlines():
        if found := re.match(r"(\.LBB\d+_\d+):", line):
            label, body = found.group(1), []
            continue
        body.append(line)
        if label and re.search(rf"\sj\w+\s+{re.escape(label)}\b", line):
            bodies.append(body)
            label = ""
    return bodies


def packed(lines: list[str]) -> int:
    return sum(1 for line in lines if PACKED.search(line))


def scalar(lines: list[str]) -> int:
    return sum(1 for line in lines if SCALAR.search(line))


@needs_vectors
@pytest.mark.parametrize("dtype", ["float64", pytest.param("float32", marks=pytest.mark.slow)])
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_innermost_loops_are_packed(question: Question, dtype: str, tmp_path: Path) -> None:
    for name, assembly in compiled(question, dtype, tmp_path).items():
        vector = [body for body in innermost(assembly) if packed(body)]
        straight = [block for block in blocks(assembly) if packed(block)]
        assert vector or straight, f"{name}: no packed arithmetic"
        most = max([*vector, *straight], key=packed)
        # The body with the most arithmetic is the lanes' own: wholly vector code, several passes of it.
        assert packed(most) >= 16, f"{name}: {packed(most)} packed operations in the largest body"
        assert scalar(most) <= packed(most) // 4, f"{name}: {scalar(most)} scalar operations beside {packed(most)} packed ones"


def blocks(assembly: str) -> list[list[str]]:
    """Every stretch between labels: a loop over few lanes is unrolled to one."""
    return [part.splitlines() for part in re.split(r"^\.LBB\d+_\d+:.*$", assembly, flags=re.M)]


def compiled(question: Question, dtype: str, tmp_path: Path) -> dict[str, str]:
    """The assembly of each pass over the grid, compiled here and now (what comes from the cache has none)."""
    run: Any = engines.get("numba").prepare(problem(), question, Settings(dtype=dtype))
    run = getattr(run, "inner", run)
    result = {}
    for name, source in run.sources().items():
        if name == "where":  # looks at few points, one by one
            continue
        path = tmp_path / f"{name}.py"
        path.write_text(source.replace("cache=True, ", ""))
        scope: dict[str, Any] = {"__file__": str(path)}
        exec(compile(path.read_text(), str(path), "exec"), scope)
        kernel = scope["kernel"]
        kernel.compile(run.kernels[name].signatures[0])
        result[name] = next(iter(kernel.inspect_asm().values()))
    assert result
    return result


PROGRAM = """
import sys
from test_assembly import QUESTIONS, problem
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings

for question in QUESTIONS:
    run = engines.get("numba").prepare(problem(), question, Settings())
    run.run()
    run = getattr(run, "inner", run)
    stats = [kernel.stats for kernel in run.kernels.values()]
    print(sum(sum(each.cache_hits.values()) for each in stats), sum(sum(each.cache_misses.values()) for each in stats))
"""


@pytest.mark.slow
def test_a_second_process_compiles_nothing(tmp_path: Path) -> None:
    environment = os.environ | {
        "FLOPWATT_CACHE": str(tmp_path),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path]),
    }

    def hits_and_misses() -> list[list[int]]:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, done.stderr
        return [[int(number) for number in line.split()] for line in done.stdout.splitlines()]

    first = hits_and_misses()
    assert all(misses > 0 for _, misses in first)
    second = hits_and_misses()
    assert len(second) == len(QUESTIONS)
    assert all(hits > 0 and misses == 0 for hits, misses in second), second
