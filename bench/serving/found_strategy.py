"""The strategy of a service: searched for the chips, the lengths and the limits that are stated, or refused in one line."""

import math

import numpy as np

from ... import configs
from ...kernels.model.grid import Axis, Grid
from ...kernels.model.questions import Problem
from ...kernels.quantities import MODEL
from ..errors import InputError, Parameter
from ..estimate.scenario import evaluate
from ..facts.precisions import precision_name
from ..terminal import numbers
from .best_serving import best_serving
from .serving_goals import BestServing, NoServingError, ServingGoals
from .serving_request import BATCH, CHIPS, REPLICA, STRATEGY, Service
from .usual_service import FIRST, SPEED

DRAFTS = "draft_tokens"
_MAX_CHIPS = 2**14  # of a replica, up to which the least that fit are looked for


def found_strategy(service: Service) -> BestServing:
    """Search the strategy of serving that serves the most on each chip and reaches what is asked.

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
    known = {name: held.value for name, held in service.fixed.items() if name not in STRATEGY and math.isfinite(held.value)}
    held = {**service.strategy, DRAFTS: known.get(DRAFTS, 0.0)}
    limits = {name: limit.value for name, limit in service.limits.items()}
    goals = ServingGoals(limits.get(SPEED, 0.0), limits.get(FIRST, math.inf))
    try:
        return best_serving(known, held, goals)
    except NoServingError as error:
        raise _refusal(service, error) from None
    except KeyError as error:
        name = str(error.args[0])
        chip = service.stated.chip.shown
        raise InputError(f"{name} is not known of {chip} or the model; give ", Parameter("sets", f"{name}=VALUE")) from None


def _refusal(service: Service, error: NoServingError) -> InputError:
    """Say what is wrong where no strategy will do: too few chips, or more speed than there is."""
    nearest, model = error.nearest, service.stated.model.called
    if math.isnan(nearest.least_chips):
        return _does_not_fit(service)
    speed, first = (service.limits[name].value if name in service.limits else math.nan for name in (SPEED, FIRST))
    on = f"{model} on {service.stated.chip.shown}"
    if nearest.interactivity < speed:
        fastest = numbers.number(numbers.significant(nearest.interactivity, 3))
        wrong = f"{on} gives no user {numbers.number(speed)} tokens a second, however it is served; the fastest gives {fastest}"
        return InputError(wrong, where=Parameter(SPEED))
    if nearest.time_to_first_token > first:
        soonest = numbers.duration(nearest.time_to_first_token)
        wrong = f"{on} gives no first token within {numbers.duration(first)}, however it is served; the soonest takes {soonest}"
        return InputError(wrong, where=Parameter(FIRST))
    both = f"{numbers.number(speed)} tokens a second of a user and a first token within {numbers.duration(first)}"
    wrong = f"{on} reaches each of {both}, but not both at once; ask for less of "
    return InputError(wrong, Parameter(SPEED), " or ", Parameter(FIRST), where=Parameter(SPEED))


def _does_not_fit(service: Service) -> InputError:
    """Say how many chips hold the model, where those of a replica do not."""
    model, chip = service.stated.model.called, service.stated.chip.shown
    weights = precision_name(service.fixed["weight_bits"].value)
    least, batch = least_replica(service), service.strategy.get(BATCH, 1.0)
    where = next((name for name in (BATCH, REPLICA, CHIPS) if name in service.fixed), CHIPS)
    sequences = f" and {numbers.count(batch, 'sequence')}" if batch > 1 else " and a sequence"
    if math.isnan(least):
        return InputError(f"no replica of {chip} holds {model} with weights in {weights}{sequences}", where=Parameter(where))
    have = service.fixed[CHIPS].value if CHIPS in service.fixed else service.strategy.get(REPLICA, math.nan)
    have = min(have, service.strategy.get(REPLICA, math.inf))
    needs = f"{model} with weights in {weights}{sequences} needs at least {numbers.count(least)} {chip}"
    return InputError(f"{needs}, not {numbers.count(have)}" if least > have else needs, where=Parameter(where))


def least_replica(service: Service) -> float:
    """Find the fewest chips whose memory holds the model and its sequences; NaN where no number of them does.

    Parameters
    ----------
    service
        What was stated.
    """
    chips = np.arange(1.0, _MAX_CHIPS + 1)
    given = {name: default.value for name, default in configs.defaults().items()}
    given |= {name: held.value for name, held in service.fixed.items() if name not in (CHIPS, REPLICA)}
    given = {BATCH: 1.0, "attention_data_parallel": 0.0, "disaggregated": 0.0, **given}
    problem = Problem(MODEL, Grid((Axis(REPLICA, {REPLICA: chips, "prefill_replica_chips": chips}),)), given)
    fits = evaluate(problem, ["serving_memory_margin"])["serving_memory_margin"] >= 0
    return float(chips[np.argmax(fits)]) if fits.any() else math.nan
