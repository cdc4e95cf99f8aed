"""What a GPU is to an engine, whichever package reaches it."""

from typing import Any, Protocol

from numpy.typing import NDArray

from ..emit.gpu.threads import Kernel
from ..plan.plan import Plan


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

    def upload(self, array: NDArray[Any]) -> Any:
        """Copy an array to the device; the result is the device's own kind of array."""

    def zeros(self, size: int, dtype: Any) -> Any:
        """Make an array of ``size`` zeros on the device."""

    def download(self, array: Any) -> NDArray[Any]:
        """Copy an array of the device to this machine's memory."""

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

    def synchronize(self) -> None:
        """Wait until every launch is done."""

    def free_memory(self) -> int:
        """Return how many bytes may still be allocated."""
