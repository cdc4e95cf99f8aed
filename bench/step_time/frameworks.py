"""Which training framework took a published step, and how it ran: what a row's own words say of its software."""

import re
from collections.abc import Mapping
from typing import Any

from ..facts import cells
from ..facts.cells import RowError

FRAMEWORKS = ("megatron", "nemo", "fsdp", "torchtitan", "maxtext")
# Words that name a framework, or software built upon one: the first row that fits counts. What names none is Megatron-LM's kin.
_NAMED = (
    ("torchtitan", r"torch-?titan"),
    ("maxtext", r"max-?text|\bjax\b|\bt5x\b|\bpax(ml)?\b|praxis|seqio|levanter"),
    ("nemo", r"nemo|megatron[- ]?bridge|dgxc|dgx cloud|\bngc\d"),
    ("megatron", r"megatron|simumax|narayanan|korthikanti|megascale|mt-nlg|gpt-?neox|nanotron|primus|deepspeed"),
    ("nemo", r"mlperf"),  # submissions on GPUs whose folders name no software run NVIDIA's reference, which is NeMo
    (
        "fsdp",
        r"\bfsdp|fully.?sharded|llm-?foundry|mosaic|composer|pytorch|lit-?gpt|hugging ?face|transformers|accelerate|lingua",
    ),
)
_KINDS = (("eager", r"\beager\b"), ("compile", r"\b(torch\.)?compiled?\b"), ("async TP", r"\basync(hronous)?[- ]?(tp|tensor)"))


def framework(row: Mapping[str, Any], otherwise: str = "megatron") -> str:
    """Tell the framework: of the column ``framework``, else of the words of source and ``measured_kind``.

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
        named = stated.lower() if stated.lower() in FRAMEWORKS else _named(stated)
        if not named:
            raise RowError(f"its framework {stated[:40]!r} is not known; known are {', '.join(FRAMEWORKS)}")
        return named
    return _named(cells.text(row, "source")) or _named(cells.text(row, "measured_kind")) or otherwise


def kind(row: Mapping[str, Any]) -> tuple[str, ...]:
    """List what a row says of how its software ran: ``eager``, ``compile``, ``async TP``."""
    said = f"{cells.text(row, 'measured_kind')} {cells.text(row, 'framework')}".lower()
    return tuple(word for word, pattern in _KINDS if re.search(pattern, said))


def _named(text: str) -> str:
    lower = text.lower()
    return next((name for name, pattern in _NAMED if re.search(pattern, lower)), "")
