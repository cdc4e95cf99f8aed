"""All that machine code is made with, by which it is kept: known without loading LLVM."""

import functools
import hashlib
import importlib.util
import os
from pathlib import Path

from . import target

# LLVM's level of passes: kernels are as quick as with 3 (0.92 to 1.04 of the time on the suite's shapes), and are compiled in half
# of the time. They are written as loops over lanes, which the loop vectorizer turns into vector code; there is nothing else for
# the other one. Without unrolling they would be compiled in two thirds, and count in bins at 0.87 of the speed.
SPEED = 1
TUNING = {"loop_vectorization": True, "slp_vectorization": False}
MODEL = {"opt": 2, "codemodel": "jitdefault"}


def file_name(text: str) -> str:
    """Name the file in the cache for the machine code of IR.

    Parameters
    ----------
    text
        The IR.
    """
    key = text, target.identity(), compiler(), SPEED, TUNING, MODEL
    return f"kernel_{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}.bin"


@functools.cache
def compiler() -> tuple[str, int]:
    """Give llvmlite's version, and the size of its library, which is LLVM: another build of it may hold another LLVM."""
    spec = importlib.util.find_spec("llvmlite")
    if spec is None or spec.origin is None:
        return "", 0
    import llvmlite

    libraries = (Path(spec.origin).parent / "binding").glob("*llvmlite.*")
    return llvmlite.__version__, sum(os.stat(path).st_size for path in libraries)
