"""What a published training run's row says that was known before the run: its chip, model, tokens and precision."""

import math
import re

from ... import configs
from ..estimate.architecture_sketch import sketch
from ..estimate.scenario import StatedValue, facts
from ..estimate.source import AS_PUBLISHED
from ..facts.cells import blank
from ..facts.chips import match_chip
from ..facts.precisions import PRECISIONS, Precision, match_precision
from .rows import CaseRow, UnpredictableError

NOT_COUNTED = ("context", "excluded", "none", "scale check")  # how validation_use says that a row tests nothing

HALF = re.compile(r"\bmixed\b|\bamp\b|\bhalf\b")  # of 16 and 32 bits, as PyTorch's automatic mixed precision


def uncounted(row: CaseRow) -> str:
    """Say why a row tests nothing, as itself does, or nothing."""
    use, kind = row.text("validation_use").lower(), row.text("kind")
    if use.startswith(NOT_COUNTED):
        return f"validation_use says {row.text('validation_use')}"
    return f"a {kind.replace('_', ' ')}, not a full run" if kind and kind != "full_run" else ""


def precision_of(row: CaseRow) -> Precision:
    """Read the precision of the matrix products, BF16 where none or mixed is stated. Raises UnpredictableError for others."""
    text = row.text("precision")
    precision = match_precision(text) or (PRECISIONS["BF16"] if blank(text) or HALF.search(text.lower()) else None)
    if precision is None:
        raise UnpredictableError(f"its precision {text!r} is not known; known are {', '.join(PRECISIONS)}")
    return precision


def chip_of(row: CaseRow) -> configs.FactRow:
    """Find the chip's facts. Raises UnpredictableError where the row names none that is known."""
    name = row.text("hardware")
    if not name:
        raise UnpredictableError("no hardware is published")
    match = match_chip(name)
    if match.row is None:
        reason = match.reason.value if match.reason else "names no chip"
        raise UnpredictableError(f"{name!r} {reason}{match.hint}")
    return match.row


def chip_hours_of(row: CaseRow) -> float:
    """Read the published chip-hours (h), or where only chips and days are, their product; NaN without either."""
    hours = row.positive("gpu_hours")
    return hours if not math.isnan(hours) else row.positive("num_chips") * row.positive("wall_days") * 24


def needed(row: CaseRow, column: str, label: str) -> float:
    """Read a number that a prediction needs, in the column's unit.

    Parameters
    ----------
    column
        The row's column.
    label
        What the number is, for the reason.

    Raises
    ------
    UnpredictableError
        Where it is not published.
    """
    value = row.positive(column)
    if math.isnan(value):
        raise UnpredictableError(f"no {label} published")
    return value


def model_columns(row: CaseRow) -> dict[str, StatedValue]:
    """Read the model as far as the row knows it. Raises UnpredictableError where it has no active parameters."""
    total = row.positive("total_params_b")
    active = row.positive("active_params_b")
    if math.isnan(active):
        raise UnpredictableError("no active_params_b (of a dense model all parameters)")
    stated = sketch(active * 1e9, (active if math.isnan(total) else total) * 1e9, AS_PUBLISHED)
    length = row.positive("seq_len")
    return stated if math.isnan(length) else stated | {"sequence_length": StatedValue(length, AS_PUBLISHED)}


def known_before(row: CaseRow) -> tuple[dict[str, StatedValue], configs.FactRow]:
    """Gather what is known of a run before it starts, in base units, and its chip.

    Raises
    ------
    UnpredictableError
        Where the row lacks what a prediction needs: a chip of the table, active parameters, tokens, a precision with a peak.
    """
    chip = chip_of(row)
    stated = facts(chip, "hardware") | model_columns(row)
    stated["tokens"] = StatedValue(needed(row, "tokens_t", "tokens") * 1e12, AS_PUBLISHED)
    precision = precision_of(row)
    if math.isnan(stated[precision.peak].value):
        raise UnpredictableError(f"the {precision.peak.removeprefix('peak_').upper()} peak of {chip.name} is not published")
    stated["precision_bits"] = StatedValue(precision.bits, AS_PUBLISHED)
    stated |= {name: StatedValue(peak, AS_PUBLISHED) for name, peak in precision.peaks(chip.values).items()}
    chips = row.positive("num_chips")
    return (stated if math.isnan(chips) else stated | {"chip_count": StatedValue(chips, AS_PUBLISHED)}), chip
