"""``flopwatt run``: evaluate a study, print the answers."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from ..errors import InputError, Parameter
from ..terminal.json import print_json
from .completion import CURRENCY, ENGINE, OUTPUT, QUESTION, SET, STUDY
from .flags import check_label, check_not_read, check_range, max_size, running, say
from .option_types import FILE_PATH, TEXT, WHOLE
from .spreading_flags import check_no_table, check_outputs, spreading_options, study_place


@click.command(name="run", short_help="Answer a study: sentences, the rows that matter, what moves them.")
@click.argument("study", type=STUDY)
@click.option(
    "--engine",
    type=ENGINE,
    default="auto",
    show_default=True,
    metavar="auto|all|NAME",
    help="numpy, numba, numba-cuda or cupy; auto: what answers first.",
)
@click.option("--dtype", default="float64", show_default=True, metavar="float64|float32", help="Precision of all arithmetic.")
@click.option(
    "--set", "sets", type=SET, multiple=True, metavar="NAME=VALUE", help="Hold a quantity, or change a key. Repeatable."
)
@click.option("--system", type=FILE_PATH, metavar="FILE", help="What `flopwatt calibrate` measured of the chip.")
@click.option("--unusual", is_flag=True, help="Take values that are far from all that is known of their quantities.")
@click.option("--question", "only", type=QUESTION, multiple=True, metavar="NAME", help="Only this question. Repeatable.")
@click.option("--threads", type=WHOLE, metavar="N", help="CPU threads; all cores unless given.")
@spreading_options
@click.option("--currency", type=CURRENCY, metavar="CODE", help="What money is in; `flopwatt show currencies` lists rates.")
@click.option(
    "--out",
    type=OUTPUT,
    metavar="FILE|FOLDER",
    help="Write the answers: .xlsx, .csv, .iamc.csv, .parquet, .nc, .zarr, .json, or CSV files in a folder.",
)
@click.option("--plot", type=FILE_PATH, metavar="FILE", help="Draw the main picture, or that of --question: .svg or .png.")
@click.option(
    "--report", type=FILE_PATH, metavar="FILE", help="Write everything as one page of HTML, as `flopwatt report` does."
)
@click.option(
    "--save", type=FILE_PATH, metavar="DIR", help="Store a record under this folder: of many runs; auto is one engine then."
)
@click.option("--machine", type=TEXT, metavar="NAME", help="The machine's name in the record, in place of the hardware's.")
@click.option("--label", type=TEXT, metavar="TEXT", help="With --save: a word that tells this record from others.")
@max_size("10")
@click.option("--full", is_flag=True, help="Print every answer, row, column and assumption.")
@click.option("--assumptions", is_flag=True, help="Print everything that nobody stated, with sources and what it moves.")
@click.option("--verbose", is_flag=True, help="Print what was ruled out, and speeds: of up to 5 runs each.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--allow-code", is_flag=True, help="Run the Python files of quantities that the study names.")
def command(
    study: str,
    engine: str,
    dtype: str,
    sets: tuple[str, ...],
    system: Path | None,
    only: tuple[str, ...],
    unusual: bool,
    threads: int | None,
    spreading: Callable[[], Any],
    currency: str | None,
    out: Path | None,
    plot: Path | None,
    report: Path | None,
    save: Path | None,
    machine: str | None,
    label: str | None,
    full: bool,
    assumptions: bool,
    verbose: bool,
    as_json: bool,
    allow_code: bool,
) -> None:
    """Evaluate STUDY and print its answers. Each question is computed once; to time it (--verbose, --save), more often.

    STUDY is a name of `flopwatt show studies`, a path, or - for standard input.

    \b
    flopwatt run quick
    flopwatt run frontier-run --engine all --set "pue=1.2" \\
        --set chip=h100-sxm-80gb
    flopwatt run quick --set axes.chip_count.num=64 --out answers.xlsx
    flopwatt run nvidia-openai-10gw --question racks \\
        --question "cost in a year by parts"

    \b
    flopwatt run frontier-run --shard 3/16 --out part-3.fw
    flopwatt run frontier-run --dask local:4 --checkpoint done

    Exit codes: 0 fine, 1 an engine disagrees with NumPy (nothing is saved), 2 bad input.
    """
    from ..facts.currencies import find_currency
    from ..runner.run import MAX_SAMPLES, run_study
    from ..study.loader import load_study
    from ..terminal.progress import Bars

    check_range("threads", threads, 1)
    shared_out = spreading()
    shown = {"full": full, "assumptions": assumptions, "verbose": verbose, "as_json": as_json}
    check_outputs(shared_out, out, save=save, plot=plot, report=report, **shown)
    shared_out.check_device(engine)
    part = out if shared_out.shard is not None else None
    out = None if part is not None else out
    if out is not None:
        from ..export.answer_files import check_path

        check_path(out)
        check_not_read(out, study, system)
    if plot is not None:
        from ..pictures.drawing import check_picture_path

        check_picture_path(plot)
    money = find_currency(currency)
    if currency is not None and save is not None:
        raise InputError("records hold dollars; leave it out, or ", Parameter("save"), where=Parameter("currency"))
    label = check_label(label, save)
    if save is not None:
        from ..records.store import check_place

        check_place(save, machine)
    if report is not None:
        from .report_page import check_page

        check_page(report, "report")
    measured = None
    if system:
        from ..facts import system_file

        measured = system_file.read(system)
    loaded = load_study(study, (*(measured.sets() if measured else ()), *sets), only, allow_code=allow_code, unusual=unusual)
    if measured:
        measured.check_study(loaded.problem)
    if out is not None:
        check_path(out, loaded)
    loaded = loaded.in_currency(money)
    if shared_out.wanted:
        shared_out.check(loaded, engine, dtype, threads)
        if out is not None:
            check_no_table(out, loaded)
    if part is not None:
        asked = {"study": study_place(study), "sets": list(sets), "only": list(only), "unusual": unusual, "currency": currency}
        _write_shard(shared_out, loaded, part, engine, dtype, threads, asked | {"system": str(system) if system else None})
        return
    samples: dict[str, Any] = {"most_samples": MAX_SAMPLES if verbose or engine == "all" else 1}
    if save:
        samples = {"budget_seconds": SAVE_BUDGET_SECONDS, "most_samples": SAVE_SAMPLES, "with_reference": True}
    with Bars() as bars:
        if shared_out.wanted:
            import time

            from ..spread.opening import opened
            from ..terminal.numbers import duration

            with opened(shared_out, loaded, engine, dtype, threads, say) as (shared, _):
                start = time.perf_counter()
                run = run_study(loaded, engine, dtype, threads, 0, bars, shared_out=shared)
                place = f" {shared.spread.place}" if shared.spread.place else ""
                seconds = time.perf_counter() - start
            say(f"computed by {shared.engine}{place} in {duration(seconds)}")
        else:
            run = run_study(loaded, engine, dtype, threads, shared_out.device_number, bars, **samples)
    written, failure = store(run, out, save, machine, label, plot, report)
    if shared_out.table is not None:
        written.append(shared_out.table.path)
    if as_json:
        print_run_document(run)
    else:
        from ..runner.report import RunView

        view = RunView(full, chosen=bool(only), pruning=full or verbose, details=assumptions or full, spell=running())
        print_run(run, view, engines=full or verbose or save is not None or engine == "all")
    for path in written:
        say(f"wrote {path}")
    if failure is not None:
        raise failure


def _write_shard(
    spreading: Any, study: Any, part: Path, engine: str, dtype: str, threads: int | None, asked: dict[str, Any]
) -> None:
    """Compute a shard, write its file, and say so."""
    import time

    from ...kernels.host_memory import size_text
    from ..spread.opening import opened
    from ..spread.part_of_study import check_replaceable, compute_shard, write_part
    from ..terminal.numbers import count, duration
    from ..terminal.progress import Bars

    check_replaceable(part, study.name, study.digest, spreading.shard)
    start = time.perf_counter()
    with Bars() as bars, opened(spreading, study, engine, dtype, threads, say) as (shared, origin):
        compute_shard(shared, dtype, bars)
        write_part(part, shared, spreading.shard, origin, asked)
    shard, most = spreading.shard, shared.spread.most_steps
    click.echo(
        f"Computed shard {shard} of {study.name} by {origin.engine} in {duration(time.perf_counter() - start)}: "
        f"{part} has {size_text(part.stat().st_size)}."
    )
    if shard.count > most:
        nothing = "" if shared.spread.recorded else " Nothing fell to this one."
        click.echo(f"The study has no more than {count(most, 'part')}: more shards than that gain nothing.{nothing}")
    click.echo(f"When all {shard.count:,} are there, `flopwatt merge` gives the answers.")


SAVE_BUDGET_SECONDS, SAVE_SAMPLES = 2.0, 20  # of each question on each engine, where a record is kept


def store(
    run: Any,
    out: Path | None,
    save: Path | None = None,
    machine: str | None = None,
    label: str = "",
    plot: Path | None = None,
    report: Path | None = None,
) -> tuple[list[Path | str], InputError | None]:
    """Write the record, the answers, the picture and the report.

    Parameters
    ----------
    run
        What was answered.
    out, save, plot, report
        Where the answers, the record, the picture and the report go; None where they are not wanted.
    machine, label
        Of the record.

    Returns
    -------
    tuple
        What was written, and the last error, which must not keep the printed answers from the user.
    """
    written: list[Path | str] = []
    failure = None
    keepers: list[Callable[[], Sequence[Path | str]]] = []
    if save is not None:
        from ..runner.record import save_run

        keepers.append(lambda: [save_run(run, save, machine, label)])
    if out is not None:
        from ..export.answer_files import write

        keepers.append(lambda: write(run, out, say=say))
    if plot is not None:
        from ..pictures.plotting import plot_run

        keepers.append(lambda: plot_run(run, plot))
    if report is not None:
        from .report_page import write_page

        keepers.append(lambda: [write_page(run, report, "report")])
    for keep in keepers:
        try:
            written += keep()
        except InputError as error:
            failure = error
    return written, failure


def print_run_document(run: Any) -> None:
    """Print a run as one JSON document, and its notes on stderr.

    Parameters
    ----------
    run
        What was answered.
    """
    from ..runner.document import document

    for line in _notes(run):
        say(line)
    print_json(document(run))


def print_run(run: Any, view: Any, *, engines: bool) -> None:
    """Print a run for people.

    Parameters
    ----------
    run
        What was answered.
    view
        How much of it is shown.
    engines
        Whether the engines and their speeds are.
    """
    from ..drivers.assumption_lines import print_assumptions, print_movers
    from ..runner.engine_table import print_choices, print_engines
    from ..runner.report import print_findings, print_left_out, print_notes
    from ..terminal.console import console

    screen = console()
    findings = print_findings(screen, run, view)
    if view.details:
        print_assumptions(screen, run.shown(), run.study, view.spell)
        print_left_out(screen, run)
    else:
        print_movers(screen, findings.answers, run.study, view.spell, findings.height)
    print_notes(screen, run.study, details=view.details)
    if engines:
        print_engines(screen, run)
        print_choices(screen, run.choices)


def _notes(run: Any) -> list[str]:
    lines = [f"{engine.name}: not here: {engine.reason}" for engine in run.absent]
    lines += [f"not published: {missing}" for missing in run.study.missing]
    return lines + [f"note: {note}" for note in run.study.notes]
