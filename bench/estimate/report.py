"""An estimate as tables that a person reads, and as one JSON document."""

import math
from typing import Any

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ...kernels.model import units
from ...kernels.model.quantity import Quantity
from ..errors import Spelling, named
from ..terminal import numbers as human
from . import strategy_report
from .intervals import Estimate, Spread, Step
from .scenario import Scenario

_PLAIN: dict[str, Any] = {"box": None, "pad_edge": False, "header_style": "bold"}
_DRIVERS = 3  # of a quantity's spread, in the table
_MIN_SHARE = 0.01


def document(found: Estimate, scenario: Scenario, steps: list[Step] | None, spell: Spelling = named) -> dict[str, Any]:
    """The estimate as plain numbers, texts and None; ``spell`` words what the user stated values with."""
    result: dict[str, Any] = {
        "quantities": {name: _entry(spread) for name, spread in found.spreads.items()},
        **({"strategy": strategy_report.entry(scenario)} if scenario.strategy else {}),
        "variance_shares": {name: dict(shares) for name, shares in found.shares.items()},
        "interval": [0.1, 0.9],
        "draws": found.draws,
        "monte_carlo_error": found.error,
        "unreachable": found.undefined,
        "drawn": {name: scenario.source_of(name).text(spell) for name in scenario.drawn},
    }
    if steps is not None:
        result["steps"] = [_step(step, spell) for step in steps]
    return result


def _step(step: Step, spell: Spelling) -> dict[str, Any]:
    value = step.value if math.isfinite(step.value) else None
    item = step.quantity
    source = step.source.text(spell)
    return {"quantity": item.name, "formula": step.formula or None, "value": value, "unit": item.unit, "source": source}


def _entry(spread: Spread) -> dict[str, Any]:
    entry: dict[str, Any] = {"unit": spread.quantity.unit, "median": spread.median, "low": spread.low, "high": spread.high}
    return entry | ({"missing": list(spread.missing)} if spread.missing else {})


def print_estimate(console: Console, found: Estimate, scenario: Scenario, spell: Spelling = named) -> None:
    """The quantities with their intervals and what drives them, then what was assumed; ``spell`` words what could be stated."""
    cells = {name: (name, *_cells(spread)) for name, spread in found.spreads.items()}
    table = Table(**_PLAIN)
    table.add_column("quantity", no_wrap=True)
    for heading in ("median", "P10 to P90"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("what drives the spread", style="dim")
    room = console.width - sum(2 + max(map(len, column)) for column in zip(*cells.values(), strict=True))
    for name, spread in found.spreads.items():
        missing = f"not published: {', '.join(spread.missing)}" if spread.median is None else ""
        table.add_row(*cells[name], missing or _drivers(found, name, room))
    console.print(table, highlight=False)
    console.print("What begins with programme_ counts failed and exploratory runs too.", highlight=False)
    if scenario.strategy is not None:
        for line in strategy_report.lines(scenario, spell):
            console.print(line, highlight=False, markup=False)
    if scenario.drawn:
        error = f"{100 * found.error:.2g}%"
        console.print(
            f"P10 to P90 of {found.draws:,} joint draws; Monte-Carlo standard error at most {error}.", highlight=False
        )
        if found.undefined:
            console.print(
                f"In {100 * found.undefined:.2g}% of the draws no number of chips meets the stated time.", highlight=False
            )
        console.print()
        _print_drawn(console, found, scenario, spell)


def _cells(spread: Spread) -> list[str]:
    if spread.median is None:
        return ["-", ""]
    return [human.show(spread.median, spread.quantity), _interval(spread)]


def _interval(spread: Spread) -> str:
    """``25.6 to 34.2 million USD``: the unit once where both ends have the same."""
    if spread.low is None or spread.high is None:
        return ""
    (low, _, unit), high = human.show(spread.low, spread.quantity).partition(" "), human.show(spread.high, spread.quantity)
    same = unit == high.partition(" ")[2]
    return f"{low if same or not unit else f'{low} {unit}'} to {high}"


def _drivers(found: Estimate, name: str, room: int) -> str:
    """The largest shares of a quantity's spread: one, and as many more as there is room for on a line."""
    shares = [(each, share) for each, share in found.shares.get(name, {}).items() if share >= _MIN_SHARE]
    result = ""
    for each, share in shares[:_DRIVERS]:
        longer = f"{result}{', ' if result else ''}{each} {100 * share:.0f}%"
        if result and len(longer) > room:
            break
        result = longer
    return result


def _print_drawn(console: Console, found: Estimate, scenario: Scenario, spell: Spelling) -> None:
    used = Table(**_PLAIN)
    used.add_column("drawn")
    used.add_column("median", justify="right")
    used.add_column("from", style="dim")
    for name, value in _medians(scenario).items():
        if not any(shares[name] > 0 for shares in found.shares.values()):
            continue  # nothing shown depends on it
        used.add_row(name, value, escape(scenario.source_of(name).text(spell)))
    console.print(used, highlight=False)


def _medians(scenario: Scenario) -> dict[str, str]:
    half = np.array([0.5])
    return {
        name: human.show(float(units.from_base(drawn.at(half)[0], scenario.model[name].unit)), scenario.model[name])
        for name, drawn in scenario.drawn.items()
    }


def print_steps(console: Console, steps: list[Step], spell: Spelling = named) -> None:
    """Every quantity in the order computed: its value, its formula with the values that went into it, its source."""
    values = {step.quantity.name: human.show(step.value, step.quantity) for step in steps}
    for step in steps:
        console.print(f"[bold]{step.quantity.name}[/bold] = {escape(values[step.quantity.name])}", highlight=False)
        if step.formula:
            console.print(f"    = {escape(step.formula)}", highlight=False, soft_wrap=True)
            console.print(f"    with {escape(_with(step.quantity, values))}", style="dim", highlight=False, soft_wrap=True)
        console.print(f"    {escape(step.source.text(spell))}", style="dim", highlight=False, soft_wrap=True)


def _with(quantity: Quantity, values: dict[str, str]) -> str:
    return ", ".join(f"{name} = {values[name]}" for name in quantity.parameters)
