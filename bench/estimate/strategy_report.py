"""The strategy that an estimate rests on, as lines that a person reads and as plain numbers."""

from collections.abc import Mapping
from typing import Any

from ..errors import Parameter, Spelling, named
from ..terminal import numbers
from .best_step import BestStep
from .intervals import Spread
from .natural_units import spread_words
from .result_sentences import natural_of
from .said_inputs import is_sketched
from .scenario import Scenario
from .source import SourceKind

_LETTERS = {
    "TP": "tensor_parallel",
    "PP": "pipeline_parallel",
    "CP": "context_parallel",
    "EP": "expert_parallel",
    "DP": "data_parallel",
}
_REST = (
    "interleave",
    "microbatch_size",
    "zero_stage",
    "recomputed_layers",
    "recomputed_attention",
    "recomputed_modules",
    "sequence_parallel",
    "batch_size",
    "sequence_length",
)


def entry(best: BestStep) -> dict[str, Any]:
    """Return the parts of the strategy by quantity, those that the user stated, and how many strategies were searched."""
    search, scenario = best.strategy, best.scenario
    values = _values(scenario)
    parts = {name: _plain(values[name]) for name in (*_LETTERS.values(), *_REST)}
    counts = {"tried": search.tried, "divide": search.divide, "fit": search.fit, "memory_available": search.room}
    return {**parts, **counts, "stated": [name for name in parts if _stated(scenario, name)]}


def lines(best: BestStep, step: Mapping[str, Spread], spell: Spelling = named) -> list[str]:
    """Word the strategy in the letters of the field, its step, the batch, and how many strategies were searched, a line each.

    Parameters
    ----------
    best
        The best strategy's step.
    step
        Its time and memory.
    spell
        Words the parameters that would change the batch.
    """
    search, values = best.strategy, _values(best.scenario)
    lengths = f"{numbers.count(values['batch_size'], 'sequence')} of {numbers.count(values['sequence_length'], 'token')}"
    tokens = numbers.count(values["batch_size"] * values["sequence_length"], "token")
    counts = f"{search.tried:,} strategies, of which {search.divide:,} divide and {search.fit:,} fit"
    return [
        f"Strategy of highest MFU{_of_sketch(best.scenario)}: {strategy_words(best)}{_takes(step)}.",
        f"A step trains on {lengths}, {tokens}{_defaults(best, spell)}.",
        f"Searched: {counts} into {numbers.memory(int(search.room))} a chip.",
    ]


def strategy_words(best: BestStep) -> str:
    """Word a strategy in the letters of the field: ``TP 4, PP 8, DP 16, microbatch 1, ZeRO 1, no recompute``."""
    values = _values(best.scenario)
    letters = [f"{letter} {values[name]:,.0f}" for letter, name in _LETTERS.items() if values[name] > 1]
    if values["interleave"] > 1:
        letters.append(f"{values['interleave']:.0f} pieces a stage")
    letters += [f"microbatch {values['microbatch_size']:,.0f}", f"ZeRO {values['zero_stage']:.0f}", _recompute(values)]
    return ", ".join(letters)


def _of_sketch(scenario: Scenario) -> str:
    """Word what is cut where the model's architecture is not known; nothing where it is."""
    if not is_sketched(scenario):
        return ""
    values = _values(scenario)
    experts = f" with {numbers.count(values['experts'], 'expert')}" if values["experts"] > 0 else ""
    sizes = f"{numbers.count(values['layers'], 'layer')} of width {numbers.count(values['hidden_size'])}"
    return f", of a model sketched as {sizes}{experts}"


def _takes(step: Mapping[str, Spread]) -> str:
    """Word what a step takes: ``; its step takes 6.36 s (5.75 to 7.04) and 62 GB of a chip``."""
    time, memory = step.get("step_time"), step.get("memory_per_chip")
    room = f" and {natural_of(memory)} of a chip" if memory is not None else ""
    return f"; its step takes {spread_words(time)}{room}" if time is not None else ""


def _defaults(best: BestStep, spell: Spelling) -> str:
    """Word which of the batch's sizes nobody stated, and the software."""
    fixed = best.scenario.fixed
    absent = [spell(Parameter(name)) for name in ("batch_size", "sequence_length") if fixed[name].source.is_default]
    sizes = f", by default ({' and '.join(absent)} would change it)" if absent else ""
    chosen = "" if best.software.stated else f" by default ({spell(Parameter('framework'))} would change it)"
    return f"{sizes}, with {best.software.words}{chosen}"


def _values(scenario: Scenario) -> dict[str, float]:
    values = {name: value.value for name, value in scenario.fixed.items()}
    item = scenario.model["data_parallel"]
    return {**values, item.name: float(item(*(values[name] for name in item.parameters)))}


def _stated(scenario: Scenario, name: str) -> bool:
    return name in scenario.fixed and scenario.fixed[name].source.kind is SourceKind.STATED


def _plain(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _recompute(values: dict[str, float]) -> str:
    share = values["recomputed_layers"]
    if share == 1:
        return "full recompute"
    if share > 0:
        return f"recompute of {100 * share:.0f}% of the layers"
    if values["recomputed_modules"] > 0:
        return "recompute of modules"
    return "selective recompute" if values["recomputed_attention"] > 0 else "no recompute"
