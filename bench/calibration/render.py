"""Write a measured system as the TOML file that `flopwatt run` and `flopwatt estimate` take by --system."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ...kernels.quantities import MODEL
from ..facts.chips import one_chip
from ..terminal.numbers import significant
from ..terminal.toml_text import add_comment
from .measure import System


def render(system: System, machine: str, gpu: str, driver: str) -> str:
    """Write a system as TOML text: the measuring machine, what a study's [given] takes over, and every product.

    Parameters
    ----------
    system
        What was measured, in base units.
    machine, gpu, driver
        Names of the machine that it was measured on; any text.
    """
    import tomlkit

    document = tomlkit.document()
    document["title"] = f"{one_chip(system.chip).name}, measured"
    names = {"name": machine, "gpu": gpu, "driver": driver, "chip": system.chip}
    document["machine"] = {**names, "measured": f"{datetime.now(UTC):%Y-%m-%d}"}
    document["given"] = _given_table(system.given)
    errors = tomlkit.table()
    errors.comment("mean absolute, of the fitted formula on the products below")
    errors.update({kind: round(error, 4) for kind, error in system.errors.items()})
    document["errors"] = errors
    if system.absent:
        document["absent"] = dict(system.absent)
    document["products"] = [
        {
            "precision": item.precision,
            **item.shape._asdict(),
            "seconds": significant(item.seconds, 7),
            "tflops": round(item.rate / 1e12, 1),
            "predicted": significant(item.predicted, 7),
        }
        for item in system.products
    ]
    return tomlkit.dumps(document)


def _given_table(given: Mapping[str, float]) -> Any:
    import tomlkit

    table = tomlkit.table()
    add_comment(
        table,
        "# Efficiencies of the step-time model on this system and its power at load:\n"
        "# `flopwatt run` and `flopwatt estimate` take them by --system.",
    )
    for name, value in given.items():
        unit = MODEL[name].unit
        table[name] = f"{value:.4g} {unit}" if unit else significant(value, 6)
    return table
