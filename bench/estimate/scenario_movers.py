"""How far each input of an estimate that nobody stated moves it, where one is varied at a time."""

from collections.abc import Sequence

from ..drivers.alternatives import Alternative, assumed_alternative, drawn_alternative, spread_of, within_ranges
from ..drivers.mover import Mover
from ..drivers.trials import estimate_movers
from ..prior.fit_inputs import regression
from .scenario import Scenario
from .source import SourceKind


def scenario_movers(scenario: Scenario, targets: Sequence[str]) -> dict[str, tuple[Mover, ...]]:
    """Tell how far each drawn or assumed input moves each target, all others at their medians and defaults.

    Parameters
    ----------
    scenario
        The run. Chips that are solved for are solved anew at every trial; a strategy that was searched for stays.
    targets
        The quantities.

    Returns
    -------
    dict
        Movers by target, the largest effect first.
    """
    return estimate_movers(scenario.problem_at, targets, _alternatives(scenario, targets))


def _alternatives(scenario: Scenario, targets: Sequence[str]) -> tuple[Alternative, ...]:
    """List what is drawn, and the defaults of which another value is sensible; numbers of fits are none."""
    drawn = [drawn_alternative(name, spread_of(distribution)) for name, distribution in scenario.drawn.items()]
    defaults = {name: held.value for name, held in scenario.fixed.items() if held.source.kind is SourceKind.DEFAULT}
    stated = {name: held.value for name, held in scenario.fixed.items() if name not in defaults}
    fitted = regression(scenario.model, stated, targets)
    assumed = (assumed_alternative(scenario.model[name], value) for name, value in defaults.items() if name not in fitted)
    known = [alternative for alternative in assumed if alternative is not None]
    return (*drawn, *within_ranges(known, {name: held.value for name, held in scenario.fixed.items()}))
