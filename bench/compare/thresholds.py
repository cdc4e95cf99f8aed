"""How much slower, hungrier or larger a benchmark may become, by default and for single benchmarks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any, ClassVar

from ... import configs
from ...kernels.model.number_text import NumberError, read_number
from ...kernels.validation.plain_tests import NO_OTHER_KEYS
from ...kernels.validation.validator import Validator
from ...kernels.validation.wording import Wanted, dotted
from ..errors import InputError, Place
from ..records.benchmark_names import is_named, nearest_name
from ..records.record import Benchmark

MAX_SHOWN = 5  # values of a parameter that an error lists


@dataclass(frozen=True)
class MetricLimits:
    """How much slower, hungrier and larger a benchmark may become, as shares: 0.1 is 10%.

    A change of the median below ``margin`` is called the same, however sure it is.
    """

    time: float = 0.10
    energy: float = 0.10
    memory: float = 0.20
    margin: float = 0.02


@dataclass(frozen=True)
class LimitsRule:
    """Other limits for some benchmarks.

    Parameters
    ----------
    name
        Their name as it is printed, or a pattern with ``*`` and ``?``.
    where
        Values that their parameters have, of the same type: 1 is neither ``"1"`` nor true.
    limits
        The limits, by their names.
    place
        Where the rule is written, for errors.
    """

    name: str = "*"
    where: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    place: str = ""

    def matches(self, benchmark: Benchmark) -> bool:
        """Tell whether the rule is for a benchmark."""
        return is_named(benchmark, self.name) and all(self._has(benchmark, key) for key in self.where)

    def _has(self, benchmark: Benchmark, key: str) -> bool:
        value, wanted = benchmark.params.get(key), self.where[key]
        return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)

    def why_unmatched(self, benchmarks: Sequence[Benchmark]) -> str:
        """Say why the rule is for none of some benchmarks, and what would be right."""
        named = [benchmark for benchmark in benchmarks if is_named(benchmark, self.name)]
        if not named:
            return f"no benchmark is named {self.name!r}{nearest_name(self.name, benchmarks)}"
        for key, value in self.where.items():
            values = sorted({repr(benchmark.params[key]) for benchmark in named if benchmark.params.get(key) is not None})
            if not values:
                return f"none of the {len(named)} benchmarks named {self.name!r} has a parameter {key!r}"
            if not any(self._has(benchmark, key) for benchmark in named):
                shown = ", ".join(values[:MAX_SHOWN]) + (", ..." if len(values) > MAX_SHOWN else "")
                return f"where.{key} is {value!r} for none of the benchmarks named {self.name!r}, which have {shown}"
        return f"no benchmark named {self.name!r} has all of {', '.join(f'{k} = {v!r}' for k, v in self.where.items())}"


@dataclass(frozen=True)
class Thresholds:
    """The limits; of several rules that match, the later one decides."""

    default: MetricLimits = field(default_factory=MetricLimits)
    rules: tuple[LimitsRule, ...] = ()

    def of(self, benchmark: Benchmark) -> MetricLimits:
        """Return the limits for a benchmark."""
        limits = self.default
        for rule in self.rules:
            if rule.matches(benchmark):
                limits = replace(limits, **rule.limits)
        return limits

    def check(self, benchmarks: Sequence[Benchmark]) -> None:
        """Check that each rule is for at least one of the benchmarks of both sides: one that is for none guards nothing.

        Raises
        ------
        InputError
            Where one is not, naming the file and the rule, and the nearest benchmark.
        """
        for rule in self.rules:
            if not any(rule.matches(benchmark) for benchmark in benchmarks):
                raise InputError(rule.why_unmatched(benchmarks), where=rule.place)


def share(text: str | float, where: Place) -> float:
    """Read a share.

    Parameters
    ----------
    text
        ``"10%"``, ``0.1`` or ``10``: 1 and above is meant in percent.
    where
        What the share is for, for errors.

    Returns
    -------
    float
        Above 0 and below 10: 0.1 is 10%.

    Raises
    ------
    InputError
        Where the text is no number, or not within those bounds.
    """
    written = str(text).strip()
    try:
        value = read_number(written.removesuffix("%"))
    except NumberError as error:
        raise InputError(str(error) if error.told else f"{text!r} is no share; write 10% or 0.1", where=where) from None
    value = value / 100 if written.endswith("%") or value >= 1 else value
    if not 0 < value < 10:
        raise InputError(f"{text!r} must be above 0 and below 1000%", where=where)
    return value


def load_thresholds(path: Path, default: MetricLimits) -> Thresholds:
    """Read a TOML file of limits; ``default`` holds what it leaves out.

    ::

        time = "10%"
        memory = "20%"

        [[benchmarks]]
        name = "test_best*"
        where = { engine = "numba" }
        time = "5%"

    Raises
    ------
    InputError
        Where the file cannot be read, or has a key or a value that is none.
    """
    try:
        file = configs.checked(_FORM, configs.read_toml(path), path)
    except configs.FactError as error:
        raise InputError(str(error)) from None
    limits = replace(default, **file.shares(str(path)))
    places = [f"{path}: {dotted(('benchmarks', i))}" for i in range(len(file.benchmarks))]
    rules = [
        LimitsRule(rule.name, rule.where, rule.shares(place), place)
        for rule, place in zip(file.benchmarks, places, strict=True)
    ]
    return Thresholds(limits, tuple(rules))


@dataclass(frozen=True)
class _Limits:
    """The limits of a file, or of a rule in it, as they are written."""

    time: Any = None
    energy: Any = None
    memory: Any = None
    margin: Any = None
    __pydantic_config__: ClassVar = NO_OTHER_KEYS

    def shares(self, where: str) -> dict[str, float]:
        """Return those that are written, as shares. Raises InputError."""
        written = {item.name: getattr(self, item.name) for item in fields(MetricLimits)}
        return {key: share(value, f"{where}: {key}") for key, value in written.items() if value is not None}


@dataclass(frozen=True)
class _Rule(_Limits):
    name: Annotated[str, Wanted("text, the name of benchmarks with * and ? in it")] = "*"
    where: Annotated[Mapping[str, Any], Wanted('a table such as { engine = "numba" }')] = field(default_factory=dict)


@dataclass(frozen=True)
class _File(_Limits):
    benchmarks: tuple[_Rule, ...] = ()


_FORM = Validator[_File](_File)
