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


def on_engine(exact: Estimate, problem: Problem, engine: str) -> tuple[Estimate, float]:
    """Replace an estimate's exact quantiles by those that an engine computes, and time it.

    Parameters
    ----------
    exact
        The estimate of ``problem``'s draws.
    problem
        The scenario on its joint draws.
    engine
        The engine's name. It reads quantiles from bins, within 0.79% of the exact ones.

    Returns
    -------
    tuple
        The estimate, and the seconds that the engine took once compiled.

    Raises
    ------
    InputError
        Where the engine cannot run here.
    """
    try:
        runner = engines.get(engine)
    except EngineError as error:
        raise InputError(str(error), where=Parameter("engine")) from None
    names = [name for name, spread in exact.spreads.items() if spread.low is not None]
    questions = [Quantiles(name=name, quantity=name, at=(LOW, MEDIAN, HIGH)) for name in names]
    runs = [runner.prepare(problem, question, engines.Settings()) for question in questions]
    start = time.perf_counter()
    results = [run.run() for run in runs]
    seconds = time.perf_counter() - start
    spreads = dict(exact.spreads)
    for name, result in zip(names, results, strict=True):
        spreads[name] = _with(spreads[name], result.values["quantiles"].tolist())
    return replace(exact, spreads=spreads), seconds


def _with(spread: Spread, quantiles: Sequence[float]) -> Spread:
    low, median, high = (float(units.from_base(value, spread.quantity.unit)) for value in quantiles)
    return replace(spread, low=low, median=median, high=high)
