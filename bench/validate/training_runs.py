"""Published training runs: chip-hours, chip-hours where the MFU is published, energy and training FLOPs.

What is taken as known beforehand: the model's parameters, its tokens and sequence length, the chip and how many, the precision,
the year and, for energy, the chip-hours and the PUE. A row's average power and carbon are never looked at.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ... import configs
from ...kernels import units
from ..chip_names import named
from ..estimate import estimate
from ..prior import store
from ..prior.store import Drawn
from ..scenario import Scenario, Value, complete, facts, known, sketch
from . import baselines, fitting
from .cases import Row, UnpredictableError
from .results import Findings, Left, Predicted

SIX_N = 2.0  # flops_convention
SAME = 0.015  # figures that differ by less are one, rounded
NOT_COUNTED = ("context", "excluded", "none", "scale check")  # how validation_use says that a row tests nothing
CIRCULAR = {  # what in energy_basis says that an energy tests nothing
    "circular": "it was itself computed from the hours",
    "tdp": "it was itself computed from the hours",
    "memory": "the row gives it from memory",
}


def uncounted(row: Row) -> str:
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


def chip_of(row: Row) -> configs.Row:
    """The chip's facts. Raises UnpredictableError where the row names none that is known."""
    name = row.text("hardware")
    if not name:
        raise UnpredictableError("no hardware is published")
    found = named(name)
    if found is None:
        raise UnpredictableError(f"{name!r} is no single chip of the hardware table")
    return found


def chip_hours_of(row: Row) -> float:
    """The published chip-hours, or where only chips and days are, their product; NaN without either."""
    hours = row.positive("gpu_hours")
    return hours if not math.isnan(hours) else row.positive("num_chips") * row.positive("wall_days") * 24


def needed(row: Row, column: str, what: str) -> float:
    """A number that a prediction needs. Raises UnpredictableError where it is not published."""
    value = row.positive(column)
    if math.isnan(value):
        raise UnpredictableError(f"no {what} published")
    return value


def model_columns(row: Row) -> dict[str, Value]:
    """The model as far as the row knows it. Raises UnpredictableError."""
    total = row.positive("total_params_b")
    active = row.positive("active_params_b")
    if math.isnan(active):
        raise UnpredictableError("no active parameters published")
    stated = sketch(active * 1e9, (active if math.isnan(total) else total) * 1e9, "published")
    length = row.positive("seq_len")
    return stated if math.isnan(length) else stated | {"sequence_length": Value(length, "published")}


def known_before(row: Row) -> tuple[dict[str, Value], configs.Row]:
    """What is known of a run before it starts, and its chip. Raises UnpredictableError."""
    chip = chip_of(row)
    stated = facts(chip, "hardware") | model_columns(row)
    stated["tokens"] = Value(needed(row, "tokens_t", "tokens") * 1e12, "published")
    bits = precision_bits(row.text("precision"))
    peak = {16.0: "peak_bf16", 8.0: "peak_fp8", 4.0: "peak_fp4"}[bits]
    if math.isnan(stated[peak].value):
        raise UnpredictableError(f"the {peak.removeprefix('peak_').upper()} peak of {chip.name} is not published")
    stated["precision_bits"] = Value(bits, "published")
    chips = row.positive("num_chips")
    return (stated if math.isnan(chips) else stated | {"chip_count": Value(chips, "published")}), chip


# --- one quantity each ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """A figure that rows publish: the quantity's name here, the row's column, its unit and size, and how it is predicted."""

    quantity: str
    column: str
    unit: str
    predict: Callable[[Row, float, int], Predicted]

    def published(self, row: Row) -> float:
        """The published figure in the unit, NaN where there is none."""
        return chip_hours_of(row) if self.column == "gpu_hours" else row.positive(self.column)


def chip_hours(row: Row, published: float, draws: int) -> Predicted:
    """Chip-hours from what was known before; a run that the MFU was fitted on is predicted by a fit without it."""
    stated, chip = known_before(row)
    mfu = fitting.for_row(row)
    scenario = complete(stated, ["chip_hours"], chip.key, row.number("year"), mfu.fit)
    base = baselines.chip_hours_at_one(stated)
    rules = {baselines.FLAT: base / 0.4, baselines.BEST: base / mfu.constant}
    return _drawn(row, "chip_hours", "h", published, scenario, "chip_hours", draws, rules, mfu.note)


def chip_hours_given_mfu(row: Row, published: float, draws: int) -> Predicted:
    """Chip-hours where the run's steady MFU is published: what goodput leaves open."""
    stated, chip = known_before(row)
    mfu = needed(row, "mfu", "MFU")
    peak = known(stated).peak_flops
    if abs(row.positive("reported_flops") / (published * 3600 * peak) / mfu - 1) < SAME:
        raise UnpredictableError("its MFU is the reported operations over these hours: it was itself computed from the hours")
    spread = Drawn("mfu", "lognormal", (mfu, store.stated().published_mfu), "published for a phase of the run")
    scenario = complete(stated, ["chip_hours"], chip.key, row.number("year"), drawn={"mfu": spread})
    rules = {baselines.STEADY: baselines.chip_hours_at_one(stated, stated["precision_bits"].value) / mfu}
    return _drawn(row, "chip_hours_given_mfu", "h", published, scenario, "chip_hours", draws, rules)


def energy(row: Row, published: float, draws: int) -> Predicted:
    """Energy from the published chip-hours, of the scope that the row states."""
    basis = row.text("energy_basis").lower()
    for word, reason in CIRCULAR.items():
        if word in basis:
            raise UnpredictableError(f"energy_basis says {row.text('energy_basis')!r}: {reason}")
    chip = chip_of(row)
    hours = chip_hours_of(row)
    if math.isnan(hours):
        raise UnpredictableError("no chip-hours published, from which energy is predicted")
    stated = facts(chip, "hardware") | {"chip_hours": Value(units.to_base(hours, "h"), "published")}
    target = energy_scope(row.text("energy_scope"), stated)
    pue = row.positive("pue")
    if not math.isnan(pue):
        stated["pue"] = Value(pue, "published")
    if math.isnan(stated["tdp"].value):
        raise UnpredictableError(f"the TDP of {chip.name} is not published")
    scenario = complete(stated, [target], chip.key, row.number("year"))
    rules = {baselines.TDP: baselines.tdp_energy(stated, target)}
    return _drawn(row, "energy", "MWh", published, scenario, target, draws, rules, f"scope: {target.replace('_', ' ')}")


def energy_scope(scope: str, stated: dict[str, Value]) -> str:
    """The quantity that a scope in words means; adds to ``stated`` what the scope leaves out. Raises UnpredictableError."""
    text = scope.lower()
    facility = re.search(r"facility|data ?cent|utility", text) or (
        "pue" in text and not re.search(r"pue not|without pue", text)
    )
    if re.search(r"system|server|node|host", text) and not re.search(r"facility|data ?cent|utility", text):
        stated["network_factor"] = Value(1.0, "the scope ends at the server")
        return "energy" if facility else "server_energy"
    if facility and re.search(r"\bgpu|\bchip", text) and not re.search(r"data ?cent|facility|utility", text):
        stated["network_factor"] = Value(1.0, "the scope is the chips")
        stated["host_load"] = Value(0.0, "the scope is the chips")
        return "energy"
    if facility:
        return "energy"
    if re.search(r"\bit\b", text):
        return "it_energy"
    if re.search(r"\bgpu|\bchip|accelerator", text):
        return "chip_energy"
    raise UnpredictableError(
        f"energy_scope {scope!r} does not say what was counted" if scope else "no energy scope is published"
    )


def training_flops(row: Row, published: float, draws: int) -> Predicted:
    """Training FLOPs by the convention that the row states."""
    convention = flops_convention(row)
    stated = model_columns(row) | {"tokens": Value(needed(row, "tokens_t", "tokens") * 1e12, "published")}
    stated["flops_convention"] = Value(convention, "published")
    scenario = complete(stated, ["training_flops"])
    names = {0.0: "causal attention", 1.0: "full attention", SIX_N: "6ND"}
    return _drawn(row, "training_flops", "FLOP", published, scenario, "training_flops", draws, {}, names[convention])


def flops_convention(row: Row) -> float:
    """The flops_convention that a row states: 6ND, or attention in full or causal. Raises UnpredictableError."""
    basis, notes = row.text("flops_basis").lower(), row.text("notes").lower()
    if "6nd" in basis:
        return SIX_N
    if "full attention" in basis:
        return 1.0
    if "causal" in basis:
        return 0.0
    if not basis.startswith("paper"):
        raise UnpredictableError(f"flops_basis {row.text('flops_basis')!r} does not say how operations were counted")
    if "attention" in notes or "table" in basis or "formula" in basis:
        raise UnpredictableError("the paper counts by a formula of its own that the row does not give")
    return SIX_N  # what papers count that say no more


def _drawn(
    row: Row,
    quantity: str,
    unit: str,
    published: float,
    scenario: Scenario,
    target: str,
    draws: int,
    rules: dict[str, float],
    note: str = "",
) -> Predicted:
    """The prediction from a scenario's draws; ``rules`` are what the baselines predict, in base units."""
    spread = estimate(scenario, [target], draws).spreads[target]
    if spread.median is None:
        raise UnpredictableError(f"not published: {', '.join(spread.missing)}")
    scale = units.factor(spread.quantity.unit) / units.factor(unit)
    ends = [None if end is None else end * scale for end in (spread.low, spread.high)]
    in_unit = {name: units.from_base(value, unit) for name, value in rules.items()}
    return Predicted(row.text("model"), quantity, unit, published, spread.median * scale, ends[0], ends[1], in_unit, note)


FIGURES = (
    Figure("chip_hours", "gpu_hours", "h", chip_hours),
    Figure("chip_hours_given_mfu", "gpu_hours", "h", chip_hours_given_mfu),
    Figure("energy", "energy_mwh", "MWh", energy),
    Figure("training_flops", "reported_flops", "FLOP", training_flops),
)


class TrainingRuns:
    """Rows with the columns of configs/published/training_runs.toml."""

    name = "training runs"
    needs = frozenset({"model", "hardware", "gpu_hours"})

    def predict(self, rows: Sequence[Row], draws: int) -> Findings:
        """Every figure that a row publishes, predicted or left with the reason."""
        found = Findings()
        for figure in FIGURES:
            for row in rows:
                _figure(figure, row, draws, found)
        return found


def _figure(figure: Figure, row: Row, draws: int, found: Findings) -> None:
    name, published = row.text("model"), figure.published(row)
    if figure.quantity == "chip_hours_given_mfu" and math.isnan(row.positive("mfu")):
        return
    if math.isnan(published):
        if figure.quantity == "chip_hours":
            found.left.append(Left(name, figure.quantity, "no chip-hours published"))
        return
    try:
        reason = uncounted(row)
        if reason and not (figure.quantity == "training_flops" and row.text("validation_use").startswith("context")):
            raise UnpredictableError(reason)
        found.predicted.append(figure.predict(row, published, draws))
    except UnpredictableError as error:
        found.left.append(Left(name, figure.quantity, str(error)))


TRAINING_RUNS = TrainingRuns()
