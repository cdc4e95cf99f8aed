"""What frameworks of a date do unless told otherwise: kernels, sharding, overlap, recompute, interleaving.

A framework is a row of configs/frameworks.toml; what differs with its age follows here from the year of the software. The
words that a publisher adds (eager, compile, async TP, a version that somebody ran) say how it was run.
"""

import math
import re

from ... import configs

FUSED_SINCE = 2023.0  # when training frameworks took up fused attention, FP32 gradients, sharded optimizers and overlap
SEQUENCE_SINCE = 2022.5  # Korthikanti et al. 2022 brought sequence parallelism to Megatron-LM in May 2022
COMPILED_SHARE = 0.4  # what a compiler leaves unfused: torchtitan's compiled steps take 0.86 of its eager ones (2024-12)
ASYNC_TP_SHARE = 0.5  # of TP that PyTorch's asynchronous TP cuts in pieces: it takes 9% off torchtitan's steps (2025-06)
OPERATIONS_SHARE = 0.5  # torchtitan's selective checkpointing keeps every second product and all attention
_ASYNC_TP = re.compile(r"\basync\w* ?TP\b", re.IGNORECASE)
_COMPILED = re.compile(r"\bcompiled?\b", re.IGNORECASE)
DEFAULT = "nemo"  # whose recipes the model's defaults are of


def habits(framework: str, date: float, words: str = "", zero: float | None = None, recompute: str = "") -> dict[str, float]:
    """Say what a framework of that date does unless told otherwise.

    Parameters
    ----------
    framework
        A row of configs/frameworks.toml: megatron, nemo, fsdp, torchtitan, maxtext.
    date
        The year of the software, with its fraction.
    words
        What the publisher says of how it was run.
    zero
        The ZeRO stage, where it is stated.
    recompute
        The published word for what is computed again.

    Returns
    -------
    dict
        Inputs of the step-time model, in base units.

    Raises
    ------
    FactError
        Where there is no such framework, with the nearest one.
    """
    own, modern = dict(configs.load("frameworks").find(framework).values), date >= FUSED_SINCE
    stage = (own["zero_stage"] if modern else 0.0) if zero is None else zero
    # a version of Megatron-LM that somebody runs overlaps nothing unless told; recipes of its makers do, ZeRO 3 must
    told = modern and not re.search(r"Megatron-LM v?\d", words)
    result = own | {
        "software_date": date,
        "fused_attention": float(modern),
        "dropout": float(not modern),
        "gradient_bytes": own["gradient_bytes"] if modern else 2.0,
        "sequence_parallel": float(date >= SEQUENCE_SINCE or "SP" in recompute),
        "overlap": float(stage >= 3 or told),
        "tp_overlap": own["tp_overlap"] * told,
        "server_gathering": float(modern),
        "zero_stage": stage,
    }
    if _COMPILED.search(words):
        result["unfused_kernels"] = COMPILED_SHARE * own["unfused_kernels"]
    if _ASYNC_TP.search(words):
        result["tp_overlap"] = ASYNC_TP_SHARE
    if modern and own["unfused_kernels"] > 0 and recompute.lower().startswith("sel"):
        result |= {"recomputed_attention": 0.0, "recomputed_operations": OPERATIONS_SHARE}
    return result


def interleave(layers: float, pipeline_parallel: float, date: float) -> float:
    """Say how many pieces a stage has where none is stated: frameworks since 2023 hold pieces of two layers (one, where odd).

    Parameters
    ----------
    layers
        Of the model.
    pipeline_parallel
        Stages.
    date
        The year of the software, with its fraction.
    """
    if pipeline_parallel <= 1 or date < FUSED_SINCE:
        return 1.0
    own = math.ceil(layers / pipeline_parallel)
    return float(own // 2 if own % 2 == 0 else own)
