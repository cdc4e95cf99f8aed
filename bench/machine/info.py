"""What machine this is: what decides how fast a benchmark runs, and a short name for it. The host's name is never asked."""

import functools
import importlib.metadata
import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from .nvml import Gpu, Nvml, nvml

PACKAGES = (
    "flopwatt", "numpy", "numba", "llvmlite", "numba-cuda", "cupy-cuda12x", "cupy-cuda13x", "nvidia-ml-py", "scipy", "xarray",
    "dask", "numexpr", "jax", "duckdb",
)  # fmt: skip
SIMD = ("sse4_2", "avx", "avx2", "fma", "avx512f", "avx512vl", "asimd", "sve")
GPU_ENGINES = ("numba-cuda", "cupy")


@dataclass(frozen=True)
class Cpu:
    """The processor; what the system does not tell is None.

    ``cores`` counts the physical ones, ``threads`` the logical ones, ``usable`` those of them that this process may use;
    ``mhz`` is the highest clock, ``cache`` the size of a cache as Linux writes it.
    """

    model: str = ""
    architecture: str = ""
    cores: int | None = None
    threads: int | None = None
    usable: int | None = None
    mhz: float | None = None
    cache: str | None = None
    simd: tuple[str, ...] = ()
    governor: str | None = None
    boost: bool | None = None
    virtual: bool | None = None


@dataclass(frozen=True)
class Machine:
    """A machine's fingerprint; ``name`` is the short name of its hardware (or the one that the user gave)."""

    name: str
    cpu: Cpu = field(default_factory=Cpu)
    memory_bytes: int | None = None
    gpus: tuple[Gpu, ...] = ()
    gpu_reason: str = ""  # why there are none
    system: str = ""
    release: str = ""
    python: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)

    def named(self, name: str | None) -> "Machine":
        """Give this machine a name of the user's. Raises ValueError where it would not do as a folder's name."""
        if name is None:
            return self
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", name):
            raise ValueError(f"{name!r} is no name for a machine; use letters, digits, '.', '_' and '-', at most 64")
        return replace(self, name=name)


def read_machine(root: Path = Path("/"), library: Nvml | None = None) -> Machine:
    """Read what this machine is: from ``/proc`` and ``/sys`` under ``root`` where the system has them, and from NVML."""
    library = nvml() if library is None else library
    cpu, gpus = _cpu(root), library.gpus()
    return Machine(
        name=short_name(cpu, gpus),
        cpu=cpu,
        memory_bytes=_memory(root),
        gpus=gpus,
        gpu_reason="" if gpus else library.reason or "NVML counts no GPU",
        system=platform.system(),
        release=platform.release(),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        packages=dict(_packages()),
    )


@functools.cache
def this_machine() -> Machine:
    """Read what this machine is, once."""
    return read_machine()


def short_name(cpu: Cpu, gpus: tuple[Gpu, ...]) -> str:
    """Name hardware by what was bought and how many, as a folder's name: ``nvidia-h200-x1``, ``amd-epyc-9575f-64-cores``."""
    if gpus:
        return f"{_slug(gpus[0].name)}-x{len(gpus)}"
    cores = cpu.usable or cpu.threads or 1
    return f"{_slug(cpu.model or cpu.architecture or 'cpu')}-{cores}-core{'s' if cores != 1 else ''}"


def differences(baseline: Machine, candidate: Machine, engine: str = "") -> list[str]:
    """List what differs between two machines so that an engine's times do not compare; unknown facts differ from nothing.

    The GPUs matter to the GPU engines (and where the engine is not known), the processor to all of them.
    """
    pairs: list[tuple[str, object, object]] = [
        ("CPU", baseline.cpu.model, candidate.cpu.model),
        ("architecture", baseline.cpu.architecture, candidate.cpu.architecture),
        # a virtual machine often names only the maker: these tell the generations apart
        ("vector instructions", ", ".join(baseline.cpu.simd), ", ".join(candidate.cpu.simd)),
        ("CPU cache", baseline.cpu.cache, candidate.cpu.cache),
        ("usable cores", baseline.cpu.usable, candidate.cpu.usable),
        ("frequency governor", baseline.cpu.governor, candidate.cpu.governor),
        ("CPU boost", baseline.cpu.boost, candidate.cpu.boost),
    ]
    if engine in GPU_ENGINES:
        pairs.append(("GPUs", _gpu_names(baseline), _gpu_names(candidate)))
        for one, other in zip(baseline.gpus, candidate.gpus, strict=False):
            pairs.append(("GPU power limit", one.power_limit_watts, other.power_limit_watts))
            pairs.append(("GPU clock policy", one.clock_policy, other.clock_policy))
            pairs.append(("MIG", one.mig, other.mig))
    return [f"{what} {_plain(one)} and {_plain(other)}" for what, one, other in pairs if _known(one, other) and one != other]


def _gpu_names(machine: Machine) -> str:
    return f"{len(machine.gpus)} x {machine.gpus[0].name}" if machine.gpus else ""


def _known(one: object, other: object) -> bool:
    return one not in (None, "") and other not in (None, "")


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else f"{value!r}" if isinstance(value, str) else str(value)


def _slug(text: str) -> str:
    text = re.sub(r"\((r|tm|c)\)|@.*|\b\d+-core\b|\b(cpu|processor|with radeon graphics)\b", " ", text.lower())
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")[:40].rstrip("-") or "cpu"


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None


def _cpu(root: Path) -> Cpu:
    text = _read(root / "proc/cpuinfo") or ""
    facts = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())}
    flags = (facts.get("flags") or facts.get("Features") or "").split()
    frequency = root / "sys/devices/system/cpu/cpu0/cpufreq"
    most = _read(frequency / "cpuinfo_max_freq")
    return Cpu(
        model=facts.get("model name") or _apple_model() or platform.processor() or platform.machine(),
        architecture=platform.machine(),
        cores=_physical_cores(text),
        threads=os.cpu_count(),
        usable=usable_cores(root),
        mhz=float(most) / 1e3 if most and most.isdigit() else None,
        cache=facts.get("cache size"),
        simd=tuple(flag for flag in SIMD if flag in flags),
        governor=_read(frequency / "scaling_governor"),
        boost=_boost(root),
        virtual="hypervisor" in flags if flags else None,
    )


def _apple_model() -> str | None:
    if sys.platform != "darwin":
        return None
    done = subprocess.run(
        ["sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    return done.stdout.strip() or None


def _physical_cores(cpuinfo: str) -> int | None:
    cores = set()
    for block in cpuinfo.split("\n\n"):
        facts = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in block.splitlines())}
        if "core id" in facts:
            cores.add((facts.get("physical id"), facts["core id"]))
    return len(cores) or None


def usable_cores(root: Path = Path("/")) -> int:
    """Count the logical cores this process may use: its affinity, and a container's quota of CPU time where there is one."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = (_read(root / "sys/fs/cgroup/cpu.max") or "").split()
    if len(quota) == 2 and quota[0].isdigit() and quota[1].isdigit() and int(quota[1]):
        count = max(1, min(count, -(-int(quota[0]) // int(quota[1]))))
    return count


def _boost(root: Path) -> bool | None:
    boost = _read(root / "sys/devices/system/cpu/cpufreq/boost")
    if boost in ("0", "1"):
        return boost == "1"
    no_turbo = _read(root / "sys/devices/system/cpu/intel_pstate/no_turbo")
    return no_turbo == "0" if no_turbo in ("0", "1") else None


def _memory(root: Path) -> int | None:
    found = re.search(r"^MemTotal:\s+(\d+) kB", _read(root / "proc/meminfo") or "", re.MULTILINE)
    if found:
        return int(found[1]) * 1024
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


@functools.cache
def _packages() -> tuple[tuple[str, str], ...]:
    found = []
    for name in PACKAGES:
        try:
            found.append((name, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            continue
    return tuple(found)
