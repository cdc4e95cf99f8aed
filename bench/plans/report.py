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
from ..study import conditions
from ..study.loader import Study
from ..terminal import numbers as human
from .kinds import KINDS
from .study_plan import QuestionPlan, StudyPlan, TimeEstimate

_PLAIN: dict[str, Any] = {"box": None, "pad_edge": False, "show_header": False}


def axis_text(plan: Plan, axis: int, part: int | None = None) -> str:
    """Name an axis with its length, or the length of one tile of it: ``chip_count (8 of 64)``."""
    found = plan.problem.grid.axes[axis]
    return f"{found.name} ({len(found):,})" if part in (None, len(found)) else f"{found.name} ({part:,} of {len(found):,})"


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
    """Print the study, each question's plan, and what the engines should take for all of them."""
    study = plan.study
    shape = " x ".join(f"{axis.name} {len(axis):,}" for axis in study.problem.grid.axes)
    _say(console, study.title, "bold")
    _say(console, f"{human.count(study.points, 'scenario')}{f': {shape}' if shape else ''}; {plan.dtype}")
    _say(console, f"This machine, measured now: {_limits(plan.limits)}", "dim")
    for each in plan.questions:
        print_question(console, each, study)
    print_totals(console, plan)


def _limits(limits: MachineLimits) -> str:
    cores = f"{limits.cores} core{'s' if limits.cores > 1 else ''}"
    traffic = (human.show_unit(each, "byte/s") for each in (limits.cache_bytes, limits.memory_bytes))
    work = f"{human.count(limits.operations)} operations and {human.count(limits.divides)} divisions a second"
    return f"{cores}, {work}, {' in the first-level cache and '.join(traffic)} in memory, {human.count(limits.counts)} bins/s"


def print_question(console: Console, each: QuestionPlan, study: Study) -> None:
    """Print one question: the order of the loops, the depth of every quantity, the roofline."""
    plan = each.plan
    console.print()
    console.print(Text.assemble((each.question.name, "bold"), "  ", (_asked(each, study), "dim")), highlight=False)
    table = Table(**_PLAIN)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in (*_order(each), ("", ""), *_quantities(each), ("", ""), *_cost(each)):
        table.add_row(Text(name), Text(text))
    console.print(table, highlight=False)
    if plan.lanes_used != plan.width:
        _say(console, f"{plan.width - plan.lanes_used} of {plan.width} lanes are padding", "dim")


def _asked(each: QuestionPlan, study: Study) -> str:
    """The question in words: ``least cost where run_time <= 120 days``."""
    question = each.question
    text = f"{KINDS[type(question)].word(question)} {', '.join(question.objectives())}"
    where = ", ".join(conditions.show(condition, study.problem.model) for condition in question.where)
    return f"{text} where {where}" if where else text


def _order(each: QuestionPlan) -> Iterable[tuple[str, str]]:
    plan = each.plan
    parts = [
        axis_text(plan, part.axis)
        if part.tile == 1
        else f"{axis_text(plan, part.axis)} in {part.count:,} tiles of {part.tile:,}"
        for part in plan.outer
    ]
    points = f"{plan.points:,} outer point{'s' if plan.points > 1 else ''} of {human.count(plan.inner, 'scenario')}"
    yield "outer", f"{', '.join(parts)}: {points}" if parts else points
    if plan.middle:
        yield "loops", ", ".join(axis_text(plan, loop.axis, loop.length) for loop in plan.middle)
    if plan.lanes:
        tile = f", {plan.lane_tile:,} at a time" if plan.lane_tile else ""
        yield "lanes", ", ".join(axis_text(plan, axis) for axis in plan.lanes) + tile
    if each.shares[-1] < 1:
        share = human.number(100 * (1 - each.shares[-1]), 2)
        yield "skipped", f"about {share}% of scenarios, which lie where a condition that all lanes share is not met"
    if each.shared:
        others = ", ".join(name for name in each.shared if name != each.question.name)
        counted = "counted here" if each.question.name == each.shared[0] else f"counted with {each.shared[0]}"
        yield "shared", f"one first pass for this and {others}, {counted}"
    if each.left_out:
        yield "left out", f"{', '.join(each.left_out)}: {human.count(each.alike)} scenarios are alike and computed once"


def _quantities(each: QuestionPlan) -> Iterable[tuple[str, str]]:
    groups: dict[str, list[Depth]] = {}
    for depth in each.depths:
        if not depth.given:
            groups.setdefault(place(each.plan, depth), []).append(depth)
    for where, found in groups.items():
        yield where, f"{', '.join(depth.quantity for depth in found)}"
    given = [depth for depth in each.depths if depth.given]
    yield "inputs", f"{len(given)}, of which {sum(bool(depth.axes) for depth in given)} are columns of axes"


def _cost(each: QuestionPlan) -> Iterable[tuple[str, str]]:
    for load in each.loads:
        kinds = sorted(load.operations.items(), key=lambda item: -item[1])
        yield f"per scenario: {load.name}", ", ".join(f"{kind} {human.number(times)}" for kind, times in kinds)
        yield "", _bytes(load)
    if each.bound.seconds:
        passes = f" for {len(each.loads)} passes" if len(each.loads) > 1 else ""
        yield "roofline", f"at most {human.count(each.scenarios / each.bound.seconds)} scenarios/s{passes}, by {each.bound.by}"
    yield "estimated", "; ".join(_estimated(estimate) for estimate in each.estimates if estimate.seconds is not None)


def _bytes(load: Load) -> str:
    counted = f", {human.number(load.counted)} bins counted" if load.counted else ""
    return f"{human.number(load.cache_bytes)} bytes in the cache, {human.number(load.memory_bytes)} in memory{counted}"


def _estimated(estimate: TimeEstimate) -> str:
    least = "at least " if estimate.bound else ""
    return f"{estimate.engine} {least}{human.duration(estimate.seconds or 0.0)}"


def print_totals(console: Console, plan: StudyPlan) -> None:
    """Print what each engine should take for all questions, compilation apart."""
    console.print()
    _say(console, "Estimated for all questions, compilation apart", "bold")
    table = Table(**_PLAIN)
    for name in engines.NAMES:
        found = [each for question in plan.questions for each in question.estimates if each.engine == name]
        seconds = plan.seconds(name)
        if seconds is None:
            reason = next(each.reason for each in found if each.seconds is None)
            table.add_row(name, "-", Text(reason))
        else:
            table.add_row(name, human.duration(seconds), Text(f"from {found[0].method}"))
    console.print(table, highlight=False)


def _say(console: Console, text: str, style: str = "") -> None:
    console.print(Text(text, style=style), highlight=False)


# --- JSON ---------------------------------------------------------------------------------------------------------------


def document(plan: StudyPlan) -> dict[str, Any]:
    """Turn plans into plain lists, numbers and texts; operations and bytes are per scenario computed, times in seconds."""
    return {
        "study": plan.study.name,
        "title": plan.study.title,
        "points": plan.study.points,
        "dtype": plan.dtype,
        "limits": {name: _finite(value) for name, value in vars(plan.limits).items()},
        "questions": [question_entry(each) for each in plan.questions],
        "engines": [{"engine": name, "seconds": plan.seconds(name)} for name in engines.NAMES],
    }


def question_entry(each: QuestionPlan) -> dict[str, Any]:
    """Turn one question's plan into plain lists, numbers and texts."""
    plan = each.plan
    names = [axis.name for axis in plan.problem.grid.axes]
    return {
        "question": each.question.name,
        "kind": each.question.kind,
        "scenarios": each.scenarios,
        "left_out": list(each.left_out),
        "first_pass_of": list(each.shared),
        "order": {
            "outer": [{"axis": names[p.axis], "tile": p.tile, "count": p.count} for p in plan.outer],
            "loops": [
                {"axis": names[m.axis], "length": m.length, "entered": entered}
                for m, entered in zip(plan.middle, walks(plan)[1:], strict=True)
            ],
            "lanes": {"axes": [names[axis] for axis in plan.lanes], "used": plan.lanes_used, "width": plan.width},
            "outer_points": plan.points,
            "share_left_within": list(each.shares),
        },
        "quantities": [
            {
                "quantity": d.quantity, "given": d.given, "level": d.level, "lanes": d.lanes, "where": place(plan, d),
                "axes": [names[axis] for axis in d.axes], "times": d.times,
            }
            for d in each.depths
        ],
        "passes": [
            {
                "pass": load.name, "operations": dict(load.operations), "cache_bytes": load.cache_bytes,
                "memory_bytes": load.memory_bytes, "bins_counted": load.counted,
            }
            for load in each.loads
        ],
        "roofline": {"seconds": each.bound.seconds, "by": each.bound.by},
        "estimates": [
            {"engine": e.engine, "seconds": e.seconds, "method": e.method or None, "reason": e.reason or None}
            for e in each.estimates
        ],
    }  # fmt: skip


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
