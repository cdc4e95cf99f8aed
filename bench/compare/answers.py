"""When two stored answers are equal: their numbers within the dtype's tolerance, never a hash of their bits."""

import math

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
    """Word what two benchmarks of one name answered differently; empty where their answers agree."""
    error = candidate.max_relative_error.value
    if error is not None and error > tolerance(candidate.dtype):
        return f"the candidate is off the NumPy engine by {error:.2g}, more than {tolerance(candidate.dtype):g}"
    known = {answer.question: answer for answer in baseline.answers}
    for answer in candidate.answers:
        if answer.question in known:
            difference = _difference(known[answer.question], answer, candidate.dtype)
            if difference:
                return f"{answer.question}: {difference}"
    return ""


def _difference(baseline: StoredAnswer, candidate: StoredAnswer, dtype: str) -> str:
    for name, values in candidate.values.items():
        before = baseline.values.get(name)
        if before is None:
            continue
        if (before.size, before.index, before.unit) != (values.size, values.index, values.unit):
            return f"{name} has {values.size} values in {values.unit or 'no unit'}, it had {before.size}"
        difference = _largest_difference(before, values, tolerance(dtype, values.kind))
        if difference:
            return f"{name} {difference}"
    return ""


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
