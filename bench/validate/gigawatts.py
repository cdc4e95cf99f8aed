"""Chips that were said to stand in so many gigawatts, beside those that the power of a chip allows, by both bases."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from ... import configs
from ...kernels.model import units
from ..errors import InputError
from .fleets import Part, power_per_chip
from .rows import CaseRow, read

PUBLISHED = "gigawatts"
LOW, MEDIAN, HIGH = 0.05, 0.5, 0.95
ASKED = "10 GW"  # what every count is scaled to
BASES = {"facility": "peak_facility_power_per_chip", "IT": "peak_it_power_per_chip"}
COUNTED = ("packages", "dies")


class Place(Enum):
    """Where a published count lies, as a table says it."""

    INSIDE = "inside"
    OVERLAPS = "overlaps"
    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True)
class Count:
    """Chips in 10 GW as the power of a chip has them: P5, median and P95 over what nobody knows of a site's power."""

    low: float
    median: float
    high: float

    def place(self, least: float, most: float) -> Place:
        """Tell where a published count, of a least and a most, lies to P5 and P95."""
        if self.low <= least and most <= self.high:
            return Place.INSIDE
        if most < self.low:
            return Place.BELOW
        return Place.ABOVE if least > self.high else Place.OVERLAPS


@dataclass(frozen=True)
class Claim:
    """A published count, and what is computed for the same chip.

    Parameters
    ----------
    who, date, source
        Who said it, when, and where it stands.
    chip
        The chip's row of the hardware table.
    counted
        ``packages`` or ``dies``.
    least, most
        The count, scaled to 10 GW; the same where one figure was said.
    counts
        What is computed, by the basis of the gigawatts: ``facility`` or ``IT``.
    """

    who: str
    date: str
    source: str
    chip: configs.FactRow
    counted: str
    least: float
    most: float
    counts: dict[str, Count]

    def places(self) -> dict[str, Place]:
        """Tell where the published count lies, by basis."""
        return {basis: count.place(self.least, self.most) for basis, count in self.counts.items()}


def claims(draws: int) -> list[Claim]:
    """Read the published counts that come with flopwatt, and compute each chip's from so many joint draws of its power.

    Raises InputError where a row is wrong.
    """
    return [_claim(row, draws) for row in read(configs.FOLDER / "published" / f"{PUBLISHED}.toml").rows]


def _claim(row: CaseRow, draws: int) -> Claim:
    counted = row.text("counted")
    if counted not in COUNTED:
        raise InputError(f"counted must be {' or '.join(COUNTED)}, not {counted!r}", where=row.where)
    try:
        chip = configs.load("hardware").find(row.text("chip"))
    except configs.FactError as error:
        raise InputError(str(error), where=row.where) from None
    asked = units.parse(ASKED, "W")
    scale = asked / units.to_base(row.positive("power_mw"), "MW")
    times = chip.values["dies_per_chip"] if counted == "dies" else 1.0
    counts = {basis: _count(chip.key, quantity, times * asked, draws) for basis, quantity in BASES.items()}
    least, most = row.positive("least") * scale, row.positive("most") * scale
    return Claim(row.text("who"), row.text("date"), row.text("source"), chip, counted, least, most, counts)


@functools.cache
def _count(chip: str, quantity: str, watts: float, draws: int) -> Count:
    power = power_per_chip((Part(configs.load("hardware").rows[chip], 1.0),), quantity, draws, by_die=False)
    low, median, high = (float(watts / value) for value in np.quantile(power, (HIGH, MEDIAN, LOW)))
    return Count(low, median, high)


def sentences(said: Sequence[Claim]) -> list[str]:
    """Say which published counts lie inside P5 to P95 on each basis, which ranges overlap it, and which fit on none."""
    lines = []
    for basis, peak in (("facility", "the facility's peak"), ("IT", "the peak of IT alone")):
        inside = [name(claim) for claim in said if claim.places()[basis] is Place.INSIDE]
        overlapping = [name(claim) for claim in said if claim.places()[basis] is Place.OVERLAPS]
        if inside:
            lines.append(f"If {ASKED} are {peak}, these lie inside: {'; '.join(inside)}.")
        if overlapping:
            lines.append(f"If {ASKED} are {peak}, these ranges overlap: {'; '.join(overlapping)}.")
    outside = [name(claim) for claim in said if not {Place.INSIDE, Place.OVERLAPS} & set(claim.places().values())]
    return [*lines, f"Outside on both readings: {'; '.join(outside)}."] if outside else lines


def name(claim: Claim) -> str:
    """Name a claim in a sentence: who said how many of which chip."""
    dies = " dies" if claim.counted == "dies" else ""
    return f"{claim.who}, {span(claim.least, claim.most)} {claim.chip.name}{dies}"


def span(least: float, most: float) -> str:
    """Write a count in millions, two of them as a range."""
    ends = [f"{value / 1e6:.2f}" for value in dict.fromkeys((least, most))]
    return " to ".join(ends)


def document(said: Sequence[Claim]) -> dict[str, Any]:
    """Return claims as one JSON document."""
    return {
        "site_power": ASKED,
        "claims": [
            {
                "who": claim.who,
                "date": claim.date,
                "source": claim.source,
                "chip": claim.chip.key,
                "counted": claim.counted,
                "least": claim.least,
                "most": claim.most,
                "computed": {basis: vars(count) for basis, count in claim.counts.items()},
                "places": {basis: place.value for basis, place in claim.places().items()},
            }
            for claim in said
        ],
    }
