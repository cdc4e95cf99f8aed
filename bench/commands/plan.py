"""``flopwatt plan``: how a study is computed, what that costs, and how long it should take."""

import click

from ..terminal.json import print_json
from .completion import SET, STUDY
from .flags import check_range, max_size
from .option_types import WHOLE

HELP = """Show how STUDY is computed without running it: for each question the order of the axes, the depth at which each
quantity is computed, operations and bytes per scenario, the roofline on this machine, the time that each engine should
take, and the engine that a run would take: what answers first, compilation included.

\b
flopwatt plan quick
flopwatt plan nvidia-openai-10gw --question racks
flopwatt plan frontier-run --set axes.chip_count.num=512 --dtype float32

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
    plan = plan_study(load_study(study, sets, only, allow_code=allow_code, unusual=unusual), dtype, threads)
    if as_json:
        print_json(document(plan))
    else:
        print_plan(console(), plan)
