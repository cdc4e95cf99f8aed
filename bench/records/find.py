"""Finding records: a file, a folder, or ``latest``, ``previous``, a commit or a label within a folder of results."""

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from ...kernels.text import nearest
from ..errors import InputError, Parameter
from .commit import checkout, git
from .record import Record
from .store import FILE_NAME, MAX_BYTES, load, time_stamp

LABEL = "label:"  # what a label is written after where several records have it


def find(spec: str, results: Path, largest_bytes: int = MAX_BYTES) -> list[Record]:
    """Find the records that a text names.

    Parameters
    ----------
    spec
        A file is that record, a folder all records under it. Anything else is looked up within ``results``: ``latest``,
        ``previous`` (the one before the latest of the same machine, and of the same subject if there is one), a commit
        (a hash or its start, or what git knows by that name): its newest record, or a label: ``label:before`` names all
        records of that label, ``before`` alone the only one.
    results
        The folder of results.
    largest_bytes
        The size up to which a record is read.

    Returns
    -------
    list
        At least one, oldest first.

    Raises
    ------
    InputError
        Where there is none, or one cannot be read.
    """
    path = Path(spec)
    label = spec.removeprefix(LABEL) if spec.startswith(LABEL) else None
    if os.path.isdir(path):  # unlike Path.is_dir, it answers for a name of any length
        return [load(file, largest_bytes) for file in _records_in(path)]
    if os.path.exists(path) or path.suffix == ".json" or ("/" in spec and label is None and not _resolve(spec)):
        return [load(path, largest_bytes)]
    if not results.is_dir():
        raise InputError(
            f"no such record, and there is no folder {str(results)!r} to look in; see ", Parameter("results"), where=spec
        )
    if label is not None:
        return _labelled(label, results, largest_bytes) or _no_label(label, results, largest_bytes)
    if spec == "latest":
        return [load(_records_in(results)[-1], largest_bytes)]
    if spec == "previous":
        return [_previous(results, largest_bytes)]
    return [_of_commit(spec, results, largest_bytes)]


def records_under(folder: Path) -> list[Path]:
    """List every record under a folder, by the time in its name, else the time it was written.

    Raises
    ------
    InputError
        Where there is none.
    """
    if not folder.is_dir():
        raise InputError("there is no such folder of records", where=str(folder))
    return _records_in(folder)


def _labelled(label: str, results: Path, largest_bytes: int) -> list[Record]:
    """Load the records of a label, oldest first; files in which the label does not stand are not read as records."""
    written = json.dumps(label).encode()
    paths = [path for path in _records_in(results) if _holds(path, written, largest_bytes)]
    return [record for record in (load(path, largest_bytes) for path in paths) if record.label == label]


def _holds(path: Path, text: bytes, largest_bytes: int) -> bool:
    try:
        return path.stat().st_size <= largest_bytes and text in path.read_bytes()
    except OSError:
        return False


def _no_label(label: str, results: Path, largest_bytes: int) -> NoReturn:
    labels = {record.label for record in (load(path, largest_bytes) for path in _records_in(results)) if record.label}
    raise InputError(f"no record within {str(results)!r} has this label{nearest(label, sorted(labels))}", where=LABEL + label)


def _records_in(folder: Path) -> list[Path]:
    """List every record under a folder, by the time in its name, else the time it was written."""
    files = (path for path in folder.rglob("*.json") if not _is_hidden(path, folder) and path.is_file())
    paths = sorted(files, key=_order)
    if not paths:
        raise InputError("the folder holds no record (*.json)", where=str(folder))
    return paths


def _is_hidden(path: Path, folder: Path) -> bool:
    """Tell whether a file is out of the way, or one of those that asv keeps beside its results."""
    return path.name in ("machine.json", "benchmarks.json") or any(
        part.startswith(".") for part in path.relative_to(folder).parts
    )


def _order(path: Path) -> tuple[str, str]:
    name = FILE_NAME.fullmatch(path.name)
    return name[1] if name else time_stamp(datetime.fromtimestamp(path.stat().st_mtime, UTC)), path.name


def _previous(results: Path, largest_bytes: int) -> Record:
    paths = _records_in(results)
    latest = load(paths[-1], largest_bytes)
    older = [path for path in paths[:-1] if path.parent == paths[-1].parent]
    if not older:
        raise InputError("there is no record before the latest one", where=str(paths[-1].parent))
    for path in reversed(older):
        record = load(path, largest_bytes)
        if (record.kind, record.subject) == (latest.kind, latest.subject):
            return record
    return load(older[-1], largest_bytes)


def _resolve(spec: str) -> str | None:
    root = checkout() or Path.cwd()
    return git("rev-parse", "--verify", "--quiet", f"{spec}^{{commit}}", folder=root)


def _of_commit(spec: str, results: Path, largest_bytes: int) -> Record:
    names = [(path, FILE_NAME.fullmatch(path.name)) for path in _records_in(results)]
    starts = [spec.lower()] if re.fullmatch("[0-9A-Fa-f]{4,40}", spec) else []
    resolved = _resolve(spec)
    starts += [resolved] if resolved else []
    for path, name in reversed(names):
        if name and any(start.startswith(name[2]) or name[2].startswith(start) for start in starts):
            return load(path, largest_bytes)
    labelled = _labelled(spec, results, largest_bytes)
    if len(labelled) > 1:
        raise InputError(f"{len(labelled)} records have this label; {LABEL}{spec} takes them all", where=spec)
    if labelled:
        return labelled[0]
    missing = (
        f"no record of the commit {resolved[:12]}"
        if resolved
        else "neither a file, a folder, latest, previous, a commit nor a label"
    )
    raise InputError(f"{missing}, looked for within {str(results)!r}", where=spec)
