"""A plan for many workers in sentences and a short table, and as plain data."""

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...kernels.host_memory import size_text
from ..runner.answer_table import print_line
from ..runner.report import grid_text
from ..terminal import numbers
from .cluster_plan import ClusterPlan

_MOST = 8  # questions that are listed, those that take longest


def print_cluster_plan(console: Console, plan: ClusterPlan) -> None:
    """Print what a study takes on many workers.

    Parameters
    ----------
    console
        Where to.
    plan
        The plan.
    """
    study, workers = plan.study, plan.workers
    print_line(console, study.title, "bold")
    print_line(console, f"{grid_text(study)}; {plan.dtype}")
    console.print()
    one, all_ = plan.seconds(1), plan.seconds()
    for sentence in (
        f"On {workers.words} it takes about {numbers.duration(all_)} of computing, and "
        f"{numbers.duration(plan.starting)} to start and to load or write kernels; on one, "
        f"{numbers.duration(one)} of computing.",
        f"{size_text(plan.travelling)} travel: each question once to each worker, and the states of its tasks; "
        f"at most {numbers.duration(plan.travelling_seconds)} more at 10 Gbit/s.",
        f"A worker needs about {size_text(plan.memory_bytes)} of memory.",
        f"More than {plan.saturation:,} workers gain little: {plan.limit}."
        if plan.saturation > 1
        else f"One worker is enough: {plan.limit}.",
    ):
        print_line(console, sentence)
    console.print()
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("question", "tasks", "on one", f"on {workers.count:,}", "a task's state"):
        table.add_column(heading, justify="left" if heading == "question" else "right")
    longest = sorted(plan.questions, key=lambda question: -question.seconds(workers.count))[:_MOST]
    for question in (question for question in plan.questions if question in longest):
        table.add_row(
            Text(question.name),
            f"{question.tasks(workers.count) * question.passes:,}",
            numbers.duration(question.seconds(1)),
            numbers.duration(question.seconds(workers.count)),
            size_text(question.state_bytes),
        )
    console.print(table, highlight=False)
    if len(plan.questions) > _MOST:
        print_line(console, f"and {len(plan.questions) - _MOST} more that take less", "dim")


def cluster_document(plan: ClusterPlan) -> dict[str, Any]:
    """Give a plan as plain data.

    Parameters
    ----------
    plan
        The plan.
    """
    return {
        "study": plan.study.name,
        "dtype": plan.dtype,
        "workers": {"count": plan.workers.count, "engine": plan.workers.engine},
        "seconds": plan.seconds(),
        "seconds_on_one": plan.seconds(1),
        "start_seconds": plan.starting,
        "bytes_travelling": round(plan.travelling),
        "most_seconds_travelling_at_10_gbit": plan.travelling_seconds,
        "bytes_of_a_worker": round(plan.memory_bytes),
        "saturation": {"workers": plan.saturation, "reason": plan.limit},
        "questions": [
            {
                "question": question.name,
                "tasks": question.tasks(plan.workers.count) * question.passes,
                "steps": question.steps,
                "seconds": question.seconds(plan.workers.count),
                "seconds_on_one": question.seconds(1),
                "state_bytes": round(question.state_bytes),
            }
            for question in plan.questions
        ],
    }
