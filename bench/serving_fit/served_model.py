"""The model and the number formats that a row of measured serving names, as repositories of weights name them."""

import re
from collections.abc import Mapping

from ... import configs
from ..facts.cells import RowError
from ..facts.models import match_model

_FORMAT = r"-?(?:fp8|fp4|nvfp4|mxfp4|bf16|int8|awq|gptq|w4a16|w8a8|dynamic|quantized)"
_TRAINED = r"-(?:instruct|it|chat|thinking|reasoning|base|hf|preview)"
_REVISION = r"-(?:\d{4}|v\d+(?:\.\d+)?|\d+(?:\.\d+)?e|99(?:\.9)?|\d+(?:\.\d+)?[tb])"
_ENDING = re.compile(rf"(?:{_FORMAT}|{_TRAINED}|{_REVISION})$", re.IGNORECASE)
_KV16, _KV8 = 2.0, 1.0  # bytes: what a value in bits is inside
_BY_CHANNEL = re.compile(r"llama")  # Meta's and NVIDIA's checkpoints of 8 bits have one scale for each channel or matrix
_MIXED = re.compile(r"gpt-?oss")  # experts alone are in 4 bits


def named_model(text: str) -> configs.FactRow:
    """Find the row of the models table that a name of weights is of: ``Qwen/Qwen3-32B-FP8``, ``llama2-70b-99.9``.

    Raises
    ------
    RowError
        Where no row has the name, with it.
    """
    name = re.split(r"\s+\(|\s+\d+(?:\.\d+)?T$", text.strip().rpartition("/")[2] if text.count("/") == 1 else text.strip())[0]
    if "/" in name or "V3/R1" in text:
        name = text.partition("/")[0]
    while name:
        row = match_model(name)
        if row is not None:
            return row
        shorter = _ENDING.sub("", name)
        if shorter == name:
            break
        name = shorter
    raise RowError(f"the model {text!r} is in no row of the models table" if text.strip() else "no model is named")


def formats(text: str, model: str, chip: configs.FactRow, cache_of_8_bits: bool) -> Mapping[str, float]:
    """Turn the precision that a row names into bits of weights, cache and products, in base units.

    Parameters
    ----------
    text
        ``bfloat16``, ``fp8``, ``FP4``, ``mxfp4``, ``FP8 (BF16 MLA)`` and the like.
    model
        The name of the weights.
    chip
        A chip without products of 4 bits computes in 8, or in 16.
    cache_of_8_bits
        Whether the software keeps keys and values in 8 bits where the weights are no wider.

    Raises
    ------
    RowError
        Where the precision is not understood.
    """
    words = text.lower()
    if "fp4" in words or "mx4" in words or "int4" in words:
        bits, weight = 4.0, 4.25 if "mx" in words else 4.5
    elif "8" in words:
        bits, weight = 8.0, 8.0
    elif "16" in words or not words.strip():
        bits, weight = 16.0, 16.0
    else:
        raise RowError(f"the precision {text!r} is not understood; bfloat16, fp8 and fp4 are")
    mixed = _MIXED.search(model.lower()) is not None
    narrow = bits < 16 and cache_of_8_bits and not (mixed and bits == 8)
    result = {"weight_bits": weight / 8, "cache_bits": _KV8 if narrow else _KV16, "precision_bits": bits}
    if mixed:  # experts of 4 bits are multiplied with tokens of 8 bits, of 16 on chips without products of 4
        own = 8.0 if chip.values["peak_fp4"] > 0 else 16.0
        result |= {"weight_bits": 4.25 / 8, "dense_weight_bits": 2.0, "dense_precision_bits": 16.0, "precision_bits": own}
    if result["precision_bits"] == 8 and _BY_CHANNEL.search(model.lower()):
        result["block_scaled"] = 0.0
    if result["precision_bits"] == 4 and not chip.values["peak_fp4"] > 0:
        result["precision_bits"] = 8.0
    return result
