"""The strategy that an estimate rests on, as lines that a person reads and as plain numbers."""

from typing import Any

from ..errors import Parameter, Spelling, named
from ..terminal import numbers
from .scenario import Scenario
from .source import SourceKind
from .strategy_search import BestStrategy

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
    "sequence_parallel",
    "batch_size",
    "sequence_length",
)


def entry(scenario: Scenario) -> dict[str, Any]:
    """Return the parts of the strategy by quantity, those that the user stated, and how many strategies were searched."""
    search = _search(scenario)
    values = _values(scenario)
    parts = {name: _plain(values[name]) for name in (*_LETTERS.values(), *_REST)}
    counts = {"tried": search.tried, "divide": search.divide, "fit": search.fit, "memory_available": search.room}
    return {**parts, **counts, "stated": [name for name in parts if _stated(scenario, name)]}


def lines(scenario: Scenario, spell: Spelling = named) -> list[str]:
    """Word the strategy in the letters of the field, the batch, and how many strategies were searched, a line each.

    ``spell`` words the parameters that would change the batch.
    """
    search, values = _search(scenario), _values(scenario)
    letters = [f"{letter} {values[name]:,.0f}" for letter, name in _LETTERS.items() if values[name] > 1]
    if values["interleave"] > 1:
        letters.append(f"{values['interleave']:.0f} pieces a stage")
    letters += [f"microbatch {values['microbatch_size']:,.0f}", f"ZeRO {values['zero_stage']:.0f}", _recompute(values)]
    lengths = f"{numbers.count(values['batch_size'], 'sequence')} of {numbers.count(values['sequence_length'], 'token')}"
    tokens = numbers.count(values["batch_size"] * values["sequence_length"], "token")
    counts = f"{search.tried:,} strategies, of which {search.divide:,} divide and {search.fit:,} fit"
    return [
        f"Strategy of highest MFU: {', '.join(letters)}.",
        f"A step trains on {lengths}, {tokens}{_defaults(scenario, spell)}.",
        f"Searched: {counts} into {numbers.memory(int(search.room))} a chip.",
    ]


def _defaults(scenario: Scenario, spell: Spelling) -> str:
    """Word which of the batch's sizes nobody stated."""
    sizes = ("batch_size", "sequence_length")
    absent = [spell(Parameter(name)) for name in sizes if scenario.fixed[name].source.is_default]
    return f", by default ({' and '.join(absent)} would change it)" if absent else ""


def _search(scenario: Scenario) -> BestStrategy:
    assert scenario.strategy is not None
    return scenario.strategy


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
    return "selective recompute" if values["recomputed_attention"] > 0 else "no recompute"
