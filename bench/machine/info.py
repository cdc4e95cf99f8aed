"""What machine this is: what decides how fast a benchmark runs, and a short name for it. The host's name is never asked."""

import functools
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
    "flopwatt",
    "numpy",
    "numba",
    "llvmlite",
    "numba-cuda",
    "cupy-cuda12x",
    "cupy-cuda13x",
    "nvidia-ml-py",
    "scipy",
    "xarray",
    "dask",
    "numexpr",
    "jax",
    "duckdb",
)
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
    """A machine's fingerprint.

    Parameters
    ----------
    name
        The short name of its hardware, or the one that the user gave.
    cpu
        The processor.
    memory_bytes
        The memory (bytes); None where the system does not tell.
    gpus, gpu_reason
        Its NVIDIA GPUs, or why there are none.
    system, release, python
        The operating system, its release, and Python's implementation and version.
    packages
        The versions of ``PACKAGES`` that are installed.
    """

    name: str
    cpu: Cpu = field(default_factory=Cpu)
    memory_bytes: int | None = None
    gpus: tuple[Gpu, ...] = ()
    gpu_reason: str = ""
    system: str = ""
    release: str = ""
    python: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)

    def with_name(self, name: str | None) -> "Machine":
        """Give this machine a name of the user's; None leaves it as it is.

        Raises
        ------
        ValueError
            Where the name would not do as a folder's.
        """
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

    Parameters
    ----------
    baseline, candidate
        The two machines.
    engine
        The engine: the GPUs matter to the GPU engines, the processor to all of them.
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
        for before, after in zip(baseline.gpus, candidate.gpus, strict=False):
            pairs.append(("GPU power limit", before.power_limit_watts, after.power_limit_watts))
            pairs.append(("GPU clock policy", before.clock_policy, after.clock_policy))
            pairs.append(("MIG", before.mig, after.mig))
    known = [pair for pair in pairs if not {None, ""} & set(pair[1:])]
    return [f"{fact} {_plain(before)} and {_plain(after)}" for fact, before, after in known if before != after]


def _gpu_names(machine: Machine) -> str:
    return f"{len(machine.gpus)} x {machine.gpus[0].name}" if machine.gpus else ""


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
    facts = _facts(text)
    flags = (facts.get("flags") or facts.get("Features") or "").split()
    frequency = root / "sys/devices/system/cpu/cpu0/cpufreq"
    max_khz = _read(frequency / "cpuinfo_max_freq")
    return Cpu(
        model=facts.get("model name") or _apple_model() or platform.processor() or platform.machine(),
        architecture=platform.machine(),
        cores=_physical_cores(text),
        threads=os.cpu_count(),
        usable=usable_cores(root),
        mhz=float(max_khz) / 1e3 if max_khz and max_khz.isdigit() else None,
        cache=facts.get("cache size"),
        simd=tuple(flag for flag in SIMD if flag in flags),
        governor=_read(frequency / "scaling_governor"),
        boost=_boost(root),
        virtual="hypervisor" in flags if flags else None,
    )


def _apple_model() -> str | None:
    if sys.platform != "darwin":
        return None
    process = subprocess.run(
        ["sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    return process.stdout.strip() or None


def _facts(cpuinfo: str) -> dict[str, str]:
    """Read lines of ``key : value``; of a key that stands several times the last counts."""
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in cpuinfo.splitlines())}


def _physical_cores(cpuinfo: str) -> int | None:
    cores = set()
    for block in cpuinfo.split("\n\n"):
        facts = _facts(block)
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
    total = re.search(r"^MemTotal:\s+(\d+) kB", _read(root / "proc/meminfo") or "", re.MULTILINE)
    if total:
        return int(total[1]) * 1024
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


@functools.cache
def _packages() -> tuple[tuple[str, str], ...]:
    from importlib import metadata

    versions = []
    for name in PACKAGES:
        try:
            versions.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    return tuple(versions)
