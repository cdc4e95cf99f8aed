"""Finding records: a file, a folder, or ``latest``, ``previous`` or a commit within a folder of results."""

import os
import re
from pathlib import Path

from ..errors import InputError, Parameter
from .commit import checkout, git
from .record import Record
from .store import MAX_BYTES, load

_STAMP = re.compile(r"(\d{8}T\d{6}\.\d{3}Z)-([0-9a-f]{4,40}|unversioned)(-dirty)?(-\d+)?\.json")


def find(spec: str, results: Path, largest_bytes: int = MAX_BYTES) -> list[Record]:
    """Find the records that ``spec`` names, oldest first, at least one.

    A file is that record, a folder all records under it. Anything else is looked up within ``results``: ``latest``,
    ``previous`` (the one before the latest of the same machine, and of the same subject if there is one), or a commit
    (a hash or its start, or what git knows by that name): its newest record.

    Parameters
    ----------
    spec
        A file, a folder, ``latest``, ``previous`` or a commit.
    results
        The folder that records are looked up in.
    largest_bytes
        The size above which a file is refused.

    Raises
    ------
    InputError
        Where no record is found, or one that is cannot be read.
    """
    path = Path(spec)
    if os.path.isdir(path):  # unlike Path.is_dir, it answers for a name of any length
        return [load(one, largest_bytes) for one in _records_in(path)]
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
    """Every record under a folder, by the time in its name, else the time it was written."""
    candidates = (path for path in folder.rglob("*.json") if not _hidden(path, folder) and path.is_file())
    paths = sorted(candidates, key=_moment)
    if not paths:
        raise InputError("the folder holds no record (*.json)", where=str(folder))
    return paths


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _moment(path: Path) -> tuple[str, str]:
    stamp = _STAMP.fullmatch(path.name)
    if stamp:
        return stamp[1], path.name
    from datetime import UTC, datetime

    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return f"{written:%Y%m%dT%H%M%S}.{written.microsecond // 1000:03d}Z", path.name


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
    stamps = [(path, _STAMP.fullmatch(path.name)) for path in _records_in(results)]
    starts = [spec.lower()] if re.fullmatch("[0-9A-Fa-f]{4,40}", spec) else []
    resolved = _resolve(spec)
    starts += [resolved] if resolved else []
    for path, stamp in reversed(stamps):
        if stamp and any(start.startswith(stamp[2]) or stamp[2].startswith(start) for start in starts):
            return load(path, largest_bytes)
    what = f"no record of the commit {resolved[:12]}" if resolved else "neither a file, a folder, latest, previous nor a commit"
    raise InputError(f"{what}, looked for within {str(results)!r}", where=spec)
