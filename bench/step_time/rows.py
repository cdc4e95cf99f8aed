"""Rows of published step times, from CSV or TOML, to the inputs of the step-time model.

Two kinds of rows, told apart by their columns: step times with the architecture in the row, and Megatron-Bridge's
throughput with the model's name. What a row does not state follows from when its software was made, by the rules in
`habits`: the software that the source names and its date, and nothing else of the source.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ... import configs
from ..facts import cells, models
from ..facts.cells import RowError
from ..facts.chips import match_chip
from ..facts.precisions import PRECISIONS, Precision, match_precision
from . import habits, memory_fit, row_software
from .adapters import adapter_inputs, adapter_notes

STEP_COLUMNS = frozenset({"measured_step_s", "global_batch"})
BRIDGE_COLUMNS = frozenset({"tokens_s_gpu", "gbs"})
_GIB = 2.0**30


@dataclass(frozen=True)
class StepCase:
    """One measured step. ``inputs`` are in base units, ``seconds`` its time; ``source`` groups rows for cross-validation.

    ``framework`` is a row of the table of frameworks.
    """

    name: str
    source: str
    chip: str
    precision: str
    inputs: Mapping[str, float]
    seconds: float
    framework: str
    memory: float | None = None  # bytes that the fullest chip allocated
    peer: str = ""  # another tool's prediction: by whom, and seconds
    peer_seconds: float | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def moe(self) -> bool:
        """Whether the model is a mixture of experts."""
        return self.inputs["moe_layers"] > 0


def case(row: Mapping[str, Any]) -> StepCase:
    """Read a row as a case, its columns in upper or lower case.

    Raises
    ------
    RowError
        Where the row cannot be predicted, with the reason.
    """
    row = {str(column).lower(): cell for column, cell in row.items()}
    steps = any(column in row for column in ("measured_step_s", "accelerator", "global_batch"))
    return _bridge(row) if not steps and any(column in row for column in ("gbs", "system", "tokens_s_gpu")) else _step(row)


def _step(row: Mapping[str, Any]) -> StepCase:
    source, name, chip = cells.text(row, "source"), cells.text(row, "model"), _chip(cells.text(row, "accelerator"))
    architecture, notes = _architecture(row)
    names = {"tp": "tp", "pp": "pp", "cp": "cp", "ep": "ep", "vp": "vpp", "mbs": "microbatch"}
    strategy = _strategy(row, names, "global_batch")
    facts, assumed = chip_facts(chip, strategy["chip_count"])
    inputs = {**facts, **architecture, **strategy}
    precision = _precision(row, chip)
    inputs |= {"precision_bits": precision.bits} | precision.peaks(chip.values) | cells.recompute(cells.text(row, "recompute"))
    framework, date = row_software.framework(row), row_software.software_date(source)
    sharded = re.search(r"zero-?\s*([0-3])", f"{name} {cells.text(row, 'zero')}".lower())
    stage = float(sharded.group(1)) if sharded else None
    inputs |= habits.habits(framework, date, row_software.run_options(row, stage))
    inputs |= adapter_inputs((name, source))
    notes = _interleave(inputs, cells.text(row, "vpp"), date) + _recompute(inputs, framework, row) + assumed + notes
    notes += adapter_notes(inputs)
    memory = re.search(r"alloc\w*\s+(\d+(?:\.\d+)?)\s*GiB", cells.text(row, "measured_kind"))
    return StepCase(
        name=f"{name} on {inputs['chip_count']:.0f} {chip.name}, {_shape(inputs)}",
        source=_group(source),
        chip=chip.base_key,
        precision=precision.name,
        inputs=inputs,
        seconds=cells.number(row, "measured_step_s"),
        framework=framework,
        memory=float(memory.group(1)) * _GIB if memory else None,
        peer=cells.text(row, "predicted_by"),
        peer_seconds=cells.stated(row, "predicted_step_s"),
        notes=notes,
    )


def _bridge(row: Mapping[str, Any]) -> StepCase:
    source, name, chip = cells.text(row, "source"), cells.text(row, "model"), _chip(cells.text(row, "system"))
    framework = row_software.framework(row, habits.DEFAULT)
    release = cells.text(row, "release")
    date = row_software.release_date(release)
    date = row_software.software_date(source) if math.isnan(date) else date
    strategy = _strategy(row, {key: key for key in ("tp", "pp", "cp", "ep", "vp", "mbs")}, "gbs")
    facts, assumed = chip_facts(chip, strategy["chip_count"])
    architecture = _known_model(name)
    length = {"sequence_length": cells.whole(row, "seq", architecture["sequence_length"])}
    inputs = {**facts, **architecture, **length, **strategy, "mtp_layers": models.mtp_layers(name)}
    precision = _precision(row, chip)
    inputs |= {"precision_bits": precision.bits} | precision.peaks(chip.values) | cells.recompute(cells.text(row, "recompute"))
    stage = habits.WHOLE_SHARDING if cells.flag(row, "fsdp") else None
    inputs |= habits.habits(framework, date, row_software.run_options(row, stage))
    inputs |= adapter_inputs((name, cells.text(row, "section")))
    notes = _recompute(inputs, framework, row) + assumed + adapter_notes(inputs)
    tokens = inputs["batch_size"] * inputs["sequence_length"]
    seconds = cells.stated(row, "derived_step_s") or tokens / (inputs["chip_count"] * cells.number(row, "tokens_s_gpu"))
    return StepCase(
        name=f"{name} on {inputs['chip_count']:.0f} {chip.name}, {precision.name}, {_shape(inputs)}, {release}".rstrip(", "),
        source=_group(source),
        chip=chip.base_key,
        precision=precision.name,
        inputs=inputs,
        seconds=seconds,
        framework=framework,
        notes=_remarks(row) + notes,
    )


# --- what a row states ------------------------------------------------------------------------------------------------


_MIXTURE = re.compile(r"moe|expert|deepseek|mixtral|\d+x\d+b|a\d+b|gpt.?oss|kimi")


def _architecture(row: Mapping[str, Any]) -> tuple[dict[str, float], tuple[str, ...]]:
    """Read a row's own sizes; what it does not state (experts, MLA, head size, all) is that of the model of its name.

    Returns
    -------
    tuple
        The sizes, and notes: remarks of the row, and a vocabulary that it leaves out.
    """
    name, known = cells.text(row, "model"), dict[str, float]()
    try:
        known = _known_model(name)
    except RowError:
        if _MIXTURE.search(name.lower()):
            raise
        _check_stated(row, name)
    sizes = {key: cells.whole(row, column, known.get(key)) for column, key in _SIZES.items()}
    sizes["layers"] = _blocks(sizes["layers"], known)
    gated = known.get("ffn_matrices", 2.0 if sizes["ffn_size"] == 4 * sizes["hidden_size"] else 3.0)
    plain = {**configs.load("models").otherwise, "window_size": 1.0, "ffn_matrices": gated}
    result = plain | {"tied_embeddings": float(gated < 3), "head_size": sizes["hidden_size"] / sizes["heads"]} | known
    full, layers = result.get("layers", sizes["layers"]), sizes["layers"]
    result |= sizes | {"mtp_layers": 0.0, "kv_heads": cells.whole(row, "kv_heads", known.get("kv_heads", sizes["heads"]))}
    if result["moe_layers"] and layers < full:
        # a model cut to a few layers keeps one of its dense layers
        result["moe_layers"] = layers - min(full - result["moe_layers"], 1.0)
    for part in _PARTS:
        result[part] *= layers / full
    vocabulary = sizes["vocabulary_size"]
    own = (f"vocabulary is not stated; the model's {vocabulary:.0f} taken",) if cells.blank(cells.text(row, "vocab")) else ()
    return result, _remarks(row) + own


def _check_stated(row: Mapping[str, Any], name: str) -> None:
    """Raise RowError where a row of a model that is not known does not state all of its sizes."""
    lacking = [column for column in _SIZES if cells.blank(cells.text(row, column))]
    if lacking:
        verb = "is" if len(lacking) == 1 else "are"
        raise RowError(f"its {', '.join(lacking)} {verb} not stated, and {_no_architecture(name)}")


def _remarks(row: Mapping[str, Any]) -> tuple[str, ...]:
    """List the remarks that stand behind the numbers of a row."""
    said = ((column, cells.text(row, column)) for column in _REMARKED)
    return tuple(f"{column} as published: {cell}" for column, cell in said if cells.remark(cell))


def _blocks(layers: float, known: Mapping[str, float]) -> float:
    """Count a row's layers by block; a hybrid's are published with each attention and state space as one."""
    if not known.get("mamba_layers") or layers == known["layers"]:
        return layers
    attention = known["layers"] - known["attention_free_layers"]
    return layers * known["layers"] / (known["layers"] + attention + known["mamba_layers"])


_PARTS = (
    "window_layers",
    "attention_free_layers",
    "mamba_layers",
    "linear_layers",
    "indexer_layers",
    "compressed_layers",
)  # what a model cut to a few layers keeps its share of
_CHIP_FACTS = {
    "peak_bf16": "BF16 peak",
    "memory_capacity": "memory",
    "memory_bandwidth": "memory bandwidth",
    "scaleup_bandwidth": "scale-up bandwidth",
    "scaleup_domain": "scale-up domain",
    "compute_units": "compute units",
    "architecture_date": "date",
}
_SIZES = {
    "hidden": "hidden_size",
    "ffn": "ffn_size",
    "layers": "layers",
    "heads": "heads",
    "vocab": "vocabulary_size",
    "seq": "sequence_length",
}
_REMARKED = (*_SIZES, "kv_heads", "tp", "pp", "vpp", "vp", "cp", "ep", "microbatch", "mbs", "global_batch", "gbs", "gpus")


def _strategy(row: Mapping[str, Any], columns: Mapping[str, str], batch: str) -> dict[str, float]:
    """Read how the step is cut up; what a row does not state is 1. Raises RowError where it cannot be on that many chips."""
    tp, pp, cp, ep, vp, mbs = (cells.whole(row, columns[name], 1.0) for name in ("tp", "pp", "cp", "ep", "vp", "mbs"))
    chips, batch_size = cells.whole(row, "gpus"), cells.whole(row, batch)
    if chips % (tp * pp * cp):
        raise RowError(f"TP {tp:g} x PP {pp:g} x CP {cp:g} do not divide its {chips:g} chips")
    if batch_size < (replicas := chips / (tp * pp * cp)):
        raise RowError(f"its batch of {batch_size:g} sequences is less than one for each of {replicas:g} replicas")
    return {
        "tensor_parallel": tp,
        "pipeline_parallel": pp,
        "context_parallel": cp,
        "expert_parallel": ep,
        "interleave": vp,
        "microbatch_size": mbs,
        "uneven_stages": 1.0,
        "chip_count": chips,
        "batch_size": batch_size,
    }


def _precision(row: Mapping[str, Any], chip: configs.FactRow) -> Precision:
    """Read the row's precision. Raises RowError where it is not known, or the chip's peak in it is not published."""
    cell = cells.text(row, "precision")
    precision = match_precision(cell)
    if precision is None:
        known = f"known are {', '.join(PRECISIONS)}"
        raise RowError(f"its precision {cell!r} is not known; {known}" if cell else f"its precision is not stated; {known}")
    if math.isnan(chip.values.get(precision.peak, math.nan)):
        raise RowError(f"the hardware table has no {precision.peak} of {chip.name}")
    return precision


def _chip(name: str) -> configs.FactRow:
    """Find the chip that a row names. Raises RowError where the table has none, or the text names several."""
    match = match_chip(name)
    if match.row is None:
        reason = match.reason.value if match.reason and name else "names no chip of the hardware table"
        raise RowError(f"its chip {name!r} {reason}{match.hint}")
    return match.row


def chip_facts(chip: configs.FactRow, count: float) -> tuple[dict[str, float], tuple[str, ...]]:
    """Gather what the step-time model needs of a chip.

    Parameters
    ----------
    chip
        Its row.
    count
        How many of them train: NICs are needed beyond one scale-up domain.

    Returns
    -------
    tuple
        Inputs in base units, and notes of what was assumed: a chip whose maker publishes no TDP has the reference's power for
        each FLOP.

    Raises
    ------
    RowError
        Where the table lacks a fact; it names the fact.
    """
    values = dict(chip.values)
    for fact, label in _CHIP_FACTS.items():
        if math.isnan(values[fact]):
            raise RowError(f"the hardware table does not know the {label} of {chip.name}")
    if math.isnan(values["nic_bandwidth"]):
        if count > values["scaleup_domain"]:
            raise RowError(f"the hardware table does not know the NIC bandwidth of {chip.name}")
        values["nic_bandwidth"] = values["scaleup_bandwidth"]  # which nothing of one domain goes through
    if not math.isnan(values["tdp"]):
        return values, ()
    values["tdp"] = values["peak_bf16"] * configs.defaults()["energy_per_flop"].value
    return values, (f"the TDP of {chip.name} is not published; {values['tdp']:.0f} W taken, what H100 has for each FLOP",)


def _no_architecture(name: str) -> str:
    return f"the models table has no architecture of {name!r}; `flopwatt show models` lists those that it has"


def _known_model(name: str) -> dict[str, float]:
    """Find the architecture of a model of the models table. Raises RowError."""
    row = models.match_model(name)
    if row is None:
        raise RowError(_no_architecture(name))
    return {column: value for column, value in row.values.items() if not column.startswith("published_")}


# --- what follows from when the software was made ---------------------------------------------------------------------


def _interleave(inputs: dict[str, float], cell: str, date: float) -> tuple[str, ...]:
    """Set the interleaving where none is stated."""
    pieces = habits.interleave(inputs["layers"], inputs["pipeline_parallel"], date)
    if not cells.blank(cell) or pieces <= 1:
        return ()
    inputs["interleave"] = pieces
    return (f"interleaving is not stated; {pieces:.0f} taken",)


def _recompute(inputs: dict[str, float], framework: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    """Set what is recomputed where the row says nothing of it and the step would not fit."""
    again = {} if cells.says_recompute(cells.text(row, "recompute")) else memory_fit.recomputed(framework, inputs)
    inputs |= again
    return ("it would not fit without recompute; that of modules is taken",) if again else ()


def _group(source: str) -> str:
    """Name the source for cross-validation: who published it."""
    return re.split(r"[\s/]", source, maxsplit=1)[0] or "unknown"


def _shape(inputs: Mapping[str, float]) -> str:
    short = {
        "TP": "tensor_parallel",
        "PP": "pipeline_parallel",
        "CP": "context_parallel",
        "EP": "expert_parallel",
        "v": "interleave",
        "batch ": "batch_size",
        "mbs ": "microbatch_size",
    }
    always = ("batch ", "mbs ")
    parts = [f"{label}{inputs[name]:.0f}" for label, name in short.items() if label in always or inputs[name] > 1]
    again = {"full recompute": "recomputed_layers", "selective recompute": "recomputed_attention"}
    parts += [words for words, name in again.items() if inputs[name]][:1]
    return " ".join(parts)
