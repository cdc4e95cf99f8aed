"""Emitted source as modules."""

import hashlib
import sys
import types
from typing import Any

__all__ = ["load"]


def load(source: str) -> Any:
    """Load the ``kernel`` function of emitted source, as a module that is made once in a process and never on disk."""
    name = f"flopwatt_kernel_{hashlib.sha256(source.encode()).hexdigest()[:24]}"
    if name not in sys.modules:
        module = types.ModuleType(name)
        sys.modules[name] = module  # where Numba looks up a compiled function's module
        exec(compile(source, f"<{name}>", "exec"), module.__dict__)
    return sys.modules[name].kernel
