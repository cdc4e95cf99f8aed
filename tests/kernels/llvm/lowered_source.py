"""Kernels from a few lines of the Python that emitters write."""

import textwrap
from typing import Any

from flopwatt.kernels.emit.cpu.lanes import MODULE
from flopwatt.kernels.engines.cache import load


def compiled(body: str, *parameters: str, functions: str = "", constants: str = "") -> Any:
    """``kernel(lo, hi, *parameters)`` as the engine compiles it."""
    names = ", ".join(("lo", "hi", *parameters))
    nest = f"def nest({names}):\n{textwrap.indent(body, '    ')}\n"
    return load(MODULE.format(constants=constants, functions=f"{functions}\n{nest}", parameters=names))
