"""Published fleets: the power of so many chips, and the chips that so much power runs, on the basis that was published."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ... import configs
from ...kernels.model import units
from ...kernels.model.number_text import NumberError, read_number
from ..estimate.intervals import DRAWS, HIGH, LOW, MEDIAN
from ..estimate.scenario import Assumptions, complete, evaluate, facts
from ..facts.chips import match_chip
from ..prior import store
from ..prior.features import Floats
from ..stats.distributions import inverse
from . import baselines
from .case_labels import case_labels
from .results import Findings, LeftOut, Predicted
from .rows import CaseRow, UnpredictableError

# What a basis in words means: the quantity per chip, by the first pattern that fits.
BASES = (
    (r"chip tdp|tdp of|sum of chip|gpu tdp", "tdp"),
    (r"rack|server|node|\bpod\b", "peak_server_power"),
    (r"\bit\b.*\b(average|mean)\b|\b(average|mean)\b.*\bit\b|\bhpl\b|top500", "it_power_per_chip"),
    (r"\b(average|mean)\b", "facility_power_per_chip"),
    (r"\bit\b|critical", "peak_it_power_per_chip"),
    (r"facility|announced|data ?cent|campus|site|utility|grid|capacity|total|\bgw\b|\bmw\b", "peak_facility_power_per_chip"),
)
_BETWEEN = re.compile(r"\s*\+\s+|\s+\+\s*|/|\s*[,;]\s+|\s*&\s*|\band\b")  # the chips of a mixed fleet
_COUNT = re.compile(r"^\s*([\d.,]*\d)\s*([kKmM]?)\s+(?=\D)")
_LEAST = re.compile(r"more than|\bover\b|at least|lower bound|exceed", re.IGNORECASE)
_SCALE = {"": 1.0, "k": 1e3, "m": 1e6}


@dataclass(frozen=True)
class Part:
    """A chip of a fleet, and the share (0 to 1) of the fleet's chips that are of its kind."""

    chip: configs.FactRow
    share: float


def parts(chip_type: str) -> list[Part]:
    """Read the chips of a fleet from text such as "H100", "150k H100 + 50k H200" or "GB200/GB300" (equal parts).

    Raises
    ------
    UnpredictableError
        Where the text names no chips of the hardware table, or counts only some of them.
    """
    if not chip_type:
        raise UnpredictableError("no type of chip is published")
    whole = match_chip(chip_type).row
    if whole is not None:
        return [Part(whole, 1.0)]
    texts = _BETWEEN.split(chip_type)
    counts = [_COUNT.match(text) for text in texts]
    if any(counts) and not all(counts):
        raise UnpredictableError(f"{chip_type!r} says of some chips only how many they are")
    try:
        weights = [read_number(count[1]) * _SCALE[count[2].lower()] if count else 1.0 for count in counts]
    except NumberError as error:
        raise UnpredictableError(f"{chip_type!r}: {error}") from None
    chips = [_chip(text, chip_type) for text in texts]
    return [Part(chip, weight / sum(weights)) for chip, weight in zip(chips, weights, strict=True)]


def _chip(text: str, chip_type: str) -> configs.FactRow:
    chip = match_chip(text).row
    if chip is None:
        raise UnpredictableError(f"{chip_type!r} is not made of chips of the hardware table")
    return chip


def basis(text: str) -> str:
    """Name the quantity per chip that a power basis in words means. Raises UnpredictableError where it means none."""
    for pattern, quantity in BASES:
        if re.search(pattern, text.lower()):
            return quantity
    raise UnpredictableError(
        f"power_basis {text!r} does not say what the megawatts are" if text else "no power basis is published"
    )


def power_per_chip(fleet: Sequence[Part], quantity: str, draws: int, by_die: bool = True) -> Floats:
    """Draw the power per counted chip (W), every chip's on the same points: they err together.

    Parameters
    ----------
    fleet
        The chips.
    quantity
        The power of one chip that is meant, such as ``peak_facility_power_per_chip``.
    draws
        The number of joint draws.
    by_die
        Whether a chip whose maker counts its dies is counted by them; else chips are packages.

    Raises
    ------
    UnpredictableError
        Where the power of a chip is not published.
    """
    total = np.zeros(draws)
    for part in fleet:
        scenario = complete(facts(part.chip, "hardware"), [quantity], Assumptions(part.chip.base_key))
        dies = part.chip.values["dies_per_chip"] if by_die and store.stated().by_die(part.chip.base_key) else 1.0
        total += part.share * evaluate(scenario.problem(draws), [quantity])[quantity] / dies
    if np.isnan(total).any():
        raise UnpredictableError(f"the power of {' and '.join(part.chip.name for part in fleet)} is not published")
    return total


def tdp_per_chip(fleet: Sequence[Part], quantity: str) -> float:
    """Compute the baseline of a counted chip (W): TDP, times PUE where the basis is the facility."""
    pue = baselines.default("pue") if quantity == "peak_facility_power_per_chip" else 1.0
    return pue * sum(part.share * part.chip.values["tdp"] for part in fleet)


class Fleets:
    """Rows with the columns of configs/published/fleets.toml."""

    name = "fleets"
    needs = frozenset({"project", "chips", "chip_type", "power_mw", "power_basis"})

    def predict(self, rows: Sequence[CaseRow], draws: int = DRAWS) -> Findings:
        """Predict the power of each fleet from its chips, and its chips from the power."""
        findings = Findings()
        for row in rows:
            name = row.text("project") or row.where
            try:
                own = Findings(_power_and_chips(row, name, draws))
            except UnpredictableError as error:
                own = Findings([], [LeftOut(name, "facility_power", str(error))])
            findings.add(own.read_from(row.where))
        order = {"facility_power": 0, "chip_count": 1}
        findings.predicted.sort(key=lambda case: order[case.quantity])
        return findings


def _power_and_chips(row: CaseRow, name: str, draws: int) -> list[Predicted]:
    chips, megawatts = row.positive("chips"), row.positive("power_mw")
    if math.isnan(chips):
        raise UnpredictableError("no number of chips is published")
    if math.isnan(megawatts):
        raise UnpredictableError("no power is published")
    fleet, quantity = parts(row.text("chip_type")), basis(row.text("power_basis"))
    drawn, rule = power_per_chip(fleet, quantity, draws) * _site_factors(draws), tdp_per_chip(fleet, quantity)
    note = f"basis: {quantity.removesuffix('_per_chip').replace('_', ' ')}"
    if any(store.stated().by_die(part.chip.base_key) for part in fleet):
        note += "; chips counted by the die"
    if _LEAST.search(row.text("power_basis")):
        note += "; the power is published as a lower bound"
    watts, megawatt = units.to_base(megawatts, "MW"), units.factor("MW")
    low, median, high = (float(value) * chips / megawatt for value in np.quantile(drawn, (LOW, MEDIAN, HIGH)))
    fewest, middle, most = (watts / float(value) for value in np.quantile(drawn, (HIGH, MEDIAN, LOW)))
    by_rule = {baselines.FLEET_TDP: rule * chips / megawatt}, {baselines.FLEET_TDP: watts / rule}
    labels = case_labels(tuple(part.chip for part in fleet), source=row.text("source"))
    return [
        Predicted(name, "facility_power", "MW", megawatts, median, low, high, by_rule[0], note, labels),
        Predicted(name, "chip_count", "chip", chips, middle, fewest, most, by_rule[1], note, labels),
    ]


def _site_factors(draws: int) -> Floats:
    """Draw how far published chips and power may be from each other, whatever the power of a chip: factors around 1."""
    u = (np.random.default_rng(0).permutation(draws) + 0.5) / draws  # each share once, in an order of its own
    return inverse("lognormal", (1.0, store.stated().published_site), u)


FLEETS = Fleets()
