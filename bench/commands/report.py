"""``flopwatt report``: a study's answers, or records, as one page of HTML."""

import os
from pathlib import Path

import click

from ... import configs
from ...kernels.text import nearest
from ..errors import InputError, Parameter
from .completion import CURRENCY, ENGINE, QUESTION, SET, STUDY
from .flags import check_range, max_record_size, say
from .option_types import FILE_PATH, WHOLE

OUTPUT, STDOUT = "output", Path("-")


@click.command(name="report", short_help="Write a study's answers, or records, as one page of HTML.")
@click.argument("what", type=STUDY, nargs=-1, required=True, metavar="STUDY|RECORDS...")
@click.option("-o", "--output", type=FILE_PATH, metavar="FILE", help="The page, .html; - prints it.  [default: STUDY.html]")
@click.option(
    "--set", "sets", type=SET, multiple=True, metavar="NAME=VALUE", help="Hold a quantity, or change a key. Repeatable."
)
@click.option("--question", "only", type=QUESTION, multiple=True, metavar="NAME", help="Only this question. Repeatable.")
@click.option("--engine", type=ENGINE, metavar="auto|all|NAME", help="numpy, numba, numba-cuda or cupy.  [default: auto]")
@click.option("--threads", type=WHOLE, metavar="N", help="CPU threads; all cores unless given.")
@click.option("--currency", type=CURRENCY, metavar="CODE", help="What money is in; `flopwatt show currencies` lists rates.")
@click.option("--unusual", is_flag=True, help="Take values that are far from all that is known of their quantities.")
@click.option("--allow-code", is_flag=True, help="Run the Python files of quantities that the study names.")
@click.option(
    "--results", type=FILE_PATH, default="results", show_default=True, metavar="DIR", help="Where to look records up."
)
@max_record_size
def command(
    what: tuple[str, ...],
    output: Path | None,
    sets: tuple[str, ...],
    only: tuple[str, ...],
    engine: str | None,
    threads: int | None,
    currency: str | None,
    unusual: bool,
    allow_code: bool,
    results: Path,
    largest_bytes: int,
) -> None:
    """Write a study's answers, or records, as one page of HTML that needs no network.

    Of a STUDY (a name of `flopwatt show studies`, a path, or - for standard input): its answers in sentences, pictures and
    tables, what they rest on, and how they were computed. Of RECORDS (files, folders, or what `flopwatt compare` takes): speed,
    energy, verdicts and history.

    \b
    flopwatt report quick
    flopwatt report nvidia-openai-10gw -o plan.html
    flopwatt report results/ -o speed.html

    `flopwatt run STUDY --report FILE` writes the same page beside the printed answers.
    """
    from .report_page import check_page, page

    check_page(None if output == STDOUT else output, OUTPUT)
    if are_records(what):
        flags = {"sets": sets, "only": only, "engine": engine, "threads": threads, "currency": currency}
        _refuse({**flags, "unusual": unusual, "allow_code": allow_code}, what)
        path = output or Path("records.html")
        check_page(None if path == STDOUT else path, OUTPUT)
        from .record_page import record_page

        _give(record_page(what, results, largest_bytes), path)
        return
    if len(what) > 1:
        raise InputError(f"takes one study, or records; {what[0]!r} is no record", where="report")
    _check_named(what[0])
    check_range("threads", threads, 1)
    from ..facts.currencies import find_currency
    from ..runner.run import run_study
    from ..study.loader import load_study
    from ..terminal.progress import Bars

    money = find_currency(currency)
    study = load_study(what[0], sets, only, allow_code=allow_code, unusual=unusual).in_currency(money)
    path = output or Path(f"{study.name}.html")
    check_page(None if path == STDOUT else path, OUTPUT)
    with Bars() as bars:
        run = run_study(study, "auto" if engine is None else engine, threads=threads, progress=bars)
    _give(page(run), path)


def are_records(what: tuple[str, ...]) -> bool:
    """Tell whether a command's arguments are records rather than a study: files of JSON, folders, or words for them."""
    return all(
        os.path.isdir(name) or name.endswith(".json") or name in ("latest", "previous") or name.startswith("label:")
        for name in what
    )


def _check_named(name: str) -> None:
    """Refuse a name that is neither a study's nor a path, which may have been meant as a folder of records."""
    studies = configs.studies()
    if name not in studies and name != "-" and not name.endswith(".toml") and not os.path.exists(name):
        close = nearest(name, studies) or "; `flopwatt show studies` lists studies"
        raise InputError(f"there is no study and no folder of records {name!r}{close}")


def _refuse(flags: dict[str, object], what: tuple[str, ...]) -> None:
    """Refuse flags that say how a study is answered where there is none."""
    for name, value in flags.items():
        if value:
            raise InputError(f"is for a study, and {what[0]!r} is a record", where=Parameter(name))


def _give(page: str, path: Path) -> None:
    """Print a page, or write it to a file and say so."""
    if path == STDOUT:
        click.echo(page, nl=False)
        return
    from ..reports.report_file import write_report

    say(f"wrote {write_report(page, path, Parameter(OUTPUT))}")
