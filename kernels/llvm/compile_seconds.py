"""How long kernels would take to compile, told from their text and the cache, without loading LLVM."""

from collections.abc import Iterable

from .. import cache_folder
from .made_with import file_name
from .module import Emitted

# Seconds of a module and of each of its lines, fitted to the kernels of the shipped studies on a server core of 2023 (Sapphire
# Rapids): most come to between 0.7 and 1.3 of what is said.
_MODULE, _LINE = 0.016, 65e-6


def compile_seconds(kernels: Iterable[Emitted]) -> float:
    """Predict how long the kernels whose code is not kept would take to compile, one after the other.

    Parameters
    ----------
    kernels
        The kernels, of which the same ones count once.
    """
    texts = dict.fromkeys(kernel.text for kernel in kernels)
    return sum(_MODULE + _LINE * text.count("\n") for text in texts if not cache_folder.holds(file_name(text)))
