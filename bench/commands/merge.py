"""``flopwatt merge``: the answers of a study whose shards were computed apart."""

from pathlib import Path
from typing import Any

import click

from ...kernels.reading import STDIN
from ..errors import InputError, Parameter
from .completion import OUTPUT
from .flags import max_size, running, say
from .option_types import FILE_PATH, TEXT

_STUDY = Parameter("study")


@click.command(name="merge", short_help="Merge the shards of a study, computed apart, into its answers.")
@click.argument("parts", type=FILE_PATH, nargs=-1, required=True, metavar="PART...")
@click.option(
    "--study", type=TEXT, metavar="STUDY", help="The study, where it stands elsewhere than when shards were computed."
)
@click.option(
    "--out",
    type=OUTPUT,
    metavar="FILE|FOLDER",
    help="Write the answers: .xlsx, .csv, .iamc.csv, .parquet, .nc, .zarr, .json, or CSV files in a folder.",
)
@click.option("--plot", type=FILE_PATH, metavar="FILE", help="Draw the main picture: .svg or .png.")
@click.option("--report", type=FILE_PATH, metavar="FILE", help="Write everything as one page of HTML.")
@max_size("10")
@click.option("--full", is_flag=True, help="Print every answer, row, column and assumption.")
@click.option("--assumptions", is_flag=True, help="Print everything that nobody stated, with sources and what it moves.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--allow-code", is_flag=True, help="Run the Python files of quantities that the study names.")
def command(
    parts: tuple[Path, ...],
    study: str | None,
    out: Path | None,
    plot: Path | None,
    report: Path | None,
    full: bool,
    assumptions: bool,
    as_json: bool,
    allow_code: bool,
) -> None:
    """Merge the files that `flopwatt run STUDY --shard I/N --out FILE.fw` wrote, all N of them in any order.

    The answers are those of one run of the same engine, to the last bit.

    \b
    flopwatt merge part-*.fw
    flopwatt merge part-*.fw --out answers.xlsx
    """
    from ..runner.report import RunView
    from ..runner.run import run_study
    from ..spread.merged_shards import MergedSpread, read_parts
    from ..spread.shared_study import SharedStudy
    from ..terminal import numbers
    from .run import print_run, print_run_document, store
    from .spreading_flags import check_no_table

    if out is not None:
        from ..export.answer_files import check_path

        check_path(out)
    if plot is not None:
        from ..pictures.drawing import check_picture_path

        check_picture_path(plot)
    if report is not None:
        from .report_page import check_page

        check_page(report, "report")
    read = read_parts(parts)
    loaded = _load(read[0], study, allow_code=allow_code)
    if out is not None:
        check_path(out, loaded)
        check_no_table(out, loaded)
    if read[0].table is not None:
        _finish_table(read[0], loaded)
    shared = SharedStudy(loaded, read[0].origin.engine, MergedSpread(read), None, say, computes=False)
    run = run_study(loaded, shared.engine, read[0].origin.dtype, shared_out=shared)
    say(f"merged {numbers.count(len(read), 'shard')}, which {shared.engine} computed")
    written, failure = store(run, out, plot=plot, report=report)
    if read[0].table is not None:
        written.append(read[0].table)
    if as_json:
        print_run_document(run)
    else:
        print_run(run, RunView(full, pruning=full, details=assumptions or full, spell=running()), engines=full)
    for path in written:
        say(f"wrote {path}")
    if failure is not None:
        raise failure


def _finish_table(part: Any, study: Any) -> None:
    """Take the mark off the table that the shards have written. Raises InputError where some of it is not there."""
    from ..runner.kinds import KINDS
    from ..spread.placement import TablePlace
    from ..spread.table_job import table_job

    (question,) = (question for question in study.questions if KINDS.of(question).in_stretches)
    job = table_job(part.origin.engine, study.problem, question, part.origin.dtype)
    TablePlace(Path(part.table)).finish(study, job, part.shard.count)


def _load(part: Any, study: str | None, *, allow_code: bool) -> Any:
    """Load the study as the shards had it. Raises InputError where it has changed since, or is not there."""
    from ..facts import system_file
    from ..facts.currencies import find_currency
    from ..study.loader import load_study

    asked = part.asked
    name = study or asked["study"]
    if name in STDIN:
        raise InputError("the shards read it from the standard input; name a file of it", where=_STUDY)
    measured = system_file.read(Path(asked["system"])) if asked.get("system") else None
    sets = (*(measured.sets() if measured else ()), *asked["sets"])
    try:
        loaded = load_study(name, sets, tuple(asked["only"]), allow_code=allow_code, unusual=bool(asked["unusual"]))
    except InputError as error:
        if "neither of that name" not in str(error):
            raise
        if study is None:
            told = f"{part.path} is a part of {name}, which is not there any more; name the study where it stands now"
            raise InputError(told, where=_STUDY) from None
        raise InputError(str(error), where=_STUDY) from None
    if loaded.digest != part.origin.digest:
        raise InputError(
            f"{name} is not the study that {part.path} is of, or its text has changed since, if only in a comment",
            where=_STUDY,
        )
    return loaded.in_currency(find_currency(asked.get("currency")))
