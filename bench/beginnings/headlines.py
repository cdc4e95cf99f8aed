"""The sentences that a first study begins its answers with: each of all chips that are compared."""

from ... import configs
from ..prior.drawn_inputs import has_evidence
from ..terminal import numbers
from .plan import FirstPlan
from .study_parts import FINAL_RUN_SHARE, quoted

_SPREAD = "P50(P10-P90)"
_MAX_SPREADS = 2  # chips of which a sentence tells the spread beside the median
_PRICES = {"bought": "chip_price_low", "rented": "rental_price_low"}


def headline_lines(texts: list[str]) -> list[str]:
    """Write the sentences as TOML."""
    return ["headlines = [", *(f"    {quoted(text)}," for text in texts if text), "]"]


def site_headlines(plan: FirstPlan) -> list[str]:
    """Say what a site holds, uses, costs and trains.

    Parameters
    ----------
    plan
        What the study is of; it has a size.
    """
    assert plan.size is not None
    text, kind = _safe(plan.size.text), plan.size.kind
    where = _safe(plan.where)
    told = "(median, P10 to P90)" if len(plan.chips) <= _MAX_SPREADS else "(medians)"
    holds = f"{text}{where} hold {_by_chip(plan, 'chips', 'site_chips', noun=True)} {told}."
    if kind == "budget":
        power = f"{{site_peak_power:{_SPREAD} question='peak power'}}"
        holds = (
            f"At published prices of a watt {text} build {power} of facility{where} (median, P10 to P90), which hold "
            f"{_by_chip(plan, 'chips', 'site_chips', noun=True)}."
        )
    if kind == "chip_count":
        draws = _by_chip(plan, "peak power", "site_peak_power")
        holds = f"{numbers.count(plan.size.value, 'chip')}{where} draw at most {draws} {told}."
    uses = (
        f"On average the site draws {_by_chip(plan, 'average power', 'site_average_power', spread=False)}; in a year it uses "
        f"{_by_chip(plan, 'energy in a year', 'site_energy', spread=False)}"
    )
    if "carbon_intensity" in plan.place_columns:
        uses += f" and emits {_by_chip(plan, 'carbon in a year', 'site_carbon', spread=False)}"
    built = _by_chip(plan, "capital by parts", "site_parts_capital", price="bought")
    what = "that site would cost" if kind == "budget" else "it costs"
    builds = built and f"Added up from the prices of its parts {what} {built} to build."
    owned = _by_chip(plan, "cost in a year", "site_cost_per_year", price="bought")
    owns = owned and f"Owning it costs {owned} a year: capital by parts, maintenance, electricity."
    share = configs.load(FINAL_RUN_SHARE[0]).rows[FINAL_RUN_SHARE[1]].values["final_run_share"]
    takes = _by_chip(plan, "chips of a run", "run_chips", noun=True)
    trains = (
        f"A run of {_safe(plan.trained.words)} within {plan.days} takes {takes}; with "
        f"{numbers.share(share)} of its time in such runs the site does "
        f"{_by_chip(plan, 'runs in a year', 'runs_per_year', spread=False)} a year."
    )
    return [holds, f"{uses}.", builds, owns, trains]


def run_headlines(plan: FirstPlan) -> list[str]:
    """Say which chip is cheapest for a run, how many it takes, what they cost to own, rent and buy, and what the run uses.

    Parameters
    ----------
    plan
        What the study is of.
    """
    where = _safe(plan.where)
    run = f"{_safe(plan.trained.words)} within {plan.days}{where}"
    cost = f"{{cost:{_SPREAD} question=cheapest}} of own cost (median, P10 to P90)"
    seen = [has_evidence(row.scaled_from or row.key) for row in plan.chips]
    among = "" if all(seen) or not any(seen) else ", of the chips that runs or step times are published of"
    cheapest = f"Training {run} is cheapest on {{chip question=cheapest}}{among}: {cost}."
    if len(plan.chips) == 1:
        cheapest = f"Training {run} on {_safe(plan.chips[0].shown)} takes {cost}."
    chips = (
        f"To be done in time in half of all cases takes {_by_chip(plan, 'chips', 'chip_count', 'P50', noun=True)}; in four of "
        f"five {_by_chip(plan, 'chips', 'chip_count', 'P80', noun=True)}."
    )
    owned = _by_chip(plan, "own cost", "cost", spread=False, price="bought")
    rent = _by_chip(plan, "rented", "rental_cost", spread=False, price="rented")
    rented = rent and f"On rented chips the run costs {rent}{f'; on own chips {owned}' if owned else ''}."
    paid = _by_chip(plan, "capital", "capital", spread=False, price="bought")
    capital = paid and (
        "Own cost charges the hours of chips that have other work before and after; "
        f"bought for this run alone they cost {paid}."
    )
    uses = f"The run uses {_by_chip(plan, 'energy', 'energy')}"
    if "carbon_intensity" in plan.place_columns:
        uses += f" and emits {_by_chip(plan, 'carbon', 'carbon', spread=False)}"
    return [cheapest, chips, rented, capital, f"{uses}."]


def _by_chip(
    plan: FirstPlan, question: str, quantity: str, form: str = "", *, spread: bool = True, noun: bool = False, price: str = ""
) -> str:
    """Say a quantity of every chip that has a price where one is needed: ``{q chip=a} with A or {q chip=b} with B``."""
    rows = [row for row in plan.chips if not price or row.values[_PRICES[price]] == row.values[_PRICES[price]]]
    form = form or (_SPREAD if spread and len(rows) <= _MAX_SPREADS else "P50")
    texts = []
    for row in rows:
        number = f"{{{quantity}:{form} chip='{row.key}' question='{question}'}}"
        texts.append(f"{number} {_safe(row.shown)} chips" if noun else f"{number} with {_safe(row.shown)}")
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} or {texts[-1]}" if texts else ""


def _safe(text: str) -> str:
    """Write braces of a text as sentences have them."""
    return text.replace("{", "{{").replace("}", "}}")
