"""``flopwatt doctor``: this machine, its driver, CUDA and packages, and which engines it has, and why not the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..terminal.json import print_json

if TYPE_CHECKING:
    from ..machine.info import Machine


@click.command(name="doctor", short_help="Describe this machine and say which engines it has, and why not the others.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def command(as_json: bool) -> None:
    """Describe this machine and say which engines it has, and why not the others."""
    import dataclasses

    from ...kernels import engines
    from ..machine.info import this_machine

    machine = this_machine()
    states = [engines.availability(name) for name in engines.NAMES]
    if as_json:
        document = {"machine": dataclasses.asdict(machine), "engines": [dataclasses.asdict(state) for state in states]}
        print_json(document)
        return
    for name, text in _lines(machine):
        click.echo(f"{name:<12}{text}")
    click.echo()
    for state in states:
        text = f"ready ({state.device})" if state.available else f"not here: {state.reason}"
        click.echo(f"{state.name:<12}{text}")


def _lines(machine: Machine) -> list[tuple[str, str]]:
    """Describe the machine in lines, each a heading and text."""
    from ...kernels.cache_folder import folder
    from ..terminal.numbers import memory

    cpu = machine.cpu
    cores = f"{cpu.cores or '?'} cores, {cpu.threads or '?'} threads, {cpu.usable or '?'} usable"
    lines = [
        ("machine", f"{machine.name} (the name of its records)"),
        ("CPU", f"{cpu.model or cpu.architecture}: {cores}; {', '.join(cpu.simd) or 'SIMD not known'}"),
        ("memory", memory(machine.memory_bytes)),
    ]
    for i, gpu in enumerate(machine.gpus):
        about = f"{gpu.name}, {memory(gpu.memory_bytes)}, compute capability {gpu.compute_capability or 'not known'}"
        lines += [(f"GPU {i}", about), ("driver", f"{gpu.driver or 'not known'}, up to CUDA {gpu.cuda or 'not known'}")]
    if not machine.gpus:
        lines.append(("GPU", f"none: {machine.gpu_reason}"))
    lines += [
        ("system", f"{machine.system} {machine.release}, {machine.python}"),
        ("cache", str(folder() or "none: what is compiled is not kept")),
    ]
    return lines + [
        ("package" if not i else "", f"{name} {version}") for i, (name, version) in enumerate(machine.packages.items())
    ]
