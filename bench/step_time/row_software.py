"""What a published step's row says of its software: which framework took it, how it ran, and of when it is."""

import math
import re
from collections.abc import Mapping
from typing import Any

from ... import configs
from ..facts import cells
from ..facts.cells import RowError
from .habits import TABLE, RunOptions

# Words that name a framework, or software built upon one: the first row that fits counts. What names none is Megatron-LM's kin.
NAMES = (
    ("torchtitan", r"torch-?titan"),
    ("maxtext", r"max-?text|\bjax\b|\bt5x\b|\bpax(ml)?\b|praxis|seqio|levanter|\btpu|trillium"),
    ("fsdp", r"automodel|\bhf[-_]|hugging ?face"),  # beside NVIDIA's names: PyTorch's own sharding all the same
    ("nemo", r"nemo|megatron[- ]?bridge|dgxc|dgx cloud|\bngc\d"),
    ("megatron", r"megatron|simumax|narayanan|korthikanti|megascale|mt-nlg|gpt-?neox|nanotron|primus|deepspeed"),
    ("nemo", r"mlperf"),  # submissions on GPUs whose folders name no software run NVIDIA's reference, which is NeMo
    ("fsdp", r"\bfsdp|fully.?sharded|llm-?foundry|mosaic|composer|pytorch|lit-?gpt|\baccelerate\b|lingua|\bolmo|axolotl"),
)
_COMPILED = re.compile(r"(?<!no )(?<!not )(?<!without )\b(torch\.)?compiled?\b", re.IGNORECASE)
_ASYNC_TP = re.compile(r"\basync(hronous)?[- ]?(tp|tensor([- ]parallel\w*)?)\b", re.IGNORECASE)
_BARE_MEGATRON = re.compile(r"Megatron-LM v?\d")

# When versions of Megatron Core came out, as GitHub dates its releases.
_MEGATRON = {
    "0.5": 2024.2, "0.6": 2024.3, "0.7": 2024.4, "0.8": 2024.6, "0.9": 2024.8, "0.10": 2025.1, "0.11": 2025.2, "0.12": 2025.4,
    "0.13": 2025.6, "0.14": 2025.8, "0.15": 2025.9,
}  # fmt: skip
_VERSION = re.compile(r"(?:megatron-lm|megatron[- ]core|mcore|core_[rv])\s*v?(\d\.\d+)", re.IGNORECASE)
_RELEASE = re.compile(r"(?<![\d.])v?(2[2-9])\.(0[1-9]|1[0-2])(?!\d)")  # NVIDIA's containers and recipes: year and month
_MONTH = re.compile(r"(?<![\da-z])(20[12]\d)-?(0[1-9]|1[0-2])(?![\da-z])", re.IGNORECASE)  # no part of a commit's name
_ARXIV = re.compile(r"arXiv:(\d\d)(0[1-9]|1[0-2])\.\d", re.IGNORECASE)
_ROUND = re.compile(r"(?:MLPerf (?:Training )?|training_results_)v(\d)\.(\d)", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\da-z])(20[12]\d)(?![\da-z])", re.IGNORECASE)


def framework(row: Mapping[str, Any], otherwise: str = "megatron") -> str:
    """Tell the framework: of the column ``framework``, else of the words of source and ``measured_kind``; TPUs run MaxText.

    Parameters
    ----------
    row
        Cells by their column's name in lower case.
    otherwise
        What a row that names none runs.

    Raises
    ------
    RowError
        Where the column names none that is known.
    """
    stated = cells.text(row, "framework")
    if not cells.blank(stated):
        known = configs.load(TABLE).rows
        named = stated.lower() if stated.lower() in known else _named(stated)
        if not named:
            raise RowError(f"its framework {stated[:40]!r} is not known; known are {', '.join(known)}")
        return named
    said = [_named(cells.text(row, column)) for column in ("source", "measured_kind", "accelerator")]
    return "maxtext" if "maxtext" in said else next(filter(None, said), otherwise)


def run_options(row: Mapping[str, Any], zero: float | None) -> RunOptions:
    """Read what a row says of how its software ran.

    Parameters
    ----------
    row
        Cells by their column's name in lower case.
    zero
        The ZeRO stage that it states; None where it states none.
    """
    source = cells.text(row, "source")
    said = " ".join((source, cells.text(row, "measured_kind"), cells.text(row, "framework")))
    return RunOptions(
        compiled=_COMPILED.search(said) is not None,
        async_tp=_ASYNC_TP.search(said) is not None,
        as_it_comes=_BARE_MEGATRON.search(source) is not None,
        zero=zero,
        recompute=cells.text(row, "recompute"),
    )


def release_date(cell: str) -> float:
    """Tell the year, with its fraction, of a release such as ``26.04``, or NaN where nothing is stated.

    Raises
    ------
    RowError
        Where it is none that is known: spreadsheets write 26.10 as 26.1, or as 26,1.
    """
    if cells.blank(cell):
        return math.nan
    match = _RELEASE.search(cell) or _MONTH.search(cell)
    if match is None:
        raise RowError(f"its release {cell[:40]!r} is not known; write year and month, such as 26.04")
    return _year(match)


def software_date(source: str) -> float:
    """Tell the year of the software, with its fraction, of what a source names: an MLPerf round, a version, a paper, a date."""
    if match := _ROUND.search(source):
        return 2020 + float(match[1]) + (0.4 if match[2] == "0" else 0.85)  # rounds close in spring and in autumn
    if (match := _VERSION.search(source)) and match[1] in _MEGATRON:
        return _MEGATRON[match[1]]
    if match := _ARXIV.search(source) or _MONTH.search(source) or _RELEASE.search(source):
        return _year(match)
    if match := _YEAR.search(source):
        return float(match[1]) + 0.5
    return configs.defaults()["software_date"].value


def _year(match: re.Match[str]) -> float:
    """Return the middle of a month as a year with its fraction; a year of two digits is of this century."""
    return float(match[1]) % 100 + 2000 + (float(match[2]) - 0.5) / 12


def _named(text: str) -> str:
    lower = text.lower()
    return next((name for name, pattern in NAMES if re.search(pattern, lower)), "")
