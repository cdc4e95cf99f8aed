"""What a user states of one run, turned into a scenario: model, tokens, chip, chips or days, and what else is known."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ... import configs
from ...kernels.model import units
from ...kernels.model.quantity import Quantity
from ...kernels.model.said_range import range_ends
from ...kernels.quantities import MODEL
from ...kernels.text import nearest
from ..errors import InputError, Parameter
from ..facts import system_file
from ..facts.chips import match_chip
from ..facts.precisions import OPTIONS, match_precision, peak_column
from .memory_check import check_memory, chips_of
from .places import place_facts
from .scenario import Assumptions, Scenario, StatedValue, complete, facts, sketch
from .source import Source, SourceKind, stated_with
from .with_strategy import FIXES, recompute
from .with_strategy import scenario as with_strategy

MAX_VALUE = 1e50  # in base units; beyond it products overflow

_WHOLE = ("data_parallel",)  # quantities that are whole only here
_UNITS = {"run_time": "day"}  # of numbers without one, where they are not in the quantity's own


@dataclass(frozen=True)
class Request:
    """What the user stated of one run, as text.

    Parameters
    ----------
    model
        A name of the models table, or the path of a ``config.json``.
    parameters, active_parameters
        Numbers in place of a model.
    chip, country
        A name of the hardware table, and of a place: of the tables that `places.TABLES` lists.
    precision
        Of the matrix products: one of `precisions.OPTIONS`.
    stated
        Quantities to text: a number, or a number and its unit. A ``run_time`` without a unit is in days, and
        ``recomputed_layers`` may be ``none``, ``selective`` or ``full``.
    sets
        Further quantities, as ``name=value``.
    strategy
        ``auto`` where the MFU is that of the best strategy; a stated quantity that fixes a part of it asks for that too.
    system
        The path of a system file.
    """

    model: str | None = None
    parameters: str | None = None
    active_parameters: str | None = None
    chip: str | None = None
    precision: str | None = None
    country: str | None = None
    stated: Mapping[str, str] = field(default_factory=dict)
    sets: Sequence[str] = ()
    strategy: str | None = None
    system: str | None = None

    @property
    def searches(self) -> bool:
        """Whether the MFU follows from a strategy."""
        return self.strategy is not None or any(name in FIXES for name in self.stated)


def scenario_of(request: Request, targets: Sequence[str]) -> Scenario:
    """Turn a request into the scenario that it describes.

    Parameters
    ----------
    targets
        The quantities that will be estimated.

    Raises
    ------
    InputError
        Names the parameter that is wrong or missing, and what would be right.
    """
    if request.chip is None:
        raise InputError("name the chip, such as h100-sxm-80gb; `flopwatt show hardware` lists them", where=Parameter("chip"))
    chip = find("hardware", request.chip, "chip")
    fixed = facts(chip, "hardware") | _model(request)
    if request.country is not None:
        fixed |= place_facts(request.country)
    for name, text in request.stated.items():
        fixed |= _stated(name, text)
    fixed |= _precision(request.precision, fixed, chip)
    fixed |= _measured(request, chip) | dict(_set(text) for text in request.sets)
    _check_ranges(fixed)
    fixed = {"year": _default("year")} | fixed
    if request.searches:
        return _searching(request, fixed, chip, targets)
    if "batch_size" in request.stated:
        auto = Parameter("strategy", "auto")
        raise InputError("goes with ", auto, "; without it nothing depends on the batch", where=Parameter("batch_size"))
    _enough(fixed)
    scenario = _checked(complete(fixed, targets, Assumptions(chip.key)))
    stated = Parameter("run_time" if "chip_count" not in fixed else "chip_count")
    check_memory(fixed, chips_of(scenario), (_called(request), chip.name), stated)
    return scenario


def _called(request: Request) -> str:
    """Name a request's model as its row does, or as what it is."""
    if request.parameters is not None:
        return "a model of this size"
    name = str(request.model)
    known = configs.load("models")
    return known.find(name).name if not name.endswith(".json") and not Path(name).is_file() else f"the model of {name}"


def _default(name: str) -> StatedValue:
    default = configs.defaults()[name]
    return StatedValue(default.value, Source(SourceKind.DEFAULT, default.source))


def _measured(request: Request, chip: configs.FactRow) -> dict[str, StatedValue]:
    """Read what a system file says of the chip."""
    if request.system is None:
        return {}
    system = system_file.read(Path(request.system))
    system.check_chip(chip.key)
    source = Source(SourceKind.MEASURED, system.path.name)
    return {name: StatedValue(value, source) for name, value in system.values().items()}


def _stated(name: str, text: str) -> dict[str, StatedValue]:
    """Read the text that is stated of a quantity as fixed values, by quantity."""
    source = stated_with(name)
    if name == "recomputed_layers":
        return {key: StatedValue(value, source) for key, value in recompute(text).items()}
    value = number(text, MODEL[name], name, _UNITS.get(name))
    if name in _WHOLE and not (value >= 1 and value == math.floor(value)):
        raise InputError(f"must be a whole number of at least 1, not {value:g}", where=Parameter(name))
    return {name: StatedValue(value, source)}


def _searching(request: Request, fixed: Mapping[str, StatedValue], chip: configs.FactRow, targets: Sequence[str]) -> Scenario:
    """Search the best strategy, and return the scenario with its MFU."""
    if request.parameters is not None:
        raise InputError(
            "tells no architecture, which a strategy needs; give ",
            Parameter("model"),
            ", a name or a config.json",
            where=Parameter("parameters"),
        )
    if "chip_count" not in fixed and "run_time" not in fixed:
        raise InputError("give the number of chips that the strategy cuts up", where=Parameter("chip_count"))
    if "run_time" not in fixed:
        _enough(fixed)
    if "chip_count" in fixed:
        check_memory(fixed, fixed["chip_count"].value, (_called(request), chip.name), Parameter("chip_count"))
    return with_strategy(fixed, chip, str(request.model), targets)


def find(table: str, name: str, parameter: str) -> configs.FactRow:
    """Find a row of a facts table by its name.

    Parameters
    ----------
    table
        The table, such as ``hardware``.
    name
        The row's key or an alias; of a chip also its name as papers write it.
    parameter
        What the user stated the name with, for errors.

    Raises
    ------
    InputError
        Where the table has no such row; it names the nearest one.
    """
    try:
        return configs.load(table).find(name)
    except configs.FactError:
        chip = match_chip(name).row if table == "hardware" else None
        if chip is not None:
            return chip
        known = [text for row in configs.load(table).rows.values() for text in (row.key, *row.aliases)]
        close = nearest(name.lower(), known) or f"; `flopwatt show {table}` lists them"
        raise InputError(f"there is no {name!r} in the table {table}{close}", where=Parameter(parameter)) from None


def number(text: str, quantity: Quantity, parameter: str, unit: str | None = None) -> float:
    """Read a user's number, with or without a unit, in base units.

    Parameters
    ----------
    text
        The number, with commas between thousands or without.
    quantity
        What it is a value of: its unit and limits.
    parameter
        What the user stated it with, for errors.
    unit
        The unit of a number without one, where that is not the quantity's own.

    Raises
    ------
    InputError
        Where the text is no number, its unit does not convert, or the quantity cannot have this value.
    """
    named = quantity.from_word(text)
    try:
        value = units.parse(named.replace(",", "") if isinstance(named, str) else named, unit or quantity.unit)
    except units.UnitError as error:
        wrong = f"{quantity.name} must be {' or '.join(quantity.words)}, not {text!r}" if quantity.words else str(error)
        raise InputError(wrong, *_currency_hint(text, str(error)), where=Parameter(parameter)) from None
    if abs(value) > MAX_VALUE:
        raise InputError(f"{quantity.name} is beyond anything real, {text.strip()[:40]}", where=Parameter(parameter))
    problem = quantity.check(value)
    if problem is not None:
        raise InputError(f"{quantity.name} {problem}, not {text}", where=Parameter(parameter))
    return value


def _currency_hint(text: str, wrong: str) -> tuple[str | Parameter, ...]:
    """Say what makes a currency a unit, where a number in one was not read for want of that."""
    codes = (row.name for row in configs.load("currencies").rows.values())
    code = next((code for code in codes if code in text and "unknown unit" in wrong), None)
    return ("; amounts in it are read with ", Parameter("currency", code)) if code else ()


def _model(request: Request) -> dict[str, StatedValue]:
    if (request.model is None) == (request.parameters is None):
        raise InputError(
            "name the model (a name, or the path of a config.json), or give ",
            Parameter("parameters"),
            ": one of the two",
            where=Parameter("model"),
        )
    if request.parameters is not None:
        return _sketched(request)
    if request.active_parameters is not None:
        instead = Parameter("parameters")
        raise InputError("goes with ", instead, "; a named model brings its own", where=Parameter("active_parameters"))
    name = str(request.model)
    if name.endswith(".json") or Path(name).is_file():
        from .hf_config import reader

        model = reader.read(Path(name), _quantities_stated(request))
        return {key: StatedValue(value, Source(SourceKind.FILE, name)) for key, value in model.columns.items()}
    row = find("models", name, "model")
    stated = facts(row, "models")
    published = row.values.get("published_tokens", math.nan)
    if math.isnan(published):
        return stated
    return {"tokens": StatedValue(published, Source(SourceKind.FACT, f"models: {row.source_of('published_tokens')}"))} | stated


def _quantities_stated(request: Request) -> frozenset[str]:
    """Name the quantities that the user states, which a model's file need not tell."""
    return frozenset((*request.stated, *(text.partition("=")[0].strip() for text in request.sets)))


def _sketched(request: Request) -> dict[str, StatedValue]:
    total = number(str(request.parameters), MODEL["parameters"], "parameters")
    active = total
    if request.active_parameters is not None:
        active = number(request.active_parameters, MODEL["active_parameters"], "active_parameters")
    if not 0 < active <= total:
        most = Parameter("parameters")
        raise InputError("must be above 0 and at most ", most, f", not {active:g}", where=Parameter("active_parameters"))
    return sketch(active, total, stated_with("parameters"))


def _precision(name: str | None, fixed: Mapping[str, StatedValue], chip: configs.FactRow) -> dict[str, StatedValue]:
    """Read the precision that is stated, else BF16; its peak must be published."""
    if name is not None and name.lower() not in OPTIONS:
        raise InputError(f"must be one of {', '.join(OPTIONS)}, not {name!r}", where=Parameter("precision"))
    stated = match_precision(name) if name else None
    bits = stated.bits if stated else configs.defaults()["precision_bits"].value
    if math.isnan(fixed[peak_column(bits)].value):
        known = [text for text in OPTIONS if (item := match_precision(text)) and not math.isnan(fixed[item.peak].value)]
        alternatives = f"; there is {', '.join(known)}" if known else ""
        raise InputError(
            f"the {(name or 'bf16').upper()} peak of {chip.name} is not published{alternatives}", where=Parameter("precision")
        )
    return {"precision_bits": StatedValue(bits, stated_with("precision"))} if name else {}


def _set(text: str) -> tuple[str, StatedValue]:
    name, separator, value = text.partition("=")
    name = name.strip()
    if not separator:
        raise InputError(f"must be NAME=VALUE, not {text!r}", where=Parameter("sets"))
    if name not in MODEL:
        raise InputError(f"unknown quantity {name!r}{nearest(name, MODEL.quantities)}", where=Parameter("sets"))
    return name, StatedValue(number(value.strip(), MODEL[name], "sets"), stated_with("sets"))


def _check_ranges(fixed: Mapping[str, StatedValue]) -> None:
    """Refuse a range whose least is above its most."""
    for low, high in range_ends(fixed):
        least, most = fixed[low].value, fixed[high].value
        if least > most:
            unit = MODEL[low].unit
            shown = [f"{units.from_base(value, unit):,.6g} {unit}" for value in (least, most)]
            raise InputError(f"{low} ({shown[0]}) is above {high} ({shown[1]}); set both ends", where=Parameter("sets"))


def _enough(fixed: Mapping[str, StatedValue]) -> None:
    if "tokens" not in fixed and "training_flops" not in fixed:
        flops = Parameter("sets", "training_flops=2e25")
        raise InputError(
            "say how many tokens the model is trained on, such as 15.6e12, or how many FLOP it takes, such as ",
            flops,
            where=Parameter("tokens"),
        )
    if "chip_count" in fixed and "run_time" in fixed:
        chips, days = Parameter("chip_count"), Parameter("run_time")
        raise InputError("give ", chips, " or ", days, ", not both: one follows from the other", where=days)
    if "chip_count" not in fixed and "run_time" not in fixed:
        days = Parameter("run_time")
        raise InputError("give the number of chips, or ", days, " to solve for it", where=Parameter("chip_count"))


def _checked(scenario: Scenario) -> Scenario:
    """Refuse a run that no number of chips finishes in the stated time."""
    if scenario.solve:
        columns = scenario.medians().grid.axes[0].columns
        if math.isinf(float(columns["chip_count"][0])):
            raise InputError(
                "no number of chips ends the run in that time: failures cost what more chips bring", where=Parameter("run_time")
            )
    return scenario
