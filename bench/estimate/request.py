"""What a user states of one run, turned into a scenario: model, tokens, chip, chips or days, and what else is known."""

import math
import os
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
from .best_step import FIXES, OF_STEP, BestStep, MissingFactsError, StepSubject, find_best_step, near_chips, search_source
from .memory_check import check_memory, chips_of
from .places import named_place, place_facts, stated_place
from .practice import RATE, check_practice, practice_of
from .run_checks import check_enough, check_ranges, check_solved
from .scenario import Assumptions, StatedValue, complete, facts
from .source import Source, SourceKind
from .stated_checks import check_effect, check_stated_once
from .stated_model import StatedModel, held_against, is_file, of_document, of_file, of_row, of_size
from .stated_number import number
from .stated_values import default_value, set_value, stated_precision, stated_values
from .subject import Subject
from .training_run import TrainingRun
from .training_task import PostTraining

_SHOWN = 6  # names that an error lists
_OF_STRATEGY = (*FIXES, "batch_size", "software_date")  # quantities that only a strategy's step depends on


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
    task
        Post-training in place of pre-training.
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
    task: PostTraining = field(default_factory=PostTraining)

    @property
    def shows_strategy(self) -> bool:
        """Whether the best strategy is asked for, or something is stated of it."""
        return self.strategy is not None or self.holds_strategy

    @property
    def holds_strategy(self) -> bool:
        """Whether something is stated that only a strategy's step depends on."""
        return self.framework is not None or any(name in _OF_STRATEGY for name in self.stated)

    def numbers(self) -> dict[str, str]:
        """Return all quantities that are stated by a parameter of their own, as text."""
        own = {"parameters": self.parameters, "active_parameters": self.active_parameters}
        return dict(self.stated) | {name: text for name, text in own.items() if text is not None}


@dataclass(frozen=True)
class StatedRun:
    """What a request states, read: of chip, model and place, and by quantity.

    Attributes
    ----------
    chip
        The chip's row of the hardware table.
    model
        The model as it was stated.
    fixed
        All that is stated, in base units, the facts of chip, model and place among it.
    subject
        What model, chip and place are called.
    """

    chip: configs.FactRow
    model: StatedModel
    fixed: Mapping[str, StatedValue]
    subject: Subject


def stated_run(request: Request) -> StatedRun:
    """Read what a request states.

    Raises
    ------
    InputError
        Names the parameter that is wrong or missing, and what would be right.
    """
    if request.chip is None:
        raise InputError("name the chip, such as h100-sxm-80gb; `flopwatt show hardware` lists them", where=Parameter("chip"))
    check_stated_once(request.numbers(), request.sets)
    task = request.task
    chip = find("hardware", request.chip, "chip")
    model = _model(request)
    fixed = {**facts(chip, "hardware"), **model.values}
    place = stated_place(request.country) if request.country is not None else None
    if place is not None:
        fixed |= place_facts(place)
    for name, text in request.stated.items():
        fixed |= stated_values(name, text, request.unusual or task.may_be_small(name))
    sets = (set_value(text, request.unusual or task.may_be_small(text.partition("=")[0].strip())) for text in request.sets)
    set_by_name = _measured(request, chip) | dict(sets)
    fixed |= stated_precision(request.precision, {**fixed, **set_by_name}, chip)
    fixed |= set_by_name
    fixed |= task.values(fixed)
    if not request.unusual:
        task.check_sizes(fixed)
    check_ranges(fixed)
    fixed = {"year": default_value("year")} | fixed
    said = (*_checks(request, model, fixed), *said_of_name(request.chip), *task.notes(fixed, chip.label or chip.name))
    subject = replace(named_place(model.subject(chip, said), place), verb=task.verb)
    return StatedRun(chip, model, fixed, subject)


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
    request.task.check(dict(request.stated), [text.partition("=")[0].strip() for text in request.sets])
    read = stated_run(request)
    chip, model, fixed, subject = read.chip, read.model, dict(read.fixed), read.subject
    if "sequence_length" in fixed and math.isnan(fixed["sequence_length"].value):
        del fixed["sequence_length"]  # which is drawn
    check_enough(fixed)
    check_practice(fixed, request.like)
    own = {name: held for name, held in fixed.items() if name not in (*OF_STEP, RATE)}
    assumptions = Assumptions(chip.base_key, model=request.task.model())
    plain = check_solved(complete(own, targets, assumptions))
    check_effect(plain, targets)
    chips, stated = chips_of(plain), Parameter("run_time" if "chip_count" not in fixed else "chip_count")
    check_memory(fixed, chips, (model.called, chip.name), stated)
    practice = practice_of(fixed, request.like, plain, unusual=request.unusual)
    step, why = _best_step(request, fixed, chips, StepSubject(model.called, chip, request.framework))
    more = dict(practice.inputs)
    if step is not None:
        step = replace(step, counted=request.task.counted(plain))
        more["best_step_mfu"] = StatedValue(step.mfu, search_source(step.strategy))
    run = check_solved(complete({**own, **more}, targets, assumptions)) if more else plain
    return TrainingRun(step, why, request.shows_strategy, practice, scenario=replace(run, subject=subject))


def _best_step(
    request: Request, fixed: Mapping[str, StatedValue], chips: float, subject: StepSubject
) -> tuple[BestStep | None, tuple[Part, ...]]:
    """Search the best strategy; where there is none and what is stated can do without, say why in its place."""
    if "best_step_mfu" in fixed and not request.shows_strategy:
        return None, ()
    own = {name: held for name, held in fixed.items() if name != RATE}  # which is the pilot's, not the strategy's
    try:
        return find_best_step(own, chips if "chip_count" in fixed else near_chips(chips), subject), ()
    except MissingFactsError as error:
        if request.holds_strategy:
            raise
        return None, ("the step-time model ", *error.parts)
    except InputError as error:
        if request.shows_strategy:
            raise
        return None, error.parts


def _checks(request: Request, model: StatedModel, fixed: Mapping[str, StatedValue]) -> tuple[str, ...]:
    """Hold the model against what its parameters are said to be and against its weights, and say what agrees."""
    stated = None
    if request.parameters_check is not None:
        stated = number(request.parameters_check, MODEL["parameters"], "parameters_check", unusual=True)
    return held_against(model, fixed, stated, request.weights)


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
