"""A first study as the text of its file: a site's, or one run's, with comments that a planner understands."""

import shlex
from dataclasses import dataclass

from ... import configs
from ...kernels.text import visible
from ..terminal import numbers
from .best_strategies import best_lines, difference_lines, searched_chips
from .headlines import headline_lines, run_headlines, site_headlines
from .place_basis import carbon_words, place_lines
from .plan import FirstPlan
from .study_parts import (
    FINAL_RUN_SHARE,
    chip_axis,
    draws_axis,
    listed,
    noted,
    place_axis,
    quoted,
    training_lines,
)


@dataclass(frozen=True)
class FirstQuestion:
    """One question of a study: P10, median and P90 of a quantity, by chip.

    Attributes
    ----------
    name, comment
        What it is called, and what a planner should know of it.
    quantity
        What is asked for.
    further
        Axes that it keeps beside the chips.
    """

    name: str
    comment: str
    quantity: str
    further: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Write it as TOML."""
        return [
            _headed(self.comment),
            f"name = {quoted(self.name)}",
            f"quantiles = {quoted(self.quantity)}",
            "at = [0.1, 0.5, 0.9]",
            f"by = {listed(['chip', *self.further])}",
        ]


def _headed(comment: str) -> str:
    return noted("[[questions]]", comment)


_HOLDS = FirstQuestion("chips", "packages as they are sold: what the site holds", "site_chips")
_RACKS = FirstQuestion("racks", "that hold those chips", "site_racks")
_DRAWS = FirstQuestion("peak power", "what it must be connected to", "site_peak_power")
_FIRST = {"power": [_HOLDS], "budget": [_HOLDS, _DRAWS], "chip_count": [_DRAWS]}  # by what says the size
_AVERAGE = FirstQuestion("average power", "with every chip at a training run's average", "site_average_power")
_USES = FirstQuestion("energy in a year", "of that average power", "site_energy")
_BUILDS = FirstQuestion(
    "capital by parts", "added up from the prices of chips, servers, network, building", "site_parts_capital"
)
_OWNS = FirstQuestion("cost in a year", "capital by parts charged, maintenance, electricity", "site_cost_per_year")


def study_text(plan: FirstPlan, name: str) -> str:
    """Write a study that answers what a planner wants to know.

    Parameters
    ----------
    plan
        What it is of.
    name
        Of the file without its ending, for the comments.
    """
    parts = _run_parts(plan) if plan.size is None else _site_parts(plan)
    head = [
        f"# Run it with: flopwatt run {' '.join(visible(shlex.quote(f'{name}.toml')).split())}",
        "# Try another value without a change here: --set 'pue=1.2' --set 'axes.assumptions.draws=64'",
        "# All quantities that may be given or asked for: flopwatt show quantities",
    ]
    return "\n\n".join("\n".join(part) for part in (head, *parts) if part) + "\n"


def _chip_words(plan: FirstPlan) -> str:
    names = [row.shown for row in plan.chips]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _site_parts(plan: FirstPlan) -> list[list[str]]:
    """Write the study of a site: what it holds, uses, costs and trains."""
    assert plan.size is not None
    size, trained = plan.size, plan.trained
    given, model = training_lines(trained)
    what = {
        "power": f"A site of {size.text}",
        "chip_count": f"A site of {numbers.count(size.value, 'chip')}",
        "budget": f"What {size.text} build by the price of a watt",
    }[size.kind]
    title = f"{what}{plan.where} with {_chip_words(plan)}: what it holds, uses, costs and trains"
    top = [
        f"title = {quoted(title)}",
        'description = """',
        f"A run is one of {_escaped(trained.words)}, done within {plan.days}. What nobody knows beforehand is drawn, and",
        "answers are P10, median and P90 of the draws: one of ten cases is below P10, one of ten above P90.",
        *_chip_lines(plan),
        *place_lines(plan),
        *_budget_lines(plan),
        '"""',
        *headline_lines(site_headlines(plan)),
    ]
    share = configs.load(FINAL_RUN_SHARE[0]).rows[FINAL_RUN_SHARE[1]]
    held = [
        "[given]",
        *_size_lines(plan),
        noted(f"run_days_limit = {quoted(plan.days)}", "within which one training run must be done"),
        noted(f"final_run_share = {share.values['final_run_share']:g}", f"of the site's time in final runs: {share.name};"),
        noted("", "the rest is research and inference"),
        *given,
    ]
    pue = [
        "# pue is what the site uses in a year over what IT does; peak_pue says how many chips fit. They are drawn: to hold",
        "# your own site's, set both here, such as pue = 1.2 and peak_pue = 1.3.",
    ]
    held += pue
    axes = [model, chip_axis(plan), place_axis(plan), *_prices(plan), draws_axis()]
    return [top, held, *axes, *_site_questions(plan)]


def _size_lines(plan: FirstPlan) -> list[str]:
    assert plan.size is not None
    basis = noted("site_basis = 0", "that is the power of the whole facility; 1 of IT alone, 2 of the chips' TDP")
    run = noted('chip_count = "run_chips"', "a training run takes the chips that it needs to be done in time")
    if plan.size.kind == "power":
        return [noted(f"site_power = {quoted(plan.size.text)}", "the peak that the site may draw"), basis, run]
    if plan.size.kind == "budget":
        return [
            noted(f"money = {quoted(plan.size.text)}", "to build with, chips included"),
            noted('site_power = "funded_power"', "the power that the money builds, at published prices of a watt"),
            basis,
            run,
        ]
    return [
        noted(f"site_chips = {plan.size.value:.12g}", "that the site holds"),
        f"chip_count = {plan.size.value:.12g}",
        noted('site_power = "peak_facility_power"', "the peak that these chips draw"),
        basis,
    ]


def _prices(plan: FirstPlan) -> list[list[str]]:
    """Write the axis of prices of a watt, which says what money builds."""
    if plan.size is None or plan.size.kind != "budget":
        return []
    return [
        [
            noted("[axes.price_of_a_watt]", "as Nvidia, banks and others said it"),
            'from = "site_prices"',
            "uncertain = true",
        ]
    ]


def _chip_lines(plan: FirstPlan) -> list[str]:
    """Define a chip: a package as it is sold, not a rack of them."""
    racked = [(row.shown, row.values["chips_per_rack"]) for row in plan.chips]
    racks = [f"{count:g} in a rack of {_escaped(name)}" for name, count in racked if count == count]
    return [f"A chip is one package as it is sold{': ' if racks else ''}{', '.join(racks)}."]


def _budget_lines(plan: FirstPlan) -> list[str]:
    if plan.size is None or plan.size.kind != "budget":
        return []
    return [
        "The money builds power, at what a watt of a site was said to cost, chips included. What the same site costs by the",
        "prices of its parts is another reading of prices, and so another sum.",
    ]


def _site_questions(plan: FirstPlan) -> list[list[str]]:
    assert plan.size is not None
    run = [
        FirstQuestion("chips of a run", f"that is done within {plan.days}", "run_chips"),
        FirstQuestion("runs in a year", "0 where a run needs more than the site", "runs_per_year"),
        FirstQuestion("cost of a run", "what its chips cost their owner", "site_cost_per_run"),
    ]
    carbon = [FirstQuestion("carbon in a year", carbon_words(plan), "site_carbon", ("grid",))]
    asks = [*_FIRST[plan.size.kind], _AVERAGE, _USES]
    asks += carbon if "carbon_intensity" in plan.place_columns else []
    asks += [_BUILDS, _OWNS, *run]
    racked = all(row.values["chips_per_rack"] == row.values["chips_per_rack"] for row in plan.chips)
    asks += [_RACKS] if racked else []
    return [ask.lines() for ask in asks]


def _run_parts(plan: FirstPlan) -> list[list[str]]:
    """Write the study of one run: the cheapest chip, and how many, and what that takes."""
    given, model = training_lines(plan.trained)
    searched = searched_chips(plan)
    run = plan.trained.words[:1].upper() + plan.trained.words[1:]
    title = f"{run} within {plan.days}{plan.where}: the cheapest of {_chip_words(plan)}, and how many"
    top = [
        f"title = {quoted(title)}",
        'description = """',
        "What is chosen: the chip. It takes as many as have the run done in just these days, whatever the case: what nobody",
        "knows beforehand is drawn, and answers are P10, median and P90 of the draws.",
        "Own cost charges the hours of the run: the chips have other work before and after. Who buys them for this run alone",
        "pays the capital. Rent holds capital, upkeep and electricity.",
        *map(_escaped, difference_lines(plan, searched)),
        *_chip_lines(plan),
        *place_lines(plan),
        '"""',
        *headline_lines(run_headlines(plan)),
    ]
    held = [
        "[given]",
        noted(f"run_days_limit = {quoted(plan.days)}", "within which the run must be done"),
        noted('chip_count = "run_chips"', "as many chips as have it done in that time"),
        *best_lines(plan, searched),
        *given,
    ]
    axes = [model, chip_axis(plan), place_axis(plan), draws_axis()]
    cheapest = [_headed("the chip on which the median case costs least"), 'name = "cheapest"', 'minimize = "P50(cost)"']
    chips = [
        _headed("in half of all cases fewer will do, in four of five, in nineteen of twenty"),
        'name = "chips"',
        'quantiles = "chip_count"',
        "at = [0.5, 0.8, 0.95]",
        'by = ["chip"]',
    ]
    asks = [
        FirstQuestion("own cost", "capital charged for the run's hours, maintenance, electricity", "cost"),
        FirstQuestion("rented", "what the same hours cost on rented chips", "rental_cost"),
        FirstQuestion("capital", "what must be paid up front to own the chips, with their servers and building", "capital"),
        FirstQuestion("energy", "of the facility over the run", "energy"),
    ]
    carbon = [FirstQuestion("carbon", carbon_words(plan), "carbon", ("grid",))]
    asks += carbon if "carbon_intensity" in plan.place_columns else []
    drivers = [
        _headed("whose uncertainty, and whose choice, moves the cost most"),
        'name = "what drives the cost"',
        'sensitivity = "cost"',
    ]
    return [top, held, *axes, cheapest, chips, *(ask.lines() for ask in asks), drivers]


def _escaped(text: str) -> str:
    """Write a text as a part of one in three quotation marks."""
    return quoted(text)[1:-1]
