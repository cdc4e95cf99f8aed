"""``flopwatt calibrate``: measure this GPU for the step-time model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .option_types import FILE_PATH, TEXT, WholeRange

if TYPE_CHECKING:
    from ..calibration.measure import System


@click.command(name="calibrate", short_help="Measure this GPU machine for the step-time model.")
@click.option("--device", "number", type=WholeRange(min=0), default=0, metavar="N", help="Which GPU, counted from 0.")
@click.option("--chip", default="", metavar="NAME", help="Its row of the hardware table, where its own name does not say.")
@click.option("--out", type=FILE_PATH, metavar="FILE", help="The system file.  [default: system-CHIP.toml]")
@click.option("--save", type=FILE_PATH, metavar="DIR", help="Write a record with every sample under this folder.")
@click.option(
    "--machine", "machine_name", type=TEXT, metavar="NAME", help="The machine's name in the record, in place of the hardware's."
)
@click.option("--quick", is_flag=True, help="Four sizes and a second at load.")
def command(number: int, chip: str, out: Path | None, save: Path | None, machine_name: str | None, quick: bool) -> None:
    """Measure products over sizes and precisions, memory bandwidth, launches and power, and fit the model's efficiencies.

    Writes a TOML file with the efficiencies and the machine they were measured on, which `flopwatt run` and `flopwatt
    estimate` take by --system.
    """
    from ... import configs
    from ...kernels import engines
    from ...kernels.files import write_whole
    from ..calibration.cublaslt import CublasError
    from ..calibration.measure import chip_of, measure, today
    from ..calibration.render import render
    from ..errors import InputError, cause
    from ..machine.info import this_machine
    from ..machine.nvml import open_nvml
    from ..terminal import interrupts

    cupy = engines.availability("cupy")
    if not cupy.available:
        raise InputError(f"calibrate needs an NVIDIA GPU and CuPy: {cupy.reason}")
    from ..calibration.gpu import CupyGpu

    machine = this_machine()
    try:
        gpu = CupyGpu(number, open_nvml())
        row = chip_of(chip, gpu.name)
        system = measure(gpu, row, today(), quick=quick)
    except (configs.FactError, CublasError) as error:
        raise InputError(str(error), where="calibrate") from None
    driver = next((device.driver or "" for device in machine.gpus), "")
    path = out or Path(f"system-{system.chip}.toml")
    try:
        write_whole(path, render(system, machine_name or machine.name, gpu.name, driver).encode())
        interrupts.note_written(path)
    except (OSError, MemoryError) as error:
        raise InputError(f"cannot be written: {cause(error)}", where=str(path)) from None
    _print(system)
    click.echo(f"wrote {path}")
    if save is not None:
        from ..calibration.record import record_of
        from ..records.store import save as save_record

        click.echo(f"wrote {save_record(record_of(system, number), save, machine_name)}")


def _print(system: System) -> None:
    best: dict[str, float] = {}
    for item in system.products:
        best[item.precision] = max(best.get(item.precision, 0.0), item.rate)
    for precision, rate in best.items():
        click.echo(f"{precision:6s} best {rate / 1e12:7.0f} TFLOP/s, formula off by {system.errors[precision]:.1%} in the mean")
    for precision, reason in system.absent.items():
        click.echo(f"{precision:6s} not measured: {reason}")
    for name, value in system.given.items():
        click.echo(f"{name:16s} {value:.4g}")
    if system.watts is None:
        click.echo("power at load: the driver does not tell")
