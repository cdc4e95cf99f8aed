"""What a user states of one run, turned into a scenario: model, tokens, chip, chips or days, and what else is known."""

import math
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ... import configs
from ...kernels.quantities import MODEL
from ...kernels.text import nearest
from ..errors import InputError, Parameter, Part
from ..facts import system_file
from ..facts.chips import one_chip, said_of_name
from ..facts.precisions import OPTIONS, match_precision, peak_column
from .best_step import FIXES, OF_STEP, BestStep, MissingFactsError, StepOf, find_best_step, near_chips, search_source
from .memory_check import check_memory, chips_of
from .places import named_place, place_facts, stated_place
from .practice import RATE, check_practice, practice_of
from .recompute_text import recompute
from .run_checks import check_enough, check_ranges, check_solved
from .scenario import Assumptions, StatedValue, complete, facts
from .source import Source, SourceKind, stated_with
from .stated_checks import check_effect, check_stated_once
from .stated_model import StatedModel, held_against, is_file, of_document, of_file, of_row, of_size
from .stated_number import number
from .training_run import TrainingRun

_WHOLE = ("data_parallel",)  # quantities that are whole only here
_DATES = ("software_date",)  # years, of which a month may be written
_MONTH = re.compile(r"\s*(\d{4})-(0?[1-9]|1[0-2])\s*")
_SHOWN = 6  # names that an error lists
_NAMED = ("model", "chip", "precision", "country", "strategy", "system", "currency")  # what is stated by a name
_UNITS = {"run_time": "day"}  # of numbers without one, where they are not in the quantity's own


@dataclass(frozen=True)
class Request:
    """What the user stated of one run, as text.

    Parameters
    ----------
    model
        A name of the models table, the path of a ``config.json``, or what such a file holds.
    parameters, active_parameters
        Numbers in place of a model.
    chip, country
        A name of the hardware table, and of a place: of the tables that `place_names.TABLES` lists, or of ISO 3166.
    precision
        Of the matrix products: one of `precisions.OPTIONS`.
    stated
        Quantities to text: a number, or a number and its unit. A ``run_time`` without a unit is in days, and
        ``recomputed_layers`` may be ``none``, ``selective`` or ``full``.
    sets
        Further quantities, as ``name=value``.
    strategy
        ``auto`` where the best strategy is asked for; a stated quantity that fixes a part of it asks for that too.
    system
        The path of a system file.
    unusual
        Whether values are taken that lie far from all that is known of their quantities.
    parameters_check
        All parameters as somebody else counts them, which the model's are held against.
    weights
        The path of an index, a safetensors file or JSON of headers, which the model is held against; without one, what stands
        beside its config.json.
    framework
        A name of the frameworks table, whose software trains; None for the usual one.
    like
        A developer whose published runs are like this one's.
    """

    model: str | Mapping[str, Any] | None = None
    parameters: str | None = None
    active_parameters: str | None = None
    chip: str | None = None
    precision: str | None = None
    country: str | None = None
    stated: Mapping[str, str] = field(default_factory=dict)
    sets: Sequence[str] = ()
    strategy: str | None = None
    system: str | None = None
    unusual: bool = False
    parameters_check: str | None = None
    weights: str | None = None
    framework: str | None = None
    like: str | None = None

    @property
    def shows_strategy(self) -> bool:
        """Whether the best strategy is asked for."""
        return self.strategy is not None or any(name in FIXES for name in self.stated)

    @property
    def needs_strategy(self) -> bool:
        """Whether something is stated that only a strategy's step depends on, so that one must be found."""
        return self.shows_strategy or self.framework is not None or bool({"batch_size", "software_date"} & self.stated.keys())

    def numbers(self) -> dict[str, str]:
        """Return all quantities that are stated by a parameter of their own, as text."""
        own = {"parameters": self.parameters, "active_parameters": self.active_parameters}
        return dict(self.stated) | {name: text for name, text in own.items() if text is not None}


def run_of(request: Request, targets: Sequence[str]) -> TrainingRun:
    """Turn a request into the run that it describes, and search its best strategy.

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
    check_stated_once(request.numbers(), request.sets)
    chip = find("hardware", request.chip, "chip")
    model = _model(request)
    fixed = {**facts(chip, "hardware"), **model.values}
    place = stated_place(request.country) if request.country is not None else None
    if place is not None:
        fixed |= place_facts(place)
    for name, text in request.stated.items():
        fixed |= _stated(name, text, request.unusual)
    set_by_name = _measured(request, chip) | dict(_set(text, request.unusual) for text in request.sets)
    fixed |= _precision(request.precision, {**fixed, **set_by_name}, chip)
    fixed |= set_by_name
    check_ranges(fixed)
    fixed = {"year": _default("year")} | fixed
    subject = named_place(model.subject(chip, (*_checks(request, model, fixed), *said_of_name(request.chip))), place)
    if "sequence_length" in fixed and math.isnan(fixed["sequence_length"].value):
        del fixed["sequence_length"]  # which is drawn
    check_enough(fixed)
    check_practice(fixed, request.like)
    own = {name: held for name, held in fixed.items() if name not in (*OF_STEP, RATE)}
    assumptions = Assumptions(chip.base_key)
    plain = check_solved(complete(own, targets, assumptions))
    check_effect(plain, targets)
    chips, stated = chips_of(plain), Parameter("run_time" if "chip_count" not in fixed else "chip_count")
    check_memory(fixed, chips, (model.called, chip.name), stated)
    practice = practice_of(fixed, request.like, plain, unusual=request.unusual)
    step, why = _best_step(request, fixed, chips, StepOf(model.called, chip, request.framework))
    more = dict(practice.inputs)
    if step is not None:
        more["best_step_mfu"] = StatedValue(step.mfu, search_source(step.strategy))
    run = check_solved(complete({**own, **more}, targets, assumptions)) if more else plain
    return TrainingRun(step, why, request.shows_strategy, practice, scenario=replace(run, subject=subject))


def _best_step(
    request: Request, fixed: Mapping[str, StatedValue], chips: float, of: StepOf
) -> tuple[BestStep | None, tuple[Part, ...]]:
    """Search the best strategy; where there is none and nobody needs one, say why in its place."""
    if "best_step_mfu" in fixed and not request.needs_strategy:
        return None, ()
    try:
        return find_best_step(fixed, chips if "chip_count" in fixed else near_chips(chips), of), ()
    except InputError as error:
        if request.needs_strategy:
            raise
        return None, ("the step-time model " if isinstance(error, MissingFactsError) else "", *error.parts)


def _checks(request: Request, model: StatedModel, fixed: Mapping[str, StatedValue]) -> tuple[str, ...]:
    """Hold the model against what its parameters are said to be and against its weights, and say what agrees."""
    stated = None
    if request.parameters_check is not None:
        stated = number(request.parameters_check, MODEL["parameters"], "parameters_check", unusual=True)
    return held_against(model, fixed, stated, request.weights)


def _default(name: str) -> StatedValue:
    default = configs.defaults()[name]
    return StatedValue(default.value, Source(SourceKind.DEFAULT, default.source))


def _measured(request: Request, chip: configs.FactRow) -> dict[str, StatedValue]:
    """Read what a system file says of the chip."""
    if request.system is None:
        return {}
    system = system_file.read(Path(request.system))
    system.check_chip(chip.key)
    if not request.unusual:
        system.check_unusual()
    source = Source(SourceKind.MEASURED, system.path.name)
    return {name: StatedValue(value, source) for name, value in system.values().items()}


def _stated(name: str, text: str, unusual: bool) -> dict[str, StatedValue]:
    """Read the text that is stated of a quantity as fixed values, by quantity."""
    source = stated_with(name)
    if name == "recomputed_layers":
        return {key: StatedValue(value, source) for key, value in recompute(text).items()}
    value = number(_dated(text) if name in _DATES else text, MODEL[name], name, _UNITS.get(name), unusual=unusual)
    if name in _WHOLE and not (value >= 1 and value == math.floor(value)):
        raise InputError(f"must be a whole number of at least 1, not {value:g}", where=Parameter(name))
    return {name: StatedValue(value, source)}


def _dated(text: str) -> str:
    """Write a year and a month, such as 2025-06, as a year with its fraction; other texts as they stand."""
    match = _MONTH.fullmatch(text)
    return f"{int(match[1]) + (int(match[2]) - 0.5) / 12:.3f}" if match else text


def find(table: str, name: str, parameter: str) -> configs.FactRow:
    """Find a row of a facts table by its name.

    Parameters
    ----------
    table
        The table, such as ``hardware``.
    name
        The row's key or an alias; of a chip all that `one_chip` takes.
    parameter
        What the user stated the name with, for errors.

    Raises
    ------
    InputError
        Where the table has no such row; it names the nearest one.
    """
    if table == "hardware":
        try:
            return one_chip(name)
        except configs.FactError as error:
            raise InputError(str(error), where=Parameter(parameter)) from None
    try:
        return configs.load(table).find(name)
    except configs.FactError:
        if table == "models" and os.path.isdir(name):
            right = f"a folder; give the path of the config.json in it, {Path(name) / 'config.json'}"
            raise InputError(f"{name} is {right}", where=Parameter(parameter)) from None
        known = [text for row in configs.load(table).rows.values() for text in (row.key, *row.aliases)]
        close = _of_its_family(table, name) or nearest(name.lower(), known) or f"; `flopwatt show {table}` lists them"
        raise InputError(f"there is no {name!r} in the table {table}{close}", where=Parameter(parameter)) from None


def _of_its_family(table: str, name: str) -> str:
    """Name the rows whose names go on from what is written, at most a few: ``; there are Llama 4 Scout, ...``."""
    start = name.strip().lower()
    names = [row.name for row in configs.load(table).rows.values() if start and row.name.lower().startswith(start)]
    shown = names[:_SHOWN]
    more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    return f"; there {'are' if len(names) > 1 else 'is'} {', '.join(shown)}{more}" if names else ""


def _model(request: Request) -> StatedModel:
    if (request.model is None) == (request.parameters is None):
        raise InputError(
            "name the model (a name, or the path of a config.json), or give ",
            Parameter("parameters"),
            _why_sized(request),
            where=Parameter("model"),
        )
    if request.parameters is not None:
        return _sketched(request)
    if request.active_parameters is not None:
        instead = Parameter("parameters")
        raise InputError("goes with ", instead, "; a named model brings its own", where=Parameter("active_parameters"))
    if isinstance(request.model, Mapping):
        return of_document(request.model, _quantities_stated(request))
    name = str(request.model)
    if is_file(name):
        return of_file(name, _quantities_stated(request))
    try:
        return of_row(find("models", name, "model"))
    except InputError as error:
        if "in the table" not in error.message:
            raise
        other = " Else" if error.message.endswith("?") else "; else"
        described = (f"{other} describe it with ", Parameter("parameters"), " and ", Parameter("tokens"))
        raise InputError(*error.parts, *described, where=Parameter("model")) from None


def _why_sized(request: Request) -> str:
    """Say why a model is named, where its operations are stated already."""
    if request.model is None and "training_flops" in _quantities_stated(request):
        return ": training_flops do not tell the model's size, which the MFU and the memory that it takes depend on"
    return ": one of the two"


def _quantities_stated(request: Request) -> frozenset[str]:
    """Name the quantities that the user states, which a model's file need not tell."""
    return frozenset((*request.stated, *(text.partition("=")[0].strip() for text in request.sets)))


def _sketched(request: Request) -> StatedModel:
    unusual = request.unusual
    total = number(str(request.parameters), MODEL["parameters"], "parameters", unusual=unusual)
    active = total
    if request.active_parameters is not None:
        active = number(request.active_parameters, MODEL["active_parameters"], "active_parameters", unusual=unusual)
    if not 0 < active <= total:
        most = Parameter("parameters")
        raise InputError("must be above 0 and at most ", most, f", not {active:g}", where=Parameter("active_parameters"))
    return of_size(active, total)


def _precision(name: str | None, fixed: Mapping[str, StatedValue], chip: configs.FactRow) -> dict[str, StatedValue]:
    """Read the precision that is stated, else BF16; its peak must be published."""
    name = name.strip() if name is not None else None
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


def _set(text: str, unusual: bool) -> tuple[str, StatedValue]:
    name, separator, value = text.partition("=")
    name = name.strip()
    if not separator:
        raise InputError(f"must be NAME=VALUE, not {text!r}", where=Parameter("sets"))
    if name in _NAMED:
        raise InputError(f"{name} is no quantity; state it with ", Parameter(name, value.strip()), where=Parameter("sets"))
    if name not in MODEL:
        raise InputError(f"unknown quantity {name!r}{nearest(name, MODEL.quantities)}", where=Parameter("sets"))
    return name, StatedValue(number(value.strip(), MODEL[name], "sets", unusual=unusual), stated_with("sets"))
