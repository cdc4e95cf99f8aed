"""``flopwatt validate``: predict what was published, and compare."""

from collections.abc import Mapping
from pathlib import Path

import click

from ..errors import InputError, Parameter
from ..terminal.json import print_json
from .flags import check_range, max_size, say
from .option_types import FILE_PATH

MAX_DRAWS = 1_000_000


@click.command(name="validate", short_help="Predict published runs and fleets, and compare.")
@click.argument("cases", nargs=-1, type=FILE_PATH, metavar="[CASES]...")
@max_size("10, for CSV and cases 100")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--markdown", is_flag=True, help="Print the summary as a Markdown table and nothing else.")
@click.option("--plot", type=FILE_PATH, metavar="FILE.svg", help="Draw published against predicted figures.")
@click.option("--bounds", type=FILE_PATH, metavar="FILE.toml", help="Fail (exit 1) where a summary is worse.")
@click.option("--known", is_flag=True, help="Five known runs whole: operations, hours, energy, own and rental cost.")
@click.option("--draws", default=2**12, show_default=True, metavar="N", help="Joint draws of each prediction.")
@click.option("--gigawatts", is_flag=True, help="Say which published counts of chips in 10 GW fit the power of a chip.")
@click.option("--fit", is_flag=True, help="Fit the MFU anew on the published runs, write configs/prior/mfu.toml, and end.")
def command(
    cases: tuple[Path, ...],
    as_json: bool,
    markdown: bool,
    plot: Path | None,
    bounds: Path | None,
    known: bool,
    draws: int,
    gigawatts: bool,
    fit: bool,
) -> None:
    """Predict each of the CASES from what was known before its result, and compare with what was published.

    CASES are CSV or TOML files (- is the standard input) with the columns of those under configs/published, which are taken
    where none is named; the columns say which kind a file is. A run that the MFU was fitted on is predicted without it.

    \b
    flopwatt validate
    flopwatt validate more_runs.csv --json
    flopwatt validate --known
    flopwatt validate --gigawatts
    flopwatt validate --plot validation.svg --bounds configs/published/bounds.toml

    Exit codes: 0 fine, 1 worse than a bound, 2 bad input.
    """
    check_range("draws", draws, 100, MAX_DRAWS)
    asked = [name for name, is_asked in (("fit", fit), ("known", known), ("gigawatts", gigawatts)) if is_asked]
    if len(asked) > 1:
        raise InputError("goes alone; leave out ", Parameter(asked[1]), where=Parameter(asked[0]))
    if fit:
        _fit(cases)
        return
    if known:
        _known({"cases": cases, "plot": plot, "bounds": bounds}, as_json, markdown, draws)
        return
    if gigawatts:
        _gigawatts({"cases": cases, "plot": plot, "bounds": bounds}, as_json, markdown, draws)
        return
    from ..validate import plot as picture
    from ..validate.run import beyond, validate

    findings = validate(cases, draws)
    worse = beyond(findings, bounds) if bounds is not None else []
    if plot is not None:
        picture.write(findings, plot)
        say(f"wrote {plot}")
    if as_json:
        from ..validate.results import document

        print_json(document(findings))
    elif markdown:
        from ..validate.report import markdown as table

        click.echo(table(findings), nl=False)
    else:
        from ..terminal.console import console
        from ..validate.report import print_findings

        print_findings(console(), findings)
    for line in worse:
        say(f"worse than {bounds}: {line}")
    if worse:
        raise SystemExit(1)


def _known(others: Mapping[str, object], as_json: bool, markdown: bool, draws: int) -> None:
    """Print the known runs; they are fixed, so that nothing else can be asked of them."""
    from ..validate.known_runs import document_known, known_runs, markdown_known, print_known

    for name, value in others.items():
        if value:
            raise InputError("takes the runs that come with flopwatt; leave out ", Parameter(name), where=Parameter("known"))
    runs = known_runs(draws)
    if as_json:
        print_json(document_known(runs))
    elif markdown:
        click.echo(markdown_known(runs), nl=False)
    else:
        from ..terminal.console import console

        print_known(console(), runs)


def _gigawatts(others: Mapping[str, object], as_json: bool, markdown: bool, draws: int) -> None:
    """Print the published counts of chips in gigawatts; they are fixed, so that nothing else can be asked of them."""
    from ..validate.gigawatts import claims, document
    from ..validate.gigawatts_report import markdown as table
    from ..validate.gigawatts_report import print_claims

    for name, value in others.items():
        if value:
            raise InputError("takes counts that come with flopwatt; leave out ", Parameter(name), where=Parameter("gigawatts"))
    said = claims(draws)
    if as_json:
        print_json(document(said))
    elif markdown:
        click.echo(table(said), nl=False)
    else:
        from ..terminal.console import console

        print_claims(console(), said)


def _fit(cases: tuple[Path, ...]) -> None:
    from ..prior import store
    from ..validate.fitting import refit

    if cases:
        raise InputError("fits on the published runs that come with flopwatt; name no cases", where=Parameter("fit"))
    try:
        fit, qualities = refit()
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=str(store.FIT)) from None
    click.echo(f"log(MFU) = {fit.posterior.coefficients[0]:.3f}", nl=False)
    for name, value in zip(fit.names, fit.posterior.coefficients[1:], strict=True):
        click.echo(f" {value:+.3f} x {name}", nl=False)
    click.echo(f", deviation {fit.posterior.scale:.3f}")
    for quality in qualities.values():
        click.echo(str(quality))
    say(f"wrote {store.FIT}")
