"""What frameworks of a date do unless told otherwise: kernels, sharding, overlap, recompute, interleaving.

A framework is a row of configs/frameworks.toml; what differs with its age follows here from the year of the software. The
words that a publisher adds (eager, compile, async TP, a version that somebody ran) say how it was run.
"""

import math
import re

from ... import configs

FUSED_SINCE = 2023.0  # when training frameworks took up fused attention, FP32 gradients, sharded optimizers and overlap
FUSED_CHIPS = 2022.4  # chips that shipped before FlashAttention (May 2022, arXiv:2205.14135) trained without it at first
SEQUENCE_SINCE = 2022.5  # Korthikanti et al. 2022 brought sequence parallelism to Megatron-LM in May 2022
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
    selective = recompute.lower().startswith("sel")
    return own | {
        "software_date": date,
        "fused_attention": float(modern and not selective),
        "dropout": float(not modern),
        "gradient_bytes": own["gradient_bytes"] if modern else 2.0,
        "sequence_parallel": float(date >= SEQUENCE_SINCE or "SP" in recompute),
        # a version of Megatron-LM that somebody runs overlaps nothing unless told; recipes of its makers do, ZeRO 3 must
        "overlap": float(stage >= 3 or (modern and not re.search(r"Megatron-LM v?\d", words))),
        "server_gathering": float(modern),
        "zero_stage": stage,
    }


def date_of_steps(date: float, recomputed_layers: float, architecture_date: float) -> float:
    """Date the software; where it recomputes whole layers on a chip older than fused attention, as that of such chips.

    Scores that go through memory are why whole layers were recomputed. A paper may well come years after its runs.
    """
    old = recomputed_layers > 0 and architecture_date < FUSED_CHIPS
    return min(date, FUSED_CHIPS) if old else date


def interleave(layers: float, pipeline_parallel: float, date: float) -> float:
    """Say how many pieces a stage has where none is stated: frameworks since 2023 hold pieces of two layers (one, where odd)."""
    if pipeline_parallel <= 1 or date < FUSED_SINCE:
        return 1.0
    own = math.ceil(layers / pipeline_parallel)
    return float(own // 2 if own % 2 == 0 else own)
