"""How a row of measured serving was run: batch, requests, limits of latency, by its words."""

import math
import re
from dataclasses import dataclass

from ..facts.cells import RowError, blank
from .row_parallelism import parallelism

_CONCURRENCY = re.compile(
    r"(?<![a-z0-9])(?:max[\s_-]*)?conc(?:urrency)?\s*[=:_-]?\s*(\d+(?:\.\d+)?)(?![\d.]|\s*(?:-|\u2013|x|to)\s*\d)",
    re.IGNORECASE,
)
_USER = re.compile(r"(\d+(?:\.\d+)?)\s*(?:tok(?:en)?s?\s*/\s*s(?:ec(?:ond)?)?|tps|tokens? (?:a|per) second)\b", re.IGNORECASE)
_PACE = re.compile(
    r"(?:(?:tpot|itl|inter-?token latency|time per output token)\D*)(\d+(?:\.\d+)?)\s*ms\b"
    r"|(\d+(?:\.\d+)?)\s*ms\s*(?:/\s*tok(?:en)?\b|tpot|itl)",
    re.IGNORECASE,
)
_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
_COUNTED = (
    r"(?:max[\s_-]*)?(?:running[\s_-]*|global[\s_-]*|mean[\s_-]*|average[\s_-]*|concurrent[\s_-]*|simultaneous[\s_-]*)?"
    r"(?:batch(?:[\s_-]*size)?|bs|bsz|conc|concurrency|concurrent|num[\s_-]*seqs|seqs?|sequences?|requests?|reqs?|users?|streams?|"
    r"clients?)"
)
_BATCH = re.compile(
    rf"(?:{_COUNTED}\s*(?:of|[=:_-])?\s*)?[~\u2248]?\s*{_NUMBER}(?:\s*{_COUNTED})?"
    r"(?P<each>\s*(?:/|per|a)\s*(?:gpu|chip|device|rank))?(?:\s*\([^\d()]*\))?"
)
_DRAFTS = re.compile(
    r"(?P<no>\b(?:no|non|not|without|w/o)[\s-]*)?\b(?:MTP|nextn)(?![a-z])(?:[=:-]?(?P<number>\d)(?![\w.]))?"
    r"(?P<off>[\s_=:-]*(?:off|none|false|disabled))?",
    re.IGNORECASE,
)
_OTHER_DRAFTS = re.compile(
    r"(?<!no )(?<!without )(?<!non-)(?<!w/o )\b(?:eagle-?\d?|medusa|draft model|speculative decoding|spec decod\w*|ngram)\b",
    re.IGNORECASE,
)
_QUEUED = re.compile(r"\bmax(?:imum)?\b|queued|offline|\binf(?:inite)?\b|saturat|unlimited|\bpeak\b", re.IGNORECASE)
_SINGLE = re.compile(r"single[\s_-]*stream", re.IGNORECASE)
_SCENARIOS = ("offline", "server", "interactive")
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

# Tokens that are drafted where multi-token prediction is named without a number. InferenceX drafts 1 with data-parallel
# attention and 3 without (github.com/SemiAnalysisAI/InferenceX, benchmarks/dsr1_fp4_b200_trt_mtp.sh). MLPerf v6.0 lets
# DeepSeek-R1's interactive scenario draft by the model's own head (mlcommons.org, 2026): that submitters draft 3 is assumed.
_FEW_DRAFTS, _MANY_DRAFTS = 1.0, 3.0
_DRAFTED = {("deepseek-v3", "interactive"): _MANY_DRAFTS}
_LATENCY_FIRST = re.compile(r"inference(?:x|max)", re.IGNORECASE)


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
    system_chips
        Of all that was measured, which a replica is not larger than; infinite where nobody says.
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
    system_chips: float = math.inf


def strategy(words: str, batch: str, chips: float | None, lengths: tuple[float, float], model: str, moe: bool) -> RowStrategy:
    """Read how a row was run.

    Parameters
    ----------
    words
        Its name and notes.
    batch
        Sequences at once, a concurrency, a scenario of MLPerf, or that all requests were queued.
    chips
        Of the whole system; None where none are stated.
    lengths
        Tokens in and out, the mean.
    model, moe
        The model's key, and whether it is a mixture of experts.

    Raises
    ------
    RowError
        Where nothing says how many sequences were decoded at once, or how they were is not predicted.
    """
    text, words = batch.strip(), f"{words} {batch}"
    drafts = _drafts(words)
    if "mlperf" in words.lower() and not blank(text) and _BATCH.fullmatch(text.lower()) is None:
        return _scenario(text.lower(), model, drafts, chips or math.inf)
    shared = parallelism(words, chips, moe)
    replica, data_parallel, copies = shared.replica_chips, shared.data_parallel, shared.copies
    if _LATENCY_FIRST.search(words) and not data_parallel:
        drafts = _drafts(words, _MANY_DRAFTS)
    own = {
        "disaggregated": float(shared.disaggregated), "prefill_share": shared.prefill_share or 0.5,
        "sliced_experts": float(shared.sliced), "draft_tokens": drafts,
    }  # fmt: skip
    most = _MAX_BATCH * (replica if data_parallel else 1.0)
    if (pace := _pace(text)) is not None:
        return RowStrategy(replica, data_parallel, math.inf, most, step_limit=pace, **own)
    if (sequences := _sequences(text, words, chips)) is not None:
        return RowStrategy(replica, data_parallel, max(sequences / copies, 1.0), **own)
    if _QUEUED.search(text):
        number = next((n for (i, o), n in _REQUESTS.items() if _near(lengths, (i, o))), math.inf)
        return RowStrategy(replica, data_parallel, math.inf, most, number / copies, **own)
    stated = "" if blank(text) else f"; {text!r} does not"
    raise RowError(f"nothing says how many sequences were decoded at once{stated}")


def _scenario(text: str, model: str, drafts: float, chips: float) -> RowStrategy:
    """Read a scenario of MLPerf, which states its limits of latency, not how many sequences are decoded at once."""
    if _SINGLE.search(text):
        return RowStrategy(math.nan, 0.0, 1.0, draft_tokens=drafts, system_chips=chips)
    scenario = next((name for name in _SCENARIOS if name in text), "")
    if scenario == "offline":
        return RowStrategy(math.nan, 0.0, math.inf, _MAX_BATCH, draft_tokens=drafts, system_chips=chips)
    if (model, scenario) not in _LIMITS:
        raise RowError(f"MLPerf's limits of latency for {model} in the scenario {text!r} are not known" if scenario else
                       f"{text!r} is no scenario of MLPerf that is predicted: offline, server, interactive")  # fmt: skip
    first, limit = _LIMITS[model, scenario]
    drafts = drafts or _DRAFTED.get((model, scenario), 0.0)
    limits = {"step_limit": limit / _TAIL, "first_limit": first}
    return RowStrategy(math.nan, 0.0, math.inf, _MAX_BATCH, draft_tokens=drafts, system_chips=chips, **limits)


def _pace(text: str) -> float | None:
    """Read the longest mean time of a token (s), where a speed of a user stands for a batch."""
    if (user := _USER.search(text)) is not None and float(user[1]) > 0:
        return 1 / float(user[1])
    if (pace := _PACE.search(text)) is not None:
        return float(pace[1] or pace[2]) / 1e3 or None
    return None


def _sequences(text: str, words: str, chips: float | None) -> float | None:
    """Read how many sequences were decoded at once in the whole system; a number that may count something else is none."""
    number = _BATCH.fullmatch(text.lower())
    if number is not None:
        count = float(number["number"].replace(",", ""))
        if number["each"] and chips is None:
            raise RowError("it states no number of chips")
        if count <= 0:
            raise RowError(f"{text!r} sequences at once are none")
        return count * ((chips or 1.0) if number["each"] else 1.0)
    said = _CONCURRENCY.search(words if blank(text) else text)  # a cell that says something else is not passed over
    return float(said[1]) if said is not None and float(said[1]) > 0 else None


def _drafts(words: str, unnumbered: float = _FEW_DRAFTS) -> float:
    """Read how many tokens are proposed in a step: ``unnumbered`` where multi-token prediction is named alone, 0 without.

    Raises
    ------
    RowError
        Where another model proposes them, whose acceptance nobody states.
    """
    own = [match for match in _DRAFTS.finditer(words) if not (match["no"] or match["off"])]
    if own:
        return max(float(match["number"] or unnumbered) for match in own)
    if _OTHER_DRAFTS.search(words) and not _DRAFTS.search(words):
        raise RowError("it drafts tokens by other means than the model's own heads, which is not predicted")
    return 0.0


def _near(lengths: tuple[float, float], other: tuple[int, int]) -> bool:
    return all(abs(math.log(a / b)) < 0.1 for a, b in zip(lengths, other, strict=True))
