"""``flopwatt bench``: time the suites, write a record, and compare with another commit."""

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ...kernels.errors import FlopwattError
from ..errors import Parameter
from .flags import refusal, running


@click.command(name="bench", short_help="Time the benchmark suites and write a record.")
@click.argument("suites", nargs=-1, metavar="[SUITE]...")
@click.option("--engine", "engines", multiple=True, metavar="NAME", help="auto, all (the default) or an engine. Repeatable.")
@click.option(
    "--dtype", "dtypes", multiple=True, type=click.Choice(["float64", "float32"]), help="Repeatable; both unless given."
)
@click.option("--threads", type=click.IntRange(min=1), metavar="N", help="CPU threads; all cores unless given.")
@click.option("--quick", is_flag=True, help="The small cases only, a second each; where no SUITE is named, of `questions`.")
@click.option("-k", "match", metavar="EXPRESSION", help="Only benchmarks whose name matches, as pytest's -k.")
@click.option("--precision", metavar="SHARE", help="Sample until the median is known to this.  [default: 1%, quick: 2%]")
@click.option(
    "--budget", type=click.FloatRange(min=0.01), metavar="SECONDS", help="At most so long each.  [default: 10, quick: 1]"
)
@click.option(
    "--passes", type=click.IntRange(1, 100), metavar="N", help="Over how many passes samples are spread.  [default: 5]"
)
@click.option("--save", type=click.Path(path_type=Path), metavar="DIR", help="Store a record under this folder.")
@click.option("--machine", metavar="NAME", help="The machine's name in the record, in place of the hardware's.")
@click.option("--json", "as_json", is_flag=True, help="Print the record (or the comparison) as one JSON document.")
@click.option("--against", "ref", metavar="REF", help="Also time the commit REF, interleaved, and compare with it.")
@click.option("--threshold", default="10%", show_default=True, help="With --against: how much slower is still fine.")
@click.option("--strict", is_flag=True, help="With --against: exit 4 where a benchmark is unsure or missing.")
@click.option("--serve", is_flag=True, hidden=True, help="Take passes as asked on stdin: see timing/worker.py.")
@click.option(
    "--trees", nargs=2, type=click.Path(path_type=Path), hidden=True, help="With --serve: see timing/import_guard.py."
)
def command(
    suites: tuple[str, ...],
    engines: tuple[str, ...],
    dtypes: tuple[str, ...],
    threads: int | None,
    quick: bool,
    match: str | None,
    precision: str | None,
    budget: float | None,
    passes: int | None,
    save: Path | None,
    machine: str | None,
    as_json: bool,
    ref: str | None,
    threshold: str,
    strict: bool,
    serve: bool,
    trees: tuple[Path, Path] | None,
) -> None:
    """Time the benchmark suites (all, or each SUITE by name or path) until their medians are known precisely.

    \b
    flopwatt bench --quick
    flopwatt bench questions --engine numba --save results
    flopwatt bench --quick --against HEAD~1
    flopwatt bench ~/project/benchmarks --against main

    A path may lead to the pytest-benchmark tests of any project: the record then has that project's commit, and --against
    checks that project out. It needs pytest and pytest-benchmark: pip install 'flopwatt[test]'.

    Exit code: 0 fine, 1 a benchmark failed (nothing is saved) or, with --against, one is slower or wrong, 2 bad input, and
    with --against 3 nothing was comparable, 4 unsure or missing with --strict.
    """
    from ..compare.thresholds import share
    from ..records.store import check_place
    from ..timing.project import project_of
    from ..timing.session import FULL, QUICK, QUICK_SUITES, find_suites, run_suites

    base = QUICK if quick else FULL
    given: dict[str, Any] = {
        "precision": share(precision, Parameter("precision")) if precision else None,
        "budget_seconds": budget,
        "passes": passes,
    }
    policy = dataclasses.replace(base, **{key: value for key, value in given.items() if value is not None})
    suites = suites or (QUICK_SUITES if quick else ())
    if serve:
        _serve(_Request(suites, _options(engines, dtypes, threads, quick, match), policy), trees)
        return
    if project_of(find_suites(suites).values()).own:
        _check_engines(engines)
    request = _Request(suites, _options(engines, dtypes, threads, quick, match), policy)
    if save is not None:
        check_place(save, machine)
    if ref is not None:
        outcome = _against(request, ref, threshold, strict=strict)
        sys.exit(_finish_against(outcome, save, machine, as_json))
    from ..terminal.progress import Bars

    with Bars() as bars:
        update = bars("benchmarks")

        def report(number: int, position: int, count: int, _: str) -> None:
            update((number + position / max(count, 1)) / policy.passes)

        results = run_suites(suites, policy, options=request.options, report=report)
    for name, why in results.failures.items():
        click.echo(f"FAILED {name}: {why}", err=True)
    if results.failures:
        sys.exit(1)
    _finish(results.record({"arguments": list(request.options), **dataclasses.asdict(policy)}), save, machine, as_json)


@dataclasses.dataclass(frozen=True)
class _Request:
    """Which suites are timed, with which options of pytest, and how precisely (a Policy)."""

    suites: tuple[str, ...]
    options: tuple[str, ...]
    policy: Any

    def arguments(self) -> tuple[str, ...]:
        """Write the options and the policy as the other side of a comparison takes them."""
        policy = self.policy
        limits = f"--precision={policy.precision:.6%}", f"--budget={policy.budget_seconds}", f"--passes={policy.passes}"
        return (*self.options, *limits, "--serve")


def _serve(request: _Request, trees: tuple[Path, Path] | None) -> None:
    """Take passes as the other side asks for them, or tell it why none can be taken."""
    from ..timing.serving import PipeServer
    from ..timing.session import run_suites

    server = PipeServer(trees)
    try:
        run_suites(request.suites, request.policy, options=request.options, server=server)
    except FlopwattError as error:
        server.refuse(refusal(error, click.get_current_context().command).message)


def _check_engines(names: Sequence[str]) -> None:
    """Raise InputError where there is no such engine, or it cannot run here."""
    from ..runner.run import choose

    for name in names:
        choose(name)


def _options(
    engines: Sequence[str], dtypes: Sequence[str], threads: int | None, quick: bool, match: str | None
) -> tuple[str, ...]:
    """Write the options that the suites take as pytest is given them."""
    options = [f"--engine={engine}" for engine in engines] + [f"--dtype={dtype}" for dtype in dtypes]
    options += [f"--threads={threads}"] if threads else []
    options += ["--quick"] if quick else []
    return tuple(options + (["-k", match] if match else []))


def _against(request: _Request, ref: str, threshold: str, *, strict: bool) -> Any:
    """Time the suites in turns with those of the commit ``ref``, and compare."""
    from ..compare.against import run_against
    from ..compare.options import ComparisonOptions
    from ..compare.thresholds import MetricLimits, Thresholds, share

    limits = MetricLimits(time=share(threshold, Parameter("threshold")))

    def say(line: str) -> None:
        click.echo(line, err=True)

    return run_against(ref, request.suites, request.arguments(), ComparisonOptions(Thresholds(limits), strict), say=say)


def _finish_against(outcome: Any, save: Path | None, machine: str | None, as_json: bool) -> int:
    """Store both records, print the comparison and return the exit code."""
    from ..compare.report import show
    from ..records.store import save as save_record

    if save is not None:
        for record in (outcome.baseline, outcome.candidate):
            click.echo(f"wrote {save_record(record, save, machine)}", err=True)
    show(
        outcome.comparison,
        [outcome.baseline],
        [outcome.candidate],
        "json" if as_json else "table",
        f"{running()(Parameter('as_json'))} has all",
    )
    for name, why in outcome.failed.items():
        click.echo(f"FAILED {name}: {why}", err=True)
    return 1 if outcome.failed else int(outcome.comparison.exit_code)


def _finish(record: Any, save: Path | None, machine: str | None, as_json: bool) -> None:
    from ..records.record import now
    from ..records.store import save as save_record
    from ..timing import report as bench_report
    from ..timing import speeds

    if save is not None:
        click.echo(f"wrote {save_record(record, save, machine)}", err=True)
    if as_json:
        from ..records.format import dumps

        click.echo(dumps(dataclasses.replace(record, created=record.created or now())), nl=False)
        return
    from ..terminal.console import console

    out = console()
    out.print(bench_report.table(record.benchmarks))
    for line in bench_report.remarks(record.benchmarks):
        out.print(line, markup=False, soft_wrap=True)
    for line in speeds.lines(speeds.of_record(record.benchmarks)):
        out.print(line, markup=False, highlight=False, soft_wrap=True)
