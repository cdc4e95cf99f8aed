"""The model and the number formats that a row of measured serving names, as repositories of weights name them."""

import math
import re
from collections.abc import Mapping

from ... import configs
from ...kernels.quantities import MODEL
from ..facts.cells import RowError, blank
from ..facts.models import match_model

_FORMAT = (
    r"(?:(?:nv|mx)?fp(?:4|8)(?:-(?:kv|block|static|dynamic))?|bf16|fp16|int[48]|awq|gptq|gguf|qat|q\d_\w+|w\d+a\d+(?:kv\d+)?|"
    r"[48]-?bit|bnb|dynamic|static|quantized|marlin)"
)
_TRAINED = r"(?:instruct|it|chat|thinking|reasoning|base|hf|preview|sparse-moe|interactive|server|offline|edge|datacenter|1m)"
_REVISION = r"(?:\d{4}|v\d+(?:\.\d+)?|\d+(?:\.\d+)?e|99(?:\.9)?)"
_ENDING = re.compile(rf"[-_. ]+(?:{_FORMAT}|{_TRAINED}|{_REVISION})$", re.IGNORECASE)
_SIZE = re.compile(r"[-_ ]+(\d+(?:\.\d+)?)([tb])$", re.IGNORECASE)
_UNIT_OF_SIZE = {"b": 1e9, "t": 1e12}
_SAME_SIZE = 0.1  # a size in a name is rounded
_SEEING = re.compile(r"(?<=\d)[-_ ]vl(?=[-_ ])", re.IGNORECASE)  # reads pictures too, which no row here counts
_MADE_OF = {  # weights of another name -> the model whose architecture they have, as their cards say
    "dsr1": "deepseek-v3", "deepseek-r1-distill-llama-70b": "llama-3.1-70b", "deepseek-r1-distill-llama-8b": "llama-3.1-8b",
    "deepseek-r1-distill-qwen-32b": "qwen2.5-32b", "deepseek-r1-distill-qwen-14b": "qwen2.5-14b",
    "qwq-32b": "qwen2.5-32b", "llama-3.1-nemotron-70b": "llama-3.1-70b",
}  # fmt: skip
_KV16, _KV8 = 2.0, 1.0  # bytes: what a value in bits is inside
_BY_CHANNEL = re.compile(r"llama")  # Meta's and NVIDIA's checkpoints of 8 bits have one scale for each channel or matrix
_MIXED = re.compile(r"gpt-?oss")  # experts alone are in 4 bits
_GROUPED = 4.16  # bits of a weight of 4 with a scale of 16 and a zero of 4 for 128 of them
_PUBLISHED_IN_8 = re.compile(r"deepseek[-_ ]?(?:v3|r1)|kimi[-_ ]?k2", re.IGNORECASE)
_WHERE = r"(?:(?:kv|cache)[\s_-]*(?:cache)?)"
_NAMED = r"(?:fp8|float8|int8|e4m3|e5m2|bf16|fp16|bfloat16|float16)"
_CACHE = re.compile(
    rf"\b(?:{_WHERE}[\s:=_-]*(?:in\s+)?(?P<after>{_NAMED})\b|(?P<before>{_NAMED})[\s_-]*{_WHERE}\b(?![\s:=_-]*(?:in\s+)?{_NAMED}))"
)
_WEIGHTS_BY = re.compile(r"w(\d+)a(\d+)")
_FORMATS = (  # the first that a text says: bits of a weight with its scales, and of products
    (re.compile(r"mx-?(?:fp)?4"), 4.25, 4.0),
    (re.compile(r"fp-?4|float4|e2m1|mx4"), 4.5, 4.0),
    (re.compile(r"(?:int|u)-?4|awq|\bq4|4-?bit|gptq(?!.*8)"), _GROUPED, 16.0),
    (re.compile(r"gptq.*8|8-?bit weights"), 8.0, 16.0),
    (re.compile(r"mx-?fp-?8"), 8.25, 8.0),
    (re.compile(r"fp-?8|float-?8|e4m3|e5m2|int-?8|8-?bit|^8$"), 8.0, 8.0),
    (re.compile(r"bf-?16|fp-?16|float-?16|bfloat|half|16-?bit|^16$"), 16.0, 16.0),
)


def named_model(text: str) -> configs.FactRow:
    """Find the row of the models table that a name of weights is of: ``Qwen/Qwen3-32B-FP8``, ``llama2-70b-99.9``.

    A size behind a name is passed over where it is the row's own: ``DeepSeek-R1 671B``, but not ``OPT-66B`` for OPT-175B.

    Raises
    ------
    RowError
        Where no row has the name, with it.
    """
    stripped = text.strip()
    name = re.split(r"\s+\(", stripped.rpartition("/")[2] if stripped.count("/") == 1 else stripped)[0]
    if "/" in name or "V3/R1" in text:
        name = text.partition("/")[0]
    name, size = _SEEING.sub("", name).strip(), math.nan
    while name:
        row = match_model(_MADE_OF.get(re.sub(r"[_ ]", "-", name.lower()), name))
        if row is not None and not _other_size(row, size):
            return row
        said = _SIZE.search(name)
        if said is not None and math.isnan(size):
            size = float(said[1]) * _UNIT_OF_SIZE[said[2].lower()]
        shorter = _SIZE.sub("", name) if said else _ENDING.sub("", name)
        if shorter == name:
            break
        name = shorter
    raise RowError(f"the model {text!r} is in no row of the models table" if text.strip() else "no model is named")


def _other_size(row: configs.FactRow, size: float) -> bool:
    """Tell whether a size that a name states is not that of a row."""
    parameters = MODEL.compute(["parameters"], row.values)["parameters"] if not math.isnan(size) else math.nan
    return bool(abs(parameters - size) > _SAME_SIZE * size)


def formats(text: str, model: str, chip: configs.FactRow, cache_of_8_bits: bool) -> Mapping[str, float]:
    """Turn the precision that a row names into bits of weights, cache and products, in base units.

    Parameters
    ----------
    text
        ``bfloat16``, ``fp8``, ``FP4``, ``mxfp4``, ``w4a16``, ``FP8 (BF16 MLA)``, ``fp16, kv fp8`` and the like; empty where
        the name of the weights tells.
    model
        The name of the weights.
    chip
        A chip without products of 4 bits computes in 8, or in 16; one without FP8 but with INT8 in that.
    cache_of_8_bits
        Whether the software keeps keys and values in 8 bits where the weights are no wider.

    Raises
    ------
    RowError
        Where the precision is not understood.
    """
    weight, bits, cache = _said_formats(text, model)
    mixed = _MIXED.search(model.lower()) is not None
    narrow = weight < 16 and bits < 16 and cache_of_8_bits and not (mixed and bits == 8)
    usual = _KV8 if narrow else _KV16
    result = {"weight_bits": weight / 8, "cache_bits": cache / 8 if cache else usual, "precision_bits": bits}
    if mixed:  # experts of 4 bits are multiplied with tokens of 8 bits, of 16 on chips without products of 4
        own = 8.0 if chip.values["peak_fp4"] > 0 else 16.0
        result |= {"weight_bits": 4.25 / 8, "dense_weight_bits": 2.0, "dense_precision_bits": 16.0, "precision_bits": own}
    if result["precision_bits"] == 8 and _BY_CHANNEL.search(model.lower()):
        result["block_scaled"] = 0.0
    if result["precision_bits"] == 4 and not chip.values["peak_fp4"] > 0:
        result["precision_bits"] = 8.0
    if result["precision_bits"] == 8 and not chip.values["peak_fp8"] > 0:
        if "int8" in text.lower() and chip.values["peak_int8"] > 0:
            result["peak_fp8"] = chip.values["peak_int8"]
        else:
            result["precision_bits"] = 16.0
    return result


def _said_formats(text: str, model: str) -> tuple[float, float, float]:
    """Read bits of a weight and of products, and of the cache where it is said (else 0), from a precision or from the name."""
    words = text.lower().strip()
    cache = next(((8.0 if "8" in match[0] and "16" not in match[0] else 16.0) for match in _CACHE.finditer(words)), 0.0)
    words = _CACHE.sub("", words).strip(" ,;+/()-")
    if blank(words):
        named = _read_formats(model.lower().rpartition("/")[2])
        return (*(named or ((8.0, 8.0) if _PUBLISHED_IN_8.search(model) else (16.0, 16.0))), cache)
    bits = _read_formats(words.partition("(")[0].strip()) or _read_formats(words)
    if bits is None:
        raise RowError(f"the precision {text!r} is not understood; bfloat16, fp8 and fp4 are")
    return (*bits, cache)


def _read_formats(words: str) -> tuple[float, float] | None:
    if (by := _WEIGHTS_BY.search(words)) is not None:
        weight, bits = float(by[1]), float(by[2])
        if weight not in (4, 8, 16) or bits not in (4, 8, 16):
            return None
        return (_GROUPED if weight == 4 else weight), bits
    return next(((weight, bits) for pattern, weight, bits in _FORMATS if pattern.search(words)), None)
