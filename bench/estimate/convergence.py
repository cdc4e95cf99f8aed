"""How long a benchmark trains until its target is met: reference convergence points, and the evaluations of its rules.

The references met the target at some evaluation; where they crossed it lies half an interval before, on average. Between two
batches that is taken as straight in the logarithm of the batch; below the smallest it is as at the smallest, which is how
MLPerf checks submissions of such batches, and above the largest it goes on as between the last two. A submission with its own
evaluations meets the target at the first that comes after it crosses.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist

from ... import configs
from ...kernels.quantities import MODEL
from ...kernels.text import nearest
from ..errors import InputError, Parameter

BENCHMARKS, POINTS = "benchmarks", "convergence"
TARGETS = ("time_to_train", "convergence_steps", "evaluations", "evaluation_share")
_ROUND = "-v"  # what the key of an earlier round's rules goes on with
_FEW_RUNS = 3  # of a submission of which the fastest and the slowest are dropped: the median is left
_LEAST_SPREAD = 0.01  # of the logarithm: reference runs that all ended at one evaluation hide theirs
_TAIL = 8.0  # standard deviations


@dataclass(frozen=True)
class Convergence:
    """How many sequences submissions of a batch train until the target is met.

    Parameters
    ----------
    samples
        On average, at the evaluation that meets the target.
    spread
        The standard deviation of the logarithm.
    note
        Says where the batch lies outside the references'; empty within.
    """

    samples: float
    spread: float
    note: str = ""


@dataclass(frozen=True)
class TrainTime:
    """The time to train of a batch and a step.

    Parameters
    ----------
    seconds
        The median.
    spread
        The standard deviation of its logarithm.
    steps, evaluations
        How many of each the run takes.
    evaluation_share
        Time of evaluations over that of steps.
    convergence
        Where the steps come from.
    """

    seconds: float
    spread: float
    steps: float
    evaluations: float
    evaluation_share: float
    convergence: Convergence


@dataclass(frozen=True)
class _Point:
    """A reference convergence point: the logarithm of the batch, where runs cross the target, and their spread."""

    log_batch: float
    crossing: float
    spread: float
    runs: float


def names() -> tuple[str, ...]:
    """List the benchmarks, by what submissions call them."""
    return tuple(key for key in configs.load(BENCHMARKS).rows if _ROUND not in key)


def match_benchmark(name: str) -> configs.FactRow | None:
    """Match a text to a benchmark: its key, name, label or an alias, whatever stands between letters and digits."""
    table = configs.load(BENCHMARKS)
    try:
        return table.find(name)
    except configs.FactError:
        plain = _plain(name)
    rows = (table.rows[key] for key in names())
    return next((row for row in rows if plain in {_plain(row.key), _plain(row.shown), *map(_plain, row.aliases)}), None)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def benchmark(name: str, mlperf_round: str = "") -> configs.FactRow:
    """Find the rules of a benchmark.

    Parameters
    ----------
    name
        Its key, name or alias.
    mlperf_round
        The round whose rules hold, such as ``v5.0``; the latest where it has none of its own.

    Raises
    ------
    InputError
        Where there is no such benchmark; it names those that there are.
    """
    row = match_benchmark(name)
    if row is None:
        known = ", ".join(names())
        hint = nearest(name.lower(), names()) or ""
        raise InputError(f"there is no benchmark {name[:40]!r}; known are {known}{hint}", where=Parameter("benchmark"))
    return configs.load(BENCHMARKS).rows.get(f"{row.key}{_ROUND}{mlperf_round.removeprefix('v')}", row)


def least_batch(rules: configs.FactRow) -> float:
    """Return the smallest batch of the reference's runs."""
    return math.exp(_points(rules)[0].log_batch)


def greatest_batch(rules: configs.FactRow) -> float:
    """Return the greatest batch of the reference's runs: beyond it MLPerf asks for further ones."""
    return math.exp(_points(rules)[-1].log_batch)


def convergence(rules: configs.FactRow, batch: float) -> Convergence:
    """Tell how many sequences are trained until the target is met.

    Parameters
    ----------
    rules
        The benchmark's row.
    batch
        Sequences of a step.
    """
    points = _points(rules)
    crossing = _crossing(points, math.log(batch)) * rules.values["submission_share"]
    near = min(points, key=lambda point: abs(point.log_batch - math.log(batch)))
    runs = max(near.runs / 2, 1)  # references take twice the runs of a submission
    mean, deviation = _at_evaluations(_evaluations(rules, batch), crossing, near.spread, runs <= _FEW_RUNS)
    kept = max(runs - 2, 1)
    usual = configs.defaults()["submission_spread"].value
    return Convergence(mean, math.hypot(deviation / mean / math.sqrt(kept), usual), _outside(points, batch))


def train_time(rules: configs.FactRow, batch: float, step_seconds: float, step_spread: float = 0.0) -> TrainTime:
    """Compute the time to train.

    Parameters
    ----------
    rules
        The benchmark's row.
    batch
        Sequences of a step.
    step_seconds
        The time of a step (s).
    step_spread
        The standard deviation of its logarithm; 0 where it was measured.
    """
    expected = convergence(rules, batch)
    given = {"samples_to_convergence": expected.samples, "batch_size": batch, "step_time": step_seconds}
    values = {name: float(value) for name, value in MODEL.compute(TARGETS, {**rules.values, **given}).items()}
    return TrainTime(
        seconds=values["time_to_train"],
        spread=math.hypot(expected.spread, step_spread),
        steps=values["convergence_steps"],
        evaluations=values["evaluations"],
        evaluation_share=values["evaluation_share"],
        convergence=expected,
    )


def _points(rules: configs.FactRow) -> Sequence[_Point]:
    """Read the reference's points, by batch: those of the round where it has its own, else the benchmark's."""
    rows = _rows_of(rules.key) or _rows_of(rules.key.partition(_ROUND)[0])
    return sorted((_point(row.values) for row in rows), key=lambda point: point.log_batch)


def _rows_of(key: str) -> list[configs.FactRow]:
    start = f"{key}-"
    return [row for name, row in configs.load(POINTS).rows.items() if name.startswith(start) and name[len(start) :].isdigit()]


def _point(values: Mapping[str, float]) -> _Point:
    """Take the evaluations' share out of what a reference trained: half an interval of its mean, and of its spread."""
    mean, interval = values["reference_samples"], values["reference_interval"]
    rounding = (interval / mean) ** 2 / 12  # of what is even within an interval
    spread = math.sqrt(max(values["reference_spread"] ** 2 - rounding, _LEAST_SPREAD**2))
    return _Point(math.log(values["reference_batch"]), mean - interval / 2, spread, values["reference_runs"])


def _crossing(points: Sequence[_Point], log_batch: float) -> float:
    """Interpolate where the target is crossed."""
    if log_batch <= points[0].log_batch:
        return points[0].crossing
    pairs = list(pairwise(points))
    low, high = next((pair for pair in pairs if log_batch <= pair[1].log_batch), pairs[-1])
    slope = (high.crossing - low.crossing) / (high.log_batch - low.log_batch)
    return low.crossing + slope * (log_batch - low.log_batch)


def _outside(points: Sequence[_Point], batch: float) -> str:
    least, most = math.exp(points[0].log_batch), math.exp(points[-1].log_batch)
    if batch < least - 0.5:
        return f"below the reference's smallest batch, {least:,.0f}: its sequences are taken"
    return f"above the reference's largest batch, {most:,.0f}: its sequences go on as before" if batch > most + 0.5 else ""


@dataclass(frozen=True)
class _Evaluations:
    """When a run evaluates: sequences before the first, and between two."""

    first: float
    spacing: float


def _evaluations(rules: configs.FactRow, batch: float) -> _Evaluations:
    values = MODEL.compute(("first_evaluation", "evaluation_spacing"), {**rules.values, "batch_size": batch})
    return _Evaluations(math.ceil(values["first_evaluation"] / batch) * batch, values["evaluation_spacing"])


def _at_evaluations(when: _Evaluations, crossing: float, spread: float, median_of_three: bool) -> tuple[float, float]:
    """Return mean and standard deviation of the sequences at the evaluation that meets the target.

    A run goes on to a further evaluation where it crosses the target after this one; of three runs the median counts.
    """
    normal = NormalDist(crossing, crossing * spread)
    at, mean, square = when.first, when.first, when.first**2
    while at < crossing * (1 + _TAIL * spread):
        later = 1 - normal.cdf(at)
        share = later * later * (3 - 2 * later) if median_of_three else later
        mean += when.spacing * share
        square += ((at + when.spacing) ** 2 - at**2) * share
        at += when.spacing
    return mean, math.sqrt(max(square - mean**2, 0.0))
