"""How a row of measured serving was run: parallelism, batch, requests, limits of latency, by its words."""

import math
import re
from dataclasses import dataclass

from ..facts.cells import RowError

_TP = re.compile(r"\bTP(\d+)\b")
_EP = re.compile(r"\bEP(\d+)\b")
_DP = re.compile(r"\bDP(\d+)\b")
_DEP = re.compile(r"\bDEP(\d+)\b")
_APART = re.compile(r"(\d+)P(\d+)D")
_CONCURRENCY = re.compile(r"\bconc(?:urrency)?\s*(\d+(?:\.\d+)?)")
_USER = re.compile(r"(\d+(?:\.\d+)?)\s*tok(?:en)?s?/s(?:/user)?")
_REQUESTS = {(1024, 1024): 3000, (8192, 1024): 1500, (1024, 8192): 1500, (32768, 1024): 1000, (1024, 32768): 1000}
_MAX_BATCH = 2048.0  # of one engine of TensorRT-LLM, its default
_TAIL = 1.3  # of 99% of requests' times per token, over the mean: an assumption
_LIMITS = {  # MLPerf, loadgen/mlperf.conf: 99% of requests' time to first token and per token, s
    ("llama-2-70b", "server"): (2.0, 0.2), ("llama-2-70b", "interactive"): (0.45, 0.04),
    ("llama-3.1-405b", "server"): (6.0, 0.175), ("llama-3.1-405b", "interactive"): (4.5, 0.08),
    ("llama-3.1-8b", "server"): (2.0, 0.1), ("llama-3.1-8b", "interactive"): (0.5, 0.03),
    ("deepseek-v3", "server"): (2.0, 0.08), ("deepseek-v3", "interactive"): (1.5, 0.015),
    ("mixtral-8x7b", "server"): (2.0, 0.2),
    ("gpt-oss-120b", "server"): (3.0, 0.08), ("gpt-oss-120b", "interactive"): (2.0, 0.02),
}  # fmt: skip


@dataclass(frozen=True)
class RowStrategy:
    """How a replica was run.

    Attributes
    ----------
    replica_chips, attention_data_parallel
        As the model's quantities. NaN chips: as few as hold the model.
    sequences
        Decoded at once in a replica; infinite for as many as memory and the software allow.
    max_sequences
        The most that the software decodes at once in a replica.
    requests
        Of the whole benchmark, of a replica; infinite for a steady state.
    step_limit
        Longest mean time of a token, s; infinite without one.
    first_limit
        Longest time to the first token of all but 1% of requests, s; infinite without one.
    sliced_experts
        As the model's quantity.
    disaggregated, prefill_share
        1 where prefilling chips are others, and their share of all.
    draft_tokens
        Proposed in a step.
    """

    replica_chips: float
    attention_data_parallel: float
    sequences: float
    max_sequences: float = math.inf
    requests: float = math.inf
    step_limit: float = math.inf
    first_limit: float = math.inf
    sliced_experts: float = 0.0
    disaggregated: float = 0.0
    prefill_share: float = 0.0
    draft_tokens: float = 0.0


def strategy(words: str, batch: str, chips: float, lengths: tuple[float, float], model: str, moe: bool) -> RowStrategy:
    """Read how a row was run.

    Parameters
    ----------
    words
        Its name and notes.
    batch
        Sequences at once, a concurrency, a scenario of MLPerf, or that all requests were queued.
    chips
        Of the whole system.
    lengths
        Tokens in and out, the mean.
    model, moe
        The model's key, and whether it is a mixture of experts.

    Raises
    ------
    RowError
        Where nothing says how many sequences were decoded at once.
    """
    text = batch.strip().lower()
    data_parallel, replica, copies = _parallel(words, chips, moe)
    apart = _APART.search(words)
    prefill = int(apart[1]) / (int(apart[1]) + int(apart[2])) if apart else 0.0
    sliced = moe and not data_parallel and _TP.search(words) is not None and _EP.search(words) is None
    own = {
        "disaggregated": float("disaggregated" in words), "prefill_share": prefill if prefill else 0.5,
        "sliced_experts": float(sliced),
    }  # fmt: skip
    if re.search(r"\bMTP\b", words):
        own["draft_tokens"] = 1.0
    if "mlperf" in words.lower():
        first, limit = _LIMITS.get((model, text), (math.inf, math.inf))
        return RowStrategy(math.nan, 0.0, math.inf, _MAX_BATCH, step_limit=limit / _TAIL, first_limit=first)
    if "maximum" in text or "queued" in text or "offline" in text:
        group = replica if data_parallel else 1.0
        number = next((n for (i, o), n in _REQUESTS.items() if _near(lengths, (i, o))), math.inf)
        return RowStrategy(replica, data_parallel, math.inf, _MAX_BATCH * group, number / copies, **own)
    if (user := _USER.search(text)) is not None:
        return RowStrategy(replica, data_parallel, math.inf, _MAX_BATCH, step_limit=1 / float(user[1]), **own)
    number_text = re.fullmatch(r"\D*?(\d+(?:\.\d+)?)\D*", text) or _CONCURRENCY.search(words)
    if number_text is None:
        raise RowError("nothing says how many sequences were decoded at once")
    return RowStrategy(replica, data_parallel, max(float(number_text[1]) / copies, 1.0), **own)


def _near(lengths: tuple[float, float], other: tuple[int, int]) -> bool:
    return all(abs(math.log(a / b)) < 0.1 for a, b in zip(lengths, other, strict=True))


def _parallel(words: str, chips: float, moe: bool) -> tuple[float, float, float]:
    """Read attention's parallelism, a replica's chips, and how many replicas there are."""
    if (dep := _DEP.search(words)) is not None:
        return 1.0, float(dep[1]), max(chips / float(dep[1]), 1.0) if "disaggregated" not in words else 1.0
    tensor, experts, copies = (float(match[1]) if match else 1.0 for match in (p.search(words) for p in (_TP, _EP, _DP)))
    if "disaggregated" in words:  # 6P2D: two replicas decode, and so many chips are of each of the eight
        apart = _APART.search(words)
        decoding = float(apart[2]) if apart else 1.0
        own = chips / (float(apart[1]) + decoding) if apart else 8.0 if chips >= 16 else chips
        return (0.0 if _TP.search(words) else float(moe)), own, decoding
    if experts > 1 and copies > 1:
        return 1.0, experts, 1.0
    if experts > 1 or tensor > 1:
        replica = max(tensor, experts)
        return 0.0, replica, max(chips / replica, 1.0)
    return 0.0, 1.0 if chips <= copies else chips / copies, copies
