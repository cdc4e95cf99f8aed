"""The quantiles of an estimate's draws from any engine: one quantiles question for each quantity that varies."""

import time
from collections.abc import Sequence
from dataclasses import replace

from ...kernels import engines
from ...kernels.errors import EngineError
from ...kernels.model import units
from ...kernels.model.questions import Problem, Quantiles
from ..errors import InputError, Parameter
from .intervals import HIGH, LOW, MEDIAN, Estimate, Spread


def on_engine(found: Estimate, problem: Problem, engine: str) -> tuple[Estimate, float]:
    """The estimate with the engine's quantiles in place of the exact ones, and the seconds it took once compiled.

    An engine reads quantiles from bins, within 0.79% of the exact ones. Raises InputError where it cannot run here.
    """
    try:
        runner = engines.get(engine)
    except EngineError as error:
        raise InputError(str(error), where=Parameter("engine")) from None
    names = [name for name, spread in found.spreads.items() if spread.low is not None]
    questions = [Quantiles(name=name, quantity=name, at=(LOW, MEDIAN, HIGH)) for name in names]
    prepared = [runner.prepare(problem, question, engines.Settings()) for question in questions]
    start = time.perf_counter()
    results = [each.run() for each in prepared]
    seconds = time.perf_counter() - start
    spreads = dict(found.spreads)
    for name, result in zip(names, results, strict=True):
        spreads[name] = _with(spreads[name], result.values["quantiles"].tolist())
    return replace(found, spreads=spreads), seconds


def _with(spread: Spread, quantiles: Sequence[float]) -> Spread:
    low, median, high = (float(units.from_base(value, spread.quantity.unit)) for value in quantiles)
    return replace(spread, low=low, median=median, high=high)
