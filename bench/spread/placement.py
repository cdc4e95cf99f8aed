"""Where a table's parts go: the folder is made, what it will take is said, and it is marked until all of it is there."""

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ... import __version__
from ...kernels.host_memory import size_text
from ...kernels.model.questions import Problem, Question, Result
from ..answers.answer import Answer, Computation, answer_of
from ..answers.column import Maker
from ..errors import InputError, Parameter, cause
from ..export.described_columns import described_columns, study_texts
from ..export.extras import check_installed
from ..export.file_names import variable_names
from ..export.table_files import arrow_schema
from ..study.loader import Study
from ..study.names import axis_words, point_words, quantity_words
from ..terminal.file_place import check_folder_takes
from .shard import shards_of, shards_text
from .table_job import TableJob
from .table_mark import KEY, MARK, alone, hold, mark_unfinished, unfinished_key, written_key
from .table_parts import AxisColumn, ParquetSink, TableSink, ZarrSink, row_bytes

PARQUET, ZARR = ".parquet", ".zarr"
_SPARE = 0.02  # of the predicted size: what files take beside their values
_WHERE = Parameter("table")


@dataclass(frozen=True)
class TablePlace:
    """Where a table's rows are written while they are computed.

    Attributes
    ----------
    path
        A folder of Parquet files, or a zarr store, by its ending.
    """

    path: Path

    @classmethod
    def of(cls, path: Path) -> "TablePlace":
        """Check a path before the work. Raises InputError where no table could be written there."""
        ending = path.suffix.lower()
        if ending not in (PARQUET, ZARR) or path.name.lower() == ending:
            raise InputError(
                f"{str(path)!r} ends in neither {PARQUET} (a folder of Parquet files) nor {ZARR} (a zarr store)", where=_WHERE
            )
        if ending == ZARR:
            check_installed("zarr", ZARR)
        if os.path.exists(path) and not os.path.isdir(path):
            raise InputError(f"{str(path)!r} is a file; name a folder that is not there yet", where=_WHERE)
        check_folder_takes(Path(os.path.realpath(path)).parent, _WHERE)
        return cls(path)

    def begin(self, study: Study, job: TableJob, say: Callable[[str], None], shards: int, *, again: bool) -> TableJob:
        """Make the folder for a table, and give the job its place in it.

        Parameters
        ----------
        study
            What the table is of.
        job
            The table's job, without a place.
        say
            Hears in a line what the table will take.
        shards
            How many shards write into the folder.
        again
            Whether the same table may be there whole: then it is held against what is asked, and stands.

        Raises
        ------
        InputError
            Where the disk has no room for it, or the folder holds anything else.
        """
        folder = self._folder()
        layout = _Layout.of(study, job)
        size = _predicted_size(job, layout, arrays=self._zarr)
        free = shutil.disk_usage(folder if folder.is_dir() else folder.parent).free
        most = bool(job.question.where) and not self._zarr  # rows that do not meet a condition are not written
        known = self._is_known(folder, job.key, again=again)
        here = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if known else 0
        if size - here > free and not most:
            raise InputError(
                f"{str(self.path)!r} would take about {size_text(size)}, and the disk has {size_text(free)}; "
                "ask of a smaller grid, for fewer quantities, or name a folder on another disk",
                where=_WHERE,
            )
        rows = f"{job.problem.grid.size:,} scenarios of {_quantities(job)}"
        about = f"{'at most' if most else 'about'} {size_text(size)}{f' in all {shards:,} shards' if shards > 1 else ''}"
        say(f"{self.path}: {rows} take {about}; the disk has {size_text(free)}")
        try:
            folder.mkdir(exist_ok=True)
            mark_unfinished(folder, job.key)
            if self._zarr and not (folder / "zarr.json").is_file():
                _make_store(folder, study, job, layout)
        except OSError as error:
            raise InputError(f"{str(self.path)!r} could not be written ({cause(error)})", where=_WHERE) from None
        return replace(job, sink=self._sink(study, job, layout))

    @property
    def _zarr(self) -> bool:
        return self.path.suffix.lower() == ZARR

    def _folder(self) -> Path:
        return Path(os.path.realpath(self.path))

    def _sink(self, study: Study, job: TableJob, layout: "_Layout") -> TableSink:
        folder = str(self._folder())
        if not self._zarr:
            return _parquet_sink(folder, study, job, layout)
        return ZarrSink(folder, job.stretches, layout.array_names(), layout.units())

    def _is_known(self, folder: Path, key: str, *, again: bool) -> bool:
        """Tell whether a folder is this table's already. Raises InputError where it is anything else's."""
        unfinished, whole = unfinished_key(folder), written_key(folder)
        if unfinished == key or (whole == key and again):
            return True
        if unfinished is not None:
            raise InputError(f"{str(self.path)!r} holds an unfinished table of something else; name another", where=_WHERE)
        if whole is not None:
            what = "all of this table already" if whole == key else "another table"
            raise InputError(f"{str(self.path)!r} holds {what}; name another folder, or remove it", where=_WHERE)
        if folder.is_dir() and any(folder.iterdir()):
            raise InputError(f"{str(self.path)!r} is there and not empty; name another, or remove it", where=_WHERE)
        return False

    def finish(self, study: Study, job: TableJob, shards: int = 1) -> None:
        """Mark the table as whole where all of it is there, and remove what killed processes have left.

        Parameters
        ----------
        study, job
            What the table is of, and its job.
        shards
            How many shards wrote it.

        Raises
        ------
        InputError
            Where a file is missing: which shard wrote it.
        """
        folder, sink, files = self._folder(), self._sink(study, job, _Layout.of(study, job)), job.stretches.files
        if not folder.is_dir():
            raise InputError("there is no such folder, into which the table was written", where=str(self.path))
        missing = [number for number in range(files) if not sink.holds(number)]
        if missing:
            them = "compute them again"
            if shards > 1:
                them = f"compute {shards_text(shards_of(missing, files, shards), shards)} again"
            raise InputError(f"lacks {len(missing):,} of {files:,} parts of the table; {them}", where=str(self.path))
        if alone(folder):
            for path in folder.glob(".part-*.tmp"):
                path.unlink(missing_ok=True)
        (folder / MARK).unlink(missing_ok=True)

    def hold(self) -> Any:
        """Let others know, as long as what is returned is open, that a process writes into the folder."""
        return hold(self._folder())


def _quantities(job: TableJob) -> str:
    count = len(job.question.objectives())
    return f"{count} quantities" if count > 1 else "a quantity"


@dataclass(frozen=True)
class _Layout:
    """A table's columns: an answer of its first scenario, and the columns along each axis."""

    answer: Answer
    columns: Mapping[str, AxisColumn]
    about: Mapping[str, str]
    axes: tuple[str, ...]

    def array_names(self) -> dict[str, str]:
        """Name the array of each quantity in a zarr store."""
        return dict(zip(self.answer.values, self._names()[-len(self.answer.values) :], strict=True))

    def dims(self) -> dict[str, str]:
        """Name the dimension of each axis in a zarr store."""
        return dict(zip(self.axes, self._names(), strict=False))

    def row_columns(self) -> dict[str, AxisColumn]:
        """Give the columns along axes that a row has: one of a quantity that is asked for, too, is there as that."""
        return {name: column for name, column in self.columns.items() if name not in self.answer.values}

    def units(self) -> dict[str, str]:
        """Give the unit of each quantity."""
        return {name: column.unit for name, column in self.answer.values.items()}

    def _names(self) -> list[str]:
        return variable_names((*dict.fromkeys((*self.axes, *self.columns)), *self.answer.values))

    @classmethod
    def of(cls, study: Study, job: TableJob) -> "_Layout":
        first = Result(
            {"index": np.zeros(1, np.int64), "rows": np.array(1)}
            | {name: np.zeros(1, job.dtype) for name in job.question.objectives()},
            evaluated=1,
        )
        answer = answer_of(job.problem, job.question, first, Computation(job.engine, job.dtype, study.sources))
        columns = _axis_columns(job.problem, job.question, job.dtype)
        source = f"flopwatt {__version__}, {job.engine}, {job.dtype}"
        about = {
            **study_texts(study),
            "source": source,
            "question": job.name,
            "engine": job.engine,
            "dtype": job.dtype,
            KEY: job.key,
        }
        return cls(answer, columns, about, tuple(axis.name for axis in job.problem.grid.axes))


def _axis_columns(problem: Problem, question: Question, dtype: str) -> dict[str, AxisColumn]:
    """Find what stands in each column that says where a row lies, at every point of its axis."""
    maker, result, every = Maker(problem, dtype, {}), dict[str, AxisColumn](), not question.where
    for number, axis in enumerate(problem.grid.axes):
        index = np.arange(len(axis)) * problem.grid.strides[number]
        at = maker.coordinates_at(question, index)
        names = [axis.name, *(axis.own_columns if axis.labels is None else ())]
        result |= {name: AxisColumn(number, at[name].data, every) for name in dict.fromkeys(names) if name in at}
    return result


def _predicted_size(job: TableJob, layout: _Layout, *, arrays: bool) -> float:
    itemsize, quantities = np.dtype(job.dtype).itemsize, len(job.question.objectives())
    if arrays:
        chunks = len(job.stretches) * int(np.prod(job.stretches.chunk))
        return chunks * quantities * itemsize * (1 + _SPARE)
    return job.problem.grid.size * row_bytes(layout.row_columns(), quantities, itemsize) * (1 + _SPARE)


def _parquet_sink(folder: str, study: Study, job: TableJob, layout: _Layout) -> ParquetSink:
    import pyarrow

    answer, columns = layout.answer, layout.row_columns()
    types: dict[str, Any] = {"scenario": pyarrow.int64()}
    for name, column in columns.items():
        labels = column.values.dtype == object
        text = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
        types[name] = text if labels else pyarrow.from_numpy_dtype(column.values.dtype)
    types |= dict.fromkeys(answer.values, pyarrow.from_numpy_dtype(np.dtype(job.dtype)))
    told = {**answer.coords, **answer.at, **answer.values}
    units = {name: told[name].unit for name in types}
    arrays = [pyarrow.nulls(0, kind) for kind in types.values()]
    schema = arrow_schema(arrays, units, described_columns(answer, study), layout.about, nullable=False)
    return ParquetSink(folder, job.stretches, schema, columns, layout.units())


def _make_store(folder: Path, study: Study, job: TableJob, layout: _Layout) -> None:
    """Make a store's arrays, whose chunks are not there yet: in a folder beside it first, since others may make it too."""
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as temporary:
        store = Path(temporary) / "store"
        _write_coordinates(store, study, job, layout)
        _make_arrays(store, study, job, layout)
        _take_over(store, folder)


def _write_coordinates(store: Path, study: Study, job: TableJob, layout: _Layout) -> None:
    import warnings

    import xarray

    dims = layout.dims()
    coords: dict[str, Any] = {}
    axes = job.problem.grid.axes
    for name, column in layout.columns.items():
        axis = axes[column.axis].name
        data = column.values
        if data.dtype == object:
            words = [point_words(study, name, label) for label in data.tolist()]
            coords[f"{dims[axis]}_name"] = (dims[axis], np.array(words, dtype=np.str_))
            data = np.array(["" if value is None else str(value) for value in data.tolist()], dtype=np.str_)
        told = layout.answer.at.get(name)
        attributes = {"long_name": axis_words(study, name) if name == axis else quantity_words(study.problem.model, name)}
        attributes |= {"units": told.unit} if told is not None and told.unit else {}
        coords[dims.get(name, name)] = (dims[axis], data, attributes)
    dataset = xarray.Dataset(coords=coords, attrs={**layout.about, "Conventions": "CF-1.11"})
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="zarr")  # that texts have no final specification in version 3
        dataset.to_zarr(store, mode="w", consolidated=False, zarr_format=3)


def _make_arrays(store: Path, study: Study, job: TableJob, layout: _Layout) -> None:
    import zarr

    group: Any = zarr.open_group(store, mode="r+")
    units = layout.units()
    for name, array in layout.array_names().items():
        words = {"long_name": quantity_words(study.problem.model, name), "units": units[name] or "1", "flopwatt_name": name}
        group.create_array(
            array,
            shape=job.problem.grid.shape,
            chunks=job.stretches.chunk,
            dtype=job.dtype,
            fill_value=np.nan,
            compressors=None,
            dimension_names=list(layout.dims().values()),
            attributes=words,
        )


def _take_over(store: Path, folder: Path) -> None:
    """Move a store's files into a folder where others may be doing the same: what is there already is the same."""
    for path in sorted(store.rglob("*"), key=lambda path: path.name == "zarr.json" and path.parent == store):
        target = folder / path.relative_to(store)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, target)
