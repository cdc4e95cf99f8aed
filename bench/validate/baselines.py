"""What simpler rules predict, through the same quantities with nothing left to draw."""

from collections.abc import Mapping

from ...kernels.model.grid import Grid
from ...kernels.model.questions import Problem
from ...kernels.quantities import MODEL
from ..estimate.scenario import StatedValue, evaluate

FLATS = {share: f"6ND at {share:.0%} MFU" for share in (0.30, 0.35, 0.40)}
BEST = "6ND at the best single MFU"  # of runs that the scored one has no part in
HINDSIGHT = "6ND at the best MFU in hindsight"  # of the very runs that are scored
STEADY = "6ND at the published MFU"
TDP = "TDP x hours x PUE"
FLEET_TDP = "TDP x chips x PUE"


def _value(given: Mapping[str, float], name: str) -> float:
    return float(evaluate(Problem(MODEL, Grid(()), given), [name])[name][0])


def chip_hours_at_one(stated: Mapping[str, StatedValue], bits: float = 16.0) -> float:
    """Compute 6ND over the peak: the chip-hours (s) at an MFU of 1 without losses.

    ``stated`` has the model, the tokens and the chip's peaks; ``bits`` are those of the precision whose peak counts.
    """
    given = {"sequence_length": 1.0} | {name: value.value for name, value in stated.items()}  # 6ND does not look at it
    rule = {"flops_convention": 2.0, "mfu": 1.0, "precision_bits": bits, "goodput": 1.0, "chip_count": 1.0}
    return _value(given | rule, "chip_hours")


def tdp_energy(stated: Mapping[str, StatedValue], target: str) -> float:
    """Compute the energy (J) of chips at their TDP for all hours, times PUE where the scope ``target`` has it."""
    given = {name: value.value for name, value in stated.items()}
    given |= {"load": 1.0, "host_load": 0.0, "network_factor": 1.0, "peak_server_factor": 1.0, "server_rating": given["tdp"]}
    return _value({"pue": default("pue")} | given, target)


def default(name: str) -> float:
    """Read a default of the model, in base units."""
    from ... import configs

    return configs.defaults()[name].value
