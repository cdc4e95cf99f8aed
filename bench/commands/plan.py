"""``flopwatt plan``: how a study is computed, what that costs, and how long it should take."""

from typing import Any

import click

from ..errors import InputError, Parameter
from ..terminal.json import print_json
from .completion import SET, STUDY
from .flags import check_range, max_size
from .option_types import TEXT, WHOLE

HELP = """Show how STUDY is computed without running it: for each question the order of the axes, the depth at which each
quantity is computed, operations and bytes per scenario, the roofline on this machine, the time that each engine should
take, and the engine that a run would take: what answers first, compilation included. With --on or --workers: what it takes
on many workers, as `flopwatt run --dask` shares it out.

\b
flopwatt plan quick
flopwatt plan nvidia-openai-10gw --question racks
flopwatt plan frontier-run --set axes.chip_count.num=512 --dtype float32
flopwatt plan frontier-run --on 64xh200
flopwatt plan frontier-run --workers 1000 --engine numba

The numpy engine is timed on a part of the grid; this machine's limits are measured, which takes some seconds.
"""


@click.command(name="plan", help=HELP, short_help="Show how a study is computed: loop order, depth, operations, roofline.")
@click.argument("study", type=STUDY)
@click.option("--dtype", default="float64", show_default=True, metavar="float64|float32", help="Precision of all arithmetic.")
@click.option(
    "--set", "sets", type=SET, multiple=True, metavar="NAME=VALUE", help="Hold a quantity, or change a key. Repeatable."
)
@click.option("--unusual", is_flag=True, help="Take values that are far from all that is known of their quantities.")
@click.option("--question", "only", multiple=True, metavar="NAME", help="Only this question. Repeatable.")
@click.option("--on", type=TEXT, metavar="NxCHIP", help="Plan for many GPUs: 64xh200.")
@click.option("--workers", type=WHOLE, metavar="N", help="Plan for many workers, of a core or a GPU each.")
@click.option("--engine", type=TEXT, metavar="NAME", help="With --workers: the engine that they have; numba unless given.")
@click.option("--threads", type=WHOLE, metavar="N", help="CPU threads; all cores unless given.")
@max_size("10")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--allow-code", is_flag=True, help="Run the Python files of quantities that the study names.")
def command(
    study: str,
    dtype: str,
    sets: tuple[str, ...],
    only: tuple[str, ...],
    unusual: bool,
    on: str | None,
    workers: int | None,
    engine: str | None,
    threads: int | None,
    as_json: bool,
    allow_code: bool,
) -> None:
    """Show how a study is computed, without running it."""
    from ..plans.report import document, print_plan
    from ..plans.study_plan import plan_study
    from ..study.loader import load_study
    from ..terminal.console import console

    check_range("threads", threads, 1)
    many = _workers(on, workers, engine)
    if many is not None and threads is not None:
        raise InputError("is of a plan for this machine; workers have one each", where=Parameter("threads"))
    loaded = load_study(study, sets, only, allow_code=allow_code, unusual=unusual)
    if many is not None:
        from ..spread.cluster_plan import plan_cluster
        from ..spread.cluster_report import cluster_document, print_cluster_plan
        from ..verify.tolerance import check_dtype

        cluster = plan_cluster(loaded, check_dtype(dtype), many)
        if as_json:
            print_json(cluster_document(cluster))
        else:
            print_cluster_plan(console(), cluster)
        return
    plan = plan_study(loaded, dtype, threads)
    if as_json:
        print_json(document(plan))
    else:
        print_plan(console(), plan)


def _workers(on: str | None, workers: int | None, engine: str | None) -> Any:
    """Read for what many workers a plan is; None where it is for this machine. Raises InputError."""
    if on is None and workers is None:
        if engine is not None:
            raise InputError(
                "goes with ", Parameter("workers"), "; without it every engine is planned for", where=Parameter("engine")
            )
        return None
    from ..spread.cluster_plan import Workers

    if on is not None:
        if workers is not None or engine is not None:
            raise InputError("says how many of what; leave the others out", where=Parameter("on"))
        return Workers.on(on)
    assert workers is not None
    return Workers.of(workers, engine or "numba")
