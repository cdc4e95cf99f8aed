"""``flopwatt bench``: time the suites, write a record, and compare with another commit."""

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ...kernels.errors import FlopwattError
from ..errors import InputError, Parameter
from .flags import check_label, refusal, running, say
from .option_types import FILE_PATH, TEXT, FiniteRange, WholeRange


@click.command(name="bench", short_help="Time the benchmark suites and write a record.")
@click.argument("suites", nargs=-1, type=TEXT, metavar="[SUITE]...")
@click.option("--engine", "engines", multiple=True, metavar="NAME", help="auto, all (the default) or an engine. Repeatable.")
@click.option(
    "--dtype", "dtypes", multiple=True, type=click.Choice(["float64", "float32"]), help="Repeatable; both unless given."
)
@click.option("--threads", type=WholeRange(min=1), metavar="N", help="CPU threads; all cores unless given.")
@click.option("--quick", is_flag=True, help="The small cases only, two seconds each; where no SUITE is named, of `questions`.")
@click.option("-k", "match", metavar="EXPRESSION", help="Only benchmarks whose name matches, as pytest's -k.")
@click.option(
    "--precision", type=TEXT, metavar="SHARE", help="Sample until the median is known to this.  [default: 1%, quick: 2%]"
)
@click.option("--budget", type=FiniteRange(min=0.01), metavar="SECONDS", help="At most so long each.  [default: 10, quick: 2]")
@click.option(
    "--passes",
    type=WholeRange(1, 100),
    metavar="N",
    help="Over how many passes, each a process of its own, samples are spread.  [default: 10]",
)
@click.option("--save", type=FILE_PATH, metavar="DIR", help="Store a record under this folder.")
@click.option("--machine", type=TEXT, metavar="NAME", help="The machine's name in the record, in place of the hardware's.")
@click.option("--label", type=TEXT, metavar="TEXT", help="With --save: a word that tells this record from others.")
@click.option("--json", "as_json", is_flag=True, help="Print the record (or the comparison) as one JSON document.")
@click.option("--against", "ref", type=TEXT, metavar="REF", help="Also time the commit REF, interleaved, and compare with it.")
@click.option(
    "--threshold", default="10%", show_default=True, metavar="SHARE", help="With --against: how much slower is still fine."
)
@click.option(
    "--margin", default="2%", show_default=True, metavar="SHARE", help="With --against: a change below this is called the same."
)
@click.option(
    "--thresholds", "limits", type=FILE_PATH, metavar="FILE", help="With --against: a TOML with limits for single benchmarks."
)
@click.option(
    "--format", "form", type=click.Choice(["table", "markdown", "json", "csv"]), help="With --against: as `compare` has it."
)
@click.option("--strict", is_flag=True, help="With --against: exit 4 where a benchmark is unsure or missing.")
@click.option("--require-power", is_flag=True, help="With --against: exit 4 where the threshold could not have been seen.")
@click.option("--serve", is_flag=True, hidden=True, help="Take passes as asked on stdin: see timing/worker.py.")
@click.option("--trees", nargs=2, type=FILE_PATH, hidden=True, help="With --serve: see timing/import_guard.py.")
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
    label: str | None,
    as_json: bool,
    ref: str | None,
    threshold: str,
    margin: str,
    limits: Path | None,
    form: str | None,
    strict: bool,
    require_power: bool,
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

    Exit codes: 0 fine, 1 a benchmark failed (nothing is saved) or, with --against, one is slower or wrong, 2 bad input, and
    with --against 3 nothing was comparable, 4 unsure or missing with --strict, or blind with --require-power.
    """
    from ..compare.thresholds import share
    from ..records.store import check_place
    from ..timing.project import project_of
    from ..timing.session import FULL, QUICK, QUICK_SUITES, find_suites

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
    project = project_of(find_suites(suites).values())
    if project.own:
        _check_engines(engines)
    request = _Request(suites, _options(engines, dtypes, threads, quick, match), policy)
    storing = _Storing(save, machine, check_label(label, save))
    if save is not None:
        check_place(save, machine)
    if ref is not None:
        rules = _rules(threshold, margin, limits)
        outcome = _against(request, ref, rules, {"strict": strict, "require_power": require_power})
        sys.exit(_finish_against(outcome, storing, "json" if as_json else form or "table", rules))
    if form not in (None, "json"):
        raise InputError(
            f"{form} is for a comparison, and nothing is compared without ", Parameter("ref"), where=Parameter("form")
        )
    as_json = as_json or form == "json"
    results = _measure(request, project.commit())
    for name, why in results.failures.items():
        say(f"FAILED {name}: {why}")
    if results.failures:
        sys.exit(1)
    _finish(results.record({"arguments": list(request.options), **dataclasses.asdict(policy)}), storing, as_json)


@dataclasses.dataclass(frozen=True)
class _Request:
    """Which suites are timed, with which options of pytest, and how precisely (a Policy)."""

    suites: tuple[str, ...]
    options: tuple[str, ...]
    policy: Any

    def short_passes(self) -> tuple[str, ...]:
        """Write the same as `arguments`, with passes so short that drift cancels between two of them."""
        from ..compare.interleave import pass_seconds

        seconds = pass_seconds(self.policy.budget_seconds)
        # a precision that is never reached: every pass takes its whole time
        policy = dataclasses.replace(self.policy, precision=1e-6, budget_seconds=seconds * self.policy.passes)
        return dataclasses.replace(self, policy=policy).arguments()

    def arguments(self) -> tuple[str, ...]:
        """Write the options and the policy as a process that serves passes takes them."""
        policy = self.policy
        limits = f"--precision={policy.precision:.6%}", f"--budget={policy.budget_seconds}", f"--passes={policy.passes}"
        return (*self.options, *limits, "--serve")


def _measure(request: _Request, commit: Any) -> Any:
    """Time the suites, which are of a project's commit, over several processes, with a bar that tells how far it is."""
    from ..terminal.progress import Bars
    from ..timing.processes import run_processes
    from ..timing.session import SuiteResults, find_suites
    from ..timing.worker import own_worker, workers_ended

    with Bars() as bars, workers_ended():
        update = bars("benchmarks")

        def report(number: int, position: int, count: int, _: str) -> None:
            update((number + position / max(count, 1)) / request.policy.passes)

        arguments = *request.suites, *request.arguments()
        benchmarks, failures = run_processes(lambda energy: own_worker("", arguments, energy=energy), request.policy, report)
    return SuiteResults(benchmarks, failures, ",".join(find_suites(request.suites)), commit)


@dataclasses.dataclass(frozen=True)
class _Storing:
    """Where records are stored, if they are, under which name of the machine's and with which label."""

    folder: Path | None
    machine: str | None
    label: str

    def store(self, record: Any) -> Any:
        """Store a record, say where, and return it with its label."""
        from ..records.store import save

        record = dataclasses.replace(record, label=self.label)
        if self.folder is not None:
            say(f"wrote {save(record, self.folder, self.machine)}")
        return record


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


def _rules(threshold: str, margin: str, path: Path | None) -> Any:
    """Read the Thresholds that a comparison goes by."""
    from ..compare.thresholds import MetricLimits, Thresholds, load_thresholds, share

    limits = MetricLimits(time=share(threshold, Parameter("threshold")), margin=share(margin, Parameter("margin")))
    return load_thresholds(path, limits) if path is not None else Thresholds(limits)


def _against(request: _Request, ref: str, rules: Any, fails: dict[str, bool]) -> Any:
    """Time the suites in turns with those of the commit ``ref``, and compare."""
    from ..compare.against import run_against
    from ..compare.options import ComparisonOptions

    return run_against(ref, request.suites, request.short_passes(), ComparisonOptions(rules, **fails), say=say)


def _finish_against(outcome: Any, storing: _Storing, form: str, rules: Any) -> int:
    """Store both records, print the comparison and return the exit code."""
    from ..compare.screen import show

    baseline, candidate = storing.store(outcome.baseline), storing.store(outcome.candidate)
    show(outcome.comparison, [baseline], [candidate], form, f"{running()(Parameter('form', 'json'))} has all")
    for name, why in outcome.failed.items():
        say(f"FAILED {name}: {why}")
    rules.check([*baseline.benchmarks, *candidate.benchmarks])  # last: what was measured is not lost
    for name, why in outcome.failed_on_both.items():
        say(f"NOT COMPARED {name}: it fails on both sides: {why}")
    code = 1 if outcome.failed else int(outcome.comparison.exit_code)
    return 4 if code == 0 and outcome.failed_on_both and outcome.comparison.strict else code


def _finish(record: Any, storing: _Storing, as_json: bool) -> None:
    from ..records.record import now
    from ..timing import report as bench_report
    from ..timing import speeds

    record = storing.store(record)
    if as_json:
        from ..records.format import dumps

        click.echo(dumps(dataclasses.replace(record, created=record.created or now())), nl=False)
        return
    from ..terminal.console import console

    out = console()
    out.print(bench_report.outcome(record.benchmarks), markup=False, highlight=False, soft_wrap=True)
    out.print(bench_report.table(record.benchmarks))
    for line in bench_report.remarks(record.benchmarks):
        out.print(line, markup=False, soft_wrap=True)
    for line in speeds.lines(speeds.of_record(record.benchmarks)):
        out.print(line, markup=False, highlight=False, soft_wrap=True)
