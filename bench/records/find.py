"""Finding records: a file, a folder, or ``latest``, ``previous`` or a commit within a folder of results."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from ..errors import InputError, Parameter
from .commit import checkout, git
from .record import Record
from .store import FILE_NAME, MAX_BYTES, load, time_stamp


def find(spec: str, results: Path, largest_bytes: int = MAX_BYTES) -> list[Record]:
    """Find the records that a text names.

    Parameters
    ----------
    spec
        A file is that record, a folder all records under it. Anything else is looked up within ``results``: ``latest``,
        ``previous`` (the one before the latest of the same machine, and of the same subject if there is one), or a commit
        (a hash or its start, or what git knows by that name): its newest record.
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
    if os.path.isdir(path):  # unlike Path.is_dir, it answers for a name of any length
        return [load(file, largest_bytes) for file in _records_in(path)]
    if os.path.exists(path) or path.suffix == ".json" or ("/" in spec and not _resolve(spec)):
        return [load(path, largest_bytes)]
    if not results.is_dir():
        raise InputError(
            f"no such record, and there is no folder {str(results)!r} to look in; see ", Parameter("results"), where=spec
        )
    if spec == "latest":
        return [load(_records_in(results)[-1], largest_bytes)]
    if spec == "previous":
        return [_previous(results, largest_bytes)]
    return [_of_commit(spec, results, largest_bytes)]


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
    missing = (
        f"no record of the commit {resolved[:12]}" if resolved else "neither a file, a folder, latest, previous nor a commit"
    )
    raise InputError(f"{missing}, looked for within {str(results)!r}", where=spec)
