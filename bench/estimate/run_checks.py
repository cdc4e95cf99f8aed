"""Whether what is stated of a run is enough to estimate it, and does not contradict itself."""

import math
from collections.abc import Mapping

from ...kernels.model import units
from ...kernels.model.said_range import range_ends
from ...kernels.quantities import MODEL
from ..errors import InputError, Parameter
from .scenario import Scenario, StatedValue


def check_ranges(fixed: Mapping[str, StatedValue]) -> None:
    """Refuse a range whose least is above its most. Raises InputError naming both ends."""
    for low, high in range_ends(fixed):
        least, most = fixed[low].value, fixed[high].value
        if least > most:
            unit = MODEL[low].unit
            shown = [f"{units.from_base(value, unit):,.6g} {unit}" for value in (least, most)]
            raise InputError(f"{low} ({shown[0]}) is above {high} ({shown[1]}); set both ends", where=Parameter("sets"))


def check_enough(fixed: Mapping[str, StatedValue]) -> None:
    """Refuse a run of which too little is stated, or too much. Raises InputError naming what is missing."""
    if "tokens" not in fixed and "training_flops" not in fixed:
        flops = Parameter("sets", "training_flops=2e25")
        raise InputError(
            "say how many tokens the model is trained on, such as 15.6e12, or how many FLOP it takes, such as ",
            flops,
            where=Parameter("tokens"),
        )
    if "chip_count" in fixed and "run_time" in fixed:
        chips, days = Parameter("chip_count"), Parameter("run_time")
        raise InputError("give ", chips, " or ", days, ", not both: one follows from the other", where=days)
    if "chip_count" not in fixed and "run_time" not in fixed:
        days = Parameter("run_time")
        raise InputError("give the number of chips, or ", days, " to solve for it", where=Parameter("chip_count"))


def check_solved(scenario: Scenario) -> Scenario:
    """Return a run's scenario. Raises InputError where no number of chips finishes it in the stated time."""
    if scenario.solve:
        columns = scenario.medians().grid.axes[0].columns
        if math.isinf(float(columns["chip_count"][0])):
            raise InputError(
                "no number of chips ends the run in that time: failures cost what more chips bring", where=Parameter("run_time")
            )
    return scenario
