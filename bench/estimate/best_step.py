"""The best strategy of a run by the step-time model: with what it is searched, what its step takes, and why there is none.

It is what the expected MFU rests on beside published runs (``best_step_mfu`` in kernels/quantities/utilisation.py), and what a
run could reach. Of a model whose parameters alone are known, the sketch of its architecture is cut.
"""

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ... import configs
from ...kernels.quantities import MODEL
from ..errors import InputError, Parameter
from ..facts.precisions import PEAKS, peak_column
from ..prior import store
from . import strategy_search
from .memory_check import shard_text
from .run_software import Software, software_of
from .scenario import Assumptions, Scenario, StatedValue, complete, evaluate
from .source import Source, SourceKind

FIXES = (*strategy_search.PARTS, "data_parallel")  # quantities that fix a part of the strategy where they are stated
OF_STEP = (*FIXES, "recomputed_attention", "recomputed_modules", "batch_size")  # what a strategy's step alone depends on
STEP_QUANTITIES = ("step_time", "memory_per_chip")
BATCH_SOURCE = (
    "about 16 million tokens, and at least 1,024 a chip (Llama Team 2024, arXiv:2407.21783, section 3.4.1 and table 4), "
    "to a power of two times the chips"
)
NEAR_MEDIAN = Source(SourceKind.RULE, "near the median of the chips that are solved for, and divides well")
BEST_STEP = Source(SourceKind.SEARCHED, "best strategy by the step-time model")
NOT_SEARCHED = 0.0  # of best_step_mfu: published runs stand alone
GUESSED_MFU = 0.35  # by which chips are guessed that nothing gives: a factor of two in them moves the best MFU by hundredths
_SEARCHED = ("step_mfu", "memory_margin", "divides")


class MissingFactsError(InputError):
    """A fact is missing that step time or memory of some strategy need; the message begins with ``needs``."""


@dataclass(frozen=True)
class BestStep:
    """The best strategy of a run, and its step.

    Attributes
    ----------
    strategy
        What the search found.
    scenario
        The step: all that its time depends on, with how far that is off drawn.
    chips
        The run's chips; the strategy may leave some idle.
    software
        The framework and its date.
    spread
        The standard deviation of the logarithm of the step time.
    counted
        Operations that the run counts, over those that the strategy's MFU does: fewer where weights are frozen.
    """

    strategy: strategy_search.BestStrategy
    scenario: Scenario
    chips: float
    software: Software
    spread: float
    counted: float = 1.0

    @property
    def mfu(self) -> float:
        """Its MFU (0 to 1) of all of the run's chips."""
        return self.strategy.mfu * self.counted * self.strategy.chips / self.chips


@dataclass(frozen=True)
class StepSubject:
    """What a step is of, for sources and errors: the model's name, the chip's row, and a framework where one is stated."""

    model: str
    chip: configs.FactRow
    framework: str | None = None


def find_best_step(stated: Mapping[str, StatedValue], chips: float, subject: StepSubject) -> BestStep:
    """Search the best strategy of a run that keeps what is stated of it.

    Parameters
    ----------
    stated
        Values in base units, by quantity: architecture, the chip's facts, parts of the strategy, and what else is known.
    chips
        The run's chips.
    subject
        What the step is of.

    Raises
    ------
    InputError
        Where a fact is missing, and where nothing divides or fits.
    """
    software = software_of(subject.framework, stated)
    fixed = {**software.inputs, **stated}
    fixed.setdefault("chip_count", StatedValue(chips, NEAR_MEDIAN))
    fixed |= _usual_length(fixed, subject.model)
    _refuse(stated)
    _check_known(fixed, subject.chip)
    best = _search(fixed, {name: fixed[name].value for name in FIXES if name in fixed})
    source = search_source(best)
    inputs = {**fixed, **{name: StatedValue(value, source) for name, value in best.inputs.items()}, **stated}
    if "batch_size" not in stated:
        inputs["batch_size"] = StatedValue(best.inputs["batch_size"], Source(SourceKind.DEFAULT, BATCH_SOURCE))
    if best.chips != chips:
        inputs["chip_count"] = StatedValue(best.chips, source)
    scenario = complete(inputs, (*STEP_QUANTITIES, "step_mfu"), Assumptions(subject.chip.base_key))
    spread = float(evaluate(scenario.medians(), ["step_time_spread"])["step_time_spread"].reshape(-1)[0])
    return BestStep(best, scenario, chips, software, spread)


def search_source(best: strategy_search.BestStrategy) -> Source:
    """Return the source of what a search found: among how many strategies."""
    counts = f"{best.tried:,} tried, of which {best.divide:,} divide and {best.fit:,} fit"
    return Source(SourceKind.SEARCHED, counts)


def best_step_mfu(fixed: Mapping[str, StatedValue], year: float = math.nan) -> float:
    """Search the best strategy of a run and return its MFU (0 to 1); 0 where too little is known, or nothing fits.

    Parameters
    ----------
    fixed
        What is known of the run, in base units: the model's architecture or its sketch, the chip's facts, chips or days.
    year
        The calendar year of the run, whose software it has; NaN for that of the newest steps.
    """
    known = {name: held for name, held in fixed.items() if not math.isnan(held.value)}
    if not math.isnan(year):
        known["year"] = StatedValue(year, Source(SourceKind.PUBLISHED, "published"))
    fixed = {**software_of(None, known).inputs, **known}
    try:
        fixed["chip_count"] = StatedValue(_guessed_chips(fixed), Source(SourceKind.RULE))
        fixed |= _usual_length(fixed, "the model")
        values = {name: held.value for name, held in fixed.items()}
        parts = {name: values.pop(name) for name in FIXES if name in values}
        mfu = _best_mfu(frozenset(values.items()), frozenset(parts.items()))
    except (KeyError, strategy_search.NoStrategyError):
        return NOT_SEARCHED
    return mfu if mfu > 0 else NOT_SEARCHED


@functools.lru_cache(1024)  # a published run is searched where it is fitted on, and where it is predicted
def _best_mfu(known: frozenset[tuple[str, float]], parts: frozenset[tuple[str, float]]) -> float:
    """Search the best MFU (0 to 1) of all chips, of a run of which so much is known and these parts of the strategy fixed."""
    values = dict.fromkeys(PEAKS.values(), math.nan) | dict(known)  # the peak of another precision may be unknown
    best = strategy_search.best_on_most(values, dict(parts))
    return best.mfu * best.chips / values["chip_count"]


def _guessed_chips(known: Mapping[str, StatedValue]) -> float:
    """Return the chips; where nothing gives them, about as many as take the stated or the usual time."""
    if "chip_count" in known:
        return float(round(known["chip_count"].value))
    flops = 6 * known["active_parameters"].value * known["tokens"].value
    time = known["run_time"].value if "run_time" in known else store.stated().run_time.of(flops).parameters[0]
    return near_chips(flops / (GUESSED_MFU * known["peak_bf16"].value) / time)


def near_chips(chips: float) -> float:
    """Round a number of chips to a power of two or three times one, which divide well: for where it is not known exactly."""
    power = 2.0 ** math.floor(math.log2(max(chips, 1.0)))
    around = (power, 1.5 * power, 2 * power) if power > 1 else (1.0, 2.0)
    return min(around, key=lambda count: abs(math.log(count / max(chips, 1.0))))


def _usual_length(stated: Mapping[str, StatedValue], model_name: str) -> dict[str, StatedValue]:
    """Choose the sequence length where it is not stated. Raises InputError where nothing says what is usual."""
    length = stated.get("sequence_length")
    if length is not None and not math.isnan(length.value):
        return {}
    year = stated["year"].value if "year" in stated else math.nan
    usual = store.stated().of("sequence_length", year=year)
    if usual is None:
        raise InputError("say how many tokens a sequence of training has", where=Parameter("sequence_length"))
    source = Source(SourceKind.USUAL, f"{model_name} does not say: median of {usual.source}")
    return {"sequence_length": StatedValue(float(usual.at(np.array([0.5]))[0]), source)}


def _refuse(stated: Mapping[str, StatedValue]) -> None:
    """Refuse what a search cannot hold, since every strategy has its own. Raises InputError."""
    options = {name: held.source.option for name, held in stated.items() if held.source.kind is SourceKind.STATED}
    for name in (name for name, option in options.items() if option is not None and option.name == "sets"):
        item = MODEL[name]
        if not item.given and name != "data_parallel" and not {*strategy_search.PARTS}.isdisjoint(MODEL.inputs([name])):
            wrong = f"{name} is computed anew for every strategy; set what it needs ({', '.join(item.parameters)})"
            raise InputError(wrong, where=Parameter("sets"))


def _check_known(fixed: Mapping[str, StatedValue], chip: configs.FactRow) -> None:
    """Refuse a run of which a fact is missing that step time or memory of some strategy need. Raises MissingFactsError."""
    defaults = {name: default.value for name, default in configs.defaults().items()}
    values = defaults | {name: value.value for name, value in fixed.items()}
    searched = set(strategy_search.PARTS)
    used = {"peak_bf16", peak_column(values["precision_bits"])}  # attention is computed in BF16, whatever the products are in
    idle = set(PEAKS.values()) - used
    needed = [name for name in MODEL.inputs(_SEARCHED) if name not in searched | idle | {"batch_size"}]
    absent = [name for name in needed if math.isnan(values.get(name, math.nan))]
    if not absent:
        return
    of_chip = [name for name in absent if name in chip.values]
    if of_chip == absent:
        problem = f"needs facts of {chip.name} that are not published: {', '.join(absent)}"
        instead = Parameter("sets", "NAME=VALUE")
        raise MissingFactsError(f"{problem}; give each with ", instead, ", or take another chip", where=Parameter("strategy"))
    missing = ", ".join(name for name in absent if name not in of_chip)
    raise MissingFactsError(
        f"needs the model's architecture: name a model, or give the path of its config.json (not known: {missing})",
        where=Parameter("strategy"),
    )


def _search(fixed: Mapping[str, StatedValue], parts: Mapping[str, float]) -> strategy_search.BestStrategy:
    values = {name: value.value for name, value in fixed.items() if name not in parts}
    try:
        return strategy_search.best_on_most(values, parts)
    except strategy_search.NoStrategyError as error:
        states = shard_text(fixed) if isinstance(error, strategy_search.NoRoomError) else ""
        raise InputError(str(error), states, *_hint(values, fixed, parts), where=Parameter("strategy")) from None


def _hint(
    values: Mapping[str, float], fixed: Mapping[str, StatedValue], parts: Mapping[str, float]
) -> tuple[str | Parameter, ...]:
    """Word which of the parameters, left open, would let a strategy divide and fit."""
    helpful: list[str | Parameter] = []
    for name in (*parts, "batch_size"):
        option = fixed[name].source.option if name in fixed else None
        if option is not None and _exists(_without(values, name), _without(parts, name)):
            helpful += [" or ", name if option.name == "sets" else option]
    return ("; with ", *helpful[1:], " left open one would") if helpful else ()


def _without(values: Mapping[str, float], name: str) -> dict[str, float]:
    return {key: value for key, value in values.items() if key != name}


def _exists(values: Mapping[str, float], parts: Mapping[str, float]) -> bool:
    try:
        strategy_search.best_on_most(values, parts)
    except strategy_search.NoStrategyError:
        return False
    return True
