"""What a text says of a chip beside which one it is: its memory, a power limit, a part or a slice of it, how many there are.

Papers, model cards, drivers, clouds and press write "NVIDIA H100 80GB HBM3", "8x H800", "MI250X (1 GCD)" and "H100 at 500 W".
"""

import functools
import re
import unicodedata
from dataclasses import dataclass

GIBIBYTE = 2.0**30
MAX_TEXT = 400  # characters: nothing that is longer names a chip

_GIGABYTES = {"k": 2.0**-20, "m": 2.0**-10, "g": 1.0, "t": 2.0**10}  # by the prefix of bytes
_JOINED = re.compile(r"\b(tpu|trainium|trn|gaudi|ascend|max)\s+(v?\d\w*|[pq]\b)")  # "TPU v4" and "TPUv4" are one word
_TIMES = re.compile(r"\b(\d+)\s*(?:x\s*(?=[a-z])(?!cds?\b)|\u00d7)")  # 8xH100; not the X of 8 XCD
# Trade marks; no partitions; the processors beside it, as MLPerf names systems.
_MARKED = re.compile(r"\(r\)|\(tm\)|[®™]|\bnps1\b|\bspx\b|(?<![a-z\d])(?:aarch|arm)64\b", re.IGNORECASE)
_PLURAL = re.compile(r"^([a-z]+\d+[a-z]?)s$")  # several H100s
_OWN_S = re.compile(r"\b(?:[Ll]40[Ss]|V100S|v100s)\b")  # chips whose names end in one; V100s are several V100
_MEMORY = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s*(?:(g)(?:i?b(?:ytes?)?)?|([kmt])i?b)\b")
_BYTES = re.compile(r"(?<![\w.])(\d{9,})\s*bytes?\b")
_WATTS = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s*(k?)\s*w(?:atts?)?\b")
_TENSOR_CORE = re.compile(r"\btensor\s+cores?\b")  # of NVIDIA's full names, and no part; of a TPU it is one
_TPU = re.compile(r"\btpu|\bv\d[ep]?\b|\btrillium\b|\bironwood\b")
_DIE = re.compile(r"\b(?:dies?|gcds?|chiplets?|xcds?)\b")
_CORE = re.compile(r"\b(?:tensor\s*|neuron\s*)?cores?\b")
_ONE = frozenset(("1", "1x", "x1", "one", "single", "a", "an", "each", "per"))
_AMOUNT = re.compile(r"x\d+|\d[\d.]*(?:x|k|m|mw|gw)?")
# What is smaller than a chip: NVIDIA's MIG ("1g.10gb", "1c.3g.40gb"), its vGPU profiles ("A100-10C", "GRID"), and fractions.
_PIECES = (
    (re.compile(r"\bmig\b|\b\d[gc]\.(?:\d+g\.)?\d+\s*gb"), "a slice of a chip (MIG)"),
    (
        re.compile(r"\bgrid\b|\bvgpu\b|\bvirtual\b|\b[a-z]+\d+[a-z]*-(?:\d-)?\d{1,2}[cqa]\b"),
        "a share of a chip (a virtual GPU)",
    ),
    (re.compile(r"\bhalf\b|\b(?:third|quarter|fraction|share) of\b|\bfractional\b|\bpartition\b|\bdpx\b"), "a piece of a chip"),
    (
        re.compile(r"(?<![\da-z])0?\.\d+(?!\d|\s*k?w|\s*[kmgt]i?b?\b|\s*(?:million|thousand))|\b1/[2-9]\b|\d\s*% of\b"),
        "a piece of a chip",
    ),
)


@dataclass(frozen=True)
class ChipText:
    """What a text says of a chip.

    Attributes
    ----------
    words
        The words that bear on which chip it is: what the other attributes hold is left out.
    memory
        Each memory that it says, as the number of gigabytes that it writes, of 1,024 megabytes.
    watts
        Each power that it says.
    amounts
        Bare numbers, such as how many chips there are; that there is one is left out.
    part
        "die" or "core" where it names that part of a chip.
    piece
        What it names that is less than a chip and no part of its own, in words; empty where it names none.
    """

    words: frozenset[str]
    memory: tuple[float, ...] = ()
    watts: tuple[float, ...] = ()
    amounts: tuple[str, ...] = ()
    part: str = ""
    piece: str = ""


@functools.lru_cache(maxsize=4096)
def read_chip_text(text: str) -> ChipText:
    """Read what a text says of a chip."""
    if len(text) > MAX_TEXT:
        return ChipText(frozenset())
    plain = unicodedata.normalize("NFKC", _MARKED.sub("", text)).lower().replace("\u2044", "/")  # the stroke of a fraction
    plain = re.sub(r"(?<=\dgb)x(?=\d+\b)", " x", re.sub(r"(?<=\d),(?=\d{3}\b)", "", plain))  # 180GBx8
    piece = next((words for pattern, words in _PIECES if pattern.search(plain)), "")
    plain = re.sub(r"[^a-z0-9.]+", " ", _TIMES.sub(r"\1x ", plain).replace("..", " "))
    plain = plain if _TPU.search(plain) else _TENSOR_CORE.sub(" ", plain)
    plain, watts = _take(_WATTS, plain)
    plain, counted = _take(_BYTES, plain)
    plain, memory = _take(_MEMORY, plain)
    part = "die" if _DIE.search(plain) else "core" if _CORE.search(plain) else ""
    spoken = _JOINED.sub(r"\1\2", (_DIE if part == "die" else _CORE).sub(" ", plain)).split()
    own = {name.lower() for name in _OWN_S.findall(text)}
    words = [word if word in own else _PLURAL.sub(r"\1", word) for word in (word.strip(".") for word in spoken)]
    words = [word for word in words if word not in (*_ONE, "", "x")]
    sizes = [float(count[1]) / GIBIBYTE for count in counted]
    sizes += [float(size[1]) * _GIGABYTES[size[2] or size[3]] for size in memory]
    return ChipText(
        frozenset(word for word in words if not _AMOUNT.fullmatch(word)),
        tuple(sizes),
        tuple(float(power[1]) * (1000 if power[2] else 1) for power in watts),
        tuple(word for word in words if _AMOUNT.fullmatch(word)),
        part,
        piece,
    )


def _take(pattern: re.Pattern[str], text: str) -> tuple[str, list[re.Match[str]]]:
    """Take what a pattern finds out of a text."""
    return pattern.sub(" ", text), list(pattern.finditer(text))
