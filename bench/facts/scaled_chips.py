"""Rows of chips that no data sheet has of its own: a die or a core of a chip, and a chip under a power limit.

Each is scaled from a row of the hardware table by one stated rule, and says so in its name, its sources and its notes:

- a die is what its package has, over the number of dies, and a core likewise; only packages of two dies are divided, because
  dies of which a package has more are no device of their own;
- a power limit lowers the clock, and the peaks with it, by the model's own rule: the quantity `clock_share`.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from ... import configs
from ...kernels.quantities.rates import clock_share

LEAST_LIMIT = 0.25  # of the TDP: drivers let an A100 of 400 W go to 100 W, and an H100 of 700 W to 200 W
LIMIT = "power_limit_share"
PARTS = {"die": "dies_per_chip", "core": "cores_per_chip"}  # the column that says how many a chip has
_PEAKS = ("peak_bf16", "peak_fp8", "peak_fp4", "peak_int8")
# What is divided among a chip's parts, and what so many of its parts make more of.
_DIVIDED = (
    *_PEAKS, "memory_capacity", "memory_bandwidth", "tdp", "server_rating", "chip_price_low", "chip_price_high",
    "rental_price_low", "rental_price_high", "scaleup_bandwidth", "nic_bandwidth", "compute_units", "chip_embodied_carbon",
    "server_embodied_carbon",
)  # fmt: skip
_MULTIPLIED = ("scaleup_domain", "chips_per_rack")
DERIVED = "derived"  # the method of a scaled figure


def part_of(chip: configs.FactRow, part: str) -> configs.FactRow | None:
    """Divide a chip into its dies or cores.

    Parameters
    ----------
    chip
        Its row.
    part
        A key of `PARTS`.

    Returns
    -------
    FactRow or None
        The part's row: the chip's own where it has one such part, None where the table does not say how many it has, or where
        it has more than two dies.
    """
    count = chip.values.get(PARTS[part], math.nan)
    if count == 1:
        return chip
    if math.isnan(count) or (part == "die" and count != 2):
        return None
    dies = chip.values["dies_per_chip"] / count if chip.values["dies_per_chip"] >= count else math.nan
    values = dict(chip.values) | {PARTS[part]: 1.0}
    values["dies_per_chip"] = 1.0 if part == "die" else dies
    values |= {name: chip.values[name] / count for name in _DIVIDED}
    values |= {name: chip.values[name] * count for name in _MULTIPLIED}
    rule = f"1/{count:g} of {chip.name}, which has {count:g} {part}s ({chip.source_of(PARTS[part])})"
    times = f"{count:g} of each {chip.name}"
    row = replace(
        chip,
        key=f"{chip.key}-{part}",
        name=f"{chip.name} {part}",
        label=f"{chip.shown} {part}",
        aliases=(),
        values=values,
        notes=f"{rule[0].upper()}{rule[1:]}: its peaks, memory, links, power and price are divided by {count:g}. {chip.notes}",
        scaled_from=chip.base_key,
    )
    told = _retold(row, _DIVIDED, lambda text: f"{rule}: {text}")
    return _retold(told, _MULTIPLIED, lambda text: f"{times}: {text}")


def limited(chip: configs.FactRow, watts: float, others: Sequence[configs.FactRow] = ()) -> configs.FactRow:
    """Put a chip under a power limit below its TDP.

    Parameters
    ----------
    chip
        Its row, whose TDP is known.
    watts
        The limit, from `LEAST_LIMIT` of the TDP up to it.
    others
        Rows of chips of its name whose TDP that is, which the notes name.
    """
    own = chip.values["tdp"]
    share = watts / own
    exponent = configs.defaults()["power_exponent"]
    clock = float(clock_share(share, exponent.value))
    values = dict(chip.values) | {"tdp": watts, LIMIT: share}
    values |= {name: chip.values[name] * clock for name in _PEAKS}
    values["server_rating"] = chip.values["server_rating"] - (own - watts)
    rule = f"x ({watts:g} W / {own:g} W)^{exponent.value:g} = {clock:.3f}"
    notes = (
        f"{chip.name} has {own:g} W; under a limit of {watts:g} W its clock, and the peaks that an MFU is of, are "
        f"{100 * clock:.1f}% of its own: {rule}, by the step-time model's power_exponent. Memory, links, prices and load stay."
    ) + "".join(f" {other.name} is a chip of {watts:g} W without a limit." for other in others)
    row = replace(
        chip,
        key=f"{chip.key}-{watts:g}w",
        name=f"{chip.name} at {watts:g} W",
        label=f"{chip.shown} at {watts:g} W",
        aliases=(),
        values=values,
        notes=f"{notes} {chip.notes}",
        scaled_from=chip.base_key,
    )
    told = _retold(row, _PEAKS, lambda text: f"{text}; {rule}, its clock under the power limit ({exponent.source})")
    told = _retold(told, (LIMIT,), lambda text: f"a power limit of {watts:g} W over its own {own:g} W")
    told = _retold(told, ("tdp",), lambda text: f"a power limit that was stated; its own is {own:g} W ({text})")
    return _retold(told, ("server_rating",), lambda text: f"{text}; less {own - watts:g} W for the power limit")


def said_of_scaling(chip: configs.FactRow) -> str:
    """Say in one sentence how a scaled row was made; nothing of a row of the table."""
    return chip.notes.removesuffix(configs.load("hardware").rows[chip.scaled_from].notes).strip() if chip.scaled_from else ""


def columns_beside(rows: Iterable[configs.FactRow], columns: Mapping[str, str]) -> dict[str, float]:
    """List quantities that scaled rows have beyond the table's columns, with what the other rows have of them."""
    names = {name for row in rows for name in row.values if name not in columns}
    return {name: configs.defaults()[name].value for name in sorted(names)}


def _retold(row: configs.FactRow, columns: tuple[str, ...], tell: Callable[[str], str]) -> configs.FactRow:
    """Tell of some columns how they were scaled, where the row has a figure of them."""
    known = [name for name in columns if not math.isnan(row.values[name])]
    sources = dict(row.sources) | {name: tell(row.source_of(name)) for name in known}
    return replace(row, sources=sources, methods=dict(row.methods) | dict.fromkeys(known, DERIVED))
