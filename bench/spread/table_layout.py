"""What a table's files have beside its rows' values: columns along the axes, units, names, what is said of the whole."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ... import __version__
from ...kernels.model.questions import Problem, Question, Result
from ..answers.answer import Answer, Computation, answer_of
from ..answers.column import Maker
from ..export.described_columns import study_texts
from ..export.file_names import variable_names
from ..study.loader import Study
from .table_job import TableJob
from .table_mark import KEY
from .table_parts import AxisColumn


@dataclass(frozen=True)
class TableLayout:
    """A table's columns.

    Attributes
    ----------
    answer
        An answer of its first scenario.
    columns
        The columns along axes, by name.
    about
        What is said of the whole.
    axes
        The axes' names.
    key
        By which two tables that differ in anything, if only in a unit, are told apart.
    """

    answer: Answer
    columns: Mapping[str, AxisColumn]
    about: Mapping[str, str]
    axes: tuple[str, ...]
    key: str

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
    def of(cls, study: Study, job: TableJob) -> "TableLayout":
        """Lay a table out.

        Parameters
        ----------
        study, job
            What the table is of, and its job.
        """
        first = Result(
            {"index": np.zeros(1, np.int64), "rows": np.array(1)}
            | {name: np.zeros(1, job.dtype) for name in job.question.objectives()},
            evaluated=1,
        )
        answer = answer_of(job.problem, job.question, first, Computation(job.engine, job.dtype, study.sources))
        columns = _axis_columns(job.problem, job.question, job.dtype)
        units = {name: column.unit for name, column in {**answer.coords, **answer.at, **answer.values}.items()}
        cut = job.stretches.shape, job.stretches.chunk, job.stretches.per_file
        key = hashlib.sha256(repr((job.key, units, cut)).encode()).hexdigest()  # money may be in another currency
        source = f"flopwatt {__version__}, {job.engine}, {job.dtype}"
        about = {
            **study_texts(study),
            "source": source,
            "question": job.name,
            "engine": job.engine,
            "dtype": job.dtype,
            KEY: key,
        }
        return cls(answer, columns, about, tuple(axis.name for axis in job.problem.grid.axes), key)


def _axis_columns(problem: Problem, question: Question, dtype: str) -> dict[str, AxisColumn]:
    """Find what stands in each column that says where a row lies, at every point of its axis."""
    maker, result, every = Maker(problem, dtype, {}), dict[str, AxisColumn](), not question.where
    for number, axis in enumerate(problem.grid.axes):
        index = np.arange(len(axis)) * problem.grid.strides[number]
        at = maker.coordinates_at(question, index)
        names = [axis.name, *(axis.own_columns if axis.labels is None else ())]
        result |= {name: AxisColumn(number, at[name].data, every) for name in dict.fromkeys(names) if name in at}
    return result
