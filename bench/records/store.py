"""Records on disk: written whole under ``folder/<machine>/``, and read back."""

import dataclasses
import re
from datetime import UTC, datetime
from pathlib import Path

from ...kernels.files import obstacle, write_new
from ..errors import InputError, Parameter
from ..machine.info import Machine, this_machine
from .format import dumps, read
from .record import Record, now

MAX_BYTES = 100 * 10**6


def file_stem(record: Record) -> str:
    """Name a record's file, without its ending: ``20260131T093000.123Z-0123456789ab``, with ``-dirty`` for a changed tree."""
    moment = datetime.fromisoformat(record.created).astimezone(UTC)
    stamp = f"{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03d}Z"
    return f"{stamp}-{re.sub('[^A-Za-z0-9]', '', record.commit.short)}{'-dirty' if record.commit.dirty else ''}"


def check_place(folder: Path, machine_name: str | None = None) -> None:
    """Raise InputError where `save` could not write there; said before the work, not after it."""
    place = Path(folder) / _named(this_machine(), machine_name).name
    why = obstacle(place)
    if why:
        raise InputError(f"no record can be stored there: {why}", where=str(place))


def _named(machine: Machine, name: str | None) -> Machine:
    try:
        return machine.named(name)
    except ValueError as error:
        raise InputError(str(error), where=Parameter("machine")) from None


def save(record: Record, folder: Path, machine_name: str | None = None) -> Path:
    """Write a record under ``folder/<machine>/``, whole or not at all, beside whatever is there.

    Parameters
    ----------
    record
        What to write.
    folder
        The folder of results.
    machine_name
        A name in place of the machine's own.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    InputError
        Where the machine's name will not do or the file cannot be written.
    """
    machine = _named(record.machine, machine_name)
    record = dataclasses.replace(record, machine=machine, created=record.created or now())
    place = Path(folder) / machine.name
    try:
        return write_new(place, file_stem(record), ".json", dumps(record).encode())
    except OSError as error:
        what = error.strerror or str(error)
        raise InputError(f"the record could not be written ({what}); nothing was saved", where=str(place)) from None


def load(path: Path, largest_bytes: int = MAX_BYTES) -> Record:
    """Read a record. Raises InputError, naming the file and what is wrong with it, and never half a record."""
    return read(Path(path), largest_bytes)
