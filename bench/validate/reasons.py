"""Why figures are not predicted, grouped: reasons that differ only in what they quote are one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .results import LeftOut

# What differs between reasons of one kind: quotations, what stands in brackets, numbers, and names of models and chips.
_OWN = re.compile(r"""(?<!\w)'(?:[^'\\]|\\.)*'(?!\w)|"[^"]*"|\s*\([^()]*\)""")
_NUMBER = re.compile(r"(?<![\w.])\d[\d.,]*(?!\w)")
_NAME = re.compile(r"(?<=\bof )(?:[A-Z]\S*|\S*\d\S*)(?: (?:[A-Z]\S*|\S*\d\S*))*(?='s\b)?")
_ELLIPSIS = "..."


@dataclass(frozen=True)
class ReasonGroup:
    """Figures that are not predicted for one kind of reason.

    Parameters
    ----------
    reason
        The reason, with dots where theirs differ.
    quantities
        What is not predicted.
    names
        Of which cases; a case of several figures stands there once for each.
    """

    reason: str
    quantities: tuple[str, ...]
    names: tuple[str, ...]


def reason_groups(left_out: Iterable[LeftOut]) -> list[ReasonGroup]:
    """Group what is left out by the kind of reason, the most frequent first."""
    groups: dict[str, list[LeftOut]] = {}
    for item in left_out:
        groups.setdefault(_kind(item.reason), []).append(item)
    return [
        ReasonGroup(
            items[0].reason if len({item.reason for item in items}) == 1 else kind,
            tuple(dict.fromkeys(item.quantity for item in items)),
            tuple(item.name for item in items),
        )
        for kind, items in sorted(groups.items(), key=lambda group: -len(group[1]))
    ]


def _kind(reason: str) -> str:
    """Write a reason without what is its own."""
    bare = _OWN.sub(lambda match: "" if match[0].strip().startswith("(") else _ELLIPSIS, reason)
    return " ".join(_NUMBER.sub(_ELLIPSIS, _NAME.sub(_ELLIPSIS, bare)).split())
