"""The page of records that ``flopwatt report`` writes: reading them, and what could not be read."""

import os
from collections.abc import Sequence
from pathlib import Path

from ..errors import InputError
from ..records.find import find, records_under
from ..records.past import past_records
from ..records.record import Record
from ..records.store import load


def record_page(names: Sequence[str], results: Path, largest_bytes: int) -> str:
    """Write the page of some records.

    Parameters
    ----------
    names
        Files, folders, or words for records within ``results``.
    results
        The folder of results.
    largest_bytes
        The size up to which a record is read.

    Raises
    ------
    InputError
        Where one that is named is not there or cannot be read, or none holds a benchmark.
    """
    from ..reports.records_report import records_report

    records: dict[str, Record] = {}
    unread: list[str] = []
    for name in names:
        for record in _folder(Path(name), largest_bytes, unread) if os.path.isdir(name) else find(name, results, largest_bytes):
            records.setdefault(str(record.path or id(record)), record)  # a file may be named, and stand in a folder that is
    chosen = list(records.values())
    if not any(record.benchmarks for record in chosen):
        raise InputError(unread[0] if unread else "no record holds a benchmark", where="" if unread else names[0])
    return records_report(chosen, unread, past_records(results, chosen, largest_bytes))


def _folder(folder: Path, largest_bytes: int, unread: list[str]) -> list[Record]:
    """Read every record under a folder; why one could not be read is added to ``unread``."""
    records = []
    for path in records_under(folder):
        try:
            records.append(load(path, largest_bytes))
        except InputError as error:
            unread.append(str(error))
    return records
