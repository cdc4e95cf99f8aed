"""Records on disk: written whole under ``folder/<machine>/``, and read back."""

import dataclasses
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...kernels import reading
from ...kernels.files import obstacle, write_new
from ...kernels.validation.validator import DataError
from ..errors import InputError, Parameter, cause
from ..machine.info import Machine, this_machine
from ..terminal import interrupts
from .foreign.errors import ForeignError
from .format import dumps, from_json
from .record import Record, now

MAX_BYTES = 100 * 10**6
# What `file_stem` makes, and the number that `write_new` adds to a name that is taken: the time and the commit.
FILE_NAME = re.compile(r"(\d{8}T\d{6}\.\d{3}Z)-([0-9a-f]{4,40}|unversioned)(-dirty)?(-\d+)?\.json")


def time_stamp(moment: datetime) -> str:
    """Write a moment as a record's name has it: ``20260131T093000.123Z``, in UTC, which sorts by time."""
    moment = moment.astimezone(UTC)
    return f"{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03d}Z"


def file_stem(record: Record) -> str:
    """Name a record's file: ``20260131T093000.123Z-0123456789ab`` sorts by time; a changed tree is marked ``-dirty``."""
    stamp = time_stamp(datetime.fromisoformat(record.created))
    return f"{stamp}-{re.sub('[^A-Za-z0-9]', '', record.commit.short)}{'-dirty' if record.commit.dirty else ''}"


def check_place(folder: Path, machine_name: str | None = None) -> None:
    """Check that `save` could write into a folder; said before the work, not after it.

    Parameters
    ----------
    folder
        The folder of results.
    machine_name
        A name of the user's for this machine.

    Raises
    ------
    InputError
        Where it could not, or the machine's name will not do.
    """
    place = Path(folder) / _with_name(this_machine(), machine_name).name
    reason = obstacle(place)
    if reason:
        raise InputError(f"no record can be stored there: {reason}", where=str(place))


def _with_name(machine: Machine, name: str | None) -> Machine:
    try:
        return machine.with_name(name)
    except ValueError as error:
        raise InputError(str(error), where=Parameter("machine")) from None


def save(record: Record, folder: Path, machine_name: str | None = None) -> Path:
    """Write a record under ``folder/<machine>/``, whole or not at all, beside whatever is there.

    Parameters
    ----------
    record
        The record; one that has no time gets this moment's.
    folder
        The folder of results, made where it is not there.
    machine_name
        A name of the user's for the machine.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        Where the machine's name will not do or the file cannot be written.
    """
    machine = _with_name(record.machine, machine_name)
    record = dataclasses.replace(record, machine=machine, created=record.created or now())
    place = Path(folder) / machine.name
    data = dumps(record).encode()
    try:
        with interrupts.uninterrupted():
            path = write_new(place, file_stem(record), ".json", data)
            interrupts.note_written(path)
        return path
    except (OSError, MemoryError) as error:
        raise InputError(f"the record could not be written ({cause(error)}); nothing was saved", where=str(place)) from None


def load(path: Path, largest_bytes: int = MAX_BYTES) -> Record:
    """Read a record of this or an older version, or a file of another tool's as one.

    Parameters
    ----------
    path
        The file.
    largest_bytes
        The size up to which it is read.

    Raises
    ------
    InputError
        Where it cannot be read or is no record, naming the file and what is wrong with it: it is never half a record.
    """
    path = Path(path)
    text = _text(path, largest_bytes)
    try:
        return dataclasses.replace(from_json(_parsed(text, path)), path=path)
    except RecursionError:
        raise InputError("nested too deeply to be a record", where=str(path)) from None
    except ForeignError as error:
        raise InputError(str(error), where=str(path)) from None
    except DataError as error:
        raise InputError(f"not a valid record: {error}", where=str(path)) from None


def _parsed(text: str, path: Path) -> Any:
    """Parse JSON; what is none may be a script or a table of another tool's."""
    try:
        return json.loads(text)
    except ValueError as error:
        from .foreign import tools

        script = tools.json_part(text)
        if script is not None:
            return _parsed(script, path)
        other = tools.fault_of_text(text)
        if other:
            raise InputError(other, where=str(path)) from None
        fault = "is empty" if not text.strip() else f"is not JSON, or was cut off ({error})"
        raise InputError(f"the record {fault}; delete it or run the benchmark again", where=str(path)) from None


def _text(path: Path, largest_bytes: int) -> str:
    try:
        return reading.read_text(path, largest_bytes)
    except reading.ReadingError as error:
        missing = not os.path.lexists(path)
        raise InputError("there is no such record" if missing else str(error), where=str(path)) from error
