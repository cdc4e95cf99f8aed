"""Answers as arrays, in netCDF and zarr through xarray: a group for each question, the study in the attributes."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...kernels.files import lack_of_space, named_when_whole
from ..answers.answer import Answer
from ..answers.column import Column
from ..errors import InputError, Parameter
from ..runner.kinds import KINDS
from ..runner.outcome import Run
from ..study.loader import Study
from ..study.names import axis_words, point_words, quantity_words
from ..terminal import interrupts
from .described_columns import question_attributes, study_attributes
from .extras import check_installed
from .file_names import slugs, variable_names
from .table_files import answer_stretches

NETCDF, ZARR = ".nc", ".zarr"
MAX_TABLE_POINTS = 5_000_000  # of a grid whose rows a table asks for: an array is held whole


def check_arrays(study: Study, names: Sequence[str], ending: str) -> None:
    """Raise InputError where arrays could not hold the answers to some questions; said before the work.

    Parameters
    ----------
    study
        What is to be answered.
    names
        Of the questions that are wanted.
    ending
        Of the file.
    """
    for question in study.questions:
        if question.name in names and KINDS.of(question).in_stretches and study.points > MAX_TABLE_POINTS:
            raise InputError(
                f"{ending} holds arrays whole, and the table {question.name!r} may have {study.points:,} rows, above "
                f"{MAX_TABLE_POINTS:,}; .parquet and .csv are written row by row",
                where=Parameter("out"),
            )


def write_netcdf(run: Run, path: Path, names: Sequence[str]) -> None:
    """Write answers as netCDF, whole or not at all.

    Parameters
    ----------
    run
        What was answered.
    path
        Where to.
    names
        Of the questions that are wanted.

    Raises
    ------
    OSError, InputError
        Where it could not be written.
    """
    check_installed("netCDF4", NETCDF)
    with named_when_whole(path) as temporary:
        mode = "w"
        try:
            for group, data in _groups(run, names):
                data.to_netcdf(temporary, mode=mode, group=group, engine="netcdf4", format="NETCDF4")
                mode = "a"
        except RuntimeError as error:  # so HDF5 says that the disk is full, and keeps to itself why
            raise OSError(lack_of_space(temporary.parent) or f"the library for {NETCDF} failed: {error}") from None


def write_zarr(run: Run, path: Path, names: Sequence[str]) -> None:
    """Write answers as a zarr store, whole or not at all: the folder gets its name, and the old one goes, when all is there.

    Parameters
    ----------
    run
        What was answered.
    path
        The store's folder.
    names
        Of the questions that are wanted.

    Raises
    ------
    OSError, InputError
        Where it could not be written; then a store that was there stands as it was.
    """
    check_installed("zarr", ZARR)
    path = Path(os.path.realpath(path))  # what a link leads to is replaced, and the link stays
    temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent))
    try:
        store = temporary / "new"
        mode: Any = "w"
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="zarr")  # that texts have no final specification in version 3
            for group, data in _groups(run, names):
                data.to_zarr(store, group=group, mode=mode, consolidated=False, zarr_format=3)
                mode = "a"
        os.chmod(store, 0o777 & ~_umask())
        with interrupts.uninterrupted():
            if path.exists():
                os.rename(path, temporary / "old")
            os.rename(store, path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def is_store(path: Path) -> bool:
    """Tell whether a folder is a zarr store, or empty, so that another may take its place."""
    return any((path / name).is_file() for name in ("zarr.json", ".zgroup", ".zattrs")) or not any(path.iterdir())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _groups(run: Run, names: Sequence[str]) -> Iterator[tuple[str | None, Any]]:
    """Hand out the datasets: that of the study at the root, which has attributes alone, then a question's each."""
    import xarray

    groups = slugs(names)
    attributes = {**study_attributes(run), "Conventions": "CF-1.11", "questions": "\n".join(names), "groups": "\n".join(groups)}
    yield None, xarray.Dataset(attrs=_texts(attributes))
    answers = {answer.name: answer for answer in run.shown()}
    for name, group in zip(names, groups, strict=True):
        yield group, _dataset(run, answers[name])


def _dataset(run: Run, answer: Answer) -> Any:
    """Turn an answer into a dataset with valid names, texts as texts, and what people read in its attributes."""
    import xarray

    study = run.study
    if answer.total is not None:
        answer = _whole_table(run, answer)
    values = {f"value_{name}" if name in answer.coords else name: column for name, column in answer.values.items()}
    values |= {f"at_{name}": column for name, column in answer.at.items()}
    if answer.nearest is not None:
        values |= {f"nearest_{name}": column for name, column in answer.nearest.columns("at_").items()}
    names = dict(zip((*answer.coords, *values), variable_names((*answer.coords, *values)), strict=True))
    dims = tuple(names[dim] for dim in answer.dims)
    coords: dict[str, Any] = {}
    for dim, column in answer.coords.items():
        coords[names[dim]] = (names[dim], _data(column), _attributes(dim, column, study))
        if column.data.dtype == object:
            words = np.array([point_words(study, dim, label) for label in column.data.tolist()], dtype=np.str_)
            coords[f"{names[dim]}_name"] = (names[dim], words, {"long_name": f"{axis_words(study, dim)}, for people"})
    arrays = {names[name]: (dims, _data(column), _attributes(name, column, study)) for name, column in values.items()}
    return xarray.Dataset(arrays, coords, _texts(question_attributes(answer, study)))


def _whole_table(run: Run, answer: Answer) -> Answer:
    """Join a table's stretches."""
    parts = list(answer_stretches(run, answer.question))

    def joined(of: Callable[[Answer], Any]) -> dict[str, Column]:
        first = of(parts[0])
        return {n: Column(np.concatenate([of(part)[n].data for part in parts]), c.unit, c.source) for n, c in first.items()}

    coords, values, at = (joined(of) for of in (lambda a: a.coords, lambda a: a.values, lambda a: a.at))
    return Answer(answer.question, answer.engine, answer.dtype, answer.dims, coords, values, at)


def _data(column: Column) -> Any:
    """Return a column's data; labels as texts, empty where there is none."""
    if column.data.dtype != object:
        return column.data
    texts = ["" if value is None else _text(str(value)) for value in column.data.reshape(-1).tolist()]
    return np.array(texts, dtype=np.str_).reshape(column.data.shape)


def _attributes(name: str, column: Column, study: Study) -> dict[str, str]:
    bare = name.removeprefix("nearest_").removeprefix("at_").removeprefix("value_")
    axes = {axis.name for axis in study.problem.grid.axes}
    words = axis_words(study, bare) if bare in axes else quantity_words(study.problem.model, bare)
    attributes = {
        "long_name": words,
        "units": column.unit or ("1" if column.data.dtype.kind == "f" else ""),
        "source": column.source,
    }
    attributes["flopwatt_name"] = name
    return _texts({key: text for key, text in attributes.items() if text})


def _texts(attributes: dict[str, str]) -> dict[str, str]:
    return {key: _text(text) for key, text in attributes.items()}


def _text(text: str) -> str:
    """Write out what no file of UTF-8 may hold: halves of characters, and the end of a text within it."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
