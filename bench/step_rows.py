"""Rows of published step times, from CSV or TOML, to the inputs of the step-time model.

Two kinds of rows, told apart by their columns: step times with the architecture in the row, and Megatron-Bridge's
throughput with the model's name. What a row does not state follows from when its software was made, by the rules in
``_habits``: the software that the source names and its date, and nothing else of the source.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import configs

STEP_COLUMNS = frozenset({"measured_step_s", "TP", "PP", "hidden", "layers", "global_batch"})
BRIDGE_COLUMNS = frozenset({"gbs", "mbs", "seq", "tp", "pp", "gpus", "system", "tokens_s_gpu"})
FUSED_SINCE = 2023.0  # when training frameworks took up fused attention, FP32 gradients, sharded optimizers and overlap
SEQUENCE_SINCE = 2022.5  # Korthikanti et al. 2022 brought sequence parallelism to Megatron-LM in May 2022
_MEGATRON = {"0.9": 2024.8, "0.10": 2025.1, "0.11": 2025.2, "0.12": 2025.4, "0.13": 2025.6, "0.14": 2025.8, "0.15": 2025.9}
_GIB = 2.0**30


class RowError(ValueError):
    """A row cannot be predicted; the message says why."""


@dataclass(frozen=True)
class StepCase:
    """One measured step. ``inputs`` are in base units; ``source`` groups rows for cross-validation."""

    name: str
    source: str
    chip: str
    precision: str
    inputs: Mapping[str, float]
    seconds: float
    memory: float | None = None  # bytes that the fullest chip allocated
    peer: str = ""  # another tool's prediction: by whom, and seconds
    peer_seconds: float | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def moe(self) -> bool:
        return self.inputs["moe_layers"] > 0


def case(row: Mapping[str, Any]) -> StepCase:
    """A row as a case. Raises RowError with the reason where it cannot be one."""
    return _bridge(row) if "gbs" in row and "global_batch" not in row else _step(row)


def _step(row: Mapping[str, Any]) -> StepCase:
    source = _text(row, "source")
    chip = _chip(_text(row, "accelerator"))
    date = software_date(source)
    inputs = {**chip.values, **_architecture(row)}
    inputs |= _strategy(row, {"tp": "TP", "pp": "PP", "cp": "CP", "ep": "EP", "vp": "VPP", "mbs": "microbatch", "dp": "DP"})
    inputs |= {"batch_size": _number(row, "global_batch"), "chip_count": _number(row, "gpus")}
    inputs |= _precision(_text(row, "precision")) | _recompute(_text(row, "recompute"))
    sharded = re.search(r"zero-?\s*([0-3])", f"{row.get('model', '')} {row.get('zero', '')}".lower())
    inputs |= _habits(date, source, _text(row, "recompute"), float(sharded.group(1)) if sharded else None)
    notes = _interleave(inputs, row.get("VPP"), date)
    memory = re.search(r"alloc\w*\s+([\d.]+)\s*GiB", _text(row, "measured_kind"))
    peer = row.get("predicted_step_s")
    return StepCase(
        name=f"{_text(row, 'model')} on {_number(row, 'gpus'):.0f} {chip.name}, {_shape(inputs)}",
        source=_group(source),
        chip=chip.key,
        precision=_label(inputs),
        inputs=inputs,
        seconds=_number(row, "measured_step_s"),
        memory=float(memory.group(1)) * _GIB if memory else None,
        peer=_text(row, "predicted_by"),
        peer_seconds=float(peer) if peer not in (None, "") else None,
        notes=notes,
    )


def _bridge(row: Mapping[str, Any]) -> StepCase:
    chip, name = _chip(_text(row, "system")), _text(row, "model")
    date = software_date(_text(row, "source"), _text(row, "release"))
    inputs = {**chip.values, **_known_model(name), "sequence_length": _number(row, "seq")}
    inputs["mtp_layers"] = 0.0 if "w/o MTP" in name else _mtp_layers(name)
    inputs |= _strategy(row, {key: key for key in ("tp", "pp", "cp", "ep", "vp", "mbs", "dp")})
    inputs |= {"batch_size": _number(row, "gbs"), "chip_count": _number(row, "gpus")}
    inputs |= _precision(_text(row, "precision")) | _recompute(_text(row, "recompute"))
    inputs |= _habits(date, _text(row, "source"), "", 3.0 if _optional(row, "fsdp", 0.0) > 0 else None)
    tokens = _number(row, "gbs") * _number(row, "seq")
    seconds = _optional(row, "derived_step_s", 0.0) or tokens / (_number(row, "gpus") * _number(row, "tokens_s_gpu"))
    return StepCase(
        name=f"{name} on {_number(row, 'gpus'):.0f} {chip.name}, {_label(inputs)}, {_shape(inputs)}, {_text(row, 'release')}",
        source=_group(_text(row, "source")),
        chip=chip.key,
        precision=_label(inputs),
        inputs=inputs,
        seconds=seconds,
    )


# --- what a row states ------------------------------------------------------------------------------------------------


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return "" if value is None else str(value).strip()


def _number(row: Mapping[str, Any], key: str) -> float:
    """A number, or the number that a text begins with: ``51200 (unverified)``."""
    found = re.match(r"[-+]?[\d.]+(?:[eE][-+]?\d+)?", _text(row, key))
    if not found:
        raise RowError(f"its {key} is not stated")
    value = float(found.group())
    if value <= 0:
        raise RowError(f"its {key} is {value:g}; it must be above 0")
    return value


def _optional(row: Mapping[str, Any], key: str, default: float) -> float:
    text = _text(row, key).lower()
    if text in ("", "n/a", "na", "none", "null", "nan", "-"):
        return default
    found = re.match(r"[\d.]+", text)
    return float(found.group()) if found else default


def _chip(name: str) -> configs.Row:
    try:
        row = configs.load("hardware").find(name)
    except configs.FactError:
        raise RowError(f"no such chip in the hardware table: {name!r}") from None
    if math.isnan(row.values["compute_units"]):
        raise RowError(f"the hardware table does not know the compute units of {row.name}")
    return row


def _known_model(name: str) -> dict[str, float]:
    """The architecture of a model of the models table, found by key, name or alias, punctuation aside."""
    table = configs.load("models")
    wanted = _plain(re.sub(r"\(.*?\)", "", name))
    for row in table.rows.values():
        if wanted in {_plain(text) for text in (row.key, row.name, *row.aliases)}:
            return {k: v for k, v in row.values.items() if not k.startswith("published_")}
    raise RowError(f"the models table has no architecture of {name!r} (or the model does not cover it)")


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _mtp_layers(name: str) -> float:
    # The models table leaves MTP out of its counts. DeepSeek-V3 is trained with one such layer (arXiv:2412.19437, 2.2).
    return 1.0 if "deepseekv3" in _plain(name) else 0.0


def _architecture(row: Mapping[str, Any]) -> dict[str, float]:
    """The row's own sizes; what it has no column for (experts, MLA, head size) comes from the model of its name."""
    hidden, ffn, heads, layers = (_number(row, key) for key in ("hidden", "ffn", "heads", "layers"))
    known: dict[str, float] = {}
    try:
        known = _known_model(_text(row, "model"))
    except RowError:
        if re.search(r"moe|expert|deepseek|mixtral|a\d+b", _text(row, "model").lower()):
            raise
    gated = known.get("ffn_matrices", 2.0 if ffn == 4 * hidden else 3.0)
    plain = dict.fromkeys(_ABSENT, 0.0) | {"window_size": 1.0, "ffn_matrices": gated}
    result = plain | {"tied_embeddings": float(gated < 3), "head_size": hidden / heads} | known
    full = result.get("layers", layers)
    result |= {
        "hidden_size": hidden, "ffn_size": ffn, "heads": heads, "layers": layers, "mtp_layers": 0.0,
        "kv_heads": _optional(row, "kv_heads", heads), "vocabulary_size": _number(row, "vocab"),
        "sequence_length": _number(row, "seq"),
    }  # fmt: skip
    if result["moe_layers"] and layers < full:
        result["moe_layers"] = layers - 1  # a model cut to a few layers keeps one dense layer
    result["window_layers"] *= layers / full
    return result


_ABSENT = (
    "moe_layers", "experts", "active_experts", "expert_ffn_size", "shared_ffn_size", "query_rank", "kv_rank", "nope_head_size",
    "rope_head_size", "value_head_size", "window_layers", "mtp_layers", "learned_positions",
)  # fmt: skip


def _strategy(row: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, float]:
    parts = {name: _optional(row, columns[name], 1.0) for name in ("tp", "pp", "cp", "ep", "vp", "mbs")}
    return {
        "tensor_parallel": parts["tp"], "pipeline_parallel": parts["pp"], "context_parallel": parts["cp"],
        "expert_parallel": parts["ep"], "interleave": parts["vp"], "microbatch_size": parts["mbs"], "uneven_stages": 1.0,
    }  # fmt: skip


def _precision(text: str) -> dict[str, float]:
    """``BF16``, ``FP8-CS``, ``FP8-MX``, ``MXFP8``, ``NVFP4`` and the like as bits and whether scales are per block."""
    lower = text.lower()
    bits = 4.0 if "fp4" in lower else 8.0 if "fp8" in lower else 16.0 if re.search(r"16", lower) else 0.0
    if not bits:
        raise RowError(f"its precision {text!r} is not known")
    return {"precision_bits": bits, "block_scaling": float("mx" in lower or bits == 4)}


def _label(inputs: Mapping[str, float]) -> str:
    """The precision by its usual name; FP16 counts as BF16, whose rate is the same."""
    bits, blocks = inputs["precision_bits"], inputs["block_scaling"]
    return "NVFP4" if bits == 4 else "BF16" if bits == 16 else "MXFP8" if blocks else "FP8"


def _recompute(text: str) -> dict[str, float]:
    lower = text.lower()
    return {
        "recomputed_layers": float(lower.startswith("full")),
        "recomputed_attention": float(lower.startswith(("full", "sel"))),
    }


# --- what follows from when the software was made ---------------------------------------------------------------------


def software_date(source: str, release: str = "") -> float:
    """The calendar year of the software: of a release (``26.04``), an MLPerf round, a Megatron version, a paper's number."""
    if found := re.match(r"(\d\d)\.(\d\d)", release):
        return 2000 + float(found.group(1)) + (float(found.group(2)) - 0.5) / 12
    if found := re.search(r"MLPerf Training v(\d)\.(\d)", source):
        return 2020 + float(found.group(1)) + (0.4 if found.group(2) == "0" else 0.85)  # rounds close in spring and in autumn
    if (found := re.search(r"Megatron-LM (\d\.\d+)", source)) and found.group(1) in _MEGATRON:
        return _MEGATRON[found.group(1)]
    if found := re.search(r"arXiv:(\d\d)(\d\d)\.\d", source):
        return 2000 + float(found.group(1)) + (float(found.group(2)) - 0.5) / 12
    if found := re.search(r"\b(20[12]\d)\b", source):
        return float(found.group(1)) + 0.5
    return configs.defaults()["software_date"].value


def _habits(date: float, source: str, recompute: str, zero: float | None) -> dict[str, float]:
    """What frameworks of that date do unless a row says otherwise."""
    modern = date >= FUSED_SINCE
    stage = (1.0 if modern else 0.0) if zero is None else zero
    selective = recompute.lower().startswith("sel")
    return {
        "software_date": date,
        "fused_attention": float(modern and not selective),
        "dropout": float(not modern),
        "gradient_bytes": 4.0 if modern else 2.0,
        "sequence_parallel": float(date >= SEQUENCE_SINCE or "SP" in recompute),
        # Megatron-LM's own scripts overlap nothing unless told; NeMo's and Megatron-Bridge's recipes do, ZeRO 3 must
        "overlap": float(stage >= 3 or (modern and "Megatron-LM" not in source)),
        "zero_stage": stage,
    }


def _interleave(inputs: dict[str, float], stated: Any, date: float) -> tuple[str, ...]:
    """Without a stated interleaving, frameworks since 2023 are taken to hold pieces of two layers (of one, where odd)."""
    if stated not in (None, "") or inputs["pipeline_parallel"] <= 1 or date < FUSED_SINCE:
        return ()
    layers = math.ceil(inputs["layers"] / inputs["pipeline_parallel"])
    inputs["interleave"] = float(layers // 2 if layers % 2 == 0 else layers)
    return (f"interleaving is not stated; {inputs['interleave']:.0f} taken",)


def _group(source: str) -> str:
    """The source for cross-validation: who published it."""
    return re.split(r"[\s/]", source, maxsplit=1)[0] or "unknown"


def _shape(inputs: Mapping[str, float]) -> str:
    short = {
        "TP": "tensor_parallel", "PP": "pipeline_parallel", "CP": "context_parallel", "EP": "expert_parallel",
        "v": "interleave", "batch ": "batch_size", "mbs ": "microbatch_size",
    }  # fmt: skip
    always = ("batch ", "mbs ")
    parts = [f"{label}{inputs[name]:.0f}" for label, name in short.items() if label in always or inputs[name] > 1]
    full = (
        " full recompute" if inputs["recomputed_layers"] else " selective recompute" if inputs["recomputed_attention"] else ""
    )
    return " ".join(parts) + full
