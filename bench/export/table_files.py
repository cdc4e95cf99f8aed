"""Tables as files, written stretch by stretch: memory is a stretch's, and the file gets its name when it is whole."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ...kernels import engines
from ...kernels.engines import Settings
from ...kernels.files import named_when_whole
from ...kernels.model.questions import Question, Result
from ..answers.answer import Answer, Computation, answer_of
from ..answers.column import Column
from ..runner.outcome import Run
from ..runner.table_walk import stretches
from .csv_text import csv_text
from .described_columns import DescribedColumn, described_columns, study_attributes


def write_table(run: Run, question: Question, path: Path) -> None:
    """Write every row of a table, computed anew by the fastest engine of the run.

    Parameters
    ----------
    run
        What the question is of.
    question
        One whose answer is handed out in stretches.
    path
        Where to; its ending says whether it is CSV or Parquet.

    Raises
    ------
    OSError
        Where it could not be written; then nothing was, and a file that was there stands as it was.
    """
    with named_when_whole(path) as temporary, contextlib.ExitStack() as stack:
        write, described, about = None, None, study_attributes(run)
        for answer in answer_stretches(run, question):
            described = described_columns(answer, run.study) if described is None else described
            batch = _record_batch(answer, described, about)
            if write is None:
                write = stack.enter_context(_writer(temporary, batch.schema, path.suffix.lower()))
            if len(batch) or write.empty:
                write(batch)


def answer_stretches(run: Run, question: Question) -> Iterator[Answer]:
    """Hand out a table's stretches, each as an answer of its own.

    Parameters
    ----------
    run
        What the question is of.
    question
        One whose answer is handed out in stretches.
    """
    study, engine = run.study, run.engine_of(question.name).engine
    prepared: Any = engines.get(engine).prepare(study.problem, question, Settings(run.dtype, run.threads, run.device))
    computation = Computation(engine, run.dtype, study.sources)
    for index, values in stretches(prepared):
        result = Result({"index": index, **values, "rows": np.array(len(index))}, evaluated=len(index))
        yield answer_of(study.problem, question, result, computation)


def _record_batch(answer: Answer, described: Mapping[str, DescribedColumn], about: Mapping[str, str]) -> Any:
    """Make an Arrow record batch of a stretch: the scenario's flat index, its coordinates, its values."""
    import pyarrow

    columns: dict[str, Column] = {**answer.coords, **answer.at, **answer.values}
    # a stretch may have no rows: its labels are text all the same, as they are in the file's other stretches
    types = [pyarrow.string() if column.data.dtype == object else None for column in columns.values()]
    arrays = [pyarrow.array(column.data, kind) for column, kind in zip(columns.values(), types, strict=True)]
    schema = arrow_schema(arrays, {name: column.unit for name, column in columns.items()}, described, about)
    return pyarrow.RecordBatch.from_arrays(arrays, schema=schema)


def arrow_schema(
    arrays: Iterable[Any],
    units: Mapping[str, str],
    described: Mapping[str, DescribedColumn] | None = None,
    about: Mapping[str, str] | None = None,
    *,
    nullable: bool = True,
) -> Any:
    """Name the columns of Arrow arrays, with what is known of them as metadata: ``unit``, ``source`` and ``words``.

    Parameters
    ----------
    arrays
        The columns.
    units
        Their units by name, in their order.
    described
        What else is said of columns, by their names.
    about
        What is said of the whole file.
    nullable
        Whether a row may lack a value: Parquet writes a third faster what may not, such as numbers with NaN among them.
    """
    import pyarrow

    def metadata(name: str, unit: str) -> dict[str, str] | None:
        column = (described or {}).get(name)
        texts = {"unit": unit} | ({"source": column.source, "words": column.words} if column is not None else {})
        return {key: text for key, text in texts.items() if text} or None

    fields = [
        pyarrow.field(name, array.type, nullable=nullable, metadata=metadata(name, unit))
        for array, (name, unit) in zip(arrays, units.items(), strict=True)
    ]
    return pyarrow.schema(
        fields, metadata={key: text.encode("utf-8", "backslashreplace") for key, text in (about or {}).items()}
    )


class _Writer:
    """Writes batches to an open CSV or Parquet file."""

    def __init__(self, target: Any, suffix: str):
        self.target, self.suffix, self.empty = target, suffix, True

    def __call__(self, batch: Any) -> None:
        import pyarrow

        self.empty = False
        if self.suffix == ".parquet":
            self.target.write_batch(batch)
        else:  # the units go into the header, which has no other place for them
            self.target.write(
                pyarrow.RecordBatch.from_arrays(list(map(_shown, batch.columns)), schema=_head_with_units(batch.schema))
            )


def _shown(column: Any) -> Any:
    """Write out the escape codes in a column of text."""
    import pyarrow

    if not pyarrow.types.is_string(column.type):
        return column
    labels = column.dictionary_encode()  # few of them, on many rows
    shown = pyarrow.array([csv_text(label) for label in labels.dictionary.to_pylist()], pyarrow.string())
    return pyarrow.DictionaryArray.from_arrays(labels.indices, shown).cast(pyarrow.string())


def _head_with_units(schema: Any) -> Any:
    """Put each column's unit behind its name."""
    import pyarrow

    units = [(field.metadata or {}).get(b"unit", b"").decode() for field in schema]
    names = [csv_text(f"{field.name} [{unit}]" if unit else field.name) for field, unit in zip(schema, units, strict=True)]
    return pyarrow.schema([pyarrow.field(name, field.type) for name, field in zip(names, schema, strict=True)])


@contextlib.contextmanager
def _writer(path: Path, schema: Any, suffix: str) -> Iterator[_Writer]:
    import pyarrow.csv
    import pyarrow.parquet

    with path.open("wb") as file:  # Arrow takes no name that is not UTF-8
        if suffix == ".parquet":
            with pyarrow.parquet.ParquetWriter(file, schema) as target:
                yield _Writer(target, suffix)
        else:
            options = pyarrow.csv.WriteOptions(quoting_style="needed")
            with pyarrow.csv.CSVWriter(file, _head_with_units(schema), write_options=options) as target:
                yield _Writer(target, suffix)
