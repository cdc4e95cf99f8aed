"""Published mean power of servers while training: what a row's average power or its notes say, per chip."""

import math
import re

from ..estimate.intervals import spreads_alone
from ..estimate.scenario import Assumptions, complete, facts
from .case_labels import case_labels
from .cases import chip_hours_of, chip_of
from .energy_scopes import read_scope
from .results import Findings, LeftOut, Predicted
from .rows import CaseRow, UnpredictableError

QUANTITY = "server_power"
TDP_RULE = "the chip's TDP"  # a baseline
_SCOPE = "server_energy"  # the energy of rows whose power is that of servers
# "mean node W 7196", "mean node power: 7,196 W", "average server kW 7.2"
_NODE = re.compile(
    r"\b(?:mean|average|avg) (?:node|server)(?: power)?(?: \(?(k?)W\)?)?[:=]? *(\d[\d,]*(?:\.\d+)?)(?: *(k?)W\b)?",
    re.IGNORECASE,
)
_CHIPS_PER_NODE = 8  # HGX and OAM servers, where nothing in the row tells another count


def find_power(row: CaseRow, draws: int) -> Findings:
    """Predict the mean power of a server per chip; nothing where the row states none, or not of servers.

    Parameters
    ----------
    row
        A row with the columns of training runs.
    draws
        How many joint draws the interval is taken from.
    """
    published = _published(row)
    if math.isnan(published):
        return Findings()
    name = row.text("model") or row.where
    try:
        chip = chip_of(row)
    except UnpredictableError as error:
        return Findings([], [LeftOut(name, QUANTITY, str(error))])
    scenario = complete(facts(chip, "hardware"), [QUANTITY], Assumptions(chip.base_key, row.number("year")))
    spread = spreads_alone(scenario, [QUANTITY], draws)[QUANTITY]
    if spread.median is None:
        return Findings([], [LeftOut(name, QUANTITY, f"not published: {', '.join(spread.missing)}")])
    rules = {TDP_RULE: chip.values["tdp"]}
    labels = case_labels(chip, source=row.text("source"))
    return Findings([Predicted(name, QUANTITY, "W", published, spread.median, spread.low, spread.high, rules, "", labels)], [])


def _published(row: CaseRow) -> float:
    """Read the mean power (W) of a server per chip, NaN where the row does not state it."""
    try:
        if read_scope(row.text("energy_scope")).quantity != _SCOPE:
            return math.nan
    except UnpredictableError:
        return math.nan
    average = row.positive("avg_w_per_chip")
    match = _NODE.search(row.text("notes"))
    if match is None or not math.isnan(average):
        return average
    of_node = float(match[2].replace(",", "")) * (1e3 if match[1] or match[3] else 1.0)
    return of_node / _chips_per_node(row, of_node)


def _chips_per_node(row: CaseRow, of_node: float) -> float:
    """Tell how many chips a node of so many watts has, by the row's energy and chip-hours where it states both."""
    of_chip = row.positive("energy_mwh") * 1e6 / chip_hours_of(row)
    return _CHIPS_PER_NODE if math.isnan(of_chip) else max(round(of_node / of_chip), 1)
