"""What a published training run's row says that was known before the run: its chip, model, tokens and precision."""

import math
import re

from ... import configs
from ..estimate.scenario import StatedValue, facts, sketch
from ..estimate.source import AS_PUBLISHED
from ..facts.chips import named
from .rows import CaseRow, UnpredictableError

NOT_COUNTED = ("context", "excluded", "none", "scale check")  # how validation_use says that a row tests nothing


def uncounted(row: CaseRow) -> str:
    """Why a row tests nothing, as itself says, or nothing."""
    use, kind = row.text("validation_use").lower(), row.text("kind")
    if use.startswith(NOT_COUNTED):
        return f"validation_use says {row.text('validation_use')}"
    return f"a {kind.replace('_', ' ')}, not a full run" if kind and kind != "full_run" else ""


def precision_bits(text: str) -> float:
    """Bits of the matrix products' operands of a precision by its usual name; 16 where it is not stated."""
    text = text.lower()
    if re.search(r"(nv|mx)?fp4", text):
        return 4.0
    return 8.0 if "fp8" in text or "int8" in text else 16.0


def chip_of(row: CaseRow) -> configs.FactRow:
    """The chip's facts. Raises UnpredictableError where the row names none that is known."""
    name = row.text("hardware")
    if not name:
        raise UnpredictableError("no hardware is published")
    found = named(name)
    if found is None:
        raise UnpredictableError(f"{name!r} is no single chip of the hardware table")
    return found


def chip_hours_of(row: CaseRow) -> float:
    """The published chip-hours, or where only chips and days are, their product; NaN without either."""
    hours = row.positive("gpu_hours")
    return hours if not math.isnan(hours) else row.positive("num_chips") * row.positive("wall_days") * 24


def needed(row: CaseRow, column: str, what: str) -> float:
    """A number that a prediction needs. Raises UnpredictableError where it is not published."""
    value = row.positive(column)
    if math.isnan(value):
        raise UnpredictableError(f"no {what} published")
    return value


def model_columns(row: CaseRow) -> dict[str, StatedValue]:
    """The model as far as the row knows it. Raises UnpredictableError."""
    total = row.positive("total_params_b")
    active = row.positive("active_params_b")
    if math.isnan(active):
        raise UnpredictableError("no active parameters published")
    stated = sketch(active * 1e9, (active if math.isnan(total) else total) * 1e9, AS_PUBLISHED)
    length = row.positive("seq_len")
    return stated if math.isnan(length) else stated | {"sequence_length": StatedValue(length, AS_PUBLISHED)}


def known_before(row: CaseRow) -> tuple[dict[str, StatedValue], configs.FactRow]:
    """What is known of a run before it starts, and its chip. Raises UnpredictableError."""
    chip = chip_of(row)
    stated = facts(chip, "hardware") | model_columns(row)
    stated["tokens"] = StatedValue(needed(row, "tokens_t", "tokens") * 1e12, AS_PUBLISHED)
    bits = precision_bits(row.text("precision"))
    peak = {16.0: "peak_bf16", 8.0: "peak_fp8", 4.0: "peak_fp4"}[bits]
    if math.isnan(stated[peak].value):
        raise UnpredictableError(f"the {peak.removeprefix('peak_').upper()} peak of {chip.name} is not published")
    stated["precision_bits"] = StatedValue(bits, AS_PUBLISHED)
    chips = row.positive("num_chips")
    return (stated if math.isnan(chips) else stated | {"chip_count": StatedValue(chips, AS_PUBLISHED)}), chip
