"""Cells of a published step as numbers and names: what a row states, read or refused with the reason.

A cell may say more than its number (``51200 (unverified)``, ``5632[^note]``); what is empty or says so is not stated. A cell
that says something else is never taken for a default.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from ... import configs
from ...kernels.errors import FlopwattError

_BLANK = frozenset({"", "n/a", "na", "none", "null", "nan", "-", "--", "?", "unknown", "not stated", "none stated"})
_NUMBER = re.compile(r"([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][-+]?\d+)?)(?=$|[\s(\[*;])", re.ASCII)
_CHIP = re.compile(r"(?<![A-Z])(?:G?B[23]00|GH200|VR200|H[128]00|H20|A[18]00|V100|MI\d{3}X)(?!\d)")
_OTHER_FORM = re.compile(r"PCI|NVL(?!\d{2})")  # the same chip with other power and links


class RowError(FlopwattError, ValueError):
    """A row cannot be predicted; the message says why."""


# --- numbers ----------------------------------------------------------------------------------------------------------


def text(row: Mapping[str, Any], key: str) -> str:
    """A cell as text, empty where there is none."""
    value = row.get(key)
    return "" if value is None else str(value).strip()


def blank(cell: str) -> bool:
    """Whether a cell states nothing."""
    return cell.strip().lower() in _BLANK


def number(row: Mapping[str, Any], key: str) -> float:
    """A number above 0, or one that a text begins with: ``51200 (unverified)``. Raises RowError."""
    if blank(cell := text(row, key)):
        raise RowError(f"its {key} is not stated")
    found = _NUMBER.match(cell)
    try:
        value = float(found.group(1).replace(",", "")) if found else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise RowError(f"its {key} is {cell[:40]!r}, not a number")
    if value <= 0:
        raise RowError(f"its {key} is {value:g}; it must be above 0")
    return value


def whole(row: Mapping[str, Any], key: str, default: float | None = None) -> float:
    """A whole number above 0; ``default``, if there is one, where none is stated. Raises RowError."""
    if default is not None and blank(text(row, key)):
        return default
    value = number(row, key)
    if value != math.floor(value):
        raise RowError(f"its {key} is {value:g}; it must be a whole number")
    return value


def stated(row: Mapping[str, Any], key: str) -> float | None:
    """A number above 0 where one is stated, else None; 0 states nothing. Raises RowError."""
    cell = text(row, key)
    return None if blank(cell) or re.fullmatch(r"[-+]?0*\.?0*", cell) else number(row, key)


# --- names ------------------------------------------------------------------------------------------------------------


def chip(name: str) -> configs.FactRow:
    """The chip of that name in the hardware table, vendor, form and server aside: ``DGX H100``, ``H100 SXM5 80GB``.

    Raises RowError where the table has no such chip, or the model needs what it does not know of it.
    """
    row = _chip(name)
    if math.isnan(row.values["compute_units"]):
        raise RowError(f"the hardware table does not know the compute units of {row.name}")
    return row


def _chip(name: str) -> configs.FactRow:
    table = configs.load("hardware")
    try:
        return table.find(name)
    except configs.FactError:
        pass
    found = set(_CHIP.findall(upper := name.upper()))
    if len(found) != 1 or _OTHER_FORM.search(upper):
        raise RowError(f"no such chip in the hardware table: {name!r}")
    (family,) = found
    if family == "A100" and re.search(r"40\s*GB", upper):
        family = "A100-40GB"
    try:
        return table.find(family)
    except configs.FactError:
        raise RowError(f"no such chip in the hardware table: {name!r}") from None


def known_model(name: str) -> dict[str, float]:
    """The architecture of a model of the models table, found by key, name or alias, punctuation aside. Raises RowError."""
    wanted = plain(re.sub(r"\(.*?\)", "", name))
    for row in configs.load("models").rows.values():
        if wanted in {plain(other) for other in (row.key, row.name, *row.aliases)}:
            return {k: v for k, v in row.values.items() if not k.startswith("published_")}
    covered = "only attention and feed-forward layers are covered"
    raise RowError(f"the models table has no architecture of {name!r} ({covered})")


def plain(name: str) -> str:
    """A name without punctuation, in lower case."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def mtp_layers(name: str) -> float:
    """Layers that predict further tokens, by the model's name.

    The models table leaves them out of its counts. DeepSeek-V3 is trained with one (arXiv:2412.19437, section 2.2), Nemotron
    3 Super with two (NVIDIA-NeMo/Megatron-Bridge, nemotron_h_provider.py).
    """
    without = re.search(r"w/?o\.?\s*mtp|without\s+mtp", name.lower())
    return 0.0 if without else next((layers for key, layers in _MTP.items() if key in plain(name)), 0.0)


_MTP = {"deepseekv3": 1.0, "nemotron3super": 2.0}


# --- words ------------------------------------------------------------------------------------------------------------


def precision(cell: str) -> dict[str, float]:
    """``BF16``, ``FP8-CS``, ``FP8-MX``, ``MXFP8``, ``NVFP4`` and the like as bits and whether scales are per block."""
    lower = cell.lower()
    bits = 4.0 if "fp4" in lower else 8.0 if re.search(r"fp8|e4m3|e5m2", lower) else 16.0 if "16" in lower else 0.0
    if not bits:
        raise RowError(f"its precision {cell!r} is not known" if cell else "its precision is not stated")
    blocks = bits == 4 or (bits == 8 and "mx" in lower)
    return {"precision_bits": bits, "block_scaling": float(blocks)}


def recompute(cell: str) -> dict[str, float]:
    """What is computed again in the backward pass: ``full``, ``selective(attn)``, ``none (by default)`` and the like.

    Megatron-LM's methods ``uniform`` and ``block`` recompute whole layers. Raises RowError for other words.
    """
    lower = cell.lower()
    full = lower.startswith(("full", "uniform", "block", "all"))
    attention = lower.startswith(("sel", "attn", "attention", "core"))
    if not full and not attention and not blank(lower) and not lower.startswith(("no", "null", "0", "false", "off")):
        raise RowError(f"its recompute {cell!r} is not known; known are none, selective and full")
    return {"recomputed_layers": float(full), "recomputed_attention": float(full or attention)}
