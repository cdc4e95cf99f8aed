"""Estimating what a user asks for: the run that a request describes, its targets, and its draws on an engine."""

from dataclasses import dataclass, replace

from ..errors import InputError, Parameter
from ..facts.currencies import Currency, find_currency
from ..prior.drawn_inputs import PROGRAMME_TARGETS, TARGETS
from .estimate_result import EstimateResult
from .explain import Step
from .explain import explain as steps_of
from .intervals import DRAWS, estimate
from .request import Request, scenario_of
from .with_strategy import STEP_TARGETS

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

    def targets(self, request: Request) -> tuple[str, ...]:
        """List the quantities that are estimated of a run."""
        return (STEP_TARGETS if request.searches else TARGETS) + (PROGRAMME_TARGETS if self.programme else ())


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
    targets = drawing.targets(request)
    scenario = scenario_of(request, targets)
    scenario = replace(scenario, model=money.model(scenario.model))
    result = estimate(scenario, targets, drawing.draws, drawing.seed)
    seconds = None
    if drawing.engine is not None:
        from .engine_quantiles import on_engine

        result, seconds = on_engine(result, scenario.problem(drawing.draws, drawing.seed), drawing.engine)
    return EstimateResult(result, scenario, money, drawing.seed), seconds


def explained(result: EstimateResult) -> list[Step]:
    """List how an estimate was computed, as `explain` does."""
    return steps_of(result.scenario, tuple(result.estimate.spreads))
