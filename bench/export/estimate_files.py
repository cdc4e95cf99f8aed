"""Estimates as files: one, or several side by side."""

import csv
import functools
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ...kernels.files import write_whole
from ...kernels.text import nearest
from ..errors import InputError, Parameter, Spelling, named
from ..estimate.chip_comparison import ChipComparison
from ..estimate.estimate_result import EstimateResult
from ..estimate.explain import Step
from .answer_files import check_place, write_parts
from .csv_text import csv_text
from .estimate_rows import flat_rows
from .estimate_workbook import write_estimate_workbook
from .extras import check_installed
from .workbook import ENDING

Results = Mapping[str, EstimateResult]
Steps = Sequence[Step] | None


def check_estimate_path(path: Path) -> None:
    """Raise InputError where estimates could not be written there; said before the work, not after it."""
    ending = path.suffix.lower()
    if ending not in _WRITERS:
        close = nearest(ending, _WRITERS)
        raise InputError(f"{str(path)!r} ends in none of {', '.join(_WRITERS)}{close}", where=Parameter("out"))
    if ending == ENDING:
        check_installed("xlsxwriter", ENDING)
    check_place(path)


def write_estimate(results: Results | ChipComparison, path: Path, spell: Spelling = named, steps: Steps = None) -> list[Path]:
    """Write estimates whole or not at all.

    Parameters
    ----------
    results
        By what tells them apart, such as the chip's name; one alone has any name. Of a comparison the chips that were left out
        are written too, where they have a place: in a workbook and in JSON.
    path
        Where to; its ending says as what.
    spell
        Words the parameters that the user stated values with.
    steps
        How one estimate was computed, which JSON has; None where nobody asked.

    Returns
    -------
    list
        The paths that were written.

    Raises
    ------
    InputError
        Where they could not be written.
    """
    check_estimate_path(path)
    writer = _WRITERS[path.suffix.lower()]
    whole = results if isinstance(results, ChipComparison) else ChipComparison(results)
    return write_parts([(path, functools.partial(writer, whole, spell, steps))])


def _workbook(whole: ChipComparison, spell: Spelling, steps: Steps, path: Path) -> None:
    write_estimate_workbook(whole, path, spell)


def _csv(whole: ChipComparison, spell: Spelling, steps: Steps, path: Path) -> None:
    rows = [row for name, result in whole.results.items() for row in flat_rows(name, result, spell)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows([csv_text(value) if isinstance(value, str) else value for value in row.values()] for row in rows)
    write_whole(path, text.getvalue().encode())


def _json(whole: ChipComparison, spell: Spelling, steps: Steps, path: Path) -> None:
    alone = len(whole.results) == 1 and not whole.left_out
    content = next(iter(whole.results.values())).to_dict(steps, spell) if alone else whole.to_dict(spell)
    write_whole(path, (json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode())


def _parquet(whole: ChipComparison, spell: Spelling, steps: Steps, path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    rows = [row for name, result in whole.results.items() for row in flat_rows(name, result, spell)]
    types = {name: pyarrow.float64() if name in ("P10", "P50", "P90") else pyarrow.string() for name in rows[0]}
    buffer = io.BytesIO()
    table = pyarrow.Table.from_pylist(rows, schema=pyarrow.schema(list(types.items())))
    pyarrow.parquet.write_table(table, buffer)
    write_whole(path, buffer.getvalue())


_WRITERS: dict[str, Callable[[ChipComparison, Spelling, Steps, Path], None]] = {
    ENDING: _workbook,
    ".csv": _csv,
    ".json": _json,
    ".parquet": _parquet,
}
