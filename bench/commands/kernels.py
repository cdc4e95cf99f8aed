"""``flopwatt kernels``: a study's GPU kernels, compiled here, what each takes of a GPU, and how fast it could be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from ..errors import InputError, Parameter
from ..terminal import numbers
from ..terminal.json import print_json
from .completion import SET, STUDY
from .flags import max_size

if TYPE_CHECKING:
    from rich.console import Console

    from ...kernels.analysis.innermost import InnerLoop
    from ...kernels.analysis.resources import Resources
    from ..study.loader import Study


PREDICTION = (
    "Points a second are a prediction, no measurement, and an upper limit: what the instructions of the innermost loop allow "
    "if every condition holds, nothing else takes time, and no thread waits for memory or for another's result."
)


@click.command(name="kernels", short_help="Compile a study's GPU kernels and predict their speed.")
@click.argument("study", type=STUDY)
@click.option("--engine", "engines", multiple=True, metavar="cupy|numba-cuda", help="cupy unless given. Repeatable.")
@click.option("--arch", "arches", multiple=True, metavar="ARCH", help="sm_90 and sm_100 unless given. Repeatable.")
@click.option("--dtype", "dtypes", multiple=True, metavar="float64|float32", help="Both unless given. Repeatable.")
@click.option(
    "--set", "sets", type=SET, multiple=True, metavar="NAME=VALUE", help="Hold a quantity, or change a key. Repeatable."
)
@max_size("10")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--allow-code", is_flag=True, help="Run the Python files of quantities that the study names.")
def command(
    study: str,
    engines: tuple[str, ...],
    arches: tuple[str, ...],
    dtypes: tuple[str, ...],
    sets: tuple[str, ...],
    as_json: bool,
    allow_code: bool,
) -> None:
    """Compile the GPU kernels of every question of STUDY, print what each takes, and how fast it could be at most.

    It needs the compilers of the extra cuda13 or cuda12 (pip install 'flopwatt[cuda13]'), no GPU, and half a second of a core
    for each kernel, those of numba-cuda some seconds.

    \b
    flopwatt kernels quick
    flopwatt kernels frontier-run --engine cupy --arch sm_90 --dtype float32

    Registers and spills are of a thread; "occupancy" is the share of a multiprocessor's warps that can be there at once. The
    instructions of a point are those of the innermost loop, read off from the machine code; the speed that follows is a
    prediction, and an upper limit.
    """
    from ...kernels.analysis.resources import ARCHES, ENGINES
    from ...kernels.errors import EngineError
    from ..study.loader import load_study
    from ..verify.tolerance import TOLERANCE

    names = _choose(engines or ENGINES[:1], ENGINES, "engine", "engine with GPU kernels")
    types = _choose(dtypes, tuple(TOLERANCE), "dtype", "dtype")
    for arch in arches:
        if not (arch.startswith("sm_") and arch[3:].isdigit()):
            raise InputError(f"{arch!r} is not an architecture; write it as sm_90", where=Parameter("arch"))
    loaded = load_study(study, sets, allow_code=allow_code, unusual=True)  # no number of it is printed
    versions = _versions(names)
    try:
        rows = _rows(loaded, names, types, arches or ARCHES)
    except EngineError as error:
        raise InputError(str(error), where=Parameter("engine" if "architecture" not in str(error) else "arch")) from None
    if as_json:
        print_json({"study": loaded.name, "compilers": versions, "prediction": PREDICTION, "kernels": list(map(_entry, rows))})
    else:
        _print(loaded, versions, rows)


def _choose(given: tuple[str, ...], known: tuple[str, ...], name: str, noun: str) -> tuple[str, ...]:
    """Check the names that a flag gives and drop repeated ones; all that are known where it gives none."""
    for text in given:
        if text not in known:
            raise InputError(f"there is no {noun} {text!r}; there are {', '.join(known)}", where=Parameter(name))
    return tuple(dict.fromkeys(given)) or known


def _versions(names: tuple[str, ...]) -> dict[str, str]:
    """Name the engines' compilers; those that are missing are an error here, before anything is emitted."""
    from ...kernels.analysis.compilers import compiler

    return {name: compiler(name).version for name in names}


def _rows(study: Study, engines: tuple[str, ...], dtypes: tuple[str, ...], arches: Sequence[str]) -> list[Resources]:
    """Compile every kernel; questions that need the same kernels are compiled once each, as engines do."""
    from ...kernels.analysis.resources import Labelled, Target, kernels
    from ...kernels.analysis.side_by_side import examine_all

    jobs = [
        (Labelled(question.name, name, kernel), Target(engine, dtype, arch))
        for question in study.questions
        for engine in engines
        for dtype in dtypes
        for name, kernel in kernels(study.problem, question, dtype, engine).items()
        for arch in arches
    ]
    return list(examine_all(jobs))


def _entry(row: Resources) -> dict[str, Any]:
    import dataclasses

    loop = row.inner_loop
    entry = dataclasses.asdict(dataclasses.replace(row, inner_loop=None))
    entry |= {"occupancy_by_registers": row.occupancy_by_registers, "occupancy": row.occupancy}
    entry["inner_loop"] = None if loop is None else _loop_entry(loop)
    limits = loop.limits(row.arch) if loop else []
    entry["predictions"] = [
        {
            "gpu": limit.gpu.name,
            "points_per_second": limit.points_per_second,
            "limit": limit.limit,
            "multiprocessors": limit.gpu.multiprocessors,
            "clock_hz": limit.gpu.clock,
            "clock_source": limit.gpu.source,
        }
        for limit in limits
    ]
    return entry


def _loop_entry(loop: InnerLoop) -> dict[str, Any]:
    return {
        "points": loop.points,
        "instructions": loop.instructions,
        "instructions_per_point": {kind.value: loop.per_point(kind) for kind in loop.counts},
        "predicated": loop.predicated,
        "local_memory": loop.local,
        "useful_threads": loop.useful,
    }


def _print(study: Study, versions: dict[str, str], rows: list[Resources]) -> None:
    from ..runner.answer_table import print_line
    from ..terminal.console import console

    out = console()
    for name, version in versions.items():
        print_line(out, f"{name}: compiled by {version}")
    for question in study.questions:
        own = [row for row in rows if row.question == question.name]
        out.print()
        print_line(out, question.name, "bold")
        if own:
            _print_table(out, own, len(versions) > 1)
        else:
            print_line(out, "NumPy does it on every engine, so it has no kernels")
    out.print()
    _print_notes(out, rows)


def _print_table(out: Console, rows: list[Resources], engines: bool) -> None:
    from ..runner.answer_table import print_line
    from ..terminal.laid_tables import LaidColumn, lay_out

    columns = [
        LaidColumn("pass", tuple(row.kernel for row in rows), left=True, kept=True),
        *([LaidColumn("engine", tuple(row.engine for row in rows), left=True)] if engines else []),
        LaidColumn("dtype", tuple(row.dtype for row in rows), left=True),
        LaidColumn("arch", tuple(row.arch for row in rows), left=True),
        LaidColumn("registers", tuple(str(row.registers) for row in rows)),
        LaidColumn("bytes spilt", tuple(f"{row.spill_stores + row.spill_loads:,}" for row in rows)),
    ]
    looked_at = any(row.inner_loop for row in rows)
    if looked_at:
        columns.append(LaidColumn("instructions a point", tuple(map(_instructions, rows))))
        columns.append(LaidColumn("1e9 points a second", tuple(map(_speed, rows))))
    columns.append(LaidColumn("occupancy", tuple(_share(row.occupancy) for row in rows)))
    if looked_at:
        columns.append(LaidColumn("held back by", tuple(map(_limit, rows)), left=True))
    for layout in lay_out(columns, out.width):
        for line in layout.headings:
            print_line(out, line, "bold")
        for row in layout.rows:
            for line in row:
                print_line(out, line)
        if layout.left_out:
            print_line(out, f"Left out, for want of room: {', '.join(layout.left_out)}.")


def _share(value: float | None) -> str:
    return "not known" if value is None else f"{value:.0%}"


def _instructions(row: Resources) -> str:
    return f"{row.inner_loop.instructions_per_point:.1f}" if row.inner_loop else "-"


def _speed(row: Resources) -> str:
    limits = row.inner_loop.limits(row.arch) if row.inner_loop else []
    return " or ".join(dict.fromkeys(numbers.number(limit.points_per_second / 1e9, 2) for limit in limits)) or "-"


def _limit(row: Resources) -> str:
    limits = row.inner_loop.limits(row.arch) if row.inner_loop else []
    return limits[0].limit if limits else "-"


def _print_notes(out: Console, rows: list[Resources]) -> None:
    """Print what the predictions are of and rest on; what to install where there are none."""
    from ...kernels.analysis.disassembler import INSTALL, nvdisasm
    from ...kernels.analysis.multiprocessors import GPU_MODELS
    from ..runner.answer_table import print_line
    from ..terminal.laid_tables import wrap_sentence

    if nvdisasm() is None:
        notes = [f"Note: {INSTALL}."]
    else:
        arches = {row.arch for row in rows if row.inner_loop}
        models: dict[str, list[str]] = {}
        for gpu in GPU_MODELS:
            if gpu.arch in arches:
                said = f"{gpu.multiprocessors} multiprocessors at {gpu.clock / 1e9:.4g} GHz"
                models.setdefault(f"{{}} ({gpu.arch}): {said}.", []).append(gpu.name)
        notes = [PREDICTION, *(form.format(" and ".join(names)) for form, names in models.items())] if models else []
    for note in notes:
        for line in wrap_sentence(note, out.width, "  "):
            print_line(out, line)
