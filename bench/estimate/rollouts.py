"""How a model in reinforcement learning writes its answers: the replicas and batches that are done first.

Nobody waits for a single answer, so there is no limit of speed. A replica's batch is its share of a rollout's answers, as far
as memory and software hold them; the longest answer then goes on alone. Weights and cache are of 16 bits, since what answers
are sampled from is what is trained.
"""

import math
from collections.abc import Mapping

import numpy as np

from ... import configs
from ...kernels.quantities import MODEL
from ..errors import InputError, Parameter
from ..terminal import numbers
from .scenario import StatedValue
from .source import Source, SourceKind

_WHY = Source(SourceKind.FORMULA, "the replica that is done first, among powers of two up to 64 chips")
_ALONE = Source(SourceKind.FORMULA, "predicted of one answer in such a replica")
_MOST_SEQUENCES = 1024.0  # of an engine, as vLLM decodes at once by default on large chips
_LARGEST = 64
_BYTES = 2.0
_OF_ANSWERS = ("rl_prompts", "rl_group", "serving_output_tokens", "rollout_longest")


def rollout_inputs(fixed: Mapping[str, StatedValue]) -> dict[str, StatedValue]:
    """Fix how answers are served.

    Parameters
    ----------
    fixed
        What is known of the run: the model, the chip, the number of chips, lengths of prompts and answers.

    Raises
    ------
    InputError
        Where no replica of so many chips holds the model.
    """
    given = {name: default.value for name, default in configs.defaults().items()}
    given |= {name: held.value for name, held in fixed.items()}
    given |= {"weight_bits": _BYTES, "cache_bits": _BYTES}
    chips = max(float(MODEL.compute(["rollout_chips"], given)["rollout_chips"]), 1.0)
    sizes = [2.0**power for power in range(int(math.log2(_LARGEST)) + 1) if 2.0**power <= chips]
    replica, parallel = (part.ravel() for part in np.meshgrid(np.array(sizes), np.array([0.0, 1.0])))
    served = {**given, "replica_chips": replica, "attention_data_parallel": parallel, "concurrent_sequences": 1.0}
    prompts, group, tokens, longest = (given[name] for name in _OF_ANSWERS)
    engines = np.where(parallel > 0, replica, 1.0)
    held = np.minimum(MODEL.compute(["largest_batch"], served)["largest_batch"], _MOST_SEQUENCES * engines)
    batch = np.floor(np.minimum(held, np.maximum(prompts * group * replica / chips, 1.0)))
    alone = MODEL.compute(["inter_token_latency"], {**served, "serving_output_tokens": tokens * max(longest, 1.0)})
    served["concurrent_sequences"] = np.maximum(batch, 1.0)
    speed = MODEL.compute(["throughput_per_chip"], served)["throughput_per_chip"]
    beyond = tokens * max(longest - 1, 0.0)
    time = prompts * group * tokens / (speed * chips) + beyond * alone["inter_token_latency"]
    best = int(np.argmin(np.where(batch >= 1, time, math.inf)))
    if not batch[best] >= 1:
        raise InputError("are too few to hold the model and the cache of one answer", where=Parameter("chip_count"))
    values = {
        "weight_bits": _BYTES,
        "cache_bits": _BYTES,
        "replica_chips": float(replica[best]),
        "attention_data_parallel": float(parallel[best]),
        "concurrent_sequences": float(batch[best]),
    }
    fixing = {name: StatedValue(value, _WHY) for name, value in values.items()}
    return fixing | {"rollout_token_latency": StatedValue(float(alone["inter_token_latency"][best]), _ALONE)}


def rollout_notes(known: Mapping[str, float], chip: str) -> tuple[str, ...]:
    """Say how answers are written on a chip, from the values of what is fixed."""
    replica, batch = known["replica_chips"], known["concurrent_sequences"]
    of = f"{replica:,.0f} {chip}" if replica > 1 else f"one {chip}"
    share = ", attention by data parallelism" if known["attention_data_parallel"] and replica > 1 else ""
    by = f"Answers are written by replicas of {of}{share}, {batch:,.0f} at once in each; a rollout ends with its longest"
    if not known.get("rl_apart"):
        return (f"{by}.",)
    chips = numbers.share(known.get("rollout_share", configs.defaults()["rollout_share"].value))
    return (f"{by}. {chips} of the chips write them while the others train on the last.",)
