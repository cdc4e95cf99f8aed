"""The time that a system takes to train a benchmark to its target: steps of the best strategy until the target is met."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from ... import configs
from ..errors import InputError, Parameter, Spelling, named
from ..facts.cells import RowError
from ..stats.distributions import lognormal_interval
from ..step_time.adapters import FROZEN
from ..step_time.rows import chip_facts
from ..terminal import numbers
from .best_step import FIXES, OF_STEP, STEP_QUANTITIES, BestStep
from .convergence import POINTS, TrainTime, benchmark, greatest_batch, train_time
from .request import Request, find, run_of
from .strategy_report import entry, strategy_words
from .submission_habits import BATCH_SOURCE, usual_batch, usual_precision, usual_step

if TYPE_CHECKING:
    from rich.console import Console

# The row of the models table that a benchmark trains.
MODELS = {
    "gpt3": "gpt-3-175b",
    "llama31_405b": "llama-3.1-405b",
    "llama31_8b": "llama-3.1-8b",
    "llama2_70b_lora": "llama-2-70b",
    "gpt_oss_20b": "gpt-oss-20b",
    "deepseekv3_671b": "deepseek-v3",
}
_ADAPTERS = "lora"  # in a benchmark's key: adapters alone are trained
_BESIDE = ("chip_count", "software_date", *OF_STEP)  # quantities that may be stated
_BATCHES = 5  # that are tried, doubled each time, until the time to train grows
_ROUNDING = 1e-9
_MINUTE = 60.0
_TOKENS = "tokens=1e12"  # a run has some, of which its step does not depend, and not every model says how many


class StepTime(NamedTuple):
    """A step time (s), and the standard deviation of its logarithm."""

    seconds: float
    spread: float

    @property
    def ends(self) -> tuple[float, float]:
        """P10 and P90 (s)."""
        return lognormal_interval(self.seconds, self.spread)


@dataclass(frozen=True)
class BenchmarkEstimate:
    """The time to train of a benchmark on a system.

    Attributes
    ----------
    rules
        The benchmark's row.
    chip
        The chip's row.
    precision
        Of the matrix products.
    batch
        Sequences of a step.
    step
        The best strategy's step.
    step_time
        What a step of a submission takes: of that strategy where parts of it are stated, else as submissions cut the model.
    time
        The time to train, with the step's spread.
    assumed
        What was not stated, by parameter, with where it comes from.
    """

    rules: configs.FactRow
    chip: configs.FactRow
    precision: str
    batch: float
    step: BestStep
    step_time: StepTime
    time: TrainTime
    assumed: Mapping[str, str]

    @property
    def ends(self) -> tuple[float, float]:
        """P10 and P90 of the time to train (s)."""
        return lognormal_interval(self.time.seconds, self.time.spread)

    def to_dict(self) -> dict[str, Any]:
        """Return all that is estimated, as JSON: times in minutes and seconds, as the keys say."""
        low, high = self.ends
        step_low, step_high = self.step_time.ends
        strategy, own = entry(self.step), {*self.assumed, "sequence_length"}
        return {
            "benchmark": self.rules.key,
            "chip": self.chip.key,
            "chip_count": self.step.chips,
            "precision": self.precision,
            "time_to_train_min": {"median": self.time.seconds / _MINUTE, "p10": low / _MINUTE, "p90": high / _MINUTE},
            "step_time_s": {"median": self.step_time.seconds, "p10": step_low, "p90": step_high},
            "batch_size": self.batch,
            "samples_to_convergence": self.time.convergence.samples,
            "submission_share": self.rules.values["submission_share"],
            "convergence_steps": self.time.steps,
            "evaluations": self.time.evaluations,
            "evaluation_share": self.time.evaluation_share,
            "strategy": {**strategy, "stated": [name for name in strategy["stated"] if name not in own]},
            "framework": self.step.software.framework,
            "software_date": self.step.software.date,
            "assumed": dict(self.assumed),
            "note": self.time.convergence.note,
            "source": self.rules.source,
        }


def estimate_time_to_train(benchmark_name: str, request: Request) -> BenchmarkEstimate:
    """Estimate how long a system trains a benchmark until its target is met.

    Parameters
    ----------
    benchmark_name
        The benchmark: a key of configs/benchmarks.toml, its name or an alias.
    request
        Chip, chips, precision and what is stated of the strategy and the software.

    Raises
    ------
    InputError
        Names the parameter that is wrong, missing or of no effect, and what would be right.
    """
    rules = benchmark(benchmark_name)
    request = _stated_once(request)
    _refuse(request, rules)
    if "chip_count" not in request.stated:
        raise InputError("say how many chips train the benchmark", where=Parameter("chip_count"))
    if request.chip is None:
        raise InputError("name the chip, such as h100-sxm-80gb; `flopwatt show hardware` lists them", where=Parameter("chip"))
    chip = find("hardware", request.chip, "chip")
    completed = _completed(rules, chip, request)
    assumed = dict(completed.assumed)
    step, batch = _step(rules, completed.request)
    if "batch_size" not in request.stated:
        assumed["batch_size"] = BATCH_SOURCE
    seconds, spread = step.strategy.seconds, step.spread
    if not set(FIXES) & set(request.stated):
        seconds, spread = usual_step(seconds, spread)
        assumed["strategy"] = configs.defaults()["submission_step_ratio"].source
    step_time = StepTime(seconds, spread)
    time = train_time(rules, batch, *step_time)
    return BenchmarkEstimate(rules, chip, completed.precision.lower(), batch, step, step_time, time, assumed)


def print_benchmark(console: "Console", result: BenchmarkEstimate, spell: Spelling = named) -> None:
    """Print the time to train, and what it rests on.

    Parameters
    ----------
    console
        Where to print.
    result
        What was estimated.
    spell
        Words the parameters that would change what was not stated.
    """
    for line in (*_result_lines(result, spell), *_assumed_lines(result, spell)):
        console.print(line, highlight=False)


def _result_lines(result: BenchmarkEstimate, spell: Spelling) -> tuple[str, ...]:
    """Word the time to train, its steps, its evaluations and the strategy, a line each."""
    system = f"{numbers.count(result.step.chips)} {result.chip.name}, {result.precision.upper()}"
    batch, sequences = (numbers.count(count, "sequence") for count in (result.batch, result.time.convergence.samples))
    took, step = _words(result.time.seconds, *result.ends), _words(result.step_time.seconds, *result.step_time.ends)
    share, used = result.rules.values["submission_share"], result.step.strategy.chips
    of_them = f", of which submissions train {share:.1%}" if share != 1 else ""
    idle = f", on {numbers.count(used)} of the {numbers.count(result.step.chips)} chips" if used != result.step.chips else ""
    software = result.step.software
    chosen = "" if software.stated else f" by default ({spell(Parameter('framework'))} would change it)"
    return (
        f"{result.rules.name} on {system}: {took} until the target is met.",
        f"{numbers.count(result.time.steps)} steps of {step}, each of {batch}: {sequences}, by reference convergence points "
        f"(`flopwatt show {POINTS}`){of_them}.",
        f"{numbers.count(result.time.evaluations, digits=2)} evaluations add {result.time.evaluation_share:.1%} of the steps' "
        f"time, and {numbers.number(result.rules.values['evaluation_pause'])} s each.",
        f"Best strategy: {strategy_words(result.step)}{idle}; {software.words}{chosen}.",
    )


def _assumed_lines(result: BenchmarkEstimate, spell: Spelling) -> list[str]:
    """Word what was not stated, a line each."""
    lines = []
    if "strategy" in result.assumed:
        more = configs.defaults()["submission_step_ratio"].value - 1
        lines.append(f"Steps of submissions take {more:.0%} more than the best strategy's, and are counted so.")
    if "tdp" in result.assumed:
        lines.append(f"{result.assumed['tdp'][:1].upper()}{result.assumed['tdp'][1:]}.")
    lower = "" if math.isnan(result.chip.values["peak_fp4"]) else "; some since v5.1 take FP4"
    said = {
        "batch_size": f"{result.batch:,.0f} sequences, as submissions do",
        "precision": f"{result.precision.upper()}, as submissions do{lower}",
    }
    lines += [f"{spell(Parameter(name))} is not stated: {text}." for name, text in said.items() if name in result.assumed]
    if result.time.convergence.note:
        lines.append(f"The batch is {result.time.convergence.note}.")
    return lines


@dataclass(frozen=True)
class _Completed:
    """A request of a run of the benchmark: the precision's name, and what was assumed, by parameter, with its source."""

    request: Request
    precision: str
    assumed: Mapping[str, str]


def _completed(rules: configs.FactRow, chip: configs.FactRow, request: Request) -> _Completed:
    """Add the benchmark's model and its sizes to what is stated, and what submissions do where nothing is."""
    assumed: dict[str, str] = {}
    sets = (*request.sets, *_sizes(rules), _TOKENS)
    if "tdp" not in dict(map(_split, request.sets)):
        facts, notes = _facts(chip, float(_chips(request)))
        if notes:
            assumed["tdp"], sets = notes[0], (*sets, f"tdp={facts['tdp']:g}")
    precision, option = str(request.precision), request.precision
    if option is None:
        usual = usual_precision(chip)
        precision, option, assumed["precision"] = usual.name, usual.option, usual.source
        sets = (*sets, *(f"{column}={value:g}" for column, value in usual.peaks.items()))
    model = MODELS[rules.key.partition("-v")[0]]
    return _Completed(replace(request, model=model, strategy="auto", precision=option, sets=sets), precision, assumed)


def _words(seconds: float, low: float, high: float) -> str:
    """Write a time and its ends in the unit of the time: minutes, as MLPerf has them, below one seconds, then milliseconds."""
    size, unit = next((item for item in ((_MINUTE, "min"), (1.0, "s")) if seconds >= item[0]), (1e-3, "ms"))
    return numbers.join_spread(*(f"{numbers.number(value / size)} {unit}" for value in (seconds, low, high)))


def _facts(chip: configs.FactRow, chips: float) -> tuple[Mapping[str, float], Sequence[str]]:
    """Gather the facts of a chip, and what is assumed of it. Raises InputError where one is missing."""
    try:
        return chip_facts(chip, chips)
    except RowError as error:
        raise InputError(str(error), where=Parameter("chip")) from None


def _split(text: str) -> tuple[str, str]:
    """Part NAME=VALUE into both."""
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _stated_once(request: Request) -> Request:
    """Count as stated by a parameter of its own what is set by name, but for what is stated so too."""
    own = {name: value for name, value in map(_split, request.sets) if name in _BESIDE and name not in request.stated}
    sets = tuple(text for text in request.sets if _split(text)[0] not in own)
    return replace(request, stated={**request.stated, **own}, sets=sets)


def _refuse(request: Request, rules: configs.FactRow) -> None:
    """Refuse what a benchmark says itself, and what its time does not depend on. Raises InputError."""
    own = {"model": request.model, "parameters": request.parameters, "active_parameters": request.active_parameters}
    for name, stated in own.items():
        if stated is not None:
            raise InputError("a benchmark brings its own model; leave it out", where=Parameter(name))
    _refuse_sets(request, rules)
    if "sequence_length" in request.stated:
        raise InputError("the benchmark's rules say it; leave it out", where=Parameter("sequence_length"))
    other = {"country": request.country, "like": request.like, "weights": request.weights, "system": request.system}
    idle = [name for name, stated in other.items() if stated is not None]
    idle += [name for name in request.stated if name not in _BESIDE]
    if idle:
        raise InputError("does not change the time to train of a benchmark; leave it out", where=Parameter(idle[0]))


def _refuse_sets(request: Request, rules: configs.FactRow) -> None:
    """Refuse what is set of the rules or the model, and what no step depends on. Raises InputError."""
    from ...kernels.quantities import MODEL

    brings = {*rules.values, *configs.load("models").columns, "active_parameters", *(FROZEN if _ADAPTERS in rules.key else ())}
    used = {*MODEL.inputs((*STEP_QUANTITIES, "step_mfu")), *_BESIDE}
    for name in (name for name, _ in map(_split, request.sets) if name in MODEL):
        if name in brings:
            raise InputError(f"the benchmark brings its own {name}; leave it out", where=Parameter("sets"))
        if name not in used and MODEL[name].given:
            raise InputError(f"{name} does not change the time to train of a benchmark; leave it out", where=Parameter("sets"))


def _sizes(rules: configs.FactRow) -> tuple[str, ...]:
    """Write the sizes that the rules give the model."""
    sizes = {name: rules.values[name] for name in ("sequence_length", "vocabulary_size")}
    sizes |= FROZEN if _ADAPTERS in rules.key else {}
    return tuple(f"{name}={value:.0f}" for name, value in sizes.items() if not math.isnan(value))


def _step(rules: configs.FactRow, request: Request) -> tuple[BestStep, float]:
    """Search the best strategy for the stated batch, or for the fastest of the usual one and its doubles."""
    if "batch_size" in request.stated:
        step = run_of(request, ("run_time",)).best
        assert step is not None  # a strategy is asked for: without one, run_of raises
        return step, step.scenario.fixed["batch_size"].value
    batch = usual_batch(rules, float(_chips(request)))
    fastest, refused = None, None
    most = greatest_batch(rules) * (1 + _ROUNDING)
    for tried in (batch * 2**further for further in range(_BATCHES)):
        if fastest is not None and tried > most:
            break
        try:
            step, _ = _step(rules, replace(request, stated={**request.stated, "batch_size": f"{tried:.0f}"}))
        except InputError as error:
            refused = refused or error
            continue
        seconds = train_time(rules, tried, step.strategy.seconds).seconds
        if fastest is not None and seconds >= fastest[0]:
            break
        fastest = seconds, step, tried
    if fastest is None:
        assert refused is not None  # every batch was tried
        raise refused
    return fastest[1], fastest[2]


def _chips(request: Request) -> float:
    """Read the number of chips as `run_of` does."""
    from ...kernels.quantities import MODEL
    from .stated_number import number

    return number(request.stated["chip_count"], MODEL["chip_count"], "chip_count", unusual=request.unusual)
