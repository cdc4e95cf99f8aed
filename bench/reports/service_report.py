"""A service as one page of HTML that stands alone: sentences, numbers, how it is served, what moves it, what was put in."""

import math
from collections.abc import Mapping

from ...kernels.model import units
from ..errors import Spelling, named
from ..estimate.known_values import known_values
from ..estimate.money_words import drawn_source
from ..estimate.natural_units import cell_text, natural
from ..estimate.result_sentences import model_words, table_words, words
from ..estimate.scenario_movers import scenario_movers
from ..pages.page import render_page
from ..pictures.picture import Picture
from ..pictures.service_fronts import ServedFront, service_fronts
from ..pictures.tornado import tornado
from ..prior.drawn_inputs import shown_name
from ..runner.shown_column import UNKNOWN, ShownColumn
from ..serving.service_comparison import ServiceComparison
from ..serving.service_result import ServiceResult
from ..serving.service_said import read_lines, unseen_lines
from ..serving.service_sentences import DRIVEN
from ..serving.serving_front import front_of_service
from ..terminal import numbers
from .record_columns import number_column, words_column

SECTIONS = (
    ("short", "In short"),
    ("numbers", "Numbers"),
    ("strategy", "How it is served"),
    ("movers", "What moves it"),
    ("inputs", "What was put in"),
)
Services = Mapping[str, ServiceResult]


def service_report(services: Services | ServiceComparison, command: str = "", spell: Spelling = named) -> str:
    """Write what serving takes as one HTML document that loads nothing.

    Parameters
    ----------
    services
        By the chip's name, or a comparison of chips.
    command
        What makes it again; empty where that is not known.
    spell
        Words the parameters that could be stated.

    Returns
    -------
    str
        The document.

    Raises
    ------
    InputError
        Where what makes pages or pictures is not installed.
    """
    comparison = services if isinstance(services, ServiceComparison) else ServiceComparison(services)
    results: Services = comparison.results
    first = next(iter(results.values()))
    alone = len(results) == 1
    return render_page(
        "service.html.j2",
        title=f"Serving {model_words(first.scenario)} on {', '.join(results)}",
        sections=SECTIONS,
        headlines=list(first.sentences) if alone else [comparison.sentence, *(one.sentence for one in results.values())],
        read=[*(f"{chip.words(spell)}." for chip in comparison.left_out), *_read(results, spell)],
        numbers=_numbers(comparison),
        numbers_data=_numbers_data(results),
        strategy=_strategy(results),
        served=[] if alone else [f"{name}: {line}" for name, one in results.items() for line in one.strategy.sentences],
        front=service_fronts({name: _front(one) for name, one in results.items()}),
        pictures=_pictures(results),
        inputs=_inputs(results, spell),
        notes=[f"P10 to P90 of {first.estimate.draws:,} joint draws of what is not known."],
        command=command,
    )


def _read(results: Services, spell: Spelling) -> list[str]:
    lines = {
        name: [*read_lines(one.scenario, one.service, spell), *unseen_lines(one.scenario)] for name, one in results.items()
    }
    return list(dict.fromkeys(line for own in lines.values() for line in own))


def _numbers(comparison: ServiceComparison) -> tuple[ShownColumn, ...]:
    rows = comparison.rows(comparison.shown())
    columns = [words_column("", [table_words(name) for name in rows])]
    for place, chip in enumerate(comparison.results):
        columns.append(words_column(chip, [cell_text(row[place]) for row in rows.values()]))
    return tuple(columns)


def _numbers_data(results: Services) -> tuple[ShownColumn, ...]:
    """Return every quantity with its ends in its own unit, as programs read them."""
    rows = [(name, spread) for name, one in results.items() for spread in one.estimate.spreads.values()]
    ends = {
        "P10": [spread.median if spread.low is None else spread.low for _, spread in rows],
        "median": [spread.median for _, spread in rows],
        "P90": [spread.median if spread.high is None else spread.high for _, spread in rows],
    }
    return (
        words_column("chip", [name for name, _ in rows]),
        words_column("quantity", [spread.quantity.name for _, spread in rows]),
        *(number_column(heading, values) for heading, values in ends.items()),
        words_column("unit", [spread.quantity.unit for _, spread in rows]),
    )


def _strategy(results: Services) -> tuple[ShownColumn, ...]:
    """Put the strategies side by side: their parts, then the shares of a step."""
    parts = list(dict.fromkeys(name for one in results.values() for name in one.strategy.parts))
    bounds = list(dict.fromkeys(name for one in results.values() for name in one.strategy.bounds))
    model = next(iter(results.values())).scenario.model
    labels = [words(name) for name in parts] + [f"share of a step: {name}" for name in bounds]
    columns = [words_column("", labels)]
    for chip, one in results.items():
        values = one.strategy.parts
        cells = [numbers.show_base(values[name], model[name]) if name in values else UNKNOWN for name in parts]
        cells += [numbers.share(one.strategy.bounds.get(name, 0.0)) for name in bounds]
        columns.append(words_column(chip, cells))
    return tuple(columns)


def _front(result: ServiceResult) -> ServedFront:
    medians = (result.estimate.spreads[name].median for name in ("interactivity", "throughput_per_chip"))
    speed, throughput = (math.nan if median is None else median for median in medians)
    return ServedFront(front_of_service(result.service), speed, throughput)


def _pictures(results: Services) -> list[Picture]:
    """Draw what moves the energy and the cost of a query, of each chip."""
    pictures = []
    for chip, one in results.items():
        known = [name for name in DRIVEN if name in one.estimate.spreads and one.estimate.spreads[name].median is not None]
        for name, moving in scenario_movers(one.scenario, known).items():
            picture = tornado(moving, one.scenario.model, name, chip if len(results) > 1 else "")
            pictures += [picture] if picture is not None else []
    return pictures


def _inputs(results: Services, spell: Spelling) -> tuple[ShownColumn, ...]:
    """List every input that a quantity depends on: its value, or its median where it is drawn, and its source."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for chip, one in results.items():
        scenario = one.scenario
        needed = scenario.model.inputs(list(one.estimate.spreads), {**scenario.fixed, **scenario.drawn})
        medians = known_values(scenario.medians(), [shown_name(name) for name in scenario.drawn])
        for name in needed:
            if name in scenario.fixed:
                held = scenario.fixed[name]
                rows.setdefault((words(name), _value(one, name, held.value), held.source.text(spell)), []).append(chip)
            elif name in scenario.drawn:
                shown = shown_name(name)
                value = _value(one, shown, medians.get(shown, math.nan))
                text = f"drawn: {drawn_source(scenario, name, spell)}"
                rows.setdefault((words(shown), value, text), []).append(chip)
    whole = len(results)
    columns = [words_column("input", [row[0] for row in rows])]
    if whole > 1:
        columns.append(words_column("chip", ["all" if len(chips) == whole else ", ".join(chips) for chips in rows.values()]))
    columns += [words_column("value", [row[1] for row in rows]), words_column("source", [row[2] for row in rows])]
    return tuple(columns)


def _value(result: ServiceResult, name: str, base: float) -> str:
    item = result.scenario.model[name]
    return natural(float(units.from_base(base, item.unit)), item) if math.isfinite(base) else ""
