"""``flopwatt diff``: two sets of answers side by side: what their inputs differ in, and how far the answers moved."""

from typing import Any

import click

from ..errors import InputError, Parameter
from ..terminal.json import jsonable, print_json
from .completion import ENGINE, QUESTION, SET, STUDY
from .flags import max_size, running


@click.command(name="diff", short_help="Put two studies side by side: inputs that differ, answers that moved.")
@click.argument("a", type=STUDY)
@click.argument("b", type=STUDY, required=False)
@click.option(
    "--set", "sets", type=SET, multiple=True, metavar="NAME=VALUE", help="Change B; without B, B is A so changed. Repeatable."
)
@click.option("--question", "only", type=QUESTION, multiple=True, metavar="NAME", help="Only this question. Repeatable.")
@click.option("--engine", type=ENGINE, default="auto", show_default=True, metavar="auto|NAME", help="What computes studies.")
@click.option("--unusual", is_flag=True, help="Take values that are far from all that is known of their quantities.")
@click.option("--full", is_flag=True, help="Print every input and row that differs.")
@max_size("10")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--allow-code", is_flag=True, help="Run the Python files of quantities that the studies name.")
def command(
    a: str,
    b: str | None,
    sets: tuple[str, ...],
    only: tuple[str, ...],
    engine: str,
    unusual: bool,
    full: bool,
    as_json: bool,
    allow_code: bool,
) -> None:
    """Tell what differs between A and B, and how far each answer moved.

    Each of A and B is a study (a name of `flopwatt show studies` or a path), which is run, or a JSON file that `run --out`,
    `run --json` or `estimate --json` wrote, also with another version of flopwatt. Of two studies that differ in several
    inputs it is told how far each input alone moves the first answer.

    \b
    flopwatt diff quick --set pue=1.2
    flopwatt diff quick my-study.toml --question cheapest
    flopwatt diff before.json after.json --full

    Exit codes: 0 fine, whether or not anything differs; 2 bad input.
    """
    from ..differences.common_draws import on_common_draws
    from ..differences.difference import check_kinds, compare_sides
    from ..differences.document_side import STUDY, DocumentSide, is_document, read_side, side_of_run
    from ..runner.run import run_study
    from ..study.loader import Study, load_study
    from ..terminal.progress import Bars

    second = b or a
    if b is None and not sets:
        raise InputError(f"{a} is one side; name another, or change it with ", Parameter("sets", "NAME=VALUE"))
    files = [name for name in (a, second) if is_document(name)]
    if sets and is_document(second):
        raise InputError(f"changes a study, and {second} is a file of answers", where=Parameter("sets"))
    if only and files:
        raise InputError(f"picks questions of studies, and {files[0]} is a file of answers", where=Parameter("only"))

    def read(name: str, changed: tuple[str, ...]) -> DocumentSide | Study:
        if is_document(name):
            return read_side(name)
        return load_study(name, changed, only, allow_code=allow_code, unusual=unusual)

    names = (a, f"{second} with {', '.join(sets)}" if sets else second)
    sources = (read(a, ()), read(second, sets))  # both, before either is run
    kinds = [source.kind if isinstance(source, DocumentSide) else STUDY for source in sources]
    check_kinds((names[0], kinds[0]), (names[1], kinds[1]))
    first, other = sources
    common = on_common_draws(first, other) if isinstance(first, Study) and isinstance(other, Study) else sources

    def computed(source: DocumentSide | Study, name: str, own: DocumentSide | Study) -> DocumentSide:
        if isinstance(source, DocumentSide):
            return source
        with Bars() as bars:
            run = run_study(source, engine, progress=bars, budget_seconds=0.0, most_samples=1)
        return side_of_run(run, name, on_lent_draws=source is not own)

    sides = [computed(*side) for side in zip(common, names, sources, strict=True)]
    _print(compare_sides(sides[0], sides[1]), full, as_json)


def _print(difference: Any, full: bool, as_json: bool) -> None:
    if as_json:
        from ..differences.difference_entry import difference_entry

        print_json(jsonable(difference_entry(difference)))
    else:
        from ..differences.report import print_difference
        from ..terminal.console import console

        print_difference(console(), difference, full, running())
