"""Which engine answers first: what each would compile and compute is predicted, and weighed for all questions of a run at once.

Numbers of a processor's core, of a start and of a kernel are constants: a run decides in a millisecond or so of a question, and
measures nothing and imports nothing for it. Those of the CPU are right within a factor of two or so, which is all that a choice
needs; a GPU's are those of one H200, right within a factor of five.
"""

import itertools
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..emit.passes import Pass
from ..engines import Settings, get
from ..errors import EngineError
from ..model.questions import Problem, Question
from ..plan.arrays import ARRAYS
from ..plan.order import CPU, GPU, LaneMachine
from ..reductions.over_draws import wanted_statistics
from .explanation import Explanation, explain
from .roofline import MachineLimits, estimate

PLAIN = "numpy"  # compiles nothing and is always here
_ASKED = 0.03  # seconds that an engine must gain for a family to be asked: planning and writing kernels takes most of that
Family = tuple[Question, ...]


@dataclass(frozen=True)
class PredictedSeconds:
    """What an engine should take for a family of questions.

    Attributes
    ----------
    compile
        Seconds before it computes: writing, compiling or loading its kernels.
    compute
        Seconds of one run of each question.
    passes
        Passes over the grid: each has a kernel, where kernels are compiled.
    """

    compile: float
    compute: float
    passes: int = 1

    @property
    def seconds(self) -> float:
        """Seconds of both."""
        return self.compile + self.compute


@dataclass(frozen=True)
class Choice:
    """Which engine a family of questions goes to, and why.

    Attributes
    ----------
    family
        The questions.
    engine
        The engine that should have answered first, together with what the other families go to.
    predictions
        What engines should take for this family, by name: those that could have been the first.
    """

    family: Family
    engine: str
    predictions: Mapping[str, PredictedSeconds]


@dataclass(frozen=True)
class _Costs:
    """What a kind of engine takes, by constants.

    Attributes
    ----------
    start
        Seconds once in a process: what is imported, and on a GPU its context.
    imported
        The module that is there once that is paid.
    kernel
        Seconds of a kernel that was compiled before: it is planned, written, looked up and loaded.
    machine
        What its lanes run on.
    compute
        Seconds of what was explained, on so many cores, in a dtype.
    """

    start: float
    imported: str
    kernel: float
    machine: LaneMachine
    compute: Callable[[Explanation, int, str], float]


# A core's limits in float64, as `flopwatt plan` measures them of server cores with 512-bit vectors.
_CORE = MachineLimits(operations=40e9, divides=2e9, cache_bytes=150e9, memory_bytes=4e9, counts=3.8e9)
# A data centre's GPU. An H200 did 0.6e12 to 0.9e12 operations a second of deep models and decisions, which wait for chains of
# operations, and 6.6e12 of a shallow model on 4e12 scenarios; it wrote 4.5e12 bytes a second (results/nvidia-h200-x1).
_GPU = MachineLimits(operations=1.5e12, divides=1.5e11, cache_bytes=1e13, memory_bytes=4.5e12, counts=1e12)
# NumPy on one of those cores, fitted to the shipped studies: seconds of an operation on one element of an array, by kind.
_ELEMENT = 0.15e-9
_SLOWER = {"divide": 0.4e-9, "sqrt": 0.4e-9, "reduce": 0.3e-9, "exp": 5e-9, "log2": 5e-9, "pow": 15e-9}
_CALL, _PASS = 0.7e-6, 0.6e-3  # seconds of a call for a block, and of a pass beside the calls
_DECIDING = 1.2  # times the seconds of its operations: candidates are looked at again


def _compiled(explained: Explanation, cores: int, dtype: str) -> float:
    """Estimate a compiled engine's seconds on a CPU."""
    wide = cores * (1 if dtype == "float64" else 2)
    limits = MachineLimits(
        operations=_CORE.operations * wide,
        divides=_CORE.divides * wide,
        cache_bytes=_CORE.cache_bytes * cores,
        memory_bytes=_CORE.memory_bytes * min(cores, 4),
        counts=_CORE.counts * cores,
        cores=cores,
    )
    return estimate(explained.loads, explained.scenarios, limits)


def _plain(explained: Explanation, cores: int, dtype: str) -> float:
    """Estimate NumPy's seconds: each operation is a call for each block, which walks arrays; threads give it little."""
    calls = _CALL * len(explained.plan.nodes) * max(explained.scenarios * explained.shares[-1] / ARRAYS.block, 1.0)
    total = 0.0
    for load in explained.loads:
        work = sum(times * _SLOWER.get(kind, _ELEMENT) for kind, times in load.operations.items())
        again = _DECIDING if load.name == Pass.DECIDE else 1.0
        total += _PASS + calls + again * explained.scenarios * work
    return total


def _on_gpu(explained: Explanation, cores: int, dtype: str) -> float:
    """Estimate a GPU's seconds, taken for a data centre's."""
    return estimate(explained.loads, explained.scenarios, _GPU)


COSTS: Mapping[str, _Costs] = {
    PLAIN: _Costs(0.0, "numpy", 0.0, ARRAYS, _plain),
    "numba": _Costs(0.05, "llvmlite.binding", 0.01, CPU, _compiled),
    "numba-cuda": _Costs(1.0, "numba.cuda", 0.05, GPU, _on_gpu),
    "cupy": _Costs(1.0, "cupy", 0.05, GPU, _on_gpu),
}


def started() -> frozenset[str]:
    """List the engines whose start has been paid in this process."""
    return frozenset(name for name, costs in COSTS.items() if costs.imported in sys.modules)


def choose_engines(
    problem: Problem,
    families: Sequence[Family],
    settings: Settings,
    names: Iterable[str],
    started: Iterable[str] = (),
) -> tuple[Choice, ...]:
    """Choose the engine for each family of questions such that all are answered first.

    What is paid once, such as a start, is weighed against what all families that go to an engine gain. An engine that would
    take longer even if all of its kernels were compiled already is not asked what it would compile.

    Parameters
    ----------
    problem
        What is asked about.
    families
        Questions that share a pass (`sharing.families`), all that one run answers.
    settings
        The dtype and the threads.
    names
        The engines that may be chosen; ``numpy`` is always one of them.
    started
        Those whose start has been paid in this process.

    Returns
    -------
    tuple
        A choice for each family, in their order.
    """
    starts = start_seconds(names, started)
    tables = [predict(problem, family, settings, [PLAIN]) for family in families]
    for name in starts:
        gains = [_gain(name, table[PLAIN]) for table in tables]
        if sum(gains) > starts[name]:
            for family, table, gain in zip(families, tables, gains, strict=True):
                if gain:
                    table |= predict(problem, family, settings, [name])
    return assign(families, tables, starts)


def start_seconds(names: Iterable[str], started: Iterable[str] = ()) -> dict[str, float]:
    """Give the seconds that engines take to start, without those of NumPy, which is always there.

    Parameters
    ----------
    names
        The engines.
    started
        Those whose start has been paid.
    """
    paid = frozenset(started)
    return {name: 0.0 if name in paid else COSTS[name].start for name in names if name != PLAIN}


def _gain(name: str, plain: PredictedSeconds) -> float:
    """Bound what a family gains (s) by an engine that is asked: if it computed in no time, and had nothing to compile."""
    return max(plain.seconds - COSTS[name].kernel * plain.passes - _ASKED, 0.0)


def predict(problem: Problem, family: Family, settings: Settings, names: Iterable[str]) -> dict[str, PredictedSeconds]:
    """Predict what engines should take for a family.

    Parameters
    ----------
    problem, family, settings
        What is asked, and how it is run.
    names
        The engines.

    Returns
    -------
    dict
        By name, without engines that do not answer such questions: statistics that are no decision's are left to NumPy.
    """
    if wanted_statistics(problem, family[0].targets()):
        names = [PLAIN]
    explained: dict[LaneMachine, tuple[Explanation, ...]] = {}
    result: dict[str, PredictedSeconds] = {}
    for name in names:
        costs = COSTS[name]
        try:
            if costs.machine not in explained:
                explained[costs.machine] = explain(problem, family, settings.dtype, costs.machine)
            result[name] = _prediction(name, explained[costs.machine], problem, settings)
        except EngineError:
            if name == PLAIN:
                result[name] = PredictedSeconds(0.0, 0.0)  # what it raises is said where it is asked to answer
    return result


def _prediction(name: str, explained: Sequence[Explanation], problem: Problem, settings: Settings) -> PredictedSeconds:
    """Predict what an engine takes for what was explained."""
    costs, cores = COSTS[name], settings.threads or os.cpu_count() or 1
    compute = sum(costs.compute(question, cores, settings.dtype) for question in explained)
    passes = sum(len(question.loads) for question in explained)
    if name == PLAIN:
        return PredictedSeconds(0.0, compute, passes)
    family = [question.question for question in explained]
    compiling = get(name).compile_seconds_together(problem, family, settings) / min(cores, passes)  # side by side
    return PredictedSeconds(compiling + costs.kernel * passes, compute, passes)


def compute_seconds(problem: Problem, question: Question, name: str, dtype: str, cores: int = 1) -> float:
    """Predict how long an engine computes a question's passes, by constants: it need not be here, and nothing is compiled.

    Parameters
    ----------
    problem, question
        What is asked, of a grid without axes that change nothing.
    name
        The engine.
    dtype
        ``float64`` or ``float32``.
    cores
        How many of a processor's cores it has; a GPU engine has one GPU.

    Raises
    ------
    EngineError
        For a question that has no plan of its own.
    """
    costs = COSTS[name]
    return sum(costs.compute(one, cores, dtype) for one in explain(problem, (question,), dtype, costs.machine))


def assign(
    families: Sequence[Family], tables: Sequence[Mapping[str, PredictedSeconds]], starts: Mapping[str, float]
) -> tuple[Choice, ...]:
    """Assign families to engines such that starts, compiling and computing take the least seconds together.

    Parameters
    ----------
    families
        The questions.
    tables
        For each family what engines should take; NumPy is among them.
    starts
        Seconds that engines take once, if anything goes to them.
    """

    def cheapest(table: Mapping[str, PredictedSeconds], allowed: Sequence[str]) -> str:
        return min((name for name in (PLAIN, *allowed) if name in table), key=lambda name: table[name].seconds)

    def whole(allowed: Sequence[str]) -> float:
        own = sum(table[cheapest(table, allowed)].seconds for table in tables)
        return own + sum(starts[name] for name in allowed)

    subsets = [subset for count in range(len(starts) + 1) for subset in itertools.combinations(starts, count)]
    taken = min(subsets, key=whole)
    return tuple(Choice(family, cheapest(table, taken), dict(table)) for family, table in zip(families, tables, strict=True))
