"""Estimates as files: one, or several side by side."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...kernels.files import write_whole
from ...kernels.text import nearest
from ..errors import InputError, Parameter, Spelling, cause, named
from ..estimate.intervals import Estimate
from ..estimate.report import document
from ..estimate.scenario import Scenario
from ..facts.currencies import DOLLARS, Currency
from ..terminal import interrupts


@dataclass(frozen=True)
class EstimateEntry:
    """One estimate among those of a file.

    Attributes
    ----------
    name
        What tells it from the others, such as its chip's name.
    estimate, scenario
        The quantities with their intervals, and the run that they are of.
    """

    name: str
    estimate: Estimate
    scenario: Scenario


ENDINGS = (".xlsx", ".csv", ".json", ".parquet")


def check_estimate_path(path: Path) -> None:
    """Raise InputError where estimates could not be written there; said before the work, not after it."""
    if path.suffix.lower() not in ENDINGS:
        close = nearest(path.suffix.lower(), ENDINGS)
        raise InputError(f"{str(path)!r} ends in none of {', '.join(ENDINGS)}{close}", where=Parameter("out"))


def write_estimate(
    entries: Sequence[EstimateEntry], path: Path, currency: Currency = DOLLARS, spell: Spelling = named
) -> list[Path]:
    """Write estimates whole or not at all; the paths that were written.

    Parameters
    ----------
    entries
        One, or several that are compared.
    path
        Where to; its ending says as what.
    currency
        What money is in, in the scenarios' models too.
    spell
        Words the parameters that the user stated values with.

    Raises
    ------
    InputError
        Where they could not be written.
    """
    check_estimate_path(path)
    documents = [document(entry.estimate, entry.scenario, None, spell, currency) for entry in entries]
    try:
        write_whole(path, (json.dumps(documents, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode())
    except (OSError, MemoryError) as error:
        raise InputError(f"{str(path)!r} could not be written ({cause(error)})", where=Parameter("out")) from None
    interrupts.note_written(path)
    return [path]
