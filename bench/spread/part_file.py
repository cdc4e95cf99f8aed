"""Files that hold states of parts: a zip archive of a header in JSON and of arrays as NumPy writes them, none of it code."""

import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.files import write_whole
from ...kernels.reductions.partials import Partial
from ...kernels.reductions.states import Visited
from ..errors import InputError

ENDING = ".fw"
FORMAT = 1
_HEADER = "header.json"
_TIME = (1980, 1, 1, 0, 0, 0)  # the same bytes for the same states
_UNREADABLE = (
    zipfile.BadZipFile, OSError, ValueError, KeyError, TypeError, EOFError, NotImplementedError, RuntimeError, zlib.error,
    AttributeError, MemoryError,
)  # fmt: skip


@dataclass(frozen=True)
class StoredState:
    """A state, and of what it is.

    Attributes
    ----------
    key, scope
        Of the job: see `Job.key` and `Job.scope`.
    low, high, steps
        The steps that were done, of how many.
    state
        What came of them.
    """

    key: str
    scope: str
    low: int
    high: int
    steps: int
    state: Partial


def write_states(path: Path, header: Mapping[str, Any], states: Sequence[StoredState]) -> None:
    """Write a file of states, whole or not at all.

    Parameters
    ----------
    path
        Where to.
    header
        What else the file says, as JSON has it.
    states
        What it holds.

    Raises
    ------
    OSError
        Where it could not be written: then nothing was.
    """
    write_whole(path, state_bytes(header, states))


def state_bytes(header: Mapping[str, Any], states: Sequence[StoredState]) -> bytes:
    """Make the bytes of a file of states: see `write_states`."""
    buffer = io.BytesIO()
    entries = []
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number, stored in enumerate(states):
            entries.append(_entry(stored))
            for group in ("arrays", "sparse"):
                for name, array in getattr(stored.state, group).items():
                    data = io.BytesIO()
                    np.lib.format.write_array(data, np.ascontiguousarray(array), allow_pickle=False)
                    _add(archive, f"{number}/{group}/{name}.npy", data.getvalue())
        whole = {"flopwatt": FORMAT, **header, "states": entries}
        _add(archive, _HEADER, json.dumps(whole, ensure_ascii=True, allow_nan=False).encode())
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


def _entry(stored: StoredState) -> dict[str, Any]:
    state = stored.state
    return {
        "key": stored.key,
        "scope": stored.scope,
        "steps": [stored.low, stored.high, stored.steps],
        "first": state.first,
        "groups": state.groups,
        "nan": state.visited.nan,
        "pruned": state.visited.pruned,
        "arrays": list(state.arrays),
        "sparse": list(state.sparse),
    }


def read_states(path: Path) -> tuple[dict[str, Any], list[StoredState]]:
    """Read a file of states: its header, and what it holds.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InputError
        Where there is none, or it is not whole, or of another format.
    """
    if not path.is_file():
        what = "is a folder; name a file" if path.is_dir() else "is no file" if path.exists() else "there is no such file"
        raise InputError(what, where=str(path))
    try:
        with zipfile.ZipFile(path) as archive:
            header = json.loads(archive.read(_HEADER))
            number = header.pop("flopwatt")
            if number == FORMAT:
                return header, [_stored(archive, i, entry) for i, entry in enumerate(header.pop("states"))]
    except _UNREADABLE as error:
        raise InputError(
            f"is no whole file of parts ({_why(error)}); it is another, or was cut off or changed: compute that part again",
            where=str(path),
        ) from None
    raise InputError(
        f"has the format {number!r}, and this flopwatt reads {FORMAT}; merge with the one that wrote it", where=str(path)
    )


def _why(error: BaseException) -> str:
    return str(error).strip().split("\n")[0][:120] or type(error).__name__


def _stored(archive: zipfile.ZipFile, number: int, entry: Mapping[str, Any]) -> StoredState:
    def arrays(group: str) -> dict[str, NDArray[Any]]:
        return {str(name): _array(archive, f"{number}/{group}/{name}.npy") for name in entry[group]}

    low, high, steps = (int(value) for value in entry["steps"])
    if not 0 <= low <= high <= steps:
        raise ValueError(f"steps {low} to {high} of {steps}")
    visited = Visited(int(entry["nan"]), int(entry["pruned"]))
    state = Partial(int(entry["first"]), int(entry["groups"]), visited, arrays("arrays"), arrays("sparse"))
    return StoredState(str(entry["key"]), str(entry["scope"]), low, high, steps, state)


def _array(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    data = io.BytesIO(archive.read(name))  # whole, which checks its sum: NumPy reads what is spoilt in many ways
    array: NDArray[Any] = np.lib.format.read_array(data, allow_pickle=False)
    if data.read(1):
        raise ValueError(f"{name} is longer than its array")
    return array
