"""A first study as the text of its file: a site's, or one run's, with comments that a planner understands."""

import shlex
from dataclasses import dataclass, replace

from ... import configs
from ...kernels.text import visible
from ..terminal import numbers
from .plan import FirstPlan
from .study_parts import (
    FINAL_RUN_SHARE,
    chip_axis,
    chips_axis,
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
    say
        Its sentence, with ``#`` in place of the interval.
    """

    name: str
    comment: str
    quantity: str
    say: str

    def lines(self, *further: str) -> list[str]:
        """Write it as TOML; it keeps further axes, too."""
        return [
            _headed(self.comment),
            f"name = {quoted(self.name)}",
            f"quantiles = {quoted(self.quantity)}",
            "at = [0.1, 0.5, 0.9]",
            f"by = {listed(['chip', *further])}",
            f"say = {quoted(self.say.replace('#', f'{{{self.quantity}:P50(P10-P90)}}'))}",
        ]


def _headed(comment: str) -> str:
    return noted("[[questions]]", comment)


_HOLDS = FirstQuestion("chips", "what the site holds", "site_chips", "The site holds # {chip}.")
_DRAWS = FirstQuestion("peak power", "what it must be connected to", "site_peak_power", "The site draws at most # with {chip}.")
_USES = FirstQuestion("energy in a year", "chips at a run's average", "site_energy", "It uses # in a year with {chip}.")
_EMITS = FirstQuestion(
    "carbon in a year", "of that electricity", "site_carbon", "Its electricity emits # in a year with {chip}."
)
_PRICE = "chips, servers, network, building, from the prices of the parts"
_BUILDS = FirstQuestion("capital", _PRICE, "site_parts_capital", "By the prices of its parts it costs # to build with {chip}.")
_YEAR = "capital charged, maintenance, electricity"
_OWNS = FirstQuestion("cost in a year", _YEAR, "site_cost_per_year", "Owning it costs # a year with {chip}.")
_FIRST = {"power": [_HOLDS], "budget": [_DRAWS, _HOLDS], "chip_count": [_DRAWS]}  # by what says the size


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


def _place_words(plan: FirstPlan) -> str:
    return "" if plan.place is None else f" in {plan.place[1].shown}"


def _site_parts(plan: FirstPlan) -> list[list[str]]:
    """Write the study of a site: what it holds, uses, costs and trains."""
    assert plan.size is not None
    size, trained = plan.size, plan.trained
    given, model = training_lines(trained)
    what = {
        "power": f"A site of {size.text}",
        "chip_count": f"A site of {numbers.count(size.value, 'chip')}",
        "budget": f"What {size.text} build",
    }[size.kind]
    title = f"{what}{_place_words(plan)} with {_chip_words(plan)}: what it holds, uses, costs and trains"
    top = [
        f"title = {quoted(title)}",
        'description = """',
        f"A run is one of {_escaped(trained.words)}, done within {plan.days}. What nobody knows beforehand is drawn, and",
        "answers are P10, median and P90 of the draws: one of ten cases is below P10, one of ten above P90.",
        '"""',
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


def _site_questions(plan: FirstPlan) -> list[list[str]]:
    assert plan.size is not None
    run = plan.trained.words.replace("{", "{{").replace("}", "}}").replace("#", "no. ")
    trains = [
        FirstQuestion("chips of a run", f"that is done within {plan.days}", "run_chips", f"A run of {run} takes # {{chip}}."),
        FirstQuestion(
            "runs in a year", "0 where a run needs more than the site", "runs_per_year", "The site does # with {chip} a year."
        ),
        FirstQuestion(
            "cost of a run", "what its chips cost their owner", "site_cost_per_run", "One such run costs # with {chip}."
        ),
    ]
    carbon = [_EMITS.lines("grid")] if "carbon_intensity" in plan.place_columns else []
    first, *more = _FIRST[plan.size.kind]
    told = replace(first, say=f"{first.say.removesuffix('.')}; in brackets from P10 to P90.")
    asks = [told, *more, _USES]
    return [*(ask.lines() for ask in asks), *carbon, *(ask.lines() for ask in (_BUILDS, _OWNS, *trains))]


def _run_parts(plan: FirstPlan) -> list[list[str]]:
    """Write the study of one run: the cheapest chip, and how many, and what that takes."""
    given, model = training_lines(plan.trained)
    run = plan.trained.words[:1].upper() + plan.trained.words[1:]
    title = f"{run} within {plan.days}{_place_words(plan)}: the cheapest of {_chip_words(plan)}, and how many"
    top = [
        f"title = {quoted(title)}",
        'description = """',
        "What is chosen: the chip, and how many of them. What nobody knows beforehand is drawn, and a choice counts by the",
        "share of the draws in which the run is done in time.",
        '"""',
    ]
    held = ["[given]", *given] if given else []
    axes = [model, chip_axis(plan), chips_axis(plan), place_axis(plan), draws_axis()]
    promise = f"run_time <= {plan.days}"
    cheapest = [
        _headed("the cheapest number of each chip that keeps the promise in so many cases"),
        'name = "cheapest"',
        'minimize = "P50(cost)"',
        f"where = {listed([promise])}",
        noted("at = [0.5, 0.8, 0.95]", "in half of all cases, in four of five, in nineteen of twenty"),
        'by = ["chip"]',
    ]
    drivers = [
        _headed("whose uncertainty, and whose choice, moves the cost most"),
        'name = "what drives the cost"',
        'sensitivity = "cost"',
    ]
    return [top, held, *axes, cheapest, *_run_extras(plan, promise), drivers]


def _run_extras(plan: FirstPlan, promise: str) -> list[list[str]]:
    """Write what such runs take beside money, over all numbers of chips that are done in time."""
    wanted = [("energy", "energy"), *([("carbon", "carbon")] if "carbon_intensity" in plan.place_columns else [])]
    return [
        [
            _headed("over all numbers of chips that are done in time"),
            f"name = {quoted(name)}",
            f"quantiles = {quoted(quantity)}",
            "at = [0.1, 0.5, 0.9]",
            f"where = {listed([promise])}",
            'by = ["chip"]',
        ]
        for name, quantity in wanted
    ]


def _escaped(text: str) -> str:
    """Write a text as a part of one in three quotation marks."""
    return quoted(text)[1:-1]
