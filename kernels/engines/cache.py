"""Emitted source as modules, and what Numba compiled from it, kept between runs.

Numba's own cache does not work for functions made by ``exec``, does not see a change in a function that one calls, loads all
that Numba could ever lower (SciPy included: half a second of every start) before it looks, and unpickles any file of the right
name. This one keeps nothing but compiled code, by all that it depends on, and reads only what `cache_folder` vouches for.
"""

import functools
import hashlib
import pickle
import sys
import types
from pathlib import Path
from typing import Any

import numba
from numba.core.compiler import CompileResult
from numba.core.runtime.nrt import rtsys
from numba.core.serialize import dumps

from .. import cache_folder

__all__ = ["keep_compiled", "load", "load_for_cpu"]


class _Compiled:
    """What Numba asks where another function has its cache (``numba.core.caching._Cache``).

    Parameters
    ----------
    stamp
        Names the function: a hash of all that it is compiled from.
    """

    def __init__(self, stamp: str):
        self.stamp = stamp

    @property
    def cache_path(self) -> str | None:
        """The folder, which Numba's statistics name."""
        place = cache_folder.folder()
        return None if place is None else str(place)

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        """Load what was compiled for a signature; None where nothing was that would do."""
        data = cache_folder.read(self._name(signature, target_context.codegen()))
        if data is None:
            return None
        rtsys.initialize(target_context)  # what compiled code links to
        try:
            return CompileResult._rebuild(target_context, *pickle.loads(data))  # type: ignore[no-untyped-call]
        except Exception:  # whole and this user's, and yet of a library that is no more: unpickling raises what it likes
            return None

    def save_overload(self, signature: Any, result: Any) -> None:
        """Keep what was compiled, unless it holds addresses of this process."""
        if not result.library.has_dynamic_globals and all(part.can_cache for part in result.lifted):
            data = dumps(result._reduce())  # type: ignore[no-untyped-call]
            cache_folder.write(self._name(signature, result.library.codegen), data)

    def _name(self, signature: Any, codegen: Any) -> str:
        """Name the file by the signature, by the processor and by what compiles."""
        key = self.stamp, str(signature), codegen.magic_tuple(), numba.__version__, sys.implementation.cache_tag
        return f"kernel_{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}.bin"

    def flush(self) -> None:
        """Forget nothing: what is kept is named by all that it depends on."""


@functools.cache
def _glue() -> bytes:
    """Read the file that what emitted source becomes depends on too."""
    return (Path(__file__).parents[1] / "llvm" / "lowered.py").read_bytes()


def _stamp(source: str) -> str:
    """Hash source and what it is compiled with."""
    return hashlib.sha256(source.encode() + _glue()).hexdigest()[:24]


def load(source: str) -> Any:
    """Load the ``kernel`` function of emitted source, as a module that is made once in a process and never on disk."""
    name = f"flopwatt_kernel_{_stamp(source)}"
    if name not in sys.modules:
        module = types.ModuleType(name)
        sys.modules[name] = module  # where Numba looks up a compiled function's module
        exec(compile(source, f"<{name}>", "exec"), module.__dict__)
    return sys.modules[name].kernel


def load_for_cpu(source: str) -> Any:
    """Load the same of source for the CPU, with what was compiled from it before."""
    return keep_compiled(load(source), _stamp(source))


def keep_compiled(function: Any, stamp: str) -> Any:
    """Have Numba keep what it compiles of a function between runs.

    Parameters
    ----------
    function
        What ``numba.njit`` made, without a cache.
    stamp
        A hash of all that the function is compiled from.

    Returns
    -------
    The function.
    """
    if not isinstance(getattr(function, "_cache", None), _Compiled):
        function._cache = _Compiled(stamp)
    return function
