"""Names of cases told apart: what several rows of the files are called says its row too."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from .results import Findings, LeftOut, Predicted

_Item = TypeVar("_Item", Predicted, LeftOut)


def told_apart(findings: Findings) -> Findings:
    """Add file and row to names that several rows have; the figures of one row may share its name."""
    rows: dict[str, dict[str, str]] = {}
    files = set()
    items: list[Predicted | LeftOut] = [*findings.predicted, *findings.left_out]
    for item in items:
        file, _, row = item.where.rpartition(", ")
        files.add(file)
        rows.setdefault(item.name, {})[item.where] = row
    several = {
        (name, where): f"{name} ({row})" if len(files) == 1 else f"{name} ({Path(where).name})"
        for name, places in rows.items()
        if len(places) > 1
        for where, row in places.items()
    }
    return Findings(_named(findings.predicted, several), _named(findings.left_out, several))


def _named(items: Iterable[_Item], several: Mapping[tuple[str, str], str]) -> list[_Item]:
    return [replace(item, name=several.get((item.name, item.where), item.name)) for item in items]
