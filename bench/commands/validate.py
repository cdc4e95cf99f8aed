"""``flopwatt validate``: predict what was published, and compare."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from ..errors import InputError, Parameter
from ..terminal.json import print_json
from .flags import check_range, max_size, say
from .option_types import FILE_PATH, WHOLE

MAX_DRAWS = 1_000_000
_Made = TypeVar("_Made")


@click.command(name="validate", short_help="Predict published runs and fleets, and compare.")
@click.argument("cases", nargs=-1, type=FILE_PATH, metavar="[CASES]...")
@max_size("10, for CSV and cases 100")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--markdown", is_flag=True, help="Print the summary as a Markdown table and nothing else.")
@click.option("--plot", type=FILE_PATH, metavar="FILE.svg", help="Draw published against predicted figures.")
@click.option("--bounds", type=FILE_PATH, metavar="FILE.toml", help="Fail (exit 1) where a summary is worse.")
@click.option("--unusual", is_flag=True, help="Take figures of CASES that are far from all that is published.")
@click.option("--known", is_flag=True, help="Five known runs whole: operations, hours, energy, own and rental cost.")
@click.option("--draws", type=WHOLE, default=2**12, show_default=True, metavar="N", help="Joint draws of each prediction.")
@click.option("--gigawatts", is_flag=True, help="Say which published counts of chips in 10 GW fit the power of a chip.")
@click.option("--fit", is_flag=True, help="Fit the MFU anew on the published runs, write configs/prior/mfu.toml, and end.")
def command(
    cases: tuple[Path, ...],
    as_json: bool,
    markdown: bool,
    plot: Path | None,
    bounds: Path | None,
    unusual: bool,
    known: bool,
    draws: int,
    gigawatts: bool,
    fit: bool,
) -> None:
    """Predict each of the CASES from what was known before its result, and compare with what was published.

    CASES are CSV or TOML files (- is the standard input) with the columns of those under configs/published, which are taken
    where none is named; the columns say which kind a file is. A run that the MFU was fitted on is predicted without it.

    Commas, semicolons or tabs separate columns. Decimal commas are read where the whole file tells them, between semicolons
    or tabs. A heading or a number may have a unit: tokens (B), 405B, 1.2 GWh. What is not understood is refused.

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
    shown = _Shown(as_json, markdown)
    if known or gigawatts:
        _alone(asked[0], {"cases": cases, "plot": plot, "bounds": bounds})
        (_known if known else _gigawatts)(shown, draws)
        return
    from ..validate import plot as picture
    from ..validate.run import beyond, validate

    findings = validate(cases, draws, unusual)
    worse = beyond(findings, bounds) if bounds is not None else []
    if plot is not None:
        picture.write(findings, plot)
        say(f"wrote {plot}")
    from ..validate import report, results

    shown.show(findings, results.document, report.markdown, report.print_findings)
    for line in worse:
        say(f"worse than {bounds}: {line}")
    if worse:
        raise SystemExit(1)


@dataclass(frozen=True)
class _Shown:
    """In which form findings are shown."""

    as_json: bool
    markdown: bool

    def show(
        self, made: _Made, document: Callable[[_Made], Any], table: Callable[[_Made], str], show: Callable[[Any, _Made], None]
    ) -> None:
        """Print what was made: as its JSON document, as its Markdown, or on the console."""
        if self.as_json:
            print_json(document(made))
        elif self.markdown:
            click.echo(table(made), nl=False)
        else:
            from ..terminal.console import console

            show(console(), made)


def _alone(asked: str, others: Mapping[str, object]) -> None:
    """Refuse what cannot be asked of cases that are fixed."""
    for name, value in others.items():
        if value:
            raise InputError("takes the cases that come with flopwatt; leave out ", Parameter(name), where=Parameter(asked))


def _known(shown: _Shown, draws: int) -> None:
    from ..validate.known_runs import document_known, known_runs, markdown_known, print_known

    shown.show(known_runs(draws), document_known, markdown_known, print_known)


def _gigawatts(shown: _Shown, draws: int) -> None:
    from ..validate import gigawatts, gigawatts_report

    shown.show(gigawatts.claims(draws), gigawatts.document, gigawatts_report.markdown, gigawatts_report.print_claims)


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
