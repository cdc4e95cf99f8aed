"""A study's plans as text and as one JSON document."""

import math
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...kernels import engines
from ...kernels.analysis.depth import BEFORE, Depth, walks
from ...kernels.analysis.roofline import Load, MachineLimits
from ...kernels.plan.plan import Plan
from ..runner.answer_table import print_line
from ..runner.document import choice_entry
from ..runner.engine_table import print_choices
from ..runner.question_words import question_text
from ..runner.report import grid_text
from ..study.loader import Study
from ..terminal import numbers
from .study_plan import QuestionPlan, StudyPlan, TimeEstimate

_PLAIN: dict[str, Any] = {"box": None, "pad_edge": False, "show_header": False}


def axis_text(plan: Plan, number: int, part: int | None = None) -> str:
    """Name an axis with its length, or the length of one tile of it: ``chip_count (8 of 64)``.

    Parameters
    ----------
    plan
        Whose grid has the axis.
    number
        Which of its axes, counted from 0.
    part
        Points of a tile; None for all of the axis.
    """
    axis = plan.problem.grid.axes[number]
    return f"{axis.name} ({len(axis):,})" if part in (None, len(axis)) else f"{axis.name} ({part:,} of {len(axis):,})"


def place(plan: Plan, depth: Depth) -> str:
    """Say where a quantity is computed."""
    if depth.level == BEFORE:
        if depth.lanes:
            return "before the loops, per lane"
        return f"before the loops, for each of {axis_text(plan, depth.axes[0])}" if depth.axes else "before the loops"
    if depth.level == 0:
        where = f"once per outer point ({plan.points:,})"
    else:
        loop = plan.middle[depth.level - 1]
        where = f"inside loop {axis_text(plan, loop.axis, loop.length)}"
    return f"per lane {where}" if depth.lanes else where


# --- text ---------------------------------------------------------------------------------------------------------------


def print_plan(console: Console, plan: StudyPlan) -> None:
    """Print the study, each question's plan, what the engines should take for all of them, and which `run` would take."""
    study = plan.study
    print_line(console, study.title, "bold")
    print_line(console, f"{grid_text(study)}; {plan.dtype}")
    print_line(console, f"This machine, measured now: {_limits_text(plan.limits)}", "dim")
    for question_plan in plan.questions:
        print_question(console, question_plan, study)
    print_totals(console, plan)
    print_choices(console, plan.choices)


def _limits_text(limits: MachineLimits) -> str:
    cores = f"{limits.cores} core{'s' if limits.cores > 1 else ''}"
    traffic = (numbers.show_unit(bandwidth, "byte/s") for bandwidth in (limits.cache_bytes, limits.memory_bytes))
    work = f"{numbers.count(limits.operations)} operations and {numbers.count(limits.divides)} divisions a second"
    return f"{cores}, {work}, {' in the first-level cache and '.join(traffic)} in memory, {numbers.count(limits.counts)} bins/s"


def print_question(console: Console, question_plan: QuestionPlan, study: Study) -> None:
    """Print one question: the order of the loops, the depth of every quantity, the roofline.

    Parameters
    ----------
    console
        Where to.
    question_plan
        How the question is computed.
    study
        What it is of.
    """
    plan = question_plan.plan
    console.print()
    words = question_text(question_plan.question, study)
    heading = Text.assemble((question_plan.question.name, "bold"), "  ", (words, "dim"))
    console.print(heading, highlight=False)
    table = Table(**_PLAIN)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    groups = (_order_rows(question_plan), _quantity_rows(question_plan), _cost_rows(question_plan))
    for name, text in (*groups[0], ("", ""), *groups[1], ("", ""), *groups[2]):
        table.add_row(Text(name), Text(text))
    console.print(table, highlight=False)
    if plan.lanes_used != plan.width:
        print_line(console, f"{plan.width - plan.lanes_used} of {plan.width} lanes are padding", "dim")


def _order_rows(question_plan: QuestionPlan) -> Iterable[tuple[str, str]]:
    plan = question_plan.plan
    parts = [
        axis_text(plan, part.axis)
        if part.tile == 1
        else f"{axis_text(plan, part.axis)} in {part.count:,} tiles of {part.tile:,}"
        for part in plan.outer
    ]
    points = f"{plan.points:,} outer point{'s' if plan.points > 1 else ''} of {numbers.count(plan.inner, 'scenario')}"
    yield "outer", f"{', '.join(parts)}: {points}" if parts else points
    if plan.middle:
        yield "loops", ", ".join(axis_text(plan, loop.axis, loop.length) for loop in plan.middle)
    if plan.lanes:
        tile = f", {plan.lane_tile:,} at a time" if plan.lane_tile else ""
        yield "lanes", ", ".join(axis_text(plan, axis) for axis in plan.lanes) + tile
    if question_plan.shares[-1] < 1:
        share = numbers.number(100 * (1 - question_plan.shares[-1]), 2)
        yield "skipped", f"about {share}% of scenarios, which lie where a condition that all lanes share is not met"
    if question_plan.shared:
        first, own = question_plan.shared[0], question_plan.question.name
        others = ", ".join(name for name in question_plan.shared if name != own)
        counted = "counted here" if own == first else f"counted with {first}"
        yield "shared", f"one first pass for this and {others}, {counted}"
    if question_plan.left_out:
        alike = numbers.count(question_plan.alike)
        yield "left out", f"{', '.join(question_plan.left_out)}: {alike} scenarios are alike and computed once"


def _quantity_rows(question_plan: QuestionPlan) -> Iterable[tuple[str, str]]:
    groups: dict[str, list[Depth]] = {}
    for depth in question_plan.depths:
        if not depth.given:
            groups.setdefault(place(question_plan.plan, depth), []).append(depth)
    for where, members in groups.items():
        yield where, ", ".join(depth.quantity for depth in members)
    given = [depth for depth in question_plan.depths if depth.given]
    yield "inputs", f"{len(given)}, of which {sum(bool(depth.axes) for depth in given)} are columns of axes"


def _cost_rows(question_plan: QuestionPlan) -> Iterable[tuple[str, str]]:
    for load in question_plan.loads:
        kinds = sorted(load.operations.items(), key=lambda item: -item[1])
        yield f"per scenario: {load.name}", ", ".join(f"{kind} {numbers.number(times)}" for kind, times in kinds)
        yield "", _bytes_text(load)
    bound = question_plan.bound
    if bound.seconds:
        passes = f" for {len(question_plan.loads)} passes" if len(question_plan.loads) > 1 else ""
        speed = numbers.count(question_plan.scenarios / bound.seconds)
        yield "roofline", f"at most {speed} scenarios/s{passes}, by {bound.by}"
    estimates = (_estimate_text(estimate) for estimate in question_plan.estimates if estimate.seconds is not None)
    yield "estimated", "; ".join(estimates)


def _bytes_text(load: Load) -> str:
    counted = f", {numbers.number(load.counted)} bins counted" if load.counted else ""
    return f"{numbers.number(load.cache_bytes)} bytes in the cache, {numbers.number(load.memory_bytes)} in memory{counted}"


def _estimate_text(estimate: TimeEstimate) -> str:
    least = "at least " if estimate.bound else ""
    return f"{estimate.engine} {least}{numbers.duration(estimate.seconds or 0.0)}"


def print_totals(console: Console, plan: StudyPlan) -> None:
    """Print what each engine should take for all questions, compilation apart."""
    console.print()
    print_line(console, "Estimated for all questions, compilation apart", "bold")
    table = Table(**_PLAIN)
    for name in engines.NAMES:
        estimates, seconds = plan.estimates(name), plan.seconds(name)
        if seconds is None:
            reason = next(estimate.reason for estimate in estimates if estimate.seconds is None)
            table.add_row(name, "-", Text(reason))
        else:
            table.add_row(name, numbers.duration(seconds), Text(f"from {estimates[0].method}"))
    console.print(table, highlight=False)


# --- JSON ---------------------------------------------------------------------------------------------------------------


def document(plan: StudyPlan) -> dict[str, Any]:
    """Turn plans into plain lists, numbers and texts; operations and bytes are per scenario computed, times in seconds."""
    return {
        "study": plan.study.name,
        "title": plan.study.title,
        "points": plan.study.points,
        "dtype": plan.dtype,
        "limits": {name: _finite(value) for name, value in vars(plan.limits).items()},
        "questions": [question_entry(question_plan) for question_plan in plan.questions],
        "engines": [{"engine": name, "seconds": plan.seconds(name)} for name in engines.NAMES],
        "choices": [choice_entry(choice) for choice in plan.choices],
    }


def question_entry(question_plan: QuestionPlan) -> dict[str, Any]:
    """Turn one question's plan into plain lists, numbers and texts."""
    plan = question_plan.plan
    names = [axis.name for axis in plan.problem.grid.axes]
    return {
        "question": question_plan.question.name,
        "kind": question_plan.question.kind,
        "scenarios": question_plan.scenarios,
        "left_out": list(question_plan.left_out),
        "first_pass_of": list(question_plan.shared),
        "order": {
            "outer": [{"axis": names[p.axis], "tile": p.tile, "count": p.count} for p in plan.outer],
            "loops": [
                {"axis": names[m.axis], "length": m.length, "entered": entered}
                for m, entered in zip(plan.middle, walks(plan)[1:], strict=True)
            ],
            "lanes": {"axes": [names[axis] for axis in plan.lanes], "used": plan.lanes_used, "width": plan.width},
            "outer_points": plan.points,
            "share_left_within": list(question_plan.shares),
        },
        "quantities": [
            {
                "quantity": d.quantity,
                "given": d.given,
                "level": d.level,
                "lanes": d.lanes,
                "where": place(plan, d),
                "axes": [names[axis] for axis in d.axes],
                "times": d.times,
            }
            for d in question_plan.depths
        ],
        "passes": [
            {
                "pass": load.name,
                "operations": dict(load.operations),
                "cache_bytes": load.cache_bytes,
                "memory_bytes": load.memory_bytes,
                "bins_counted": load.counted,
            }
            for load in question_plan.loads
        ],
        "roofline": {"seconds": question_plan.bound.seconds, "by": question_plan.bound.by},
        "estimates": [
            {"engine": e.engine, "seconds": e.seconds, "method": e.method or None, "reason": e.reason or None}
            for e in question_plan.estimates
        ],
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
