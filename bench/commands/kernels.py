"""``flopwatt kernels``: a study's GPU kernels, compiled here, and what each takes of a GPU."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from ..errors import InputError, Parameter
from ..terminal.json import print_json
from .completion import SET, STUDY
from .flags import max_size

if TYPE_CHECKING:
    from ...kernels.analysis.compilers import Compiler
    from ...kernels.analysis.resources import Resources
    from ..study.loader import Study


@click.command(name="kernels", short_help="Compile a study's GPU kernels and print registers and spills.")
@click.argument("study", type=STUDY)
@click.option("--engine", "engines", multiple=True, metavar="cupy|numba-cuda", help="Both unless given. Repeatable.")
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
    """Compile the GPU kernels of every question of STUDY and print what each takes.

    It needs the compilers of the extra cuda13 or cuda12 (pip install 'flopwatt[cuda13]'), no GPU, and about a minute.

    \b
    flopwatt kernels quick
    flopwatt kernels frontier-run --engine cupy --arch sm_90 --dtype float32

    Registers and spills are of a thread, shared memory of a block. "occupancy" is the share of a multiprocessor's warps
    that can be there at once, by registers alone and by everything.
    """
    from ...kernels.analysis.resources import ARCHES, ENGINES
    from ..study.loader import load_study
    from ..verify.tolerance import TOLERANCE

    names = _choose(engines, ENGINES, "engine", "engine with GPU kernels")
    types = _choose(dtypes, tuple(TOLERANCE), "dtype", "dtype")
    for arch in arches:
        if not (arch.startswith("sm_") and arch[3:].isdigit()):
            raise InputError(f"{arch!r} is not an architecture; write it as sm_90", where=Parameter("arch"))
    compilers = _compilers(names)
    loaded = load_study(study, sets, allow_code=allow_code, unusual=True)  # no number of it is printed
    rows = list(_rows(loaded, compilers, types, arches or ARCHES))
    versions = {name: compiler.version for name, compiler in compilers.items()}
    if as_json:
        print_json({"study": loaded.name, "compilers": versions, "kernels": [_entry(row) for row in rows]})
    else:
        _print(loaded, versions, rows)


def _choose(given: tuple[str, ...], known: tuple[str, ...], name: str, noun: str) -> tuple[str, ...]:
    """Check the names that a flag gives and drop repeated ones; all that are known where it gives none."""
    for text in given:
        if text not in known:
            raise InputError(f"there is no {noun} {text!r}; there are {', '.join(known)}", where=Parameter(name))
    return tuple(dict.fromkeys(given)) or known


def _compilers(names: tuple[str, ...]) -> dict[str, Compiler]:
    from ...kernels.analysis.compilers import compiler

    return {name: compiler(name) for name in names}


def _rows(
    study: Study, compilers: dict[str, Compiler], dtypes: tuple[str, ...], arches: tuple[str, ...]
) -> Iterator[Resources]:
    """Compile every kernel and yield its row; questions that need the same kernels are compiled once each, as engines do."""
    from ...kernels.analysis.resources import Target, resources
    from ...kernels.errors import EngineError

    for question in study.questions:
        for name, compiler in compilers.items():
            for dtype in dtypes:
                for arch in arches:
                    try:
                        yield from resources(study.problem, question, Target(name, dtype, arch), compiler)
                    except EngineError as error:
                        place = Parameter("engine", name), " ", Parameter("arch", arch)
                        raise InputError(str(error), where=place) from None


def _entry(row: Resources) -> dict[str, Any]:
    import dataclasses

    return {**dataclasses.asdict(row), "occupancy_by_registers": row.occupancy_by_registers, "occupancy": row.occupancy}


def _print(study: Study, versions: dict[str, str], rows: list[Resources]) -> None:
    from rich.table import Table
    from rich.text import Text

    from ..terminal.console import console

    out = console()
    for name, version in versions.items():
        out.print(Text(f"{name}: compiled by {version}"), highlight=False)
    for question in study.questions:
        table = Table(box=None, pad_edge=False, header_style="bold", title=Text(question.name), title_justify="left")
        for heading in ("engine", "pass", "dtype", "arch"):
            table.add_column(heading, overflow="fold")
        headings = ("threads", "registers", "spill stores", "spill loads", "shared", "by registers", "occupancy")
        for heading in headings:
            table.add_column(heading, justify="right", overflow="fold")
        for row in rows:
            if row.question == question.name:
                table.add_row(*_cells(row))
        out.print()
        if not table.row_count:
            out.print(Text(f"{question.name}: NumPy does it on every engine, so it has no kernels"), highlight=False)
            continue
        out.print(table, highlight=False)


def _cells(row: Resources) -> list[str]:
    by_registers, occupancy = (
        "not known" if share is None else f"{share:.0%}" for share in (row.occupancy_by_registers, row.occupancy)
    )
    numbers = (row.threads, row.registers, f"{row.spill_stores} B", f"{row.spill_loads} B", f"{row.shared:,} B")
    return [row.engine, row.kernel, row.dtype, row.arch, *map(str, numbers), by_registers, occupancy]
