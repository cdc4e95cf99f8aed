"""Answers as files, by a path's ending; what a path without one names is a folder of CSV files."""

import functools
import io
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...kernels.files import write_whole
from ...kernels.text import nearest
from ..errors import InputError, Parameter, cause
from ..runner.document import document
from ..runner.kinds import KINDS
from ..runner.outcome import Run
from ..study.loader import Study
from ..terminal import interrupts
from ..terminal.file_place import check_file_place, check_folder_takes
from . import array_files, iamc, workbook
from .csv_files import Part, csv_parts, folder_parts
from .described_columns import described_columns, study_attributes
from .extras import check_installed
from .file_names import slugs
from .long_table import long_table
from .run_workbook import write_run_workbook
from .table_files import arrow_schema, write_table

Say = Callable[[str], None]


@dataclass(frozen=True)
class FileFormat:
    """What is written at paths of an ending.

    Attributes
    ----------
    parts
        Lists the files of a run, each with what writes it; of the path, the questions' names, and who hears of what is cut.
    check
        Raises InputError where a study's answers cannot be written so.
    library
        The library that it needs beside flopwatt's own; empty for none.
    is_folder
        Whether it is one.
    """

    parts: Callable[[Run, Path, Sequence[str], Say], list[Part]]
    check: Callable[[Study, Sequence[str]], None] = lambda study, names: None
    library: str = ""
    is_folder: bool = False


def check_path(path: Path, study: Study | None = None, only: Sequence[str] | None = None) -> None:
    """Raise InputError where the answers could not be written there; said before the work, not after it.

    Parameters
    ----------
    path
        Where to.
    study
        What is to be answered, where it is known: not every file can hold every answer.
    only
        Names of the questions that are wanted; all where it is None.
    """
    ending = ending_of(path)
    form = FORMATS[ending]
    if form.library:
        check_installed(form.library, ending)
    check_place(path, is_folder=form.is_folder)
    if ending == array_files.ZARR and os.path.isdir(path) and not array_files.is_store(path):
        raise InputError(f"{str(path)!r} is a folder and no zarr store; name another", where=Parameter("out"))
    if ending == array_files.NETCDF and not _is_utf8(os.path.realpath(path)):
        raise InputError(
            f"{str(path)!r} is not UTF-8, as names of {ending} files must be; name another", where=Parameter("out")
        )
    if study is not None:
        form.check(study, _names(study, only))


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def ending_of(path: Path) -> str:
    """Return the ending that says what a path's files are; nothing for a folder.

    Raises
    ------
    InputError
        Where it is none of those that are known.
    """
    name = path.name.lower()
    ending = iamc.ENDING if name.endswith(iamc.ENDING) and name != iamc.ENDING else path.suffix.lower()
    if ending in FORMATS and name not in FORMATS:  # a name that is nothing but an ending names no file
        return ending
    if os.path.isdir(path):
        return ""
    endings = [known for known in FORMATS if known]
    close = nearest(ending, endings) if name not in FORMATS else "; put a name before it"
    raise InputError(
        f"{str(path)!r} ends in none of {', '.join(endings)}; a name without an ending is a folder of CSV files{close}",
        where=Parameter("out"),
    )


def check_place(path: Path, *, is_folder: bool = False) -> None:
    """Raise InputError where nothing could be written at a path.

    Parameters
    ----------
    path
        Where to.
    is_folder
        Whether a folder is written, which may be there; its own folder must be, too.
    """
    where = Parameter("out")
    if not is_folder:
        check_file_place(path, where)
        return
    if os.path.exists(path) and not os.path.isdir(path):
        raise InputError(f"{str(path)!r} is a file; name a folder, or a file with an ending", where=where)
    check_folder_takes(path if os.path.isdir(path) else Path(os.path.realpath(path)).parent, where)


def write(run: Run, path: Path, only: Sequence[str] | None = None, say: Say = lambda line: None) -> list[Path]:
    """Write the answers, the fastest engine's (in JSON all engines'), each file whole or not at all.

    The ending says as what. Of several questions .csv is a file each, FILE.QUESTION.csv, and of a folder QUESTION.csv in it.
    In Parquet a question for a table has a file of its own, FILE.QUESTION.parquet, unless it is the only one.

    Parameters
    ----------
    run
        What was answered.
    path
        Where to.
    only
        Names of the questions that are wanted; all where it is None.
    say
        Hears in a line of rows that a file has no room for.

    Returns
    -------
    list
        The paths that were written.

    Raises
    ------
    InputError
        Where one could not be written; it names those that stand.
    """
    check_path(path, run.study, only)
    parts = FORMATS[ending_of(path)].parts(run, path, _names(run.study, only), say)
    return write_parts(parts)


def write_parts(parts: Sequence[Part]) -> list[Path]:
    """Write files one after the other; the paths that were written.

    Parameters
    ----------
    parts
        Each file, and what writes it.

    Raises
    ------
    InputError
        Where one could not be written; it names those that stand.
    """
    done: list[Path] = []
    for place, write_part in parts:
        try:
            write_part(place)
        except (OSError, MemoryError) as error:
            stand = f"; {', '.join(map(str, done))} {'stands' if len(done) == 1 else 'stand'}" if done else ""
            raise InputError(f"{str(place)!r} could not be written ({cause(error)}){stand}", where=Parameter("out")) from None
        interrupts.note_written(place)
        done.append(place)
    return done


def _names(study: Study, only: Sequence[str] | None) -> list[str]:
    names = [question.name for question in study.questions]
    for name in only or ():
        if name not in names:
            hint = nearest(name, names) or f"; there are {', '.join(names)}"
            raise InputError(f"no question is named {name!r}{hint}", where=Parameter("only"))
    return [name for name in names if only is None or name in only]


def _json_parts(run: Run, path: Path, names: Sequence[str], say: Say) -> list[Part]:
    return [(path, lambda place: write_whole(place, _json(run, names)))]


def _json(run: Run, names: Sequence[str]) -> bytes:
    whole = document(run)
    whole["answers"] = [entry for entry in whole["answers"] if entry["question"] in names]
    return (json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def _parquet_parts(run: Run, path: Path, names: Sequence[str], say: Say) -> list[Part]:
    questions = [question for question in run.study.questions if question.name in names]
    tables = [question for question in questions if KINDS.of(question).in_stretches]
    others = [question.name for question in questions if question not in tables]
    parts: list[Part] = [(path, lambda place: write_whole(place, _parquet(run, others)))] if others else []
    for table, slug in zip(tables, slugs(table.name for table in tables), strict=True):
        place = path if len(questions) == 1 else path.with_name(f"{path.stem}.{slug}{path.suffix}")
        parts.append((place, functools.partial(write_table, run, table)))
    return parts


def _parquet(run: Run, names: Sequence[str]) -> bytes:
    import pyarrow
    import pyarrow.parquet

    answers = [answer for answer in run.shown() if answer.name in names]
    described = {name: column for answer in reversed(answers) for name, column in described_columns(answer, run.study).items()}
    table = long_table(answers)
    arrays = [pyarrow.array(_unify_types(values)) for _, values in table.values()]
    schema = arrow_schema(arrays, {name: unit for name, (unit, _) in table.items()}, described, study_attributes(run))
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


def _workbook_parts(run: Run, path: Path, names: Sequence[str], say: Say) -> list[Part]:
    def write_part(place: Path) -> None:
        for line in write_run_workbook(run, place, names):
            say(line)

    return [(path, write_part)]


def _one_file(write_file: Callable[[Run, Path, Sequence[str]], None]) -> Callable[[Run, Path, Sequence[str], Say], list[Part]]:
    return lambda run, path, names, say: [(path, lambda place: write_file(run, place, names))]


def _checked_arrays(ending: str) -> Callable[[Study, Sequence[str]], None]:
    return lambda study, names: array_files.check_arrays(study, names, ending)


FORMATS: dict[str, FileFormat] = {
    workbook.ENDING: FileFormat(_workbook_parts, library="xlsxwriter"),
    ".csv": FileFormat(lambda run, path, names, say: csv_parts(run, path, names)),
    iamc.ENDING: FileFormat(_one_file(iamc.write_iamc), iamc.check_years),
    ".json": FileFormat(_json_parts),
    ".parquet": FileFormat(_parquet_parts),
    array_files.NETCDF: FileFormat(_one_file(array_files.write_netcdf), _checked_arrays(array_files.NETCDF), library="netCDF4"),
    array_files.ZARR: FileFormat(
        _one_file(array_files.write_zarr), _checked_arrays(array_files.ZARR), library="zarr", is_folder=True
    ),
    "": FileFormat(lambda run, path, names, say: folder_parts(run, path, names), is_folder=True),
}
