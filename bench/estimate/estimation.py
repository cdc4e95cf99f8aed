"""Estimating what a user asks for: the run that a request describes, its targets, and its draws on an engine."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..errors import InputError, Parameter
from ..facts.currencies import Currency, find_currency
from ..prior.drawn_inputs import PROGRAMME_TARGETS, TARGETS
from .best_step import STEP_QUANTITIES
from .estimate_result import EstimateResult
from .explain import Step
from .explain import explain as steps_of
from .intervals import DRAWS, Estimate, Spread, estimate
from .outlook import outlook
from .request import Request, run_of

MAX_DRAWS = 10_000_000


@dataclass(frozen=True)
class Drawing:
    """How a run is estimated, whatever it is of.

    Attributes
    ----------
    draws, seed
        The number of joint draws of what is not stated, and their seed.
    engine
        Evaluates the draws and takes quantiles from bins; None for NumPy's exact ones.
    programme
        Whether what the programme around the run takes is estimated too.
    currency
        A code or a name of a currency; None for dollars.
    """

    draws: int = DRAWS
    seed: int = 0
    engine: str | None = None
    programme: bool = False
    currency: str | None = None

    def check(self) -> None:
        """Raise InputError where draws or seed are out of their range."""
        if not 1 <= self.draws <= MAX_DRAWS:
            raise InputError(f"must be from 1 to {MAX_DRAWS:,}, not {self.draws}", where=Parameter("draws"))
        if self.seed < 0:
            raise InputError(f"must be at least 0, not {self.seed}", where=Parameter("seed"))

    @property
    def targets(self) -> tuple[str, ...]:
        """The quantities that are estimated of a run."""
        return TARGETS + (PROGRAMME_TARGETS if self.programme else ())


def estimate_request(request: Request, drawing: Drawing, money: Currency | None = None) -> tuple[EstimateResult, float | None]:
    """Estimate the run that a request describes.

    Parameters
    ----------
    request
        What is stated of the run.
    drawing
        How it is estimated.
    money
        The currency, where it was looked up already.

    Returns
    -------
    tuple
        The result, and the seconds that the engine took once compiled; None without one.

    Raises
    ------
    InputError
        Names the parameter that is wrong or missing, and what would be right.
    """
    drawing.check()
    money = money or find_currency(drawing.currency)
    targets = (*drawing.targets, *request.task.targets)
    run = run_of(request, targets)
    scenario = replace(run.scenario, model=money.model(run.scenario.model))
    result = estimate(scenario, targets, drawing.draws, drawing.seed)
    beside = outlook(replace(run, scenario=scenario), drawing.draws, drawing.seed)
    seconds = None
    if drawing.engine is not None:
        from .engine_quantiles import on_engine

        result, seconds = on_engine(result, scenario.problem(drawing.draws, drawing.seed), drawing.engine)
    if run.shows_strategy:
        result = _with_step(result, beside.step)
    return EstimateResult(result, scenario, money, drawing.seed, beside), seconds


def _with_step(result: Estimate, step: Mapping[str, Spread]) -> Estimate:
    """Put the step of the best strategy among what is estimated, behind the MFU."""
    spreads: dict[str, Spread] = {}
    for name, spread in result.spreads.items():
        spreads |= {name: spread, **(step if name == "mfu" else {})}
    none = {name: dict[str, float]() for name in step}
    return replace(result, spreads=spreads, shares={**result.shares, **none}, share_errors={**result.share_errors, **none})


def explained(result: EstimateResult) -> list[Step]:
    """List how an estimate was computed, as `explain` does; with the step of the best strategy where it is asked for."""
    scenario, best = result.scenario, result.outlook.best
    own = [name for name in result.estimate.spreads if name not in STEP_QUANTITIES]
    steps = steps_of(scenario, own)
    if best is None or not result.outlook.shows_strategy:
        return steps
    told = {step.quantity.name for step in steps}
    return [*(step for step in steps_of(best.scenario, STEP_QUANTITIES) if step.quantity.name not in told), *steps]
