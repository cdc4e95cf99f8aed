"""An estimate as rows: its quantities with their intervals and what drives them, what was stated, what was assumed."""

import math
from collections.abc import Iterable
from typing import Any

from ..errors import Spelling, named
from ..estimate.best_step import STEP_QUANTITIES
from ..estimate.estimate_result import EstimateResult
from ..estimate.intervals import Spread
from ..estimate.money_words import drawn_source, unanswered
from ..prior.drawn_inputs import shown_name
from ..study.names import quantity_words
from ..terminal import numbers
from .basis_sheets import DRAWN_SHARES, Row, cell_format, in_reading_unit, together_in_reading_unit
from .reading_units import PERCENT_FORMAT, reading_unit
from .sheets import SheetNumber

QUANTITY_HEADINGS = ("quantity", "P10", "median", "P90", "unit", "what drives the spread", "why there is none", "key")
DRIVER_HEADINGS = ("quantity", "input", "share of the spread", "standard error", "key of the quantity", "key of the input")
INPUT_HEADINGS = ("input", "key", "value", "unit", "source", "date")
ASSUMPTION_HEADINGS = ("assumption", "key", "what it is", "P10", "median or value", "P90", "unit", "source", "date")
BEST = ": best strategy"  # behind an estimate's name, of what its best strategy could reach
MAX_DRIVERS = 3
MIN_SHARE = 0.01


def quantity_rows(result: EstimateResult, spell: Spelling = named) -> list[Row]:
    """List the quantities: P10, median and P90 in one unit that people read, drivers in words.

    Parameters
    ----------
    result
        The estimate.
    spell
        Words the parameters that a missing value can be stated with.
    """
    reasons = unanswered(result.estimate, result.scenario, spell)
    model = result.scenario.model
    rows: list[Row] = []
    for name, spread in _own_spreads(result).items():
        low, median, high = ends(spread)
        reading = reading_unit([median or math.nan], spread.quantity.unit, spread.quantity)
        own = [None if end is None else end / reading.size for end in (low, median, high)]
        shown = [None if end is None else SheetNumber(end, cell_format(end, reading, spread.quantity)) for end in own]
        drivers = ", ".join(f"{quantity_words(model, item)} {numbers.share(share)}" for item, share in drivers_of(result, name))
        rows.append((quantity_words(model, name), *shown, reading.name, drivers, reasons.get(name, ""), name))
    return rows


def _own_spreads(result: EstimateResult) -> dict[str, Spread]:
    """Return what is estimated of the run itself; the step is the best strategy's."""
    return {name: spread for name, spread in result.estimate.spreads.items() if name not in STEP_QUANTITIES}


REACH_HEADINGS = ("quantity", "P10", "median", "P90", "unit", "key")


def reach_rows(result: EstimateResult) -> list[Row]:
    """List what the best strategy could reach, and its step: P10, median and P90 in one unit that people read.

    Parameters
    ----------
    result
        The estimate; without a best strategy there are none.
    """
    rows: list[Row] = []
    for name, spread in {**result.outlook.reach, **result.outlook.step}.items():
        low, median, high = ends(spread)
        reading = reading_unit([median or math.nan], spread.quantity.unit, spread.quantity)
        own = [None if end is None else end / reading.size for end in (low, median, high)]
        shown = [None if end is None else SheetNumber(end, cell_format(end, reading, spread.quantity)) for end in own]
        rows.append((quantity_words(result.scenario.model, name), *shown, reading.name, name))
    return rows


def ends(spread: Spread) -> tuple[float | None, float | None, float | None]:
    """Return P10, median and P90: three times the median where nothing is drawn, None where there is no answer."""
    low, high = (spread.median if end is None else end for end in (spread.low, spread.high))
    return low, spread.median, high


def drivers_of(result: EstimateResult, name: str) -> list[tuple[str, float]]:
    """List the inputs that explain most of a quantity's spread, the largest share first.

    Parameters
    ----------
    result
        The estimate.
    name
        The quantity's.
    """
    shares, errors = result.estimate.shares.get(name, {}), result.estimate.share_errors.get(name, {})
    clear = [(item, share) for item, share in shares.items() if share >= MIN_SHARE and share > 2 * errors.get(item, 0.0)]
    return clear[:MAX_DRIVERS]


def driver_rows(result: EstimateResult) -> list[Row]:
    """List every share of every quantity's spread, with its standard error."""
    model = result.scenario.model
    return [
        (quantity_words(model, name), quantity_words(model, item), *shown, name, item)
        for name, shares in result.estimate.shares.items()
        for item, share in shares.items()
        if share >= MIN_SHARE
        for shown in [[SheetNumber(one, PERCENT_FORMAT) for one in (share, result.estimate.share_errors[name][item])]]
    ]


def input_rows(result: EstimateResult, spell: Spelling = named) -> list[Row]:
    """List what was stated, and what facts and files say.

    Parameters
    ----------
    result
        The estimate.
    spell
        Words the parameters that values were stated with.
    """
    return [row for is_default, row in _fixed_rows(result, spell) if not is_default]


def assumption_rows(result: EstimateResult, spell: Spelling = named) -> list[Row]:
    """List what was assumed: what was drawn, with P10, median and P90, and defaults.

    Parameters
    ----------
    result
        The estimate.
    spell
        Words the parameters that values were stated with.
    """
    scenario = result.scenario
    behind = set().union(*(scenario.drawn_behind(name) for name in result.estimate.spreads))
    drawn = [name for name in scenario.drawn if name in behind]
    rows: list[Row] = []
    for name in drawn:
        quantity = scenario.model[shown_name(name)]
        cells, unit = together_in_reading_unit([result.quantile(quantity.name, share) for share in DRAWN_SHARES], quantity)
        words = quantity_words(scenario.model, quantity.name)
        rows.append((words, quantity.name, "drawn", *cells, unit, drawn_source(scenario, name, spell), ""))
    fixed = [row for is_default, row in _fixed_rows(result, spell) if is_default]
    return rows + [
        (words, key, "fixed", None, value, None, unit, source, date) for words, key, value, unit, source, date in fixed
    ]


def _fixed_rows(result: EstimateResult, spell: Spelling) -> Iterable[tuple[bool, Row]]:
    """Hand out the fixed values that the quantities depend on; whether nobody stated them, and their rows."""
    scenario, best = result.scenario, result.outlook.best
    needs = scenario.model.inputs(list(result.estimate.spreads), {**scenario.fixed, **scenario.drawn})
    of_step = best.scenario.fixed if best is not None and result.outlook.shows_strategy else {}
    for name, held in {**of_step, **scenario.fixed}.items():
        if name not in needs and name not in result.estimate.spreads:
            continue
        value, unit = in_reading_unit(held.value, scenario.model[name]) if math.isfinite(held.value) else (None, "")
        row = (quantity_words(scenario.model, name), name, value, unit, held.source.text(spell), held.source.date)
        yield held.source.is_default, row


def flat_rows(name: str, result: EstimateResult, spell: Spelling = named) -> list[dict[str, Any]]:
    """List the quantities with numbers in their own units, as programs read them, then what the best strategy could reach.

    Parameters
    ----------
    name
        What tells the estimate from others.
    result
        The estimate.
    spell
        Words the parameters that a missing value can be stated with.
    """
    reasons = unanswered(result.estimate, result.scenario, spell)
    rows = []
    for key, spread in _own_spreads(result).items():
        drivers = ", ".join(f"{item} {100 * share:.0f}%" for item, share in drivers_of(result, key))
        rows.append(_flat_row(name, key, spread, result) | {"drivers": drivers, "missing": reasons.get(key, "")})
    for key, spread in {**result.outlook.reach, **result.outlook.step}.items():
        rows.append(_flat_row(f"{name}{BEST}", key, spread, result) | {"drivers": "", "missing": ""})
    return rows


def _flat_row(name: str, key: str, spread: Spread, result: EstimateResult) -> dict[str, Any]:
    low, median, high = (None if end is None or math.isnan(end) else end for end in ends(spread))
    words, unit = quantity_words(result.scenario.model, key), spread.quantity.unit
    return {"estimate": name, "quantity": key, "words": words, "unit": unit, "P10": low, "P50": median, "P90": high}
