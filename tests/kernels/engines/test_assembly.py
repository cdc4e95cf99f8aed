"""The compiled kernels themselves: vector instructions in the innermost loops."""

import re
from typing import Any

import numpy as np
import pytest

from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.llvm import object_code, target
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, collecting, given, quantity
from flopwatt.kernels.model.questions import Best, Problem, Quantiles, Question, Summary

PACKED = re.compile(r"\s(v(?:add|sub|mul|div|min|max|cmp\w*|fmadd\w+)p[sd])\b.*%([yz])mm")
SCALAR = re.compile(r"\s(v(?:add|sub|mul|div|min|max)s[sd])\b")


needs_vectors = pytest.mark.skipif(not target.has("avx2"), reason="this CPU has no AVX2")


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
def test_innermost_loops_are_packed(question: Question, dtype: str) -> None:
    for name, assembly in compiled(question, dtype).items():
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


def compiled(question: Question, dtype: str) -> dict[str, str]:
    """The assembly of each pass over the grid."""
    run: Any = engines.get("numba").prepare(problem(), question, Settings(dtype=dtype))
    run = getattr(run, "inner", run)
    result = {}
    for name, kernel in run.kernels.items():
        if name == "where":  # looks at few points, one by one
            continue
        result[name] = object_code.assembly(kernel.emitted.text)
    assert result
    return result
