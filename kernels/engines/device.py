"""What a GPU is to an engine, whichever package reaches it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from ..emit.gpu.threads import Kernel
from ..plan.plan import Plan
from .packing import Column


@dataclass(frozen=True)
class DeviceOutputs:
    """Arrays that a launch writes and one transfer takes back.

    Attributes
    ----------
    columns
        Their lengths and types.
    arrays
        What a launch is handed for them.
    block
        The device's memory in which they lie.
    """

    columns: tuple[Column, ...]
    arrays: tuple[Any, ...]
    block: Any


class Device(Protocol):
    """A GPU as an engine sees it.

    Attributes
    ----------
    language
        ``cuda`` or ``python``, that of the kernels it compiles.
    multiprocessors
        How many it has.
    out_of_memory
        What it raises where its memory runs out.
    """

    language: str
    multiprocessors: int
    out_of_memory: tuple[type[BaseException], ...]

    def compile(self, kernel: Kernel, plan: Plan) -> Any:
        """Compile a kernel of the device's language, to be launched."""

    def upload(self, arrays: Sequence[NDArray[Any]]) -> tuple[Any, ...]:
        """Copy arrays to the device, all in one transfer; the results are the device's own kind of array."""

    def outputs(self, columns: Sequence[Column], fill: int | None = None) -> DeviceOutputs:
        """Make arrays that a launch writes.

        Parameters
        ----------
        columns
            Their lengths and types.
        fill
            The number that they hold at first, which only arrays of 8-byte whole numbers can hold unless it is 0; where it is
            None, they hold anything.
        """

    def download(self, outputs: DeviceOutputs) -> list[NDArray[Any]]:
        """Copy arrays to this machine's memory, all in one transfer, when every launch before is done."""

    def launch(self, function: Any, grid: int, block: int, args: tuple[Any, ...]) -> None:
        """Launch a compiled kernel; this may return before the kernel is done.

        Parameters
        ----------
        function
            What `compile` gave.
        grid, block
            How many blocks, and threads of each.
        args
            Numbers of NumPy's types and arrays of the device, in the order of the kernel's arguments.
        """

    def free_memory(self) -> int:
        """Return how many bytes may still be allocated."""
