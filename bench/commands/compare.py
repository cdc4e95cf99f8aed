"""``flopwatt compare``: two records, benchmark by benchmark, with a verdict of each."""

import sys
from pathlib import Path

import click

from ..errors import InputError, Parameter
from .flags import Megabytes, running


@click.command("compare")
@click.argument("baseline")
@click.argument("candidate")
@click.option("--threshold", default="10%", show_default=True, help="How much slower is still fine: 10% or 0.1.")
@click.option("--energy-threshold", default="10%", show_default=True, help="How much more energy is still fine.")
@click.option("--memory-threshold", default="20%", show_default=True, help="How much more memory is still fine.")
@click.option("--margin", default="2%", show_default=True, help="A change below this is called the same, however sure.")
@click.option("--thresholds", type=click.Path(path_type=Path), help="A TOML with limits for single benchmarks.")
@click.option(
    "--results", type=click.Path(path_type=Path), default="results", show_default=True, help="Where to look records up."
)
@click.option("--across-machines", is_flag=True, help="Compare times of different machines too.")
@click.option("--strict", is_flag=True, help="Exit 4 where a benchmark is unsure, missing or incomparable.")
@click.option("--format", "form", type=click.Choice(["table", "markdown", "json", "csv"]), default="table", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--max-size",
    "largest_bytes",
    type=Megabytes(min=1),
    default=100,
    show_default=True,
    metavar="MB",
    help="The largest record read.",
)
def command(
    baseline: str,
    candidate: str,
    threshold: str,
    energy_threshold: str,
    memory_threshold: str,
    margin: str,
    thresholds: Path | None,
    results: Path,
    across_machines: bool,
    strict: bool,
    form: str,
    as_json: bool,
    largest_bytes: int,
) -> None:
    """Compare two records: for each benchmark a ratio, its interval and a verdict.

    BASELINE and CANDIDATE are records, folders of records, or, within the folder of --results, `latest`, `previous` or a
    commit. A benchmark is slower or faster where the change is significant (Mann and Whitney, false discoveries held below
    5%), and fails where it is slower by more than the threshold.

    Exit code: 0 fine, 1 something is slower than its threshold or wrong, 2 bad input, 3 nothing was comparable, 4 unsure or
    missing with --strict.
    """
    from ..compare.thresholds import MetricLimits, Thresholds, load_thresholds, share
    from ..records.find import find

    limits = MetricLimits(
        share(threshold, Parameter("threshold")),
        share(energy_threshold, Parameter("energy_threshold")),
        share(memory_threshold, Parameter("memory_threshold")),
        share(margin, Parameter("margin")),
    )
    rules = load_thresholds(thresholds, limits) if thresholds else Thresholds(limits)
    old, new = (find(spec, results, largest_bytes) for spec in (baseline, candidate))
    if not any(record.benchmarks for record in old + new):
        raise InputError("neither side holds a benchmark", where=f"{baseline}, {candidate}")

    from ..compare.match import compare
    from ..compare.options import ComparisonOptions
    from ..compare.report import show

    outcome = compare(old, new, ComparisonOptions(rules, strict, across_machines))
    rest = f"{running()(Parameter('form', 'json'))} has all"
    show(outcome, old, new, "json" if as_json else form, rest)
    sys.exit(outcome.exit_code)
