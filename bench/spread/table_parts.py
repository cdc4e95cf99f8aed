"""Files of a table's parts, which whoever computes a part writes: Parquet files in a folder, or chunks of a zarr store.

Both are read as one: a folder of Parquet files by pyarrow, pandas and DuckDB, a zarr store, which has an array over the grid's
axes for each quantity and NaN where no row is, by xarray.
"""

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ...kernels.files import named_when_whole
from ...kernels.model import units
from ...kernels.model.questions import Chunk
from ..runner.table_walk import find_rows
from .stretches import Stretches

Array = NDArray[Any]
_DIGITS = 16  # of a part's first scenario in its name, so that names are in the order of the rows
_GROUP_ROWS = 2**20  # of a group of rows that is read at once
_BATCH_ROWS = 2**16  # that Arrow encodes at once: a fifth less of a core than by its 1,024
_MOST_PACKED = 4096  # points of an axis whose column repeats often enough to be packed
_PACKED_BITS = 0.003  # of a row for each point of its axis: measured, 1.6 for 512 points and 12.5 for 4,096


class FileWriter(Protocol):
    """What writes a file's stretches."""

    def write(self, number: int, chunk: Chunk) -> None:
        """Write a stretch: its number, and its scenarios' values."""
        ...


class TableSink(Protocol):
    """Where the rows of a table go: it travels to whoever computes a part."""

    @property
    def folder(self) -> str:
        """The folder that holds all of it."""
        ...

    def check(self) -> str:
        """Say why nothing could be written from here; nothing where it could."""
        ...

    def file(self, number: int) -> contextlib.AbstractContextManager[FileWriter]:
        """Begin a file, which stands when all of its stretches are written."""
        ...

    @property
    def key(self) -> str:
        """The table's, by which two that differ in anything, if only in a unit, are told apart."""
        ...

    def holds(self, number: int) -> bool:
        """Tell whether a file stands."""
        ...

    def foreign(self, files: int) -> list[str]:
        """Name files that would be read with the table, and are none of its own, of which there are so many."""
        ...


@dataclass(frozen=True)
class AxisColumn:
    """A column that says where a row lies along an axis.

    Attributes
    ----------
    axis
        The axis's position.
    values
        At each of its points: numbers in the column's unit, or labels.
    every
        Whether every row is written, so that they repeat as the axis does.
    """

    axis: int
    values: Array
    every: bool = True

    @property
    def packed(self) -> bool:
        """Whether its numbers are written as they are and compressed, in a third of the time that numbering them takes."""
        return self.every and self.values.dtype != object and len(self.values) <= _MOST_PACKED

    def bits(self) -> float:
        """Predict its bits in a row."""
        return _PACKED_BITS * len(self.values) if self.packed else max(len(self.values) - 1, 1).bit_length()


@dataclass(frozen=True)
class ParquetSink:
    """A folder of Parquet files, one for each part.

    Attributes
    ----------
    folder, key
        Where, and the table's key.
    stretches
        How the grid is cut.
    schema
        The files' columns, as Arrow has them: the scenario's flat index, the axes' columns, the quantities.
    columns
        The axes' columns, by name.
    units
        The unit of each quantity that is written.
    """

    folder: str
    key: str
    stretches: Stretches
    schema: Any
    columns: Mapping[str, AxisColumn]
    units: Mapping[str, str]

    def check(self) -> str:
        """Say why nothing could be written from here; nothing where it could."""
        return folder_fault(self.folder)

    @contextlib.contextmanager
    def file(self, number: int) -> Iterator[FileWriter]:
        """Write a file; it has its name when it is whole."""
        import pyarrow.parquet

        packed = [name for name, column in self.columns.items() if column.packed]
        options: dict[str, Any] = {
            "compression": {name: "zstd" if name in packed else "none" for name in self.schema.names},
            "compression_level": dict.fromkeys(packed, 1),
            "use_dictionary": [name for name in self.columns if name not in packed],
            "write_statistics": [self.schema.names[0]],
            "write_batch_size": _BATCH_ROWS,
            "column_encoding": {self.schema.names[0]: "DELTA_BINARY_PACKED"},  # of numbers that count up: some bits each
        }
        with (
            named_when_whole(self.path(number)) as temporary,
            _opened(temporary) as file,
            pyarrow.parquet.ParquetWriter(file, self.schema, **options) as target,
        ):
            yield _ParquetPart(self, target)

    def holds(self, number: int) -> bool:
        """Tell whether a file stands."""
        return self.path(number).is_file()

    def foreign(self, files: int) -> list[str]:
        """Name files that would be read with the table, and are none of its own."""
        own = {self.path(number).name for number in range(files)}
        return sorted(path.name for path in Path(self.folder).glob("*.parquet") if path.name not in own)

    def path(self, number: int) -> Path:
        """Give a file's path, which names its first scenario, so that names are in the order of the rows.

        Parameters
        ----------
        number
            The file's.
        """
        first = self.stretches.start(self.stretches.of_file(number)[0])
        return Path(self.folder) / f"part-{first:0{_DIGITS}d}.parquet"


def _in_unit(values: Array, unit: str) -> Array:
    """Convert values from base units, in their own type."""
    return values if units.factor(unit) == 1.0 else np.asarray(units.from_base(values, unit), dtype=values.dtype)


def _opened(path: Path) -> Any:
    """Open a file for Arrow: its own takes half the system's time of Python's, and no name that is not UTF-8."""
    import pyarrow

    try:
        name = str(path).encode().decode()
    except UnicodeEncodeError:
        return path.open("wb")
    return pyarrow.OSFile(name, "wb")


@dataclass
class _ParquetPart:
    sink: ParquetSink
    target: Any
    _made: dict[str, tuple[Any, Any]] = field(default_factory=dict)  # what a column was made of last, and the column

    def write(self, number: int, chunk: Chunk) -> None:
        """Write the rows of a stretch."""
        import pyarrow

        met, _ = find_rows(chunk)
        places = None if met.all() else np.flatnonzero(met)
        rows = len(met) if places is None else len(places)
        if not rows:
            return
        index = chunk.start + (np.arange(rows) if places is None else places)
        arrays = [pyarrow.array(index)]
        slices = self.sink.stretches.slices(number)
        arrays += [self._column(name, column, slices, places) for name, column in self.sink.columns.items()]
        for name, unit in self.sink.units.items():
            values = chunk.values[name] if places is None else chunk.values[name][places]
            arrays.append(pyarrow.array(_in_unit(values, unit)))
        self.target.write_batch(pyarrow.RecordBatch.from_arrays(arrays, schema=self.sink.schema), _GROUP_ROWS)

    def _column(self, name: str, column: AxisColumn, slices: tuple[slice, ...], places: Array | None) -> Any:
        """Make the column that says where rows lie along an axis; most stretches have those of the one before."""
        if places is not None:
            return self._along(column, slices, places)
        own = slices[column.axis]
        of = own.start, own.stop, tuple(part.stop - part.start for part in slices)
        known, array = self._made.get(name, (None, None))
        if known != of:
            array = self._along(column, slices, places)
            self._made[name] = of, array
        return array

    def _along(self, column: AxisColumn, slices: tuple[slice, ...], places: Array | None) -> Any:
        """Make the column that says where rows lie along an axis, anew."""
        import pyarrow

        lengths = [part.stop - part.start for part in slices]
        shape = [length if i == column.axis else 1 for i, length in enumerate(lengths)]
        along = np.arange(slices[column.axis].start, slices[column.axis].stop)
        if column.values.dtype != object:
            values = np.broadcast_to(column.values[along].reshape(shape), lengths).reshape(-1)
            return pyarrow.array(values if places is None else values[places])
        codes = np.broadcast_to(along.astype(np.int32).reshape(shape), lengths).reshape(-1)
        codes = codes if places is None else codes[places]
        words = pyarrow.array(column.values.tolist(), pyarrow.string())
        return pyarrow.DictionaryArray.from_arrays(pyarrow.array(codes), words)


@dataclass(frozen=True)
class ZarrSink:
    """A zarr store, whose arrays are there, with a chunk for each stretch.

    Attributes
    ----------
    folder, key
        The store, and the table's key.
    stretches
        How the grid is cut.
    names, units
        By the quantity's name the name of its array, and its unit.
    """

    folder: str
    key: str
    stretches: Stretches
    names: Mapping[str, str]
    units: Mapping[str, str]

    def check(self) -> str:
        """Say why nothing could be written from here; nothing where it could."""
        return folder_fault(self.folder)

    @contextlib.contextmanager
    def file(self, number: int) -> Iterator[FileWriter]:
        """Write the chunks of a file's stretches: each is whole or not there. Raises OSError where an array is not there."""
        import zarr

        with zarr.config.set({"array.write_empty_chunks": True}):  # else each chunk is held against its fill value first
            try:
                group: Any = zarr.open_group(self.folder, mode="r+")
                arrays = {name: group[array] for name, array in self.names.items()}
            except (KeyError, ValueError) as error:
                raise OSError(f"the store lacks an array ({error}); remove it") from None
            yield _ZarrPart(self, arrays)

    def holds(self, number: int) -> bool:
        """Tell whether the chunks of a file's stretches stand."""
        return all(
            (Path(self.folder) / name / "c" / "/".join(map(str, self.stretches.place(stretch)))).is_file()
            for name in self.names.values()
            for stretch in self.stretches.of_file(number)
        )

    def foreign(self, files: int) -> list[str]:
        """Name nothing: whatever else is in a store is no array of it."""
        return []


@dataclass
class _ZarrPart:
    sink: ZarrSink
    arrays: Mapping[str, Any]

    def write(self, number: int, chunk: Chunk) -> None:
        """Write the chunk of a stretch."""
        met, _ = find_rows(chunk)
        slices = self.sink.stretches.slices(number)
        shape = tuple(part.stop - part.start for part in slices)
        for name, array in self.arrays.items():
            values = chunk.values[name]
            if not met.all():
                values = np.where(met, values, np.nan)
            array[slices] = _in_unit(values, self.sink.units[name]).reshape(shape)


def folder_fault(folder: str) -> str:
    """Say why a folder that is there elsewhere cannot be written to from here; nothing where it can."""
    if not os.path.isdir(folder):
        return f"there is no folder {folder!r}: all that compute must have it, on a disk that they share"
    return "" if os.access(folder, os.W_OK | os.X_OK) else f"{folder!r} may not be written to"


def row_bytes(columns: Mapping[str, AxisColumn], quantities: int, itemsize: int) -> float:
    """Predict the bytes of a row in Parquet: its values, and the bits of each axis's column and of the scenario's index.

    Parameters
    ----------
    columns
        The axes' columns.
    quantities, itemsize
        How many quantities are written, and the bytes of a value.
    """
    bits = sum(column.bits() for column in columns.values())
    return quantities * itemsize + (1 + bits) / 8
