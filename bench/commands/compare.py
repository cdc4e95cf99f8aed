"""``flopwatt compare``: two records, benchmark by benchmark, with a verdict of each."""

import sys
from pathlib import Path

import click

from ..errors import InputError, Parameter
from .flags import max_record_size, running
from .option_types import FILE_PATH, TEXT


@click.command("compare")
@click.argument("baseline", type=TEXT)
@click.argument("candidate", type=TEXT)
@click.option(
    "--threshold", default="10%", show_default=True, metavar="SHARE", help="How much slower is still fine: 10% or 0.1."
)
@click.option(
    "--energy-threshold", default="10%", show_default=True, metavar="SHARE", help="How much more energy is still fine."
)
@click.option(
    "--memory-threshold", default="20%", show_default=True, metavar="SHARE", help="How much more memory is still fine."
)
@click.option(
    "--margin", default="2%", show_default=True, metavar="SHARE", help="A change below this is called the same, however sure."
)
@click.option("--thresholds", type=FILE_PATH, metavar="FILE", help="A TOML with limits for single benchmarks.")
@click.option(
    "--results", type=FILE_PATH, default="results", show_default=True, metavar="DIR", help="Where to look records up."
)
@click.option("--across-machines", is_flag=True, help="Compare times of different machines too.")
@click.option("--strict", is_flag=True, help="Exit 4 where a benchmark is unsure, missing or incomparable.")
@click.option("--require-power", is_flag=True, help="Exit 4 where the comparison could not have seen the threshold.")
@click.option("--format", "form", type=click.Choice(["table", "markdown", "json", "csv"]), default="table", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@max_record_size
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
    require_power: bool,
    form: str,
    as_json: bool,
    largest_bytes: int,
) -> None:
    """Compare two records: for each benchmark a ratio, its interval and a verdict.

    BASELINE and CANDIDATE are records, folders of records, or, within the folder of --results, `latest`, `previous`, a
    commit, or a label (`label:TEXT`, or TEXT alone where one record has it). Files of pytest-benchmark, Google Benchmark,
    hyperfine, pyperf, asv, NVBench and github-action-benchmark are read too; where one holds no raw samples, what it holds is
    compared. Benchmarks match by file, class, function and parameters.

    A benchmark is slower or faster where the change is more than chance, by how far records of one commit lie apart on this
    machine (the records beside the two tell that) with false discoveries held below 5%, and fails where it is slower by more
    than the threshold. All together have a verdict too.

    Exit codes: 0 fine, 1 something is slower than its threshold or wrong, 2 bad input, 3 nothing was comparable, 4 unsure or
    missing with --strict, or blind with --require-power.
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
    if not any(record.benchmarks or record.unreadable for record in old + new):
        raise InputError("neither side holds a benchmark", where=f"{baseline}, {candidate}")
    rules.check([benchmark for record in old + new for benchmark in record.benchmarks])

    from ..compare.change import RecordHistory
    from ..compare.match import compare
    from ..compare.options import ComparisonOptions
    from ..compare.screen import show
    from ..compare.verdict import judge_records
    from ..records.past import past_records

    options = ComparisonOptions(rules, strict, across_machines, require_power)
    past = past_records(results, [*old, *new], largest_bytes)
    outcome = compare(old, new, options, judge_records(RecordHistory(past), options))
    rest = f"{running()(Parameter('form', 'json'))} has all"
    show(outcome, old, new, "json" if as_json else form, rest)
    sys.exit(outcome.exit_code)
