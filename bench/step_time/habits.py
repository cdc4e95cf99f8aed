"""What frameworks of a date do unless told otherwise: kernels, sharding, overlap, recompute, interleaving.

A framework is a row of configs/frameworks.toml; what differs with its age follows here from the year of the software, and what
a publisher says of a run (compile, async TP, a version that somebody ran) takes the place of either.
"""

import math
from dataclasses import dataclass

from ... import configs

TABLE = "frameworks"
DEFAULT = "nemo"  # whose recipes the model's defaults are of
FUSED_SINCE = 2023.0  # when training frameworks took up fused attention, FP32 gradients, sharded optimizers and overlap
SEQUENCE_SINCE = 2022.5  # Korthikanti et al. 2022 brought sequence parallelism to Megatron-LM in May 2022
MODULES_SINCE = 2025.3  # Megatron Core 0.12 recomputes norms, activations and MLA's projections up by themselves
MEGATRON_CORE = ("megatron", "nemo")  # frameworks that are built upon it
COMPILED_SHARE = 0.4  # what a compiler leaves unfused: torchtitan's compiled steps take 0.86 of its eager ones (2024-12)
ASYNC_TP_SHARE = 0.5  # of TP that PyTorch's asynchronous TP cuts in pieces: it takes 9% off torchtitan's steps (2025-06)
OPERATIONS_SHARE = 0.5  # torchtitan's selective checkpointing keeps every second product and all attention
WHOLE_SHARDING = 3.0  # the ZeRO stage at which weights are sharded too


@dataclass(frozen=True)
class RunOptions:
    """What a publisher says of how a framework was run.

    Attributes
    ----------
    compiled
        Whether a compiler fuses element-wise operations.
    async_tp
        Whether PyTorch's asynchronous TP is used.
    as_it_comes
        Whether it is a version of Megatron-LM that somebody runs, which overlaps nothing unless told; recipes of its makers do.
    zero
        The ZeRO stage; None where it is not stated.
    recompute
        The published word for what is computed again.
    """

    compiled: bool = False
    async_tp: bool = False
    as_it_comes: bool = False
    zero: float | None = None
    recompute: str = ""


NOTHING_SAID = RunOptions()


def habits(framework: str, date: float, options: RunOptions = NOTHING_SAID) -> dict[str, float]:
    """Say what a framework of that date does unless told otherwise.

    Parameters
    ----------
    framework
        A row of configs/frameworks.toml.
    date
        The year of the software, with its fraction.
    options
        How it was run.

    Returns
    -------
    dict
        Inputs of the step-time model, in base units.

    Raises
    ------
    FactError
        Where there is no such framework, with the nearest one.
    """
    own, modern = dict(configs.load(TABLE).find(framework).values), date >= FUSED_SINCE
    stage = (own["zero_stage"] if modern else 0.0) if options.zero is None else options.zero
    overlaps = modern and not options.as_it_comes
    result = own | {
        "software_date": date,
        "fused_attention": float(modern),
        "dropout": float(not modern),
        "gradient_bytes": own["gradient_bytes"] if modern else 2.0,
        "sequence_parallel": float(date >= SEQUENCE_SINCE or "SP" in options.recompute),
        "overlap": float(stage >= WHOLE_SHARDING or overlaps),  # whole sharding cannot do without
        "tp_overlap": own["tp_overlap"] * overlaps,
        "server_gathering": float(modern),
        "zero_stage": stage,
    }
    if options.compiled:
        result["unfused_kernels"] = COMPILED_SHARE * own["unfused_kernels"]
    if options.async_tp:
        result["tp_overlap"] = ASYNC_TP_SHARE
    if modern and own["unfused_kernels"] > 0 and options.recompute.lower().startswith("sel"):
        result |= {"recomputed_attention": 0.0, "recomputed_operations": OPERATIONS_SHARE}
    return result


def can_recompute_modules(framework: str, date: float, zero: float) -> bool:
    """Tell whether a framework of that date recomputes single modules of a layer, such as norms and activations.

    Parameters
    ----------
    framework
        A row of configs/frameworks.toml.
    date
        The year of the software, with its fraction.
    zero
        The ZeRO stage.
    """
    return framework in MEGATRON_CORE and date >= MODULES_SINCE and zero < WHOLE_SHARDING


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
