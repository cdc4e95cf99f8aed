"""An estimate as tables that a person reads, and as one JSON document."""

import math
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ...kernels.model import units
from ...kernels.model.quantity import Quantity
from ..errors import Spelling, named
from ..facts.currencies import DOLLARS, Currency
from ..prior.drawn_inputs import PROGRAMME_TARGETS, shown_name
from ..terminal import numbers
from . import strategy_report
from .explain import Step
from .intervals import Estimate, Spread
from .memory_check import memory_note, state_memory
from .money_words import cost_terms, drawn_source, unanswered
from .representative_point import brought, electricity_words
from .said_inputs import inputs_entry, inputs_lines
from .scenario import Scenario, evaluate

_PLAIN: dict[str, Any] = {"box": None, "pad_edge": False, "header_style": "bold"}
_DRIVERS = 3  # of a quantity's spread, in the table
_MIN_SHARE = 0.01
_ERRORS = 2.0  # that a share must be above nothing: of one error, a share of nothing is printed now and then


def document(
    estimate: Estimate,
    scenario: Scenario,
    steps: list[Step] | None,
    spell: Spelling = named,
    currency: Currency = DOLLARS,
) -> dict[str, Any]:
    """Return an estimate as one JSON document: plain numbers, texts and None. Its ``inputs`` are those of `inputs_entry`.

    Parameters
    ----------
    steps
        How it was computed, or None to leave that out.
    spell
        Words the parameters that the user stated values with.
    currency
        What money is in, in the scenario's model too.
    """
    reasons = unanswered(estimate, scenario, spell)
    memory = state_memory(scenario.fixed)
    result: dict[str, Any] = {
        "inputs": inputs_entry(scenario),
        "quantities": {name: _entry(spread, reasons.get(name, "")) for name, spread in estimate.spreads.items()},
        "currency": {"code": currency.code, "dollars": currency.dollars, "date": currency.date, "source": currency.source},
        **({"strategy": strategy_report.entry(scenario)} if scenario.strategy else {}),
        "variance_shares": {name: dict(shares) for name, shares in estimate.shares.items()},
        "variance_share_errors": {name: dict(errors) for name, errors in estimate.share_errors.items()},
        "interval": [0.1, 0.9],
        "draws": estimate.draws,
        "least_chips": memory.least_chips if memory else None,
        "monte_carlo_error": estimate.error,
        "unreachable": estimate.endless,
        "place": {name: _place_entry(scenario, name, spell) for name in brought(scenario)},
        "drawn": {shown_name(name): drawn_source(scenario, name, spell) for name in scenario.drawn},
    }
    if steps is not None:
        result["steps"] = [_step(step, spell) for step in steps]
    return result


def _place_entry(scenario: Scenario, name: str, spell: Spelling) -> dict[str, Any]:
    item, held = scenario.model[name], scenario.fixed[name]
    value = float(units.from_base(held.value, item.unit))
    return {"value": value, "unit": item.unit, "source": held.source.text(spell), "date": held.source.date}


def _step(step: Step, spell: Spelling) -> dict[str, Any]:
    value = step.value if math.isfinite(step.value) else None
    item = step.quantity
    source = step.source.text(spell)
    return {"quantity": item.name, "formula": step.formula or None, "value": value, "unit": item.unit, "source": source}


def _entry(spread: Spread, reason: str) -> dict[str, Any]:
    ends = {"median": spread.median, "low": spread.low, "high": spread.high}
    finite = {name: end if end is None or math.isfinite(end) else None for name, end in ends.items()}  # JSON has no infinity
    entry: dict[str, Any] = {"unit": spread.quantity.unit, **finite}
    return entry | ({"missing": list(spread.missing), "reason": reason} if spread.missing else {})


def print_estimate(
    console: Console, estimate: Estimate, scenario: Scenario, spell: Spelling = named, currency: Currency = DOLLARS
) -> None:
    """Print what was read, the quantities with their intervals and what drives them, then what was assumed.

    Parameters
    ----------
    console
        Where to print; its width decides how many drivers are named.
    spell
        Words the parameters that could be stated.
    currency
        What money is in, in the scenario's model too.
    """
    for line in inputs_lines(scenario):
        console.print(line, highlight=False, markup=False)
    _print_spreads(console, estimate)
    for line in _said_of_money(estimate, scenario, spell, currency):
        console.print(line, highlight=False, markup=False)
    if any(name in estimate.spreads for name in PROGRAMME_TARGETS):
        console.print("What begins with programme_ counts experiments and failed runs too.", highlight=False)
    note = memory_note(scenario)
    if note:
        console.print("".join(part if isinstance(part, str) else spell(part) for part in note), highlight=False, markup=False)
    if scenario.strategy is not None:
        for line in strategy_report.lines(scenario, spell):
            console.print(line, highlight=False, markup=False)
    if scenario.drawn:
        error = f"{100 * estimate.error:.2g}%"
        console.print(
            f"P10 to P90 of {estimate.draws:,} joint draws; Monte-Carlo standard error at most {error}.", highlight=False
        )
        if estimate.endless:
            share = f"{100 * estimate.endless:.2g}%"
            console.print(
                f"In {share} of the draws no number of chips meets the stated time; they count as infinite.", highlight=False
            )
        console.print()
        _print_drawn(console, estimate, scenario, spell)


def _print_spreads(console: Console, estimate: Estimate) -> None:
    """Print the quantities, their intervals and what drives these, where each row has room for that on its line."""
    cells = {name: (name, *_cells(spread)) for name, spread in estimate.spreads.items() if spread.median is not None}
    table = Table(**_PLAIN)
    table.add_column("quantity", no_wrap=True)
    for heading in ("median", "P10 to P90"):
        table.add_column(heading, justify="right", no_wrap=True)
    room = console.width - sum(2 + max(map(len, column)) for column in zip(*cells.values(), strict=True))
    drivers = {name: _drivers(estimate, name, room) for name in cells}
    missing = max(map(len, drivers.values()), default=0) - room
    if missing <= 0:
        table.add_column("what drives the spread", style="dim")
    for name, row in cells.items():
        table.add_row(*row, *((drivers[name],) if missing <= 0 else ()))
    console.print(table, highlight=False)
    if missing > 0:
        console.print(f"{console.width + missing} columns have room for what drives the spread.", style="dim", highlight=False)


def _said_of_money(estimate: Estimate, scenario: Scenario, spell: Spelling, currency: Currency) -> list[str]:
    """Word what has no answer and why, a line for each reason, how the own cost was counted, the place, the currency."""
    names: dict[str, list[str]] = {}
    for name, reason in unanswered(estimate, scenario, spell).items():
        names.setdefault(reason, []).append(name)
    lines = [f"{', '.join(group)}: {reason}." for reason, group in names.items()]
    cost = estimate.spreads.get("cost")
    lines += [cost_terms(scenario)] if cost is not None and cost.median is not None else []
    place = electricity_words(scenario)
    return lines + ([place] if place else []) + ([currency.words()] if currency != DOLLARS else [])


def _cells(spread: Spread) -> list[str]:
    return [numbers.show(spread.median, spread.quantity) if spread.median is not None else "-", _interval(spread)]


def _interval(spread: Spread) -> str:
    """Word an interval as ``25.6 to 34.2 million USD``: the unit once where both ends have the same."""
    if spread.low is None or spread.high is None:
        return ""
    return numbers.join_range(*(numbers.show(end, spread.quantity) for end in (spread.low, spread.high)))


def _drivers(estimate: Estimate, name: str, room: int) -> str:
    """Name the largest shares of a quantity's spread above twice their errors: one, and as many more as fit into ``room``."""
    errors = estimate.share_errors.get(name, {})
    shares = [
        (input_name, share)
        for input_name, share in estimate.shares.get(name, {}).items()
        if share >= _MIN_SHARE and share > _ERRORS * errors[input_name]
    ]
    result = ""
    for input_name, share in shares[:_DRIVERS]:
        longer = f"{result}{', ' if result else ''}{input_name} {100 * share:.0f}%"
        if result and len(longer) > room:
            break
        result = longer
    return result


def _print_drawn(console: Console, estimate: Estimate, scenario: Scenario, spell: Spelling) -> None:
    used = Table(**_PLAIN)
    used.add_column("drawn")
    used.add_column("median", justify="right")
    used.add_column("from", style="dim", overflow="fold")  # nothing of a source is cut, however long an address in it is
    for name, value in _medians(scenario).items():
        if not any(name in scenario.drawn_behind(target) for target in estimate.spreads):
            continue  # nothing shown depends on it
        used.add_row(shown_name(name), value, escape(drawn_source(scenario, name, spell)))
    console.print(used, highlight=False)


def _medians(scenario: Scenario) -> dict[str, str]:
    """Show the median of every drawn input: of a price that is a range to two digits, as exactly as anybody knows it."""
    problem = scenario.medians()
    items = {name: scenario.model[shown_name(name)] for name in scenario.drawn}
    values = evaluate(problem, [item.name for item in items.values()])
    own = {name: float(units.from_base(values[item.name][0], item.unit)) for name, item in items.items()}
    rounded = {name: numbers.significant(value, 2) if name.endswith("_position") else value for name, value in own.items()}
    return {name: numbers.show(rounded[name], item) for name, item in items.items()}


def print_steps(console: Console, steps: list[Step], spell: Spelling = named) -> None:
    """Print every quantity in the order computed: its value, its formula with the values that went into it, its source.

    Parameters
    ----------
    console
        Where to print.
    steps
        The quantities, in the order that ``intervals.explain`` gives.
    spell
        Words the parameters that the user stated values with.
    """
    values = {step.quantity.name: numbers.show(step.value, step.quantity) for step in steps}
    for step in steps:
        console.print(f"[bold]{step.quantity.name}[/bold] = {escape(values[step.quantity.name])}", highlight=False)
        if step.formula:
            console.print(f"    = {escape(step.formula)}", highlight=False, soft_wrap=True)
            console.print(f"    with {escape(_with(step.quantity, values))}", style="dim", highlight=False, soft_wrap=True)
        console.print(f"    {escape(step.source.text(spell))}", style="dim", highlight=False, soft_wrap=True)


def _with(quantity: Quantity, values: dict[str, str]) -> str:
    return ", ".join(f"{name} = {values[name]}" for name in quantity.parameters)
