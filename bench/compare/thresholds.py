"""How much slower, hungrier or larger a benchmark may become, by default and for single benchmarks."""

import fnmatch
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from ... import configs
from ...kernels.text import nearest
from ..errors import InputError, Place
from ..records.record import Benchmark

METRICS = ("time", "energy", "memory")


@dataclass(frozen=True)
class MetricLimits:
    """Shares: 0.1 is 10%. A change of the median below ``margin`` is called the same, however sure it is."""

    time: float = 0.10
    energy: float = 0.10
    memory: float = 0.20
    margin: float = 0.02


@dataclass(frozen=True)
class LimitsRule:
    """Other limits for the benchmarks whose name matches ``name`` (``*`` and ``?``) and whose parameters are ``where``."""

    name: str = "*"
    where: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)

    def matches(self, benchmark: Benchmark) -> bool:
        named = fnmatch.fnmatchcase(benchmark.name, self.name) or fnmatch.fnmatchcase(benchmark.fullname, self.name)
        return named and all(benchmark.params.get(key) == value for key, value in self.where.items())


@dataclass(frozen=True)
class Thresholds:
    """The limits; of several rules that match, the later one decides."""

    default: MetricLimits = field(default_factory=MetricLimits)
    rules: tuple[LimitsRule, ...] = ()

    def of(self, benchmark: Benchmark) -> MetricLimits:
        limits = self.default
        for rule in self.rules:
            if rule.matches(benchmark):
                limits = replace(limits, **rule.limits)
        return limits


def share(text: str | float, where: Place) -> float:
    """``"10%"``, ``0.1`` or ``10`` (1 and above is meant in percent) as a share. Raises InputError."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(%?)\s*", str(text)) if not isinstance(text, bool) else None
    if not found:
        raise InputError(f"{text!r} is no share; write 10% or 0.1", where=where)
    value = float(found[1])
    value = value / 100 if found[2] or value >= 1 else value
    if not 0 < value < 10:
        raise InputError(f"{text!r} must be above 0 and below 1000%", where=where)
    return value


def load_thresholds(path: Path, default: MetricLimits) -> Thresholds:
    """Read a TOML of limits; ``default`` holds what it leaves out. Raises InputError.

    ::

        time = "10%"
        memory = "20%"

        [[benchmarks]]
        name = "test_best*"
        where = { engine = "numba" }
        time = "5%"
    """
    try:
        data = configs.read_toml(path)
    except configs.FactError as error:
        raise InputError(str(error)) from None
    rules = data.pop("benchmarks", [])
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise InputError("benchmarks must be tables: [[benchmarks]]", where=str(path))
    limits = replace(default, **_limits(data, str(path)))
    return Thresholds(limits, tuple(_rule(rule, f"{path}: benchmarks[{i}]") for i, rule in enumerate(rules)))


def _rule(data: dict[str, Any], where: str) -> LimitsRule:
    name, params = data.pop("name", "*"), data.pop("where", {})
    if not isinstance(name, str) or not isinstance(params, dict):
        raise InputError('name must be text and where a table such as { engine = "numba" }', where=where)
    return LimitsRule(name, params, _limits(data, where))


def _limits(data: dict[str, Any], where: str) -> dict[str, float]:
    known = [item.name for item in fields(MetricLimits)]
    for key in data:
        if key not in known:
            raise InputError(f"unknown key {key!r}{nearest(key, [*known, 'name', 'where', 'benchmarks'])}", where=where)
    return {key: share(value, f"{where}: {key}") for key, value in data.items()}
