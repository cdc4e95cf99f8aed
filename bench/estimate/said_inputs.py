"""What an estimate read: model, chip and place as one sentence for a person, and as plain numbers for a program."""

import math
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from ... import configs
from ...kernels.model import units
from ..facts.precisions import precision_name
from ..terminal import numbers
from .best_step import OF_STEP
from .known_values import known_values
from .natural_units import natural
from .scenario import Scenario
from .source import SourceKind
from .stated_model import changed_columns
from .subject import Subject

_COMPUTED = ("parameters", "active_parameters", "layers", "layer_passes", "flops_per_token", "training_flops")
_SAID = (*_COMPUTED, "tokens", "sequence_length", "chip_count", "run_time", "precision_bits")  # stated or not
_DIGITS = 4  # of a model's size, as the field gives it: 405.9 billion
_ROUNDING = 1e-9  # up to which two counts are one


def inputs_entry(scenario: Scenario) -> dict[str, Any]:
    """Return what was read as plain numbers, texts and None.

    Parameters
    ----------
    scenario
        The run; at the medians of what is drawn.

    Returns
    -------
    dict
        ``model`` (the name of its row or file, None where only its size is stated), ``model_key`` (of its row), ``file`` (the
        path of its config.json), ``model_type`` (as that says it), ``parameters``, ``active_parameters``, ``layers``,
        ``layers_sketched`` (whether they follow from the parameters by a rule), ``layer_passes`` (times that a token passes
        through them), ``tokens``, ``sequence_length``, ``flops_per_token``, ``training_flops``, ``chip``, ``chip_key``,
        ``chip_count`` (None where it is solved for), ``days`` (where stated), ``precision``, ``country``, ``changed`` (what was
        set by hand of the model), ``stated`` (by quantity, the ``value`` and ``unit`` of all else that the user stated a number
        of) and ``notes`` (sentences on how the model was read). What is not known is None.
    """
    subject, values = _subject(scenario), said_values(scenario)
    days = _held(scenario, "run_time")
    return {
        "model": subject.model or None,
        "model_key": subject.model_key or None,
        "file": subject.file or None,
        "model_type": subject.model_type or None,
        **{name: values.get(name) for name in ("parameters", "active_parameters", "layers")},
        "layers_sketched": is_sketched(scenario),
        "layer_passes": values.get("layer_passes"),
        "tokens": None if "training_flops" in scenario.fixed else _held(scenario, "tokens"),
        "sequence_length": values.get("sequence_length"),
        "flops_per_token": values.get("flops_per_token"),
        "training_flops": values.get("training_flops"),
        "chip": subject.chip or None,
        "chip_key": subject.chip_key or None,
        "chip_count": None if scenario.solve else _held(scenario, "chip_count"),
        "days": None if days is None else units.from_base(days, "day"),
        "precision": said_precision(scenario),
        "country": subject.country or None,
        "changed": changed_columns(scenario.fixed),
        "stated": {name: {"value": value, "unit": scenario.model[name].unit} for name, value in also_stated(scenario).items()},
        "notes": list(subject.notes),
    }


def inputs_lines(scenario: Scenario) -> list[str]:
    """Word what was read, as one sentence and what is to be said of the reading; nothing where the run has no names."""
    if scenario.subject is None:
        return []
    subject, values = scenario.subject, said_values(scenario)
    model = ", ".join(text for text in (said_model(scenario, values), *_training_words(scenario, values)) if text)
    place = f"electricity of {subject.country}" if subject.country else "no country stated"
    stated = [
        f"{scenario.model[name].wording} {natural(value, scenario.model[name])}"
        for name, value in also_stated(scenario).items()
    ]
    also = [f"Stated: {', '.join(stated)}."] if stated else []
    return [f"Read: {model}; {_chip_words(scenario)}, {said_precision(scenario)}; {place}.", *also, *subject.notes]


def also_stated(scenario: Scenario, elsewhere: Collection[str] = (*_SAID, *OF_STEP)) -> dict[str, float]:
    """Return what the user stated and nothing else says, in the quantities' own units: each as it was read.

    Parameters
    ----------
    scenario
        The run.
    elsewhere
        What is said elsewhere, stated or not; a strategy is printed whole.
    """
    said = {*elsewhere}
    options = {name: held.source.option for name, held in scenario.fixed.items() if held.source.kind is SourceKind.STATED}
    own = [name for name, option in options.items() if option and option.name in (name, "sets") and name not in said]
    return {name: float(units.from_base(scenario.fixed[name].value, scenario.model[name].unit)) for name in own}


def _subject(scenario: Scenario) -> Subject:
    return scenario.subject or Subject("", "", "")


def said_values(scenario: Scenario) -> dict[str, float]:
    """Compute what is said of a run, at the medians of what is drawn, as far as what is known allows."""
    problem = scenario.medians()
    held = problem.held()
    given = {name: default.value for name, default in configs.defaults().items() if name not in held}
    return known_values(replace(problem, given={**given, **problem.given}), (*_COMPUTED, "sequence_length"))


def _held(scenario: Scenario, name: str) -> float | None:
    value = scenario.fixed[name].value if name in scenario.fixed else math.nan
    return value if math.isfinite(value) else None


def is_sketched(scenario: Scenario) -> bool:
    """Tell whether a run's layers follow from the number of its parameters by a rule."""
    return "layers" in scenario.fixed and scenario.fixed["layers"].source.kind is SourceKind.SKETCHED


def said_model(scenario: Scenario, values: Mapping[str, float]) -> str:
    """Word the model's name and size: Llama 3.1 405B, 405.9 billion parameters (all active), 126 layers.

    Parameters
    ----------
    scenario
        The run.
    values
        What `said_values` computes of it.
    """
    subject = _subject(scenario)
    name = f"{subject.model} ({subject.model_type})" if subject.model_type else subject.model
    changed = changed_columns(scenario.fixed)
    name += f" with {', '.join(changed)} as set" if name and changed else ""
    total, active = values.get("parameters"), values.get("active_parameters")
    texts = [name or "a model of"]
    if total is not None and active is not None:
        every = abs(active - total) <= _ROUNDING * total
        used = " (all active)" if every else f", {numbers.count(active, digits=_DIGITS)} active"
        texts.append(f"{numbers.count(total, 'parameter', _DIGITS)}{used}")
    layers, passes = values.get("layers"), values.get("layer_passes", 1.0)
    if is_sketched(scenario):
        texts.append("layers sketched")
    elif layers is not None:
        texts.append(numbers.count(layers, "layer") + (f" run {passes:g} times" if passes != 1 else ""))
    return ", ".join(texts) if name else ", ".join((f"{texts[0]} {texts[1]}", *texts[2:]))


def _training_words(scenario: Scenario, values: Mapping[str, float]) -> list[str]:
    """Word the tokens and the length of their sequences; the operations where these are what is stated."""
    tokens, length = _held(scenario, "tokens"), values.get("sequence_length")
    if "training_flops" in scenario.fixed:
        return [numbers.count(scenario.fixed["training_flops"].value, "FLOP")]
    if tokens is None:
        return []
    text = numbers.count(tokens, "token", _DIGITS)
    if length is None:
        return [f"{text} in sequences of unknown length"]
    usual = "sequence_length" in scenario.fixed and scenario.fixed["sequence_length"].source.is_default
    why = " (drawn)" if "sequence_length" in scenario.drawn else " (by default)" if usual else ""
    return [f"{text} in sequences of {numbers.count(length)}{why}"]


def _chip_words(scenario: Scenario) -> str:
    """Word how many chips of which kind: 16,384 H100-SXM-80GB; as many as a time takes where they are solved for."""
    chip, count, time = _subject(scenario).chip, _held(scenario, "chip_count"), _held(scenario, "run_time")
    if not scenario.solve:
        return f"{numbers.count(count)} {chip}" if count is not None else chip
    if time is None:
        return f"as many {chip} as the time takes"
    days = numbers.number(units.from_base(time, "day"))
    return f"as many {chip} as {days} {'day takes' if days == '1' else 'days take'}"


def said_precision(scenario: Scenario) -> str:
    """Name the precision of a run's products of matrices."""
    bits = _held(scenario, "precision_bits")
    return precision_name(configs.defaults()["precision_bits"].value if bits is None else bits)
