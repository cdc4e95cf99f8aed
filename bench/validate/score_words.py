"""How good predictions are, in sentences, and the cells of tables of scores."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .baselines import BEST, FLATS, HINDSIGHT
from .results import ErrorSummary, Predicted, by_quantity, summary_of
from .scores import Rivalry, hindsight_mfu, rivalries

HEADINGS = ("cases", "median", "mean", "mean |ln|", "bias", "inside P10 to P90")
LEGEND = (
    "Errors are |predicted - published| / published. mean |ln|: of the ratio's logarithm, in which half and twice as much are "
    "as far off. bias: how much predictions are too high (+) or too low (-) on the whole, by the mean of that logarithm. P10 "
    "to P90 should hold 80%."
)
METHOD = (
    "A training run is predicted from what was known before it: its model, tokens, chip and how many, precision and year. A "
    "run that the MFU was fitted on is predicted by the whole method fitted without any run of its developer.",
    "A step is predicted from its strategy, batch and chip, and from the software that its source names, with its date; "
    "nothing else of a source is read. A step that was fitted on is predicted by the fit without its source.",
    "What was fitted on is told by its inputs and never by its result: to scale a published result moves no prediction.",
    "The time to train follows from the samples that MLPerf's reference runs need to converge, and from the measured step, or "
    "from the predicted one, by the best strategy where none is published.",
    "Energy is predicted from the published chip-hours, for the scope that its source states; the power of servers from their "
    "chips; the power of a fleet from its chips, and its chips from the power.",
    "Figures that were computed from other figures of the same row test nothing and are left out, with the reason.",
    "Flat MFUs take 6 operations for each parameter and token over BF16's peak. The one that is best in hindsight was chosen "
    "on the very runs that it is scored on, by the mean of |ln|; the best MFU of other runs on those of other developers.",
    "Other tools are scored on the cases for which their own predictions are published, and flopwatt beside them on the same.",
    "P10 to P90 is the middle 80% of what is predicted when all that is not known is drawn together. Chance alone moves the "
    "share that it holds in few cases: its 90% interval is Wilson's, as if cases were independent.",
)
_SHOWN = {BEST: "6ND at the best MFU of other runs"}
_COUNTED = 10  # intervals; of fewer it is said how many held


@dataclass(frozen=True)
class _Words:
    """What sentences call a quantity, and its cases in the singular."""

    quantity: str
    case: str


_WORDS: Mapping[str, _Words] = {
    "chip_hours": _Words("Chip-hours", "run"),
    "chip_hours_given_mfu": _Words("Chip-hours where the MFU is published", "run"),
    "energy": _Words("Energy", "measurement"),
    "training_flops": _Words("Operations", "run"),
    "facility_power": _Words("Power of fleets", "fleet"),
    "chip_count": _Words("Chips of fleets by their power", "fleet"),
    "step_time": _Words("Step time", "step"),
    "memory_per_chip": _Words("Memory of a chip", "step"),
    "time_to_train": _Words("Time to train", "result"),
    "time_to_train_given_step": _Words("Time to train by the measured step", "result"),
    "server_power": _Words("Power of servers", "measurement"),
    "rl_time": _Words("Time of reinforcement learning", "measurement"),
    "tuning_time": _Words("Time of fine-tuning", "run"),
}


def quantity_title(quantity: str) -> str:
    """Name a quantity at the beginning of a sentence or a heading."""
    return _words(quantity).quantity


def _words(quantity: str) -> _Words:
    name = quantity.replace("_", " ")
    return _WORDS.get(quantity) or _Words(name[:1].upper() + name[1:], "case")


def percent(share: float) -> str:
    """Write an error in percent: 5.9%, 24%."""
    size = 100 * share
    return f"{size:.0f}%" if size >= 9.95 else f"{size:.1f}%" if size >= 0.05 else "less than 0.1%"


def signed(bias: float) -> str:
    """Write a mean of logarithms as a change in percent, with its sign."""
    size = 100 * math.expm1(bias)
    return f"{size:+.1f}%" if abs(size) >= 0.05 else "0.0%"


def shown_baseline(name: str) -> str:
    """Name a baseline in tables for people, so that those of one kind are told apart."""
    return _SHOWN.get(name, name)


def score_cells(summary: ErrorSummary) -> tuple[str, ...]:
    """Write the cells under `HEADINGS`."""
    errors = (summary.median_absolute_relative_error, summary.mean_absolute_relative_error)
    coverage = "" if summary.coverage is None else _share_inside(summary.coverage, summary.intervals)
    if _COUNTED <= summary.intervals < summary.n:
        coverage += f" of {summary.intervals}"
    logs = (f"{summary.mean_absolute_log_error:.3f}", signed(summary.bias))
    return (str(summary.n), *(f"{100 * error:.1f}%" for error in errors), *logs, coverage)


def sentences(predicted: Sequence[Predicted]) -> list[str]:
    """Say in a sentence or two for each quantity how far predictions are off, and how far baselines are."""
    rivals = rivalries(predicted)
    return [
        f"{_own(quantity, summary_of(cases))}{_others(rivals.get(quantity, {}), cases)}"
        for quantity, cases in by_quantity(predicted).items()
    ]


def _own(quantity: str, summary: ErrorSummary) -> str:
    words = _words(quantity)
    off = percent(summary.median_absolute_relative_error)
    if summary.n == 1:
        return f"{words.quantity}: off by {off} in 1 {words.case}{_inside(summary)}."
    mean = percent(summary.mean_absolute_relative_error)
    return f"{words.quantity}: off by {off} in the median of {summary.n} {words.case}s (mean {mean}){_inside(summary)}."


def _inside(summary: ErrorSummary) -> str:
    if summary.coverage is None:
        return ""
    if summary.n == 1:
        return ", inside P10 to P90" if summary.coverage else ", outside P10 to P90"
    return f", {_share_inside(summary.coverage, summary.intervals)} inside P10 to P90"


def _share_inside(coverage: float, intervals: int) -> str:
    """Write a coverage in percent, or of few intervals how many held."""
    return f"{100 * coverage:.0f}%" if intervals >= _COUNTED else f"{round(coverage * intervals)} of {intervals}"


def _others(rivals: Mapping[str, Rivalry], cases: Sequence[Predicted]) -> str:
    """Say how far baselines are off: flat MFUs together, others on the cases that they predict."""
    named = (*FLATS.values(), HINDSIGHT, BEST)
    said = [_peer(name, rivalry) for name, rivalry in rivals.items() if name not in named]
    flats = {share: rivals[name] for share, name in FLATS.items() if name in rivals}
    if flats:
        errors = _listed(f"{100 * share:.0f}% by {_errors(rivalry.theirs)}" for share, rivalry in flats.items())
        said.insert(0, f"a flat MFU of {errors.replace(' by ', ' is off by ', 1)}")
    text = "; ".join(said)
    return f" {text[0].upper()}{text[1:]}.{_hindsight(rivals, cases)}" if text else ""


def _hindsight(rivals: Mapping[str, Rivalry], cases: Sequence[Predicted]) -> str:
    """Hold flopwatt against the flat MFU that was chosen on the very cases, by the measure that it was chosen by."""
    if HINDSIGHT not in rivals:
        return ""
    theirs, ours = (own.mean_absolute_log_error for own in (rivals[HINDSIGHT].theirs, rivals[HINDSIGHT].ours))
    best = f"{100 * hindsight_mfu(cases):.0f}%, the best flat MFU in hindsight, is chosen on these very cases"
    return f" {best}: its mean |ln| is {theirs:.3f}, flopwatt's {ours:.3f}."


def _peer(name: str, rivalry: Rivalry) -> str:
    if rivalry.whole:
        return f"{name} is off by {_errors(rivalry.theirs)}"
    return f"{name} on {rivalry.theirs.n} of these by {_errors(rivalry.theirs)}, flopwatt there by {_errors(rivalry.ours)}"


def _errors(summary: ErrorSummary) -> str:
    """Write the median, and behind it the mean where there is more than one case."""
    median, mean = map(percent, (summary.median_absolute_relative_error, summary.mean_absolute_relative_error))
    return median if summary.n == 1 else f"{median} (mean {mean})"


def _listed(texts: Iterable[str]) -> str:
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last
