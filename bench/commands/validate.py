"""``flopwatt validate``: predict what was published, and compare."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..errors import InputError, Parameter
from ..terminal.json import print_json
from ..validate.case_labels import LABELS
from .flags import check_range, max_size, running, say
from .option_types import FILE_PATH, WHOLE

if TYPE_CHECKING:
    from ..validate.results import Findings

MAX_DRAWS = 1_000_000
FEW_CASES = 20  # of files that are named; so many are shown one by one
COLOURED_BY = "generation"
_Made = TypeVar("_Made")


@click.command(name="validate", short_help="Predict published runs and fleets, and compare.")
@click.argument("cases", nargs=-1, type=FILE_PATH, metavar="[CASES]...")
@max_size("10, for CSV and cases 100")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--markdown", is_flag=True, help="Print the scores as a Markdown table and nothing else.")
@click.option("--by", "label", type=click.Choice(LABELS), help="Scores by group, and the colours of pictures.")
@click.option("--cases", "one_by_one", is_flag=True, help="Every case, too.")
@click.option("--full", is_flag=True, help="Every case, and all that is not predicted, too.")
@click.option("--plot", type=FILE_PATH, metavar="FILE.svg", help="Draw published against predicted figures (.svg, .png).")
@click.option("--report", type=FILE_PATH, metavar="FILE.html", help="Write scores, pictures and cases as one page.")
@click.option("--bounds", type=FILE_PATH, metavar="FILE.toml", help="Fail (exit 1) where a score is worse.")
@click.option("--unusual", is_flag=True, help="Take figures of CASES that are far from all that is published.")
@click.option("--known", is_flag=True, help="Five known runs whole: operations, hours, energy, own and rental cost.")
@click.option("--draws", type=WHOLE, default=2**12, show_default=True, metavar="N", help="Joint draws of each prediction.")
@click.option("--gigawatts", is_flag=True, help="Say which published counts of chips in 10 GW fit the power of a chip.")
@click.option("--fit", is_flag=True, help="Fit the MFU anew on the published runs, write configs/prior/mfu.toml, and end.")
def command(
    cases: tuple[Path, ...],
    as_json: bool,
    markdown: bool,
    label: str | None,
    one_by_one: bool,
    full: bool,
    plot: Path | None,
    report: Path | None,
    bounds: Path | None,
    unusual: bool,
    known: bool,
    draws: int,
    gigawatts: bool,
    fit: bool,
) -> None:
    """Predict each of the CASES from what was known before its result, and compare with what was published.

    CASES are CSV or TOML files (- is the standard input) with the columns of those under configs/published, which are taken
    where none is named; the columns say which kind a file is. What a fit has seen is predicted by a fit without it.

    Commas, semicolons or tabs separate columns. Decimal commas are read where the whole file tells them, between semicolons
    or tabs. A heading or a number may have a unit: tokens (B), 405B, 1.2 GWh. What is not understood is refused.

    \b
    flopwatt validate
    flopwatt validate --by generation
    flopwatt validate more_runs.csv --json
    flopwatt validate --report validation.html
    flopwatt validate --known
    flopwatt validate --gigawatts
    flopwatt validate --plot validation.svg --bounds configs/published/bounds.toml

    Exit codes: 0 fine, 1 worse than a bound, 2 bad input.
    """
    check_range("draws", draws, 100, MAX_DRAWS)
    asked = [name for name, is_asked in (("fit", fit), ("known", known), ("gigawatts", gigawatts)) if is_asked]
    if len(asked) > 1:
        raise InputError("goes alone; leave out ", Parameter(asked[1]), where=Parameter(asked[0]))
    others: dict[str, object] = {"by": label, "cases": one_by_one, "full": full, "plot": plot, "report": report}
    others |= {"bounds": bounds, "unusual": unusual}
    if fit:
        _alone(asked[0], {**others, "json": as_json, "markdown": markdown})
        _fit(cases)
        return
    shown = _Shown(as_json, markdown)
    if known or gigawatts:
        _alone(asked[0], {"CASES": cases, **others})
        (_known if known else _gigawatts)(shown, draws)
        return
    _check_places(plot, report)
    from ..validate.run import validate

    findings = validate(cases, draws, unusual)
    worse = _beyond(findings, bounds)
    _draw(findings, label, plot, report)
    from ..validate import findings_document
    from ..validate.report import ShownDetail, markdown_scores, print_findings

    few = bool(cases) and len(findings.predicted) <= FEW_CASES
    detail = ShownDetail(one_by_one or full or few, full or _has_own_reasons(findings), label or "")
    shown.show(
        findings,
        findings_document.document,
        lambda made: markdown_scores(made, label or ""),
        lambda screen, made: print_findings(screen, made, detail, running()),
    )
    for line in worse:
        say(f"worse than {bounds}: {line}")
    if worse:
        raise SystemExit(1)


def _has_own_reasons(findings: "Findings") -> bool:
    """Tell whether few figures are left out, and mostly for reasons of their own: a list is hardly longer than groups."""
    from ..validate.reasons import reason_groups

    return len(findings.left_out) <= min(FEW_CASES, 1 + 2 * len(reason_groups(findings.left_out)))


def _check_places(plot: Path | None, report: Path | None) -> None:
    """Check that pictures and pages can be made and written, before the work."""
    if plot is not None:
        from ..pictures.drawing import check_picture_path

        check_picture_path(plot)
    if report is not None:
        from ..reports.report_file import check_report

        check_report(report, Parameter("report"))


def _beyond(findings: "Findings", bounds: Path | None) -> list[str]:
    if bounds is None:
        return []
    from ..validate.bounds import beyond

    return beyond(findings, bounds)


def _draw(findings: "Findings", label: str | None, plot: Path | None, report: Path | None) -> None:
    """Write the picture and the page that were asked for, and say so."""
    if plot is not None:
        from ..pictures.drawing import write_picture
        from ..pictures.predicted_figures import overview

        write_picture(overview(findings.predicted, label or COLOURED_BY), plot)
        say(f"wrote {plot}")
    if report is not None:
        from ..reports.report_file import write_report
        from ..reports.validation_report import validation_report

        page = validation_report(findings, label or COLOURED_BY)
        say(f"wrote {write_report(page, report, Parameter('report'))}")


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
