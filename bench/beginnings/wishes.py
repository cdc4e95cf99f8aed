"""What a planner wants to know, as it is written, and read: every name and number is checked before a study is written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ... import configs
from ...kernels.model import units
from ...kernels.model.quantity import Quantity
from ...kernels.quantities import MODEL
from ..errors import InputError, Parameter
from ..estimate.request import find
from ..estimate.stated_number import number
from ..facts.place_names import PlaceError, find_place
from ..terminal import numbers
from .plan import FirstPlan, Size, Trained

CHIPS = ("h100-sxm-80gb", "b200-sxm", "gb200-nvl72")  # where none is named
MODEL_KEY = "llama-3.1-405b"
DAYS = "90 days"
_NUMBER_ALONE = re.compile(r"[\d.,_+-]+(e[+-]?\d+)?[kmbtg]?", re.IGNORECASE)
_FLOPS = 6.0  # of a token and a parameter, forward and backward


@dataclass(frozen=True)
class Wishes:
    """What a planner says, as text; None for what is not said.

    Attributes
    ----------
    power, chip_count, budget
        How large the site is: its power, its chips or the money to build it with; at most one of them. Without any, the study
        is of one run.
    chips
        Names of chips that are compared.
    model
        A row of the models table that is trained.
    parameters, active_parameters, tokens
        Numbers in place of the model's own.
    country
        Where the electricity comes from.
    days
        Within which a run must be done.
    """

    power: str | None = None
    chip_count: str | None = None
    budget: str | None = None
    chips: Sequence[str] = ()
    model: str | None = None
    parameters: str | None = None
    active_parameters: str | None = None
    tokens: str | None = None
    country: str | None = None
    days: str | None = None


def read_wishes(wishes: Wishes) -> FirstPlan:
    """Read what a planner says, and fill in what is not said.

    Raises
    ------
    InputError
        Names the parameter that is wrong, and what would be right.
    """
    return FirstPlan(_size(wishes), _chips(wishes), _trained(wishes), _place(wishes), _days(wishes))


def _size(wishes: Wishes) -> Size | None:
    said = {
        name: text
        for name, text in (("power", wishes.power), ("chip_count", wishes.chip_count), ("budget", wishes.budget))
        if text is not None
    }
    if len(said) > 1:
        first, second, *_ = said
        raise InputError(
            "says how large the site is, as ", Parameter(second), " does; give one of them", where=Parameter(first)
        )
    if not said:
        return None
    ((name, text),) = said.items()
    quantity = MODEL[{"power": "site_power", "chip_count": "chip_count", "budget": "money"}[name]]
    if name == "power":
        _needs_unit(text, name, quantity)
    value = _number(text, quantity, name)
    if value <= 0:
        raise InputError(f"must be above 0, not {text}", where=Parameter(name))
    return Size(name, " ".join(text.split()), value)


def _needs_unit(text: str, name: str, quantity: Quantity) -> None:
    """Refuse a bare number of watts: nobody plans a site of 600 W."""
    if _is_bare(text):
        raise InputError(f"has no unit; write for example '{text.strip()} MW'", where=Parameter(name))


def _number(text: str, quantity: Quantity, parameter: str, unit: str | None = None) -> float:
    """Read a number in base units; of what is wrong say what would be right in a first study, which has no currency.

    Raises
    ------
    InputError
        As `number`, but for what only other commands take: another currency, and values far from all that is known.
    """
    try:
        return number(text, quantity, parameter, unit)
    except InputError as error:
        other = next((part for part in error.parts if isinstance(part, Parameter)), None)
        if other is None:
            raise
        before = "".join(part for part in error.parts[: error.parts.index(other)] if isinstance(part, str))
        if other.name == "currency":
            row = configs.load("currencies").find(str(other.value))
            rate = (
                f"{numbers.number(row.values['exchange_rate'])} USD for one {row.name}, {row.fact_source('exchange_rate').date}"
            )
            before = f"{text.strip()!r} is in {row.name}; write dollars, such as '2 billion USD' ({rate})"
        raise InputError(before.rstrip("; "), where=Parameter(parameter)) from None


def _is_bare(text: str) -> bool:
    """Tell whether a text is a number without a unit."""
    try:
        units.parse(text, "")
    except units.UnitError:
        return False
    return True


def _chips(wishes: Wishes) -> tuple[configs.FactRow, ...]:
    rows = [find("hardware", name, "chip") for name in (wishes.chips or CHIPS)]
    twice = next((row for row in rows if [other.key for other in rows].count(row.key) > 1), None)
    if twice is not None:
        raise InputError(f"names {twice.name} twice", where=Parameter("chip"))
    unpublished = next((row for row in rows if row.values["peak_bf16"] != row.values["peak_bf16"]), None)
    if unpublished is not None:
        raise InputError(f"the peak of {unpublished.name} in BF16 is not published; choose another", where=Parameter("chip"))
    return tuple(rows)


def _trained(wishes: Wishes) -> Trained:
    """Read what is trained: a model's row, or a size alone, and the tokens."""
    if wishes.parameters is None:
        if wishes.active_parameters is not None:
            raise InputError("goes with ", Parameter("parameters"), where=Parameter("active_parameters"))
        row = find("models", wishes.model or MODEL_KEY, "model")
        tokens = row.values["published_tokens"] if wishes.tokens is None else _number(wishes.tokens, MODEL["tokens"], "tokens")
        if tokens != tokens:
            raise InputError(f"how many {row.name} was trained on is not published; give a number", where=Parameter("tokens"))
        return Trained(row.shown, tokens, row, own_tokens=_text(wishes.tokens))
    if wishes.model is not None:
        raise InputError("says what is trained, as ", Parameter("parameters"), " does; give one", where=Parameter("model"))
    if wishes.tokens is None:
        raise InputError("say how many the model is trained on, such as 15e12", where=Parameter("tokens"))
    total = _number(wishes.parameters, MODEL["parameters"], "parameters")
    active = total
    if wishes.active_parameters is not None:
        active = _number(wishes.active_parameters, MODEL["active_parameters"], "active_parameters")
    if active > total:
        raise InputError(f"are more than all parameters, {wishes.parameters}", where=Parameter("active_parameters"))
    tokens = _number(wishes.tokens, MODEL["tokens"], "tokens")
    if not total * tokens > 0:
        raise InputError("must be above 0", where=Parameter("tokens" if total > 0 else "parameters"))
    return Trained(f"a model of {numbers.count(total, 'parameter')}", tokens, None, total, active, _FLOPS * active * tokens)


def _place(wishes: Wishes) -> tuple[str, configs.FactRow] | None:
    if wishes.country is None:
        return None
    try:
        place = find_place(wishes.country)
    except PlaceError as error:
        raise InputError(str(error), where=Parameter("country")) from None
    return place.table, place.row


def _days(wishes: Wishes) -> str:
    text = wishes.days or DAYS
    _number(text, MODEL["run_days_limit"], "days", "day")
    bare = units.parse(text, "") if _is_bare(text) else None
    return _text(text) if bare is None else f"{bare:.12g} {'day' if bare == 1 else 'days'}"


def _text(text: str | None) -> str:
    return "" if text is None else " ".join(text.split())


def size_wish(text: str) -> dict[str, str]:
    """Tell what a text says of a site's size: its power (600 MW), its chips (20000 chips), or money (2 billion USD).

    Raises
    ------
    InputError
        Where it is none of them, or a number of nothing.
    """
    bare = text.strip()
    if _NUMBER_ALONE.fullmatch(bare):
        raise InputError(f"{bare!r} has no unit; write '{bare} MW', '{bare} chips' or '{bare} million USD'")
    for name, unit in (("chip_count", "chip"), ("power", "W"), ("budget", "USD")):
        try:
            units.parse(text, unit)
        except units.UnitError:
            continue
        return {name: text}
    raise InputError(f"{text!r} is no size of a site; write '600 MW', '20000 chips' or '2 billion USD'")
