"""The strategy of a service: searched for the chips, the lengths and the limits that are stated, or refused in one line."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ... import configs
from ...kernels.model.grid import Axis, Grid
from ...kernels.model.questions import Problem
from ...kernels.quantities import MODEL
from ..errors import InputError, Parameter
from ..estimate.intervals import MEDIAN
from ..estimate.scenario import evaluate
from ..facts.plausible import table_columns
from ..terminal import numbers
from .best_serving import best_serving
from .packed_replicas import PackedReplicas, needed_replicas, packed_replicas
from .serving_goals import BestServing, NearestServing, NoServingError, ServingGoals
from .serving_request import (
    APART,
    ATTENTION,
    BATCH,
    CHIPS,
    LOAD,
    PREFILL,
    QUERIES,
    REPLICA,
    STRATEGY,
    WEIGHTS,
    Service,
    precision_held,
)
from .strategy_space import MAX_REPLICA, replica_sizes
from .usual_service import FIRST, INPUT, OUTPUT, SPEED

DRAFTS = "draft_tokens"
_FEW_CHIPS = 4096  # up to which it matters how many chips are left over
_MAX_CHIPS = 2**14  # of a replica, up to which the least that fit are looked for


@dataclass(frozen=True)
class FoundStrategy:
    """The strategy of a service, and the replicas on its chips.

    Attributes
    ----------
    best
        What the search found.
    packed
        The whole replicas: that the chips hold, or that the queries need; None where they need so many that it does not matter.
    tried
        Strategies that it was chosen from.
    """

    best: BestServing
    packed: PackedReplicas | None
    tried: int


def found_strategy(service: Service) -> FoundStrategy:
    """Search the strategy of serving that serves the most on the chips and reaches what is asked.

    On a number of chips that is stated, or where queries need few, replicas are whole: what is left over counts against a
    strategy.

    Parameters
    ----------
    service
        What was stated. Nothing is drafted where nobody says so: how many drafts are accepted depends on what is written.

    Raises
    ------
    InputError
        Where the model does not fit, with the fewest chips that hold it; where no strategy is as fast as is asked, with the
        fastest; and where a fact is missing.
    """
    known = {name: held.value for name, held in service.fixed.items() if name not in STRATEGY}
    chips = known.get(CHIPS, math.inf)
    if not service.wants_chips:
        return max(_strategies(service, known, chips), key=_worth)
    strategies = _strategies(service, known, math.inf)
    best = strategies[0].best
    tokens = _tokens(known)
    if tokens / best.values["throughput_per_chip"] > _FEW_CHIPS:
        return strategies[0]
    strategies = _strategies(service, known, float(MAX_REPLICA), tokens)
    return min(strategies, key=_cost)


def _strategies(service: Service, known: Mapping[str, float], chips: float, tokens: float | None = None) -> list[FoundStrategy]:
    """List the best strategies on so many chips: of few by the size of a replica, on whole replicas.

    Parameters
    ----------
    service, known
        What was stated, and what is known of it in base units.
    chips
        That there are, at most.
    tokens
        That are wanted a second, out of all; None where the chips are stated.

    Raises
    ------
    InputError
        Where there is none.
    """
    parts = {**service.strategy, DRAFTS: known.get(DRAFTS, 0.0)}
    limits = {name: limit.value for name, limit in service.limits.items()}
    goals = ServingGoals(limits.get(SPEED, 0.0), limits.get(FIRST, math.inf), service.confidence)
    strategies: list[FoundStrategy] = []
    errors: list[NoServingError] = []
    for held in _held_parts(parts, chips, known.get("scaleup_domain", math.nan)):
        try:
            best = best_serving(known, held, goals, most_chips=chips)
        except NoServingError as error:
            errors.append(error)
        except KeyError as error:
            raise _unknown(service, str(error.args[0])) from None
        else:
            strategies.append(FoundStrategy(best, _packed(best, chips, tokens), best.tried))
    strategies = [one for one in strategies if one.packed is None or one.packed.decoding > 0]
    if not strategies:
        raise _refusal(service, nearest_of(errors))
    tried = sum(one.tried for one in strategies)
    return [replace(one, tried=tried) for one in strategies]


def _packed(best: BestServing, chips: float, tokens: float | None) -> PackedReplicas | None:
    """Count whole replicas: on the chips that are stated, else of the tokens that are wanted; none of any number of chips."""
    if tokens is not None:
        return needed_replicas(tokens, best.inputs, best.values)
    return packed_replicas(chips, best.inputs, best.values) if math.isfinite(chips) else None


def _tokens(known: Mapping[str, float]) -> float:
    """Return the tokens a second that the queries of a day are at the peak that chips are held for."""
    load = known.get(LOAD, configs.defaults()[LOAD].value)
    return known[QUERIES] * known[OUTPUT] / load


def _cost(strategy: FoundStrategy) -> tuple[float, float]:
    """Return the chips of a strategy, and of as many the less throughput first."""
    return (strategy.packed.chips if strategy.packed is not None else math.inf, -strategy.best.values["throughput_per_chip"])


def _worth(strategy: FoundStrategy) -> float:
    """Return the tokens a second of each chip, idle ones counted."""
    return strategy.best.values["throughput_per_chip"] * (strategy.packed.share if strategy.packed is not None else 1.0)


def _held_parts(parts: Mapping[str, float], chips: float, domain: float) -> list[dict[str, float]]:
    """List what is held in each search: of few chips every replica's size by itself, since what is left over differs."""
    if chips > _FEW_CHIPS:
        return [dict(parts)]
    every = sorted({*replica_sizes(domain, chips), *([chips] if chips <= MAX_REPLICA else [])})
    sizes = [parts[REPLICA]] if REPLICA in parts else every
    kinds = [parts[APART]] if APART in parts else [0.0, 1.0]
    return [{**parts, REPLICA: size, APART: kind} for size in sizes for kind in kinds]


def nearest_of(errors: Sequence[NoServingError]) -> NearestServing:
    """Join what comes nearest in several searches, of which none found a strategy.

    Parameters
    ----------
    errors
        What each search says.
    """
    near = [error.nearest for error in errors if not math.isnan(error.nearest.least_chips)]
    if not near:
        return NearestServing(math.nan, math.nan, math.nan, {})
    return NearestServing(
        min(one.least_chips for one in near),
        float(np.fmax.reduce([one.interactivity for one in near])),
        float(np.fmin.reduce([one.time_to_first_token for one in near])),
        {},
    )


def _unknown(service: Service, name: str) -> InputError:
    """Say which fact is missing, and how it is given."""
    chip, model = service.stated.chip.shown, service.stated.model.called
    of = chip if name in table_columns("hardware") else f"{chip} or {model}"
    return InputError(f"{name} of {of} is not published here; give ", Parameter("sets", f"{name}=VALUE"))


def _refusal(service: Service, nearest: NearestServing) -> InputError:
    """Say what is wrong where no strategy will do: too few chips, or more speed than there is."""
    model = service.stated.model.called
    if math.isnan(nearest.least_chips):
        return _does_not_fit(service)
    speed, first = (service.limits[name].value if name in service.limits else math.nan for name in (SPEED, FIRST))
    on = f"{model} on {service.stated.chip.shown}"
    however = "served as is stated" if service.strategy else "however it is served"
    sure = f" in {numbers.share(service.confidence)} of cases" if service.confidence > MEDIAN else ""
    if nearest.interactivity < speed:
        fastest = numbers.number(numbers.significant(nearest.interactivity, 3))
        wrong = f"{on} gives no user {numbers.number(speed)} tokens a second{sure}, {however}; the fastest gives {fastest}"
        return InputError(wrong, where=Parameter(SPEED))
    if nearest.time_to_first_token > first:
        soonest = numbers.duration(nearest.time_to_first_token)
        wrong = f"{on} gives no first token within {numbers.duration(first)}{sure}, {however}; the soonest takes {soonest}"
        return InputError(wrong, where=Parameter(FIRST))
    both = f"{numbers.number(speed)} tokens a second of a user and a first token within {numbers.duration(first)}"
    wrong = f"{on} reaches each of {both}, but not both at once{sure}; ask for less of "
    return InputError(wrong, Parameter(SPEED), " or ", Parameter(FIRST), where=Parameter(SPEED))


def _does_not_fit(service: Service) -> InputError:
    """Say how many chips hold the model, where those of a replica do not."""
    model, chip = service.stated.model.called, service.stated.chip.shown
    weights = precision_held(WEIGHTS, service.fixed)
    batch = service.strategy.get(BATCH, 1.0)
    apart = service.strategy.get(APART, 0.0) > 0
    where = Parameter(next((name for name in (BATCH, REPLICA, CHIPS) if name in service.fixed), CHIPS))
    sequences = f" and {numbers.count(batch, 'sequence')}" if batch > 1 else " and a sequence"
    least = least_replica(service) + (
        least_replica(service, prefilling=True) if apart and REPLICA not in service.fixed else 0.0
    )
    if math.isnan(least):
        tokens = service.fixed[INPUT].value + service.fixed[OUTPUT].value
        sequences += f" of {numbers.count(tokens)} tokens"
        return InputError(f"no replica of {chip} holds {model} with weights in {weights}{sequences}", where=where)
    have = min(service.fixed[CHIPS].value if CHIPS in service.fixed else math.inf, service.strategy.get(REPLICA, math.inf))
    needs = f"{model} with weights in {weights}{sequences} needs at least {numbers.count(least)} {chip}"
    needs += " where prompts are read apart" if apart and REPLICA not in service.fixed else ""
    return InputError(f"{needs}, not {numbers.count(have)}" if least > have else needs, where=where)


def least_replica(service: Service, *, prefilling: bool = False) -> float:
    """Find the fewest chips whose memory holds the model and its sequences; NaN where no number of them does.

    Parameters
    ----------
    service
        What was stated.
    prefilling
        Whether it is of chips that read prompts alone, one at a time.
    """
    chips = np.arange(1.0, _MAX_CHIPS + 1)
    given = {name: default.value for name, default in configs.defaults().items()}
    given |= {name: held.value for name, held in service.fixed.items() if name not in (CHIPS, REPLICA, PREFILL)}
    given = {BATCH: 1.0, ATTENTION: 0.0, **given, APART: float(prefilling)}
    problem = Problem(MODEL, Grid((Axis(REPLICA, {REPLICA: chips, PREFILL: chips}),)), given)
    margin = "prefill_memory_margin" if prefilling else "serving_memory_margin"
    fits = evaluate(problem, [margin])[margin] >= 0
    return float(chips[np.argmax(fits)]) if fits.any() else math.nan
