"""Answers as files: CSV and Parquet hold one row for each point of an answer, JSON the document of ``--json``."""

import functools
import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...kernels.files import obstacle, target, write_whole
from ...kernels.text import nearest, visible
from ..answers.answer import Answer
from ..errors import InputError, Parameter, cause
from ..terminal import interrupts
from ..runner.document import document
from .long_table import long_table
from .table_files import arrow_schema, write_table
from ..runner.kinds import KINDS
from ..runner.outcome import Run


def check_path(path: Path) -> None:
    """Raise InputError where the answers could not be written there; said before the work, not after it."""
    if path.suffix.lower() not in _WRITERS:
        close = nearest(path.suffix.lower(), _WRITERS)
        raise InputError(f"{str(path)!r} ends in none of {', '.join(_WRITERS)}{close}", where=Parameter("out"))
    if os.path.isdir(path):  # unlike Path.is_dir, it answers for a name of any length
        raise InputError(f"{str(path)!r} is a folder; name a file", where=Parameter("out"))
    try:
        folder = target(path).parent
    except FileNotFoundError:  # of the working folder, without which no path means anything
        raise
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be written ({error.strerror}); name a file", where=Parameter("out")) from None
    if not os.path.isdir(folder):
        raise InputError(f"there is no folder {str(folder)!r}; make it first", where=Parameter("out"))
    why = obstacle(folder)
    if why:
        raise InputError(why, where=Parameter("out"))


def write(run: Run, path: Path) -> list[Path]:
    """Write the answers (one engine's in a table, all engines' in JSON) whole or not at all; the paths that were written.

    A question for a table gets a file of its own, FILE.QUESTION.csv, unless it is the only one. Raises InputError.
    """
    check_path(path)
    tables = [question for question in run.study.questions if KINDS.of(question).in_stretches]
    if path.suffix.lower() == ".json":
        tables = []  # the document has its first rows
    parts: list[tuple[Path, Callable[[Path], None]]] = []
    if len(tables) < len(run.study.questions):
        parts.append((path, lambda place: write_whole(place, _WRITERS[path.suffix.lower()](run))))
    for table in tables:
        place = path if len(run.study.questions) == 1 else path.with_name(f"{path.stem}.{_slug(table.name)}{path.suffix}")
        parts.append((place, functools.partial(write_table, run, table)))
    for number, (place, write_part) in enumerate(parts):
        try:
            write_part(place)
        except (OSError, MemoryError) as error:
            kept = (
                f"; {', '.join(str(done) for done, _ in parts[:number])} {'stands' if number == 1 else 'stand'}"
                if number
                else ""
            )
            raise InputError(f"{str(place)!r} could not be written ({cause(error)}){kept}", where=Parameter("out")) from None
        interrupts.note_written(place)
    return [place for place, _ in parts]


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "table"


def _answers_in_whole(run: Run) -> tuple[Answer, ...]:
    """List the fastest engine's answers that hold all of their rows."""
    return tuple(answer for answer in run.answers_of(run.fastest().engine) if answer.total is None)


def _csv(run: Run) -> bytes:
    import csv

    table = long_table(_answers_in_whole(run))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([visible(f"{name} [{unit}]" if unit else name) for name, (unit, _) in table.items()])
    columns = ([visible(value) if isinstance(value, str) else value for value in values] for _, values in table.values())
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue().encode()


def _json(run: Run) -> bytes:
    return (json.dumps(document(run), ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def _parquet(run: Run) -> bytes:
    import pyarrow
    import pyarrow.parquet

    table = long_table(_answers_in_whole(run))
    arrays = [pyarrow.array(_unify_types(values)) for _, values in table.values()]
    schema = arrow_schema(arrays, {name: unit for name, (unit, _) in table.items()})
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_arrays(arrays, schema=schema), buffer)
    return buffer.getvalue()


def _unify_types(values: list[Any]) -> list[Any]:
    """Make whole numbers beside fractions fractions, and numbers beside labels text: a column has one type."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int, float}:
        return [None if value is None else float(value) for value in values]
    if len(kinds) > 1:
        return [None if value is None else str(value) for value in values]
    return values


_WRITERS: dict[str, Callable[[Run], bytes]] = {".csv": _csv, ".json": _json, ".parquet": _parquet}
