"""What emitted kernels take of a GPU, found by compiling them here: no GPU and no driver are needed.

CUDA C++ goes through NVRTC, Python kernels through numba-cuda and nvJitLink, each as its engine does it; ptxas, which both
end in, says how many registers a thread takes and what it spills.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from numpy.typing import NDArray

from ..emit.gpu.threads import WARP, Kernel
from ..engines import Collapsing, Engine, Settings
from ..engines.device import DeviceOutputs
from ..engines.gpu import GpuRun
from ..engines.packing import Column
from ..errors import EngineError
from ..model.questions import Problem, Question
from ..plan.plan import Plan
from ..plan.sharing import SharedPass
from .compilers import Built, Compiler, CompilerError
from .disassembler import DisassemblerError, disassemble, nvdisasm
from .innermost import InnerLoop, inner_loop
from .multiprocessors import MULTIPROCESSORS

ENGINES = ("cupy", "numba-cuda")
LANGUAGES = {"cupy": "cuda", "numba-cuda": "python"}
ARCHES = ("sm_90", "sm_100")

# How they are handed out: cuda_occupancy.h of the CUDA toolkit, for compute capability 8.0 and later.
_PARTITIONS = 4  # of the registers; a warp's come from one of them
_REGISTER_UNIT, _SHARED_UNIT, _SHARED_RESERVED = 256, 128, 1024


@dataclass(frozen=True)
class Target:
    """What kernels are compiled for.

    Attributes
    ----------
    engine
        One of `ENGINES`.
    dtype
        ``float64`` or ``float32``, of all arithmetic.
    arch
        The architecture, as ``sm_90``.
    """

    engine: str
    dtype: str
    arch: str


class Usage(NamedTuple):
    """What ptxas says that a kernel takes.

    Attributes
    ----------
    registers
        Of a thread.
    stack, spill_stores, spill_loads
        Bytes of a thread.
    shared
        Bytes of a block's shared memory.
    """

    registers: int
    stack: int
    spill_stores: int
    spill_loads: int
    shared: int


@dataclass(frozen=True)
class Resources:
    """One kernel as compiled for one target.

    Attributes
    ----------
    engine, dtype, arch
        See `Target`.
    question
        Its name.
    kernel
        The name of the pass.
    threads
        Of a block.
    registers, stack, spill_stores, spill_loads, shared
        See `Usage`.
    inner_loop
        What the innermost loop does; None where it was not looked at, or cannot be told.
    """

    engine: str
    question: str
    kernel: str
    dtype: str
    arch: str
    threads: int
    registers: int
    stack: int
    spill_stores: int
    spill_loads: int
    shared: int
    inner_loop: InnerLoop | None = None

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
        """The share of a multiprocessor's warps that its registers allow, from 0 to 1; None where its size is not known."""
        warps = self.warps_by_registers
        return None if warps is None else warps / MULTIPROCESSORS[self.arch].warps

    @property
    def occupancy(self) -> float | None:
        """The share of a multiprocessor's warps that registers, shared memory and blocks allow together; None as above."""
        by_registers, room = self.warps_by_registers, MULTIPROCESSORS.get(self.arch)
        if by_registers is None or room is None:
            return None
        block = -(-self.threads // WARP)
        shared = -(-(self.shared + _SHARED_RESERVED) // _SHARED_UNIT) * _SHARED_UNIT
        return min(by_registers, room.shared // shared * block, room.blocks * block, room.warps // block * block) / room.warps


# --- a question's kernels ---------------------------------------------------------------------------------------------


class _Recorder(Engine):
    """An engine and its device in one: nothing is compiled, and the runs that would be are kept."""

    multiprocessors = 1
    out_of_memory: tuple[type[BaseException], ...] = (MemoryError,)

    def __init__(self, engine: str):
        self.name, self.shares, self.language = engine, True, LANGUAGES[engine]
        self.runs: list[tuple[Question, GpuRun]] = []

    def prepare(self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None) -> GpuRun:
        """Emit a question's kernels, and keep the run."""
        run = GpuRun(self, problem, question, settings, shared)
        self.runs.append((question, run))
        return run

    def compile(self, kernel: Kernel, plan: Plan) -> None:
        pass

    def upload(self, arrays: Sequence[NDArray[Any]]) -> tuple[Any, ...]:
        return tuple(arrays)

    def outputs(self, columns: Sequence[Column], fill: int | None = None) -> DeviceOutputs:
        raise EngineError("nothing was compiled")

    def download(self, outputs: DeviceOutputs) -> list[NDArray[Any]]:
        raise EngineError("nothing was compiled")

    def launch(self, function: Any, grid: int, block: int, args: tuple[Any, ...]) -> None:
        raise EngineError("nothing was compiled")

    def free_memory(self) -> int:
        return 0


def kernels(problem: Problem, question: Question, dtype: str, engine: str) -> dict[str, Kernel]:
    """Emit the kernels that an engine would compile for a question.

    A question that is answered by several others, as a sensitivity is by summaries, has the kernels of all of them.

    Parameters
    ----------
    problem, question, dtype
        What is asked, and in which type.
    engine
        One of `ENGINES`.

    Returns
    -------
    dict
        Kernels by the name of the pass.
    """
    recorder = _Recorder(engine)
    Collapsing(recorder).prepare(problem, question, Settings(dtype=dtype))
    emitted: dict[str, Kernel] = {}
    for asked, run in recorder.runs:
        more = [name for name in asked.by if name not in question.by]
        quantities = "" if asked.objectives() == question.objectives() else f" of {', '.join(asked.objectives())}"
        label = quantities + (f" by {', '.join(more)}" if more else "")
        emitted.update({name + label: kernel for name, kernel in run.kernels.items()})
    return emitted


class Labelled(NamedTuple):
    """A kernel, with the question and the pass that it is of."""

    question: str
    name: str
    kernel: Kernel


def examined(labelled: Labelled, target: Target, using: Compiler, *, looking: bool) -> Resources:
    """Compile one kernel and report what it takes.

    Parameters
    ----------
    labelled
        The kernel.
    target
        For which engine, dtype and architecture.
    using
        The compiler.
    looking
        Whether its innermost loop is looked at too, where nvdisasm is installed.

    Raises
    ------
    CompilerError
        Where the compiler refuses.
    """
    kernel, (engine, dtype, arch) = labelled.kernel, (target.engine, target.dtype, target.arch)
    built = using.build(kernel, dtype, arch)
    loop = _looked_at(kernel, built) if looking else None
    return Resources(engine, labelled.question, labelled.name, dtype, arch, kernel.block, *read(built.log), loop)


def _looked_at(kernel: Kernel, built: Built) -> InnerLoop | None:
    """Look at a kernel's innermost loop, where its machine code can be read here."""
    if not built.code or nvdisasm() is None:
        return None
    try:
        return inner_loop(kernel, disassemble(built.code))
    except DisassemblerError:  # a newer architecture than the disassembler's
        return None


def read(log: str) -> Usage:
    """Read ptxas's report of one kernel.

    Raises
    ------
    CompilerError
        Where the report says nothing of one of them.
    """

    def number(pattern: str, missing: int | None = None) -> int:
        match = re.search(pattern, log)
        if match is not None:
            return int(match[1])
        if missing is None:
            raise CompilerError(f"ptxas reported nothing that reads as {pattern!r}")
        return missing

    return Usage(
        registers=number(r"Used (\d+) registers"),
        stack=number(r"(\d+) bytes stack frame"),
        spill_stores=number(r"(\d+) bytes spill stores"),
        spill_loads=number(r"(\d+) bytes spill loads"),
        shared=number(r"Used .*?(\d+) bytes smem", 0),
    )
