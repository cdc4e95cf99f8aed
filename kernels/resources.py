"""What emitted kernels take of a GPU, found by compiling them here: no GPU and no driver are needed.

CUDA C++ goes through NVRTC, Python kernels through numba-cuda and nvJitLink, each as its engine does it; ptxas, which both
end in, says how many registers a thread takes and what it spills.
"""

import importlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .emit_threads import WARP, Kernel
from .engines import Collapsing, EngineError, Settings
from .engines.gpu import GpuRun
from .engines.gpu_cupy import INSTALL, OPTIONS
from .plan import Plan
from .questions import Problem, Question
from .sharing import SharedPass

ENGINES = ("cupy", "numba-cuda")
LANGUAGES = {"cupy": "cuda", "numba-cuda": "python"}
ARCHES = ("sm_90", "sm_100")


class CompilerError(EngineError):
    """A compiler is not installed, or does not know what it was asked for."""


# --- what a multiprocessor has ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Multiprocessor:
    """What the blocks on one multiprocessor share; shared memory in bytes."""

    registers: int
    warps: int
    blocks: int
    shared: int


# Occupancy sections of NVIDIA's tuning guides for Ampere (8.0), Hopper (9.0) and Blackwell (10.0).
MULTIPROCESSORS = {
    "sm_80": Multiprocessor(65536, 64, 32, 164 * 1024),
    "sm_90": Multiprocessor(65536, 64, 32, 228 * 1024),
    "sm_100": Multiprocessor(65536, 64, 32, 228 * 1024),
}
# How they are handed out: cuda_occupancy.h of the CUDA toolkit, for compute capability 8.0 and later.
_PARTITIONS = 4  # of the registers; a warp's come from one of them
_REGISTER_UNIT, _SHARED_UNIT, _SHARED_RESERVED = 256, 128, 1024


@dataclass(frozen=True)
class Resources:
    """One kernel as compiled for one architecture; memory in bytes, ``shared`` of a block and the rest of a thread."""

    engine: str
    question: str
    kernel: str  # the name of the pass
    dtype: str
    arch: str
    threads: int
    registers: int
    stack: int
    spill_stores: int
    spill_loads: int
    shared: int

    @property
    def warps_by_registers(self) -> int | None:
        """How many warps the registers of a multiprocessor are enough for; None where its size is not known here."""
        room = MULTIPROCESSORS.get(self.arch)
        if room is None:
            return None
        warp = -(-self.registers * WARP // _REGISTER_UNIT) * _REGISTER_UNIT
        fit = room.registers // _PARTITIONS // warp * _PARTITIONS
        block = -(-self.threads // WARP)
        return min(fit // block * block, room.warps)

    @property
    def occupancy_by_registers(self) -> float | None:
        """The share of a multiprocessor's warps that its registers allow."""
        warps = self.warps_by_registers
        return None if warps is None else warps / MULTIPROCESSORS[self.arch].warps

    @property
    def occupancy(self) -> float | None:
        """The share of a multiprocessor's warps that registers, shared memory and the number of blocks allow together."""
        by_registers, room = self.warps_by_registers, MULTIPROCESSORS.get(self.arch)
        if by_registers is None or room is None:
            return None
        block = -(-self.threads // WARP)
        shared = -(-(self.shared + _SHARED_RESERVED) // _SHARED_UNIT) * _SHARED_UNIT
        return min(by_registers, room.shared // shared * block, room.blocks * block, room.warps // block * block) / room.warps


# --- compilers --------------------------------------------------------------------------------------------------------


class Compiler(Protocol):
    """``version`` names the compiler. An architecture that it does not know is a CompilerError."""

    version: str

    def report(self, kernel: Kernel, dtype: str, arch: str) -> str:
        """What ptxas says while it makes machine code."""

    def ptx(self, kernel: Kernel, dtype: str, arch: str) -> str:
        """The PTX that the machine code is made of."""


def _binding(name: str) -> Any:
    """A module of cuda.bindings, its library found; CompilerError says what to install."""
    try:
        module = importlib.import_module(f"cuda.bindings.{name}")
        module.nvrtcVersion() if name == "nvrtc" else module.version()
    except Exception as error:  # a missing library is an error class of the package that may be missing itself
        raise CompilerError(f"cuda.bindings.{name} cannot be used ({_line(error)}); {INSTALL}") from None
    return module


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__


class Nvrtc:
    """CUDA C++ through cuda.bindings, which numba-cuda brings."""

    def __init__(self) -> None:
        self.nvrtc = _binding("nvrtc")
        major, minor = self._call("nvrtcVersion")
        self.version = f"NVRTC {major}.{minor}"

    def _call(self, name: str, *args: Any) -> Any:
        status, *found = getattr(self.nvrtc, name)(*args)
        if status != self.nvrtc.nvrtcResult.NVRTC_SUCCESS:
            raise CompilerError(f"NVRTC: {name} gave {status.name}")
        return found[0] if len(found) == 1 else found

    def _text(self, program: Any, what: str) -> str:
        size = self._call(f"nvrtcGet{what}Size", program)
        text = bytearray(size)
        self._call(f"nvrtcGet{what}", program, text)
        return text.decode(errors="replace").rstrip("\0")

    def report(self, kernel: Kernel, dtype: str, arch: str) -> str:
        return self._compiled(kernel, arch)[0]

    def ptx(self, kernel: Kernel, dtype: str, arch: str) -> str:
        return self._compiled(kernel, arch)[1]

    def _compiled(self, kernel: Kernel, arch: str) -> tuple[str, str]:
        known = [f"sm_{number}" for number in self._call("nvrtcGetSupportedArchs")]
        if arch not in known:
            raise _unknown(arch, known)
        program = self._call("nvrtcCreateProgram", kernel.source.encode(), b"kernel.cu", 0, [], [])
        options = [option.encode() for option in (f"-arch={arch}", *OPTIONS, "--ptxas-options=-v")]
        status = self.nvrtc.nvrtcCompileProgram(program, len(options), options)[0]
        log = self._text(program, "ProgramLog")
        if status != self.nvrtc.nvrtcResult.NVRTC_SUCCESS:
            raise CompilerError(f"NVRTC cannot compile a kernel: {log}")
        ptx = self._text(program, "PTX")
        self.nvrtc.nvrtcDestroyProgram(program)
        return log, ptx


class CupyNvrtc:
    """CUDA C++ through CuPy's own NVRTC, where cuda.bindings is not installed."""

    def __init__(self) -> None:
        try:
            from cupy.cuda import nvrtc

            major, minor = nvrtc.getVersion()
        except Exception as error:
            raise CompilerError(f"CuPy's NVRTC cannot be used ({_line(error)}); {INSTALL}") from None
        self.nvrtc, self.version = nvrtc, f"NVRTC {major}.{minor} of CuPy"

    def report(self, kernel: Kernel, dtype: str, arch: str) -> str:
        return str(self.nvrtc.getProgramLog(self._compiled(kernel, arch)))

    def ptx(self, kernel: Kernel, dtype: str, arch: str) -> str:
        found = self.nvrtc.getPTX(self._compiled(kernel, arch))
        return found.decode() if isinstance(found, bytes) else str(found)

    def _compiled(self, kernel: Kernel, arch: str) -> Any:
        program = self.nvrtc.createProgram(kernel.source, "kernel.cu", (), ())
        try:
            self.nvrtc.compileProgram(program, (f"-arch={arch}", *OPTIONS, "--ptxas-options=-v"))
        except self.nvrtc.NVRTCError as error:
            raise CompilerError(f"NVRTC: {_line(error)}: {self.nvrtc.getProgramLog(program)}") from None
        return program


class NumbaCuda:
    """Python kernels through numba-cuda, as LTO IR that nvJitLink makes machine code of: what its engine does."""

    def __init__(self) -> None:
        try:
            cuda: Any = importlib.import_module(f"{__package__}.engines.cuda_math").cuda
        except Exception as error:
            raise CompilerError(f"numba-cuda cannot be used ({_line(error)}); {INSTALL}") from None
        self.cuda, self.link = cuda, _binding("nvjitlink")
        self.version = f"numba-cuda {importlib.import_module('numba_cuda').__version__}, nvJitLink " + ".".join(
            map(str, self.link.version())
        )

    def report(self, kernel: Kernel, dtype: str, arch: str) -> str:
        return self._linked(kernel, dtype, arch, "-Xptxas=-v")[1]

    def ptx(self, kernel: Kernel, dtype: str, arch: str) -> str:
        return self._linked(kernel, dtype, arch, "-ptx")[0]

    def _linked(self, kernel: Kernel, dtype: str, arch: str, option: str) -> tuple[str, str]:
        """PTX (where ``option`` asks for it) and the log."""
        link, options = self.link, (f"-arch={arch}", "-lto", "-verbose", option)
        code = self._lto_ir(kernel, dtype, arch)
        try:
            handle = link.create(len(options), options)
        except link.nvJitLinkError as error:
            raise CompilerError(f"nvJitLink cannot link for {arch}: {_line(error)}") from None
        try:
            link.add_data(handle, link.InputType.LTOIR, code, len(code), "kernel")
            link.complete(handle)
            ptx, log = bytearray(), bytearray(link.get_info_log_size(handle))
            if option == "-ptx":
                ptx = bytearray(link.get_linked_ptx_size(handle))
                link.get_linked_ptx(handle, ptx)
            link.get_info_log(handle, log)
        finally:
            link.destroy(handle)
        return ptx.decode().rstrip("\0"), log.decode(errors="replace").rstrip("\0")

    def _lto_ir(self, kernel: Kernel, dtype: str, arch: str) -> bytes:
        from .engines.cache import load
        from .engines.gpu_numba import signature

        function = load(kernel.source)
        options = {"device": False, "abi": "numba", "output": "ltoir", "launch_bounds": function.targetoptions["launch_bounds"]}
        number = int(arch.removeprefix("sm_"))
        try:
            code: bytes = self.cuda.compile(function.py_func, signature(kernel, dtype), cc=divmod(number, 10), **options)[0]
        except (ValueError, RuntimeError) as error:
            raise CompilerError(f"numba-cuda cannot compile for {arch}: {_line(error)}") from None
        return code


def _unknown(arch: str, known: Iterable[str]) -> CompilerError:
    return CompilerError(f"there is no architecture {arch!r}; the compiler knows {', '.join(known)}")


def compiler(engine: str) -> Compiler:
    """The compiler of an engine's kernels. Raises CompilerError, which says what to install, where there is none."""
    if engine == "numba-cuda":
        return NumbaCuda()
    try:
        return Nvrtc()
    except CompilerError as error:
        try:
            return CupyNvrtc()
        except CompilerError:
            raise error from None


# --- a question's kernels ---------------------------------------------------------------------------------------------


class _Recorder:
    """An engine and its device in one: nothing is compiled, and what would be is kept."""

    multiprocessors = 1
    out_of_memory: tuple[type[BaseException], ...] = (MemoryError,)

    def __init__(self, engine: str):
        self.name, self.shares, self.language = engine, True, LANGUAGES[engine]
        self.runs: list[tuple[Question, GpuRun]] = []

    def prepare(self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None) -> GpuRun:
        run = GpuRun(self, problem, question, settings, shared)
        self.runs.append((question, run))
        return run

    def compile(self, kernel: Kernel, plan: Plan) -> None:
        pass

    def upload(self, array: NDArray[Any]) -> NDArray[Any]:
        return array

    def zeros(self, size: int, dtype: Any) -> NDArray[Any]:
        return np.zeros(size, dtype)

    def download(self, array: Any) -> NDArray[Any]:
        return np.asarray(array)

    def launch(self, function: Any, grid: int, block: int, args: tuple[Any, ...]) -> None:
        raise EngineError("nothing was compiled")

    def synchronize(self) -> None:
        pass

    def free_memory(self) -> int:
        return 0


def kernels(problem: Problem, question: Question, dtype: str, engine: str) -> dict[str, Kernel]:
    """The kernels that an engine would compile for a question, by the name of the pass.

    A question that is answered by several others, as a sensitivity is by summaries, has the kernels of all of them.
    """
    recorder = _Recorder(engine)
    Collapsing(recorder).prepare(problem, question, Settings(dtype=dtype))
    found: dict[str, Kernel] = {}
    for asked, run in recorder.runs:
        more = [name for name in asked.by if name not in question.by]
        quantities = "" if asked.objectives() == question.objectives() else f" of {', '.join(asked.objectives())}"
        label = quantities + (f" by {', '.join(more)}" if more else "")
        found.update({name + label: kernel for name, kernel in run.kernels.items()})
    return found


def resources(
    problem: Problem, question: Question, dtype: str, engine: str, arch: str, using: Compiler | None = None
) -> Iterator[Resources]:
    """What each of a question's kernels takes. Raises CompilerError where the compiler is missing or refuses."""
    using = using or compiler(engine)
    for name, kernel in kernels(problem, question, dtype, engine).items():
        registers, stack, stores, loads, shared = read(using.report(kernel, dtype, arch))
        yield Resources(engine, question.name, name, dtype, arch, kernel.block, registers, stack, stores, loads, shared)


def read(log: str) -> tuple[int, int, int, int, int]:
    """ptxas's report of one kernel as registers, stack frame, spill stores, spill loads and shared memory."""

    def number(pattern: str, missing: int | None = None) -> int:
        found = re.search(pattern, log)
        if found is None and missing is None:
            raise CompilerError(f"ptxas reported nothing that reads as {pattern!r}")
        return int(found[1]) if found else missing  # type: ignore[return-value]

    return (
        number(r"Used (\d+) registers"),
        number(r"(\d+) bytes stack frame"),
        number(r"(\d+) bytes spill stores"),
        number(r"(\d+) bytes spill loads"),
        number(r"Used .*?(\d+) bytes smem", 0),
    )
