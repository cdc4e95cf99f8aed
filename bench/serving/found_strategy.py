"""The strategy of a service: searched for the chips, the lengths and the limits that are stated, or refused in one line."""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ...kernels.model.grid import Axis, Grid
from ...kernels.model.questions import Problem
from ...kernels.quantities import MODEL
from ... import configs
from ..errors import InputError, Parameter, Part
from ..estimate.scenario import StatedValue, evaluate
from ..facts.precisions import precision_name
from ..terminal import numbers
from .best_serving import best_serving
from .serving_goals import BestServing, NoServingError, ServingGoals
from .serving_request import BATCH, CHIPS, REPLICA, STRATEGY, Service
from .usual_service import FIRST, SPEED

DRAFTS = "draft_tokens"
_MANY = 14  # doublings of a replica's chips, up to which the least that fit are looked for


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
