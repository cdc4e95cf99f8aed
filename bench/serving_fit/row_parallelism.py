"""How the chips of a measured row share the model, by its words: parallelism, replicas, chips that read prompts."""

import math
import re
from dataclasses import dataclass

from ..facts.cells import RowError

_GAP = r"(?:[\s_-]*size)?\s*[=:_]?\s*"  # TP8, tp=8, TP size 8


def _degree(short: str, long: str) -> re.Pattern[str]:
    return re.compile(rf"(?:(?<![a-z0-9]){short}|\b{long}[\s_-]*parallel(?:ism)?){_GAP}(\d+)(?!\d|\.\d|[a-z])", re.IGNORECASE)


_TP, _EP, _DP, _PP = (
    _degree(short, long) for short, long in (("tp", "tensor"), ("ep", "expert"), ("dp", "data"), ("pp", "pipeline"))
)
_DEP, _TEP = _degree("dep", "data and expert"), _degree("tep", "tensor and expert")
_DATA_PARALLEL = re.compile(
    r"\b(?:dpa|dp[\s_-]*att(?:entio)?n|attention[\s_-]+dp|data[\s-]parallel attention)\b", re.IGNORECASE
)
_SEPARATE = re.compile(r"\bdis-?agg(?:regated|regation)?\b|\bpd[\s-]*(?:disagg|separat)", re.IGNORECASE)
_NOT_SEPARATE = re.compile(r"\b(?:non?|not|without|w/o)[\s-]*dis-?agg", re.IGNORECASE)
_APART = re.compile(r"(?<![a-z0-9.])(\d+)\s*P\s*[+/,x]?\s*(\d+)\s*D(?![a-z0-9])", re.IGNORECASE)
_READING, _ANSWERING = r"(?:prefill\w*|context|ctx)", r"(?:decod\w*|generation|gen)"
_DEGREES = r"(?:(?:dep|tep|tp|ep|dp|pp)[\s=:_]*\d+[\s,/+x]*)+"
_SIDE = re.compile(rf"\b(?:{_READING}|{_ANSWERING})\b|\b{_DEGREES}", re.IGNORECASE)
_OF_PROMPTS = (  # what is said of prefilling chips, behind their name or before it
    re.compile(rf"\b{_READING}[\s:=(]*{_DEGREES}", re.IGNORECASE),
    re.compile(rf"\b{_DEGREES}(?:for |in )?{_READING}\b", re.IGNORECASE),
)
_SERVER = 8.0  # chips


@dataclass(frozen=True)
class RowParallelism:
    """How the chips of a row share the model.

    Attributes
    ----------
    data_parallel
        1 where attention is data parallel, else 0.
    replica_chips
        Of one that decodes.
    copies
        Replicas that decode, each with its share of the sequences.
    disaggregated
        Whether prompts are read on chips of their own.
    prefill_share
        Those over all chips; 0 where nobody says.
    sliced
        Whether each chip has a slice of all experts, not experts of its own.
    """

    data_parallel: float
    replica_chips: float
    copies: float
    disaggregated: bool = False
    prefill_share: float = 0.0
    sliced: bool = False


def parallelism(words: str, chips: float | None, moe: bool) -> RowParallelism:
    """Read attention's parallelism, a replica's chips, and how many replicas there are.

    Parameters
    ----------
    words
        What the row says of itself.
    chips
        Of the whole system; None where it states none, so that they are those of one replica.
    moe
        Whether the model is a mixture of experts.

    Raises
    ------
    RowError
        Where nothing says how many chips there are, where a replica would have more than all, or where layers are pipelined.
    """
    apart = _SEPARATE.search(words) is not None and _NOT_SEPARATE.search(words) is None
    split = _APART.search(words) if apart else None
    reading, decoding = (float(split[1]), float(split[2])) if split else (1.0 if apart else 0.0, 1.0)
    if decoding == 0 or (split and reading == 0):
        raise RowError(f"{split[0] if split else ''} leaves no chips to read prompts or to answer")
    own, data_parallel, sliced = _replica(_without_prefilling(words) if apart else words, moe)
    whole = _whole(chips, own, apart)
    share = reading / (reading + decoding) if split else 0.0
    if math.isnan(own):
        own, copies, data_parallel = _unsaid(words, whole, (reading + decoding) if split else 0.0, decoding, apart, moe)
    else:
        answering = whole * (1 - share) if split else own * decoding if apart else whole
        copies = max(answering / own, decoding)
    if own > whole:
        raise RowError(f"a replica of {own:g} chips is more than the {whole:g} that it states")
    return RowParallelism(data_parallel, own, copies, apart, share, sliced and moe and not data_parallel)


def _without_prefilling(words: str) -> str:
    """Take out how the chips that read prompts share the model: ``prefill TP4, decode DEP8``, ``DEP4 prefill, DEP8 decode``."""
    first = _SIDE.search(words)
    degrees_first = first is not None and re.match(_DEGREES, first[0], re.IGNORECASE) is not None
    rest = _OF_PROMPTS[degrees_first].sub(" ", words)
    return rest if re.search(_DEGREES, rest, re.IGNORECASE) else words


def _replica(words: str, moe: bool) -> tuple[float, float, bool]:
    """Read a replica's chips (NaN where nobody says), whether attention is data parallel, whether experts are sliced.

    Where experts are over more chips than a server's and attention's tensors are not, attention is data parallel.
    """
    if (dep := _DEP.search(words)) is not None:
        return float(dep[1]), float(moe), False
    if (tep := _TEP.search(words)) is not None:
        return float(tep[1]), 0.0, False
    degrees = [pattern.search(words) for pattern in (_TP, _EP, _DP, _PP)]
    tensor, experts, copies, stages = (float(match[1]) if match else 1.0 for match in degrees)
    if min(tensor, experts, copies, stages) < 1:
        raise RowError("a parallelism of 0 is none")
    if stages > 1:
        raise RowError(f"its layers are pipelined over {stages:g} stages, which is not predicted of serving")
    said = _DATA_PARALLEL.search(words) is not None
    if moe and (experts > max(tensor, _SERVER) or (experts > 1 and (copies > 1 or said)) or (said and tensor > 1)):
        return max(experts, tensor), 1.0, False
    if degrees[0] is None and degrees[1] is None and (copies == 1 or moe):
        return math.nan, 0.0, False
    return max(tensor, experts), 0.0, tensor > 1 and experts <= 1


def _whole(chips: float | None, own: float, apart: bool) -> float:
    """Return the chips of the whole system: where none are stated its replica's, or a server's if prompts are apart."""
    if chips is not None:
        return chips
    if not math.isnan(own):
        return own
    if apart:
        return _SERVER
    raise RowError("it states no number of chips")


def _unsaid(words: str, whole: float, servers: float, decoding: float, apart: bool, moe: bool) -> tuple[float, float, float]:
    """Say how a model is usually shared where a row does not: over a server, or by many chips with data-parallel attention."""
    copies = float(match[1]) if (match := _DP.search(words)) else 1.0
    if apart:
        own = whole / servers if servers else _SERVER if whole >= 2 * _SERVER else whole
        return own, decoding, float(moe)
    if copies > 1:
        return max(whole / copies, 1.0), copies, 0.0
    if whole > _SERVER and not moe:
        return _SERVER, whole / _SERVER, 0.0
    return whole, 1.0, float(moe and whole > _SERVER)
