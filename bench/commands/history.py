"""``flopwatt history``: a benchmark's times over all records of a folder, and where they changed."""

from pathlib import Path

import click

from .flags import max_record_size, say
from .option_types import FILE_PATH


@click.command("history", short_help="Show a benchmark's times over all records, and where they changed.")
@click.argument("benchmark", required=False)
@click.option("--results", type=FILE_PATH, default="results", show_default=True, metavar="DIR", help="The folder of records.")
@click.option("--format", "form", type=click.Choice(["table", "markdown", "json", "csv"]), default="table", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--csv", "as_csv", is_flag=True, help="The same as --format csv.")
@max_record_size
def command(benchmark: str | None, results: Path, form: str, as_json: bool, as_csv: bool, largest_bytes: int) -> None:
    """Show how fast each benchmark was over all records of a folder, or every record of BENCHMARK.

    BENCHMARK is a name as it is printed, brackets and all, with its file and class or without, or a pattern with * and ?.

    Records stand in the order in which they were measured. Those of other machines, or of one machine whose processor, cores,
    GPUs or clock policy changed, stand apart. A change point is where a piecewise constant fit steps; noise that wanders makes
    none. Sparklines, changes and the list's times are as on the machine at its usual speed, where the records have reference
    loops; a record's own line has its time as it was measured.

    \b
    flopwatt history
    flopwatt history 'test_question[2e6-numba-*]'

    Exit codes: 0 fine, 2 bad input.
    """
    from ..history.printing import show
    from ..history.series import gather, select

    history = gather(results, largest_bytes)
    for line in history.unread:
        say(f"left out: {line}")
    if benchmark is not None:
        history = select(history, benchmark)
    show(history, "json" if as_json else "csv" if as_csv else form, detailed=benchmark is not None)
