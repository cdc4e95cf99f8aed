"""The records that stand beside those that are compared: how far records of one commit lie apart can be seen in them."""

from collections.abc import Iterable
from pathlib import Path

from ..errors import InputError
from .record import Record
from .store import FILE_NAME, MAX_BYTES, load

MAX_RECORDS = 50  # the newest: older ones say little of how the machine is now


def past_records(results: Path, records: Iterable[Record], largest_bytes: int = MAX_BYTES) -> list[Record]:
    """Gather the records of the same machines in a folder of results, and those in the folders of some records.

    Parameters
    ----------
    results
        The folder of results; it need not be there.
    records
        Those that are compared.
    largest_bytes
        The size up to which a record is read.

    Returns
    -------
    list
        With the given ones where they were read from a file of such a folder, oldest first, at most `MAX_RECORDS`. Files that
        are no records are passed over: nobody asked for them.
    """
    known = list(records)
    folders = {results / record.machine.name for record in known}
    folders |= {record.path.parent for record in known if record.path is not None}
    paths = {path.resolve() for folder in folders if folder.is_dir() for path in folder.glob("*.json") if _is_record(path)}
    newest = sorted(paths, key=lambda path: path.name)[-MAX_RECORDS:]
    return sorted(_readable(newest, largest_bytes), key=lambda record: record.created)


def _is_record(path: Path) -> bool:
    return FILE_NAME.fullmatch(path.name) is not None and path.is_file()


def _readable(paths: Iterable[Path], largest_bytes: int) -> Iterable[Record]:
    for path in paths:
        try:
            yield load(path, largest_bytes)
        except InputError:
            continue
