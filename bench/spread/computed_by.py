"""What computed a state, so far as its bits depend on it: flopwatt's code, the libraries, the instruction set."""

import functools
import hashlib
import platform
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from ... import __version__
from ...kernels import engines
from ...kernels.llvm import target
from ..records.commit import UNKNOWN, this_commit

# Instructions by which NumPy and LLVM choose how numbers are computed; which others a CPU has changes nothing.
_ARITHMETIC = ("sse", "ssse", "avx", "fma", "f16c", "amx", "asimd", "neon", "sve")
_LEVELS = (("avx512f", "AVX-512"), ("avx2", "AVX2"), ("sve", "SVE"), ("asimd", "NEON"))
_LIBRARIES = ("numpy", "llvmlite")


@dataclass(frozen=True)
class ComputedBy:
    """What a state was computed by.

    Attributes
    ----------
    version, commit
        Of flopwatt: the commit as people read it, empty where it was installed from a wheel.
    code
        A digest of the code that computes.
    libraries
        Their versions, as ``numpy 2.4.6``.
    instructions
        The instruction set in words, and a digest of what it has.
    """

    version: str
    commit: str
    code: str
    libraries: str
    instructions: str

    def difference(self, other: "ComputedBy") -> str:
        """Say in what another differs, as ``by flopwatt 0.1.0 (93ab24c7), not ...``; nothing where it does not."""
        if self.code != other.code:
            return f"by {self._flopwatt()}, not by {other._flopwatt()}"
        if self.libraries != other.libraries:
            return f"with {self.libraries}, not with {other.libraries}"
        if self.instructions != other.instructions:
            return f"on {self.instructions}, not on {other.instructions}: another instruction set may give other last digits"
        return ""

    def _flopwatt(self) -> str:
        place = f"{self.commit}, " if self.commit else ""
        return f"flopwatt {self.version} ({place}code {self.code[:8]})"


def computed_here(engine: str) -> ComputedBy:
    """Describe what an engine's states are computed by in this process.

    Parameters
    ----------
    engine
        The engine's name.
    """
    commit = this_commit()
    name = "" if commit.id == UNKNOWN else f"commit {commit.short}{' with changes' if commit.dirty else ''}"
    versions = ", ".join(f"{library} {_version(library)}" for library in _LIBRARIES)
    return ComputedBy(__version__, name, code_digest(), versions, _instructions(engine))


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "of no version"


@functools.cache
def code_digest() -> str:
    """Compute the digest of all code that computes, in hexadecimal: the kernels and quantities, and what cuts and merges."""
    digest = hashlib.sha256()
    for root in (Path(engines.__file__).resolve().parents[1], Path(__file__).resolve().parent):
        for path in sorted(root.rglob("*.py")):
            data = path.read_bytes()
            digest.update(f"{path.relative_to(root).as_posix()}:{len(data)}:".encode() + data)
    return digest.hexdigest()


def _instructions(engine: str) -> str:
    """Name the instruction set that an engine computes with."""
    words = {word for line in target.identity() for word in line.replace(":", " ").split()}
    known = sorted(word for word in words if word.startswith(_ARITHMETIC))
    told = (platform.machine(), target.name(), target.features(), known)
    digest = hashlib.sha256(repr(told).encode()).hexdigest()[:8]
    level = next((name for flag, name in _LEVELS if flag in known), "no vectors")
    device = "" if engine in ("numpy", "numba") else f"{engines.availability(engine).device} and "
    return f"{device}{platform.machine()} with {level} ({digest})"


def from_entry(entry: Any) -> ComputedBy:
    """Read what `vars` of a ComputedBy was written as. Raises TypeError or ValueError for anything else."""
    values = {str(name): value for name, value in dict(entry).items()}
    if not all(isinstance(value, str) for value in values.values()):
        raise ValueError("what it was computed by is not text")
    return ComputedBy(**values)
