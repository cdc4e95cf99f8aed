"""Where a table's parts go: the folder is made, what it will take is said, and it is marked until all of it is there."""

import contextlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ...kernels.host_memory import size_text
from ..errors import InputError, Parameter, cause
from ..export.described_columns import described_columns
from ..export.extras import check_installed
from ..export.table_files import arrow_schema
from ..study.loader import Study
from ..study.names import axis_words, point_words, quantity_words
from ..terminal.file_place import check_folder_takes
from .shard import shards_of, shards_text
from .table_job import TableJob
from .table_layout import TableLayout
from .table_mark import MARK, alone, hold, mark_unfinished, unfinished_key, written_key
from .table_parts import ParquetSink, TableSink, ZarrSink, row_bytes

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
            Whether the same table may be there whole: what is kept of it elsewhere stands, the rest is written again.

        Raises
        ------
        InputError
            Where the disk has no room for it, or the folder holds anything else.
        """
        folder = self._folder()
        layout = TableLayout.of(study, job)
        size = _predicted_size(job, layout, arrays=self._zarr)
        free = shutil.disk_usage(folder if folder.is_dir() else folder.parent).free
        most = bool(job.question.where) and not self._zarr  # rows that do not meet a condition are not written
        known = self._is_known(folder, layout.key, again=again)
        here = _size(folder) if known else 0
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
            if not mark_unfinished(folder, layout.key):
                raise self._taken()
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

    def _sink(self, study: Study, job: TableJob, layout: "TableLayout") -> TableSink:
        folder = str(self._folder())
        if not self._zarr:
            return _parquet_sink(folder, study, job, layout)
        return ZarrSink(folder, layout.key, job.stretches, layout.array_names(), layout.units())

    def _is_known(self, folder: Path, key: str, *, again: bool) -> bool:
        """Tell whether a folder is this table's already. Raises InputError where it is anything else's."""
        unfinished, whole = unfinished_key(folder), written_key(folder)
        if unfinished == key or (whole == key and again):
            return True
        if unfinished is not None:
            raise self._taken()
        if whole is not None:
            what = "all of this table already" if whole == key else "another table"
            raise InputError(f"{str(self.path)!r} holds {what}; name another folder, or remove it", where=_WHERE)
        if folder.is_dir() and not all(path.name.startswith(".") for path in folder.iterdir()):  # others' marks, not yet whole
            raise InputError(f"{str(self.path)!r} is there and not empty; name another, or remove it", where=_WHERE)
        return False

    def _taken(self) -> InputError:
        return InputError(f"{str(self.path)!r} holds an unfinished table of something else; name another", where=_WHERE)

    def finish(self, study: Study, job: TableJob, shards: int = 1) -> None:
        """Take the mark away where all of the table is there and nothing else, and files that killed processes have left.

        Parameters
        ----------
        study, job
            What the table is of, and its job.
        shards
            How many shards wrote it.

        Raises
        ------
        InputError
            Where a file is missing: which shard wrote it. Where the folder is another table's, or has files of one.
        """
        folder, layout, files = self._folder(), TableLayout.of(study, job), job.stretches.files
        sink, where = self._sink(study, job, layout), str(self.path)
        if not folder.is_dir():
            raise InputError("there is no such folder, into which the table was written", where=where)
        if {unfinished_key(folder), written_key(folder)} - {None, layout.key}:
            raise InputError("holds another table than was written there; compute this one again elsewhere", where=where)
        missing = [number for number in range(files) if not sink.holds(number)]
        if missing:
            them = "compute them again"
            if shards > 1:
                them = f"compute {shards_text(shards_of(missing, files, shards), shards)} again"
            raise InputError(f"lacks {len(missing):,} of {files:,} parts of the table; {them}", where=where)
        foreign = sink.foreign(files)
        if foreign:
            raise InputError(f"holds {foreign[0]}, which is no part of the table; remove it", where=where)
        if alone(folder):
            for path in itertools.chain(folder.glob(".*.tmp"), folder.rglob("*.partial") if self._zarr else ()):
                path.unlink(missing_ok=True)
        (folder / MARK).unlink(missing_ok=True)

    def hold(self, study: Study, job: TableJob) -> Any:
        """Let others know, as long as what is returned is open, that a process writes into the folder.

        Parameters
        ----------
        study, job
            What the table is of, and its job.

        Raises
        ------
        InputError
            Where nothing can be written there any more.
        """
        try:
            return hold(self._folder(), TableLayout.of(study, job).key)
        except OSError as error:
            raise InputError(f"{str(self.path)!r} could not be written ({cause(error)})", where=_WHERE) from None


def _size(folder: Path) -> int:
    """Add up the bytes of a folder's files, while others write to it."""
    size = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            size += path.stat().st_size if path.is_file() else 0
    return size


def _quantities(job: TableJob) -> str:
    count = len(job.question.objectives())
    return f"{count} quantities" if count > 1 else "a quantity"


def _predicted_size(job: TableJob, layout: TableLayout, *, arrays: bool) -> float:
    itemsize, quantities = np.dtype(job.dtype).itemsize, len(job.question.objectives())
    if arrays:
        chunks = len(job.stretches) * int(np.prod(job.stretches.chunk))
        return chunks * quantities * itemsize * (1 + _SPARE)
    return job.problem.grid.size * row_bytes(layout.row_columns(), quantities, itemsize) * (1 + _SPARE)


def _parquet_sink(folder: str, study: Study, job: TableJob, layout: TableLayout) -> ParquetSink:
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
    return ParquetSink(folder, layout.key, job.stretches, schema, columns, layout.units())


def _make_store(folder: Path, study: Study, job: TableJob, layout: TableLayout) -> None:
    """Make a store's arrays, whose chunks are not there yet: in a folder beside it first, since others may make it too."""
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as temporary:
        store = Path(temporary) / "store"
        _write_coordinates(store, study, job, layout)
        _make_arrays(store, study, job, layout)
        _take_over(store, folder)


def _write_coordinates(store: Path, study: Study, job: TableJob, layout: TableLayout) -> None:
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


def _make_arrays(store: Path, study: Study, job: TableJob, layout: TableLayout) -> None:
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
