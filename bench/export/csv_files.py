"""Answers as CSV: a tidy file for each question, and one JSON file that says what their columns are.

The JSON file follows the W3C's "Metadata Vocabulary for Tabular Data" (CSV on the Web).
"""

import csv
import functools
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ...kernels.files import write_whole
from ...kernels.model.questions import Question
from ..answers.answer import Answer
from ..runner.outcome import Run
from .csv_text import csv_text
from .described_columns import assumption_entries, described_columns, question_attributes, study_attributes
from .file_names import slugs, variable_names
from .long_table import cells_of_column, flat_columns
from .table_files import write_table

Part = tuple[Path, Callable[[Path], None]]  # a file, and what writes it

_READING = (
    "A cell is empty where a point has no answer, and inf where its answer is infinite. A text that begins with =, +, -, @ or "
    "a tab has an apostrophe before it, so that no spreadsheet takes it for a formula."
)


def csv_parts(run: Run, path: Path, names: Sequence[str]) -> list[Part]:
    """List the files of a run: FILE.csv of one question, FILE.QUESTION.csv of several, and FILE.metadata.json.

    Parameters
    ----------
    run
        What was answered.
    path
        FILE.csv.
    names
        Of the questions that are wanted.
    """
    files = [path.name]
    if len(names) > 1:
        files = [f"{path.stem}.{slug}{path.suffix}" for slug in slugs(names, ["metadata"])]
    return _parts(run, path.parent, dict(zip(names, files, strict=True)), f"{path.stem}.metadata.json")


def folder_parts(run: Run, folder: Path, names: Sequence[str]) -> list[Part]:
    """List the files of a run in a folder: QUESTION.csv of each question, and metadata.json.

    Parameters
    ----------
    run
        What was answered.
    folder
        Where; it is made where it is missing.
    names
        Of the questions that are wanted.
    """
    files = [f"{slug}.csv" for slug in slugs(names)]
    return _parts(run, folder, dict(zip(names, files, strict=True)), "metadata.json")


def _parts(run: Run, folder: Path, files: dict[str, str], metadata: str) -> list[Part]:
    answers = {answer.name: answer for answer in run.shown() if answer.name in files}
    questions = {question.name: question for question in run.study.questions}
    parts: list[Part] = [(folder / file, _writer_of(run, answers[name], questions[name])) for name, file in files.items()]
    described = _metadata(run, [(answers[name], file) for name, file in files.items()])
    return [*parts, (folder / metadata, functools.partial(write_whole, data=described))]


def _writer_of(run: Run, answer: Answer, question: Question) -> Callable[[Path], None]:
    if answer.total is None:
        return lambda place: write_whole(place, _csv(answer))

    def write(place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_table(run, question, place)

    return write


def _csv(answer: Answer) -> bytes:
    rows, text = answer.rows(), io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = dict(flat_columns(answer))
    writer.writerow([_heading(name, column.unit) for name, column in columns.items()])
    cells = (cells_of_column(column, rows) for column in columns.values())
    writer.writerows(zip(*([_cell(value) for value in values] for values in cells), strict=True))
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    return csv_text(value) if isinstance(value, str) else value


def _heading(name: str, unit: str) -> str:
    return csv_text(f"{name} [{unit}]" if unit else name)


def _metadata(run: Run, files: list[tuple[Answer, str]]) -> bytes:
    """Describe the files: their columns with units, words and sources, the study, and what it rests on."""
    study, about = run.study, study_attributes(run)
    document = {
        "@context": "http://www.w3.org/ns/csvw",
        "dc:title": about["title"],
        "dc:description": about["summary"],
        "dc:creator": about["source"],
        "tables": [_table(answer, run, file) for answer, file in files],
        "notes": [
            {"reading": _READING},
            {"study": {key: about[key] for key in ("study", "study_sha256", "study_toml", "overrides", "notes")}},
            {"assumptions": assumption_entries(study)},
            {"missing": [str(fact) for fact in study.missing]},
        ],
    }
    return (json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def _table(answer: Answer, run: Run, file: str) -> dict[str, Any]:
    described = described_columns(answer, run.study)
    if answer.total is not None:  # a table's file has its places before its values
        described = {name: described[name] for name in dict.fromkeys((*answer.coords, *answer.at, *answer.values))}
    asked = question_attributes(answer, run.study)
    kinds = {name: column.data.dtype.kind for name, column in flat_columns(answer)}
    columns = []
    for (name, column), identifier in zip(described.items(), variable_names(described), strict=True):
        entry: dict[str, Any] = {"name": identifier, "titles": _heading(name, column.unit), "dc:description": column.words}
        entry["datatype"] = {"O": "string", "f": "number"}.get(kinds[name], "integer")
        entry |= {"schema:unitText": column.unit} if column.unit else {}
        entry |= {"dc:source": column.source} if column.source else {}
        entry |= {"notes": [{"labels": dict(column.labels)}]} if column.labels else {}
        columns.append(entry)
    return {
        "url": file,
        "dc:title": asked["question"],
        "dc:description": asked["asked"],
        "dialect": {"header": True, "encoding": "utf-8"},
        "tableSchema": {"columns": columns},
    }
