"""Emitted source on disk, under the user's cache folder and named by its hash, so that Numba keeps what it compiled from it.

Numba's own cache does not work for functions made by ``exec``, and does not see a change in a function that one calls; a
file per source has neither trouble.
"""

import contextlib
import functools
import hashlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import FunctionCache
from numba.core.runtime.nrt import rtsys

from ..cache_folder import folder
from ..files import write_whole

__all__ = ["folder", "load", "load_for_cpu"]


class _Compiled(FunctionCache):  # type: ignore[misc]
    """Numba's cache of a function, without what makes Numba's own slow and brittle.

    Numba loads all that it could ever lower, SciPy included, before it looks for what it has compiled: half a second of every
    start. It does so again before it compiles. A file that is cut off or corrupt is as good as none.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        rtsys.initialize(target_context)  # what compiled code links to
        try:
            return self._load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        except Exception:  # unpickling raises whatever the bytes say
            with contextlib.suppress(OSError):
                self.flush()  # type: ignore[no-untyped-call]
            return None


@functools.cache
def _glue() -> bytes:
    """Read the file that what emitted source becomes depends on too, and that Numba does not look at."""
    return (Path(__file__).parents[1] / "llvm" / "lowered.py").read_bytes()


def load(source: str) -> Any:
    """Load the ``kernel`` function of emitted source, from a module that is written once."""
    stamp = hashlib.sha256(source.encode() + _glue() + numba.__version__.encode()).hexdigest()[:24]
    name = f"flopwatt_kernel_{stamp}"
    if name not in sys.modules:
        path = folder() / f"{name}.py"
        if not path.exists() or path.read_text(encoding="utf-8") != source:
            write_whole(path, source.encode())
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name].kernel


def load_for_cpu(source: str) -> Any:
    """Load the same of source for the CPU, with what was compiled from it before."""
    kernel = load(source)
    if not isinstance(kernel._cache, _Compiled):
        kernel._cache = _Compiled(kernel.py_func)  # type: ignore[no-untyped-call]
    return kernel
