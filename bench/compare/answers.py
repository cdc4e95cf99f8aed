"""When two stored answers are equal: their numbers within the dtype's tolerance, never a hash of their bits."""

import math
from collections.abc import Mapping

from ..records.record import Benchmark, StoredAnswer, Values
from ..verify.tolerance import TOLERANCE

# A value within rounding of a threshold may fall on its other side, and one at a bin's edge in the next bin: how much such
# numbers may differ, relative. A bin is 1/64 of an octave, 1.6% at most from one value of it to one of the next.
COUNTS = {"float64": 1e-6, "float32": 1e-3}
BINS = 0.016


def tolerance(dtype: str, kind: str = "value") -> float:
    """Return the relative difference up to which two numbers are equal; what ties may choose freely always is."""
    if kind == "tied":
        return math.inf
    if kind == "binned":
        return BINS
    table = COUNTS if kind == "count" else TOLERANCE
    return table.get(dtype, table["float32"])


def disagreement(baseline: Benchmark, candidate: Benchmark) -> str:
    """Word what two benchmarks of one name answered differently; empty where they agree, or the baseline stores no answer."""
    error = candidate.max_relative_error.value
    if error is not None and error > tolerance(candidate.dtype):
        return f"the candidate is off the reference by {error:.2g}, more than {tolerance(candidate.dtype):g}"
    if not baseline.answers:
        return ""  # nothing to hold the candidate's against
    before, after = ({answer.question: answer for answer in side.answers} for side in (baseline, candidate))
    if before.keys() != after.keys():
        return f"the candidate stores {_questions(after)}, the baseline {_questions(before)}"
    differences = (_difference(before[question], after[question], candidate.dtype) for question in after)
    return next((f"{question}: {words}" for question, words in zip(after, differences, strict=True) if words), "")


def _questions(answers: Mapping[str, StoredAnswer]) -> str:
    return f"answers to {', '.join(answers)}" if answers else "no answer"


def _difference(baseline: StoredAnswer, candidate: StoredAnswer, dtype: str) -> str:
    if baseline.values.keys() != candidate.values.keys():
        return f"it has {_names(candidate)} where it had {_names(baseline)}"
    for name, values in candidate.values.items():
        before = baseline.values[name]
        if before.kind != values.kind:
            return f"{name} is of the kind {values.kind!r}, it was {before.kind!r}"
        if (before.size, before.index, before.unit) != (values.size, values.index, values.unit):
            unit, old_unit = (side.unit or "no unit" for side in (values, before))
            return f"{name} has {values.size} values in {unit}, it had {before.size} in {old_unit}"
        difference = _largest_difference(before, values, tolerance(dtype, values.kind))
        if difference:
            return f"{name} {difference}"
    return ""


def _names(answer: StoredAnswer) -> str:
    return ", ".join(answer.values) or "no values"


def _largest_difference(baseline: Values, candidate: Values, allowed: float) -> str:
    if math.isinf(allowed):
        return ""
    worst, words = 0.0, ""
    for before, after in zip(baseline.data, candidate.data, strict=True):
        if before == after:
            continue
        change = f"is {_plain(after)} where it was {_plain(before)}"
        if before is None or after is None:
            return change
        relative = abs(before - after) / max(abs(before), abs(after))
        if not relative <= max(allowed, worst):
            worst, words = relative, f"{change} (relative difference {relative:.2g}, allowed {allowed:g})"
    return words


def _plain(value: float | None) -> str:
    return "null" if value is None else f"{value:.12g}"
