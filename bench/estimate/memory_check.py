"""Check that a model's states fit a run's chips, whatever the strategy: what `--strategy` would refuse in any case."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ... import configs
from ...kernels.model.grid import Grid
from ...kernels.model.questions import Problem
from ...kernels.quantities import MODEL
from ..errors import InputError, Parameter, Part
from .scenario import Scenario, StatedValue, evaluate

_BYTES = ("element_bytes", "gradient_bytes", "optimizer_bytes")  # of a parameter
_NEEDED = ("least_chips", "state_bytes", "parameters", *_BYTES, "memory_capacity", "memory_reserve")
TIGHT = 0.5  # the share of the chips' memory from which activations may well be too much


@dataclass(frozen=True)
class StateMemory:
    """What a model's states take of the chips' memory.

    Parameters
    ----------
    least_chips
        The fewest chips that hold them.
    states, room
        Bytes of all states, and of a chip's memory less what is kept in reserve.
    capacity
        Bytes of a chip's memory.
    parameters, bytes_each
        The model's parameters, and the bytes that training holds of each.
    """

    least_chips: float
    states: float
    room: float
    capacity: float
    parameters: float
    bytes_each: float


def state_memory(fixed: Mapping[str, StatedValue]) -> StateMemory | None:
    """Compute what a model's states take of a chip's memory; None where the memory or the parameters are not known.

    Parameters
    ----------
    fixed
        What is stated of the run, in base units; the defaults fill in.
    """
    given = {name: default.value for name, default in configs.defaults().items()}
    given |= {name: value.value for name, value in fixed.items()}
    if any(math.isnan(given.get(name, math.nan)) for name in MODEL.inputs(_NEEDED, given)):
        return None
    with_room = given | {"memory_capacity": max(given["memory_capacity"], given["memory_reserve"] + 1)}  # a byte: no chips do
    values = {name: float(at[0]) for name, at in evaluate(Problem(MODEL, Grid(()), with_room), _NEEDED).items()}
    return StateMemory(
        least_chips=values["least_chips"],
        states=values["state_bytes"],
        room=values["memory_capacity"] - values["memory_reserve"],
        capacity=given["memory_capacity"],
        parameters=values["parameters"],
        bytes_each=sum(values[name] for name in _BYTES),
    )


def chips_of(scenario: Scenario) -> float:
    """Read a run's number of chips, at the medians of what is drawn where it follows from a time; NaN where it has none."""
    if "chip_count" in scenario.fixed:
        return scenario.fixed["chip_count"].value
    return float(scenario.medians().grid.axes[0].columns["chip_count"][0]) if scenario.solve else math.nan


def check_memory(fixed: Mapping[str, StatedValue], chips: float, names: tuple[str, str], where: Parameter) -> None:
    """Refuse a run whose chips do not hold the model's states; one of which memory or parameters are not known passes.

    Parameters
    ----------
    fixed
        What is stated of the run, in base units.
    chips
        Its number of chips.
    names
        What the model and the chip are called.
    where
        The parameter that the number of chips comes from.

    Raises
    ------
    InputError
        Names the fewest chips that hold the states.
    """
    memory = state_memory(fixed)
    if memory is None:
        return
    if memory.room <= 1:
        raise InputError(
            f"no number of {names[1]} holds {names[0]}: {_size(memory.capacity)} each are no more than what is kept in reserve",
            where=where,
        )
    if not chips < memory.least_chips:
        return
    need = f"{_billions(memory.parameters)} parameters x {memory.bytes_each:g} bytes of weights, gradients and optimizer"
    have = f"{chips:,.0f} x {_size(memory.room)} hold {_size(chips * memory.room)}"
    raise InputError(
        f"{names[0]} needs at least {memory.least_chips:,.0f} {names[1]}, not {chips:,.0f}: {need} are {_size(memory.states)}, "
        f"and {have}",
        where=where,
    )


def memory_note(scenario: Scenario) -> tuple[Part, ...]:
    """Word what is to be said of the memory of a run whose states fit and of which no strategy is known.

    Nothing where there is plenty.
    """
    memory, chips = state_memory(scenario.fixed), chips_of(scenario)
    if memory is None:
        return ("Whether the model's states fit the chips is not checked: the chip's memory is not published.",)
    share = memory.states / (memory.room * chips)
    if not share >= TIGHT:
        return ()
    return (f"The model's states alone take {100 * share:.0f}% of the chips' memory.",)


def shard_text(fixed: Mapping[str, StatedValue]) -> str:
    """Word what the states alone would take of a chip, sharded over all chips; nothing where that is not known."""
    memory = state_memory(fixed)
    if memory is None or "chip_count" not in fixed:
        return ""
    share = _size(memory.states / fixed["chip_count"].value)
    return f" (weights, gradients and optimizer alone, sharded over all chips, {share})"


def _billions(count: float) -> str:
    """Word a number of parameters in billions."""
    return f"{count / 1e9:,.4g} billion" if count < 1e12 else f"{count / 1e9:,.0f} billion"


def _size(count: float) -> str:
    """Word a number of bytes in GB, or TB from a thousand of these."""
    return f"{count / 1e12:.3g} TB" if count >= 1e12 else f"{count / 1e9:.4g} GB"
