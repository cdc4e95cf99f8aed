"""An estimate as a person reads it: sentences, the rows that most people ask for, and what it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ...kernels.model import units
from ...kernels.model.grid import Axis, Grid
from ...kernels.model.quantity import Quantity
from ...kernels.text import visible
from ..errors import Parameter, Part, Spelling, joined, named
from ..facts.currencies import DOLLARS
from ..prior.drawn_inputs import PROGRAMME_TARGETS, shown_name
from ..terminal import numbers
from ..terminal.tables import wrap_text
from . import strategy_report
from .estimate_result import EstimateResult
from .explain import Step
from .intervals import HIGH, LOW, MEDIAN, Estimate, Spread
from .memory_check import memory_note
from .money_words import cost_terms, drawn_source, unanswered
from .natural_units import in_table, spread_interval, spread_words
from .outlook_sentences import outlook_sentences
from .places import electricity_words
from .result_sentences import (
    main_shares,
    movers,
    natural_of,
    result_sentence,
    table_words,
    unseen_sentences,
    words,
)
from .said_inputs import inputs_lines
from .scenario import Scenario, evaluate
from .shown_quantities import shown_quantities

PLAIN: dict[str, Any] = {"box": None, "pad_edge": False, "header_style": "bold"}
_DRIVERS = 3  # of a quantity's spread
_MIN_FURTHER = 0.05  # of a spread, below which what drives it behind the first is not named
MOVERS = 5  # inputs that are named
_OF_STRATEGY = 2  # lines on a strategy that are always said: it, and its batch
_MIN_MOVED = 0.1  # of the spread of one of the headlines, below which an input is not among them
_MAX_ERROR = 0.02  # of an end of an interval, from which it is told in any case
HEADLINES = ("run_time", "chip_count", "energy", "cost", "rental_cost", "carbon")  # what these inputs move


@dataclass(frozen=True)
class Extent:
    """How much of an estimate is printed.

    Attributes
    ----------
    full
        Whether all quantities are printed and what drives each, in place of those that most people ask for.
    assumptions
        Whether all that was drawn is printed with its sources, in place of the five inputs that move the result most.
    """

    full: bool = False
    assumptions: bool = False


def print_estimate(
    console: Console,
    result: EstimateResult,
    spell: Spelling = named,
    extent: Extent = Extent(),
) -> None:
    """Print what was read, the result in sentences, the quantities with their intervals, then what was assumed.

    Parameters
    ----------
    console
        Where to print.
    result
        What was estimated, and of which run.
    spell
        Words the parameters that could be stated.
    extent
        How much of it is printed.
    """
    estimate, scenario = result.estimate, result.scenario
    print_lines(console, inputs_lines(scenario))
    print_lines(console, [result_sentence(estimate, scenario)], style="bold")
    beside = [line for parts in outlook_sentences(estimate, scenario, result.outlook) for line in worded(parts, spell)]
    print_lines(console, [*beside, *unseen_sentences([scenario])])
    print_spreads(console, result, extent)
    print_lines(console, said_of_run(result, spell, extent))
    if scenario.drawn:
        print_drawn(console, estimate, scenario, spell, extent)


def print_lines(console: Console, lines: Sequence[str], style: str | None = None) -> None:
    """Print sentences as they stand, each from a line's beginning.

    Parameters
    ----------
    console
        Where to print.
    lines
        The sentences.
    style
        Rich's, such as ``bold``.
    """
    for line in lines:
        console.print(line, highlight=False, markup=False, style=style)


def worded(parts: Sequence[Part], spell: Spelling) -> list[str]:
    """Write a sentence of text and parameters; no line where there is none."""
    return [joined(parts, spell)] if parts else []


def print_spreads(console: Console, result: EstimateResult, extent: Extent) -> None:
    """Print the quantities and their intervals; of all, what the best strategy could reach and the drivers too.

    Parameters
    ----------
    console
        Where to print.
    result
        What was estimated.
    extent
        How much of it is printed.
    """
    names = shown_quantities(result.estimate, result.scenario, extent.full)
    _print_table(console, "", {name: result.estimate.spreads[name] for name in names})
    if extent.full and result.outlook.reach:
        _print_table(console, "best strategy could reach", result.outlook.reach)
    if extent.full:
        _print_drivers(console, result.estimate, names)


def _print_table(console: Console, heading: str, spreads: Mapping[str, Spread]) -> None:
    """Print quantities with their medians and intervals."""
    table = Table(**PLAIN)
    table.add_column(heading, overflow="fold")  # wrapped where the screen is narrow; numbers are not
    for name in ("median", "P10 to P90"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, spread in spreads.items():
        table.add_row(table_words(name), *map(in_table, (natural_of(spread), spread_interval(spread))))
    console.print()
    console.print(table, highlight=False)


def _print_drivers(console: Console, estimate: Estimate, names: Sequence[str]) -> None:
    """Print what drives the spread of each quantity, a line for all those that the same drives alike."""
    driven: dict[str, list[str]] = {}
    for name in names:
        if drivers := _drivers(estimate, name):
            driven.setdefault(drivers, []).append(words(name))
    if driven:
        console.print("\nWhat drives the spread, by shares of it:", highlight=False)
    for drivers, driving in driven.items():
        print_lines(console, _hanging(f"{', '.join(driving)}: {drivers}", console))


def said_of_run(result: EstimateResult, spell: Spelling, extent: Extent) -> list[str]:
    """Word what is to be known of a run's numbers: its money, its memory, its strategy, its draws.

    Parameters
    ----------
    result
        What was estimated.
    spell
        Words the parameters that could be stated.
    extent
        How much is printed: how many strategies were searched, and how exact the draws are, where more is asked for.
    """
    more, outlook = extent.full or extent.assumptions, result.outlook
    shown = outlook.best is not None and outlook.shows_strategy
    strategy = strategy_report.lines(outlook.best, outlook.step, spell) if outlook.best is not None and shown else []
    memory = worded(memory_note(result.scenario), spell) if outlook.best is None else []
    return [
        *said_of_money(result, spell),
        *memory,
        *strategy[: None if more else _OF_STRATEGY],
        *said_of_draws(result, full=more),
    ]


def said_of_money(result: EstimateResult, spell: Spelling) -> list[str]:
    """Word what has no answer and why, a line for each reason, how the own cost was counted, the place, the currency."""
    estimate, scenario = result.estimate, result.scenario
    names: dict[str, list[str]] = {}
    for name, reason in unanswered(estimate, scenario, spell).items():
        names.setdefault(reason, []).append(words(name))
    lines = [f"{', '.join(group)}: {reason}." for reason, group in names.items()]
    cost = estimate.spreads.get("cost")
    lines += [cost_terms(scenario)] if cost is not None and cost.median is not None else []
    place = electricity_words(scenario)
    lines += [place] if place else []
    lines += [result.currency.words()] if result.currency != DOLLARS else []
    if any(name in estimate.spreads for name in PROGRAMME_TARGETS):
        lines.append("What is of the programme counts experiments and failed runs too.")
    return lines


def said_of_draws(result: EstimateResult, *, full: bool) -> list[str]:
    """Word how many draws the intervals are of and how exact these are, and in how many no number of chips will do.

    Parameters
    ----------
    result
        What was estimated.
    full
        Whether the first is said in any case, and not only where they are not that exact.
    """
    estimate, lines = result.estimate, []
    if result.scenario.drawn and (full or estimate.error > _MAX_ERROR):
        error = f"{100 * estimate.error:.2g}%"
        lines.append(f"P10 to P90 of {estimate.draws:,} joint draws; Monte-Carlo standard error at most {error}.")
    if estimate.endless:
        share = f"{100 * estimate.endless:.2g}%"
        lines.append(f"In {share} of the draws no number of chips meets the stated time; they count as infinite.")
    return lines


def _drivers(estimate: Estimate, name: str) -> str:
    """Name the largest shares of a quantity's spread above twice their errors: ``MFU 79%, life of the chips 12%``."""
    shares = main_shares(estimate, name)[:_DRIVERS]
    kept = [*shares[:1], *(pair for pair in shares[1:] if pair[1] >= _MIN_FURTHER)]
    return ", ".join(f"{words(input_name)} {100 * share:.0f}%" for input_name, share in kept)


def print_drawn(
    console: Console,
    estimate: Estimate,
    scenario: Scenario,
    spell: Spelling,
    extent: Extent,
    headlines: Sequence[str] = HEADLINES,
) -> None:
    """Print what was drawn, its range and what it moves: the inputs that move the result most, or all with sources whole.

    Parameters
    ----------
    console
        Where to print.
    estimate, scenario
        What was estimated, and of which run.
    spell
        Words the parameters that could be stated.
    extent
        How much of it is printed.
    headlines
        The quantities of which it is said what moves them.
    """
    order = movers(estimate, scenario, headlines)
    tells = any(share > 0 for _, share in order)  # few draws tell nothing of what moves it
    most = [name for name, share in order if share >= _MIN_MOVED or not tells][:MOVERS]
    shown = [name for name, _ in order] if extent.assumptions else most
    if not shown:
        return
    all_shown = "What is drawn, what moves the result most first" if tells else "What is drawn"
    heading = all_shown if len(shown) == len(order) or not tells else "What moves the result most, by shares of the spread"
    rest = len(order) - len(shown)
    more = f"; {spell(Parameter('assumptions'))} prints {f'{rest} more and ' if rest else ''}all sources"
    console.print()
    console.print(f"{heading}{'' if extent.assumptions else more}:", highlight=False, markup=False)
    for name in shown:
        text = f"{_drawn_words(scenario, name)}{_moved_words(estimate, name, headlines)}"
        text += f"; {drawn_source(scenario, name, spell)}" if extent.assumptions else ""
        print_lines(console, _hanging(text, console))


def _hanging(text: str, console: Console) -> list[str]:
    """Break a text into lines below a bullet; a word that is longer than a line, such as an address, stays whole."""
    first, *rest = wrap_text(visible(text), console.width - 2)
    return [f"- {first}", *(f"  {line}" for line in rest)]


def _drawn_words(scenario: Scenario, name: str) -> str:
    """Write a drawn input with its median and P10 to P90; a price that is a range to two digits, as exactly as it is known."""
    item = scenario.model[shown_name(name)]
    ends = _ends(scenario, name)
    low, middle, high = [numbers.significant(end, 2) for end in ends] if name.endswith("_position") else ends
    return f"{words(item.name)} {spread_words(Spread(item, middle, low, high))}"


def _ends(scenario: Scenario, name: str) -> list[float]:
    """Compute P10, median and P90 of what is shown of a drawn input, in its own unit, all else at its median."""
    item, problem = scenario.model[shown_name(name)], scenario.medians()
    values = []
    for share in (LOW, MEDIAN, HIGH):
        (axis,) = problem.grid.axes
        columns = {**axis.columns, name: scenario.drawn[name].at(np.array([share]))}
        value = evaluate(replace(problem, grid=Grid((Axis(axis.name, columns),))), [item.name])[item.name]
        values.append(float(units.from_base(value[0], item.unit)))
    return values


def _moved_words(estimate: Estimate, name: str, headlines: Sequence[str]) -> str:
    """Write the shares that an input explains of the spreads of the headlines: ``: time 96%, own cost 79%``."""
    moved = [(target, dict(main_shares(estimate, target)).get(shown_name(name), 0.0)) for target in headlines]
    largest = [(target, share) for target, share in moved if share >= _MIN_FURTHER]
    return f": {', '.join(f'{words(target)} {100 * share:.0f}%' for target, share in largest)}" if largest else ""


def print_steps(console: Console, steps: list[Step], spell: Spelling = named) -> None:
    """Print every quantity in the order computed: its value, its formula with the values that went into it, its source.

    Parameters
    ----------
    console
        Where to print.
    steps
        The quantities, in the order that `explain.explain` gives.
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
