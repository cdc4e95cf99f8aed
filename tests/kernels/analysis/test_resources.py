"""What emitted GPU kernels take, compiled here for four architectures: registers, spills, and which arithmetic they do."""

import ctypes
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flopwatt.bench.suites.shapes import Shape, deep, shallow
from flopwatt.kernels.analysis import compilers
from flopwatt.kernels.analysis import resources as r
from flopwatt.kernels.analysis.multiprocessors import MULTIPROCESSORS
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Grid
from flopwatt.kernels.model.questions import Decision, Histogram, Pareto, Problem, Question, Sensitivity, Table
from flopwatt.kernels.model.statistics import AnyPromise, Measure, Promise, SharePromise, Statistic

COMPILERS = {}


def compiler(engine: str) -> compilers.Compiler:
    """An engine's compiler; the test is skipped where the package that brings it is not installed."""
    pytest.importorskip("cuda.bindings")
    if engine == "numba-cuda":
        pytest.importorskip("numba_cuda")
    if engine not in COMPILERS:
        COMPILERS[engine] = compilers.compiler(engine)
    return COMPILERS[engine]


ENGINES = pytest.mark.parametrize("engine", r.ENGINES)
DTYPES = pytest.mark.parametrize("dtype", ["float64", "float32"])
ARCHES = pytest.mark.parametrize("arch", ["sm_90", "sm_100", "sm_103", "sm_120"])
TWO_ARCHES = pytest.mark.parametrize("arch", r.ARCHES)  # where compiling takes long
FROZEN = "sm_90"  # numba-cuda takes seconds for a kernel: one architecture tells when it changes

# The bound. A study of one short model keeps everything in registers, and half of a multiprocessor's threads or more fit
# in. One of hundreds of operations may take all registers that a thread can have, and spill what it hoists furthest out.
SHALLOW_REGISTERS = {"float64": 100, "float32": 72}
SHALLOW_SPILLS = 16  # bytes, loads and stores each, and none in the innermost loop: see test_innermost.py
SHARED = {"float64": 24 * 1024, "float32": 16 * 1024}  # bytes: tables, a block's bins and what its threads merge
DEEP_SPILLS = 1024  # bytes, loads and stores each
NUMBA_SPILLS = 32  # numba-cuda keeps 64-bit indices: ptxas spills one or two rather than have fewer blocks at once


def resources(problem: Problem, question: Question, target: r.Target) -> list[r.Resources]:
    """What each of a question's kernels takes."""
    kernels, using = r.kernels(problem, question, target.dtype, target.engine), compiler(target.engine)
    return [r.examined(r.Labelled("", name, kernel), target, using, looking=False) for name, kernel in kernels.items()]


def taken(shape: Shape, kind: str, dtype: str, engine: str, arch: str) -> list[r.Resources]:
    return resources(shape.problem, shape.questions[kind], r.Target(engine, dtype, arch))


@pytest.mark.slow
@DTYPES
@ARCHES
@pytest.mark.parametrize("kind", ["best", "summary", "quantiles"])
def test_a_short_model_stays_in_registers(kind: str, dtype: str, arch: str) -> None:
    for axes in (3, 9) if arch == "sm_90" else (9,):
        for row in taken(shallow(axes, 1e9), kind, dtype, "cupy", arch):
            assert row.registers <= SHALLOW_REGISTERS[dtype], row
            assert max(row.spill_stores, row.spill_loads) <= SHALLOW_SPILLS, row
            assert row.shared <= SHARED[dtype], row
            assert row.occupancy is not None
            assert row.occupancy >= 0.25, row


@pytest.mark.slow
@DTYPES
def test_numba_cuda_takes_hardly_more(dtype: str) -> None:
    for row in taken(shallow(9, 1e9), "best", dtype, "numba-cuda", FROZEN):
        assert row.registers <= SHALLOW_REGISTERS[dtype], row
        assert row.spill_stores <= NUMBA_SPILLS, row
        assert row.spill_loads <= NUMBA_SPILLS, row


@pytest.mark.slow
@DTYPES
@TWO_ARCHES
def test_a_deep_model_spills_little(dtype: str, arch: str) -> None:
    for row in taken(deep(1e9), "best", dtype, "cupy", arch):
        assert row.registers <= 255, row
        assert row.spill_stores <= DEEP_SPILLS, row
        assert row.spill_loads <= DEEP_SPILLS, row
        assert row.occupancy is not None
        assert row.occupancy > 0, row


# --- decisions ---

# numba-cuda keeps 64-bit numbers beside those of the dtype. Of the rare walk over the draws ptxas spills a register or two,
# rather than have fewer blocks at once.
DECISION_REGISTERS = {"cupy": SHALLOW_REGISTERS, "numba-cuda": {"float64": 96, "float32": 72}}
DECISION_SPILLS = 16  # bytes, loads and stores each
DRAWS = ("mfu", "pue", "electricity_price")
DEADLINE = Condition("run_time", "<=", 120 * 86400.0)
PROMISES: dict[str, AnyPromise] = {
    "quantile": Promise(Statistic("run_time", Measure.QUANTILE, Fraction(4, 5)), "<=", 120 * 86400.0),
    "share": SharePromise((DEADLINE,), ">=", Fraction(4, 5)),
}
MEDIAN, MEAN = Statistic("cost", Measure.QUANTILE, Fraction(1, 2)), Statistic("cost", Measure.MEAN)
SURE = (Fraction(1, 2), Fraction(4, 5), Fraction(19, 20))
DECISIONS = {
    "median": Decision(name="", by=("chip",), objective=MEDIAN, promises=(PROMISES["quantile"],)),
    "mean": Decision(name="", by=("chip",), objective=MEAN, promises=(PROMISES["share"],)),
    "surer": Decision(name="", by=("chip",), objective=MEDIAN, promises=tuple(PROMISES.values()), confidences=SURE),
    "nearest": Decision(name="", by=("chip",), objective=MEDIAN, promises=tuple(PROMISES.values()), nearest=True),
}


def uncertain(problem: Problem, drawn: tuple[str, ...] = DRAWS, weighted: bool = False) -> Problem:
    """A problem with 1,024 draws of some axes, equally likely or not."""
    axes = [replace(axis, uncertain=axis.name in drawn) for axis in problem.grid.axes]
    if weighted:
        axes = [replace(axis, weights=np.arange(1.0, len(axis) + 1)) if axis.uncertain else axis for axis in axes]
    return replace(problem, grid=Grid(tuple(axes)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "dtype", "arch"),
    [*(("cupy", dtype, arch) for dtype in ("float64", "float32") for arch in r.ARCHES), ("numba-cuda", "float64", FROZEN)],
)
def test_decisions_stay_in_registers(engine: str, dtype: str, arch: str) -> None:
    problem = shallow(6, 1e9).problem
    asked_of = [(uncertain(problem, weighted=name == "mean"), question) for name, question in DECISIONS.items()]
    for drawn, question in asked_of:
        (row,) = resources(drawn, question, r.Target(engine, dtype, arch))
        assert row.kernel == "decide"
        assert row.registers <= DECISION_REGISTERS[engine][dtype], row
        assert row.spill_stores <= DECISION_SPILLS, row
        assert row.spill_loads <= DECISION_SPILLS, row
        assert row.occupancy is not None
        assert row.occupancy >= 0.25, row


@pytest.mark.slow
@DTYPES
@TWO_ARCHES
def test_a_decision_of_a_deep_model_spills_little(dtype: str, arch: str) -> None:
    shape = deep(1e9)
    best = shape.questions["best"]
    drawn = uncertain(shape.problem, ("time_lost_share", "load", "pue", "electricity_price"))
    question = Decision(name="", by=best.by, where=best.where, objective=MEDIAN, promises=(PROMISES["quantile"],))
    (row,) = resources(drawn, question, r.Target("cupy", dtype, arch))
    assert row.registers <= 255, row
    assert row.spill_stores <= DEEP_SPILLS, row
    assert row.spill_loads <= DEEP_SPILLS, row
    assert row.occupancy is not None
    assert row.occupancy > 0, row


@pytest.mark.slow
@ENGINES
@pytest.mark.parametrize("name", DECISIONS)
def test_decisions_compute_in_the_dtype_but_for_means_and_never_fused(engine: str, name: str) -> None:
    (kernel,) = r.kernels(uncertain(shallow(6, 1e7).problem), DECISIONS[name], "float32", engine).values()
    used = instructions(compiler(engine).ptx(kernel, "float32", "sm_90"))
    assert not [opcode for opcode in used if opcode.startswith("fma")]
    wide = [opcode for opcode in used if ".f64" in opcode]
    if name in ("median", "surer"):
        assert not wide
    if name == "mean":  # each draw is widened and added; the sum is divided once
        assert [opcode for opcode in wide if opcode.startswith("add.")]
    assert not [opcode for opcode in wide if opcode.startswith(("sqrt", "ex2", "rcp"))]


# --- arithmetic -------------------------------------------------------------------------------------------------------

PASSES = {
    "best": {"best", "where"}, "summary": {"summary"}, "quantiles": {"range", "counts", "counts-wide"},
    "pareto": {"range", "least", "front"}, "table": {"table"},
}  # fmt: skip
SUMS = {"summary"}  # in float64 also for float32


def asked(kind: str) -> Question:
    shape = shallow(6, 1e7)
    where = shape.questions["best"].where
    if kind == "pareto":
        return Pareto(name="", quantities=("cost", "run_time"), by=("chip",), where=where)
    if kind == "table":
        return Table(name="", quantities=("cost", "run_time"), where=where)
    if kind == "histogram":
        return Histogram(name="", quantity="cost", where=where)
    return shape.questions[kind]


def test_every_summary_of_a_sensitivity_is_compiled() -> None:
    shape = shallow(3, 1e5)
    question = Sensitivity(name="", quantity="cost", by=("chip",))
    emitted = r.kernels(shape.problem, question, "float64", "cupy")
    assert set(emitted) == {"summary", "summary by tokens", "summary by chip_count", "summary of sensitivity_square"}


def instructions(ptx: str) -> list[str]:
    """The opcodes of a kernel."""
    return re.findall(r"^\s+(?:@!?%p\d+\s+)?([a-z][a-z0-9_.]+)", ptx, re.MULTILINE)


@pytest.mark.slow
@ENGINES
@pytest.mark.parametrize("kind", PASSES)
def test_arithmetic_is_of_the_dtype_and_never_fused(engine: str, kind: str) -> None:
    shape, question = shallow(6, 1e7), asked(kind)
    emitted = r.kernels(shape.problem, question, "float32", engine)
    assert set(emitted) == PASSES[kind]
    for name, kernel in emitted.items():
        used = instructions(compiler(engine).ptx(kernel, "float32", "sm_90"))
        assert any(opcode.startswith("mul") and opcode.endswith(".f32") for opcode in used), (name, used)
        assert not [opcode for opcode in used if opcode.startswith("fma")], name
        assert not [
            opcode for opcode in used if opcode.startswith(("mul.f", "mul.ftz", "div.approx", "div.full", "add.ftz"))
        ], name
        wide = {opcode for opcode in used if ".f64" in opcode}
        allowed = {
            opcode for opcode in wide if name in SUMS and opcode.startswith(("add.", "cvt.", "mov.", "ld.", "st.", "selp."))
        }
        assert wide == allowed, name


@pytest.mark.slow
@ENGINES
def test_float64_is_never_fused(engine: str) -> None:
    shape = shallow(6, 1e7)
    kernel = r.kernels(shape.problem, shape.questions["best"], "float64", engine)["best"]
    used = instructions(compiler(engine).ptx(kernel, "float64", "sm_90"))
    assert any(opcode.startswith("mul") and opcode.endswith(".f64") for opcode in used)
    assert not [opcode for opcode in used if opcode.startswith("fma")]


# --- what is read from the compiler, and what follows -----------------------------------------------------------------

LOG = """ptxas info    : 0 bytes gmem
ptxas info    : Compiling entry function 'kernel' for 'sm_90'
ptxas info    : Function properties for kernel
ptxas         .     160 bytes stack frame, 156 bytes spill stores, 232 bytes spill loads
ptxas info    : Used 128 registers, used 1 barriers, 160 bytes cumulative stack size, 7032 bytes smem
"""


def test_ptxas_is_read() -> None:
    assert r.read(LOG) == (128, 160, 156, 232, 7032)
    assert r.read(LOG.replace(", 7032 bytes smem", ""))[-1] == 0
    with pytest.raises(compilers.CompilerError, match="registers"):
        r.read("nothing")


@pytest.fixture(scope="module")
def nvidia(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    """The CUDA toolkit's own occupancy calculation, compiled."""
    header = next((Path(p) / "nvidia/cu13/include" for p in sys.path if (Path(p) / "nvidia/cu13/include").is_dir()), None)
    if header is None or shutil.which("g++") is None:
        pytest.skip("cuda_occupancy.h or g++ is not installed")
    folder = tmp_path_factory.mktemp("occupancy")
    (folder / "o.cpp").write_text(
        '#include "cuda_occupancy.h"\n'
        'extern "C" int blocks(int major, int warps, int per_sm, int registers, int shared, int threads) {\n'
        "  cudaOccDeviceProp p; cudaOccFuncAttributes f; cudaOccDeviceState s; cudaOccResult r;\n"
        "  p.computeMajor = major; p.computeMinor = 0; p.maxThreadsPerBlock = 1024;\n"
        "  p.maxThreadsPerMultiprocessor = 32 * warps;\n"
        "  p.regsPerBlock = p.regsPerMultiprocessor = 65536; p.warpSize = 32; p.sharedMemPerBlock = 49152;\n"
        "  p.sharedMemPerMultiprocessor = per_sm; p.numSms = 132; p.sharedMemPerBlockOptin = per_sm - 1024;\n"
        "  p.reservedSharedMemPerBlock = 1024;\n"
        "  f.maxThreadsPerBlock = 1024; f.numRegs = registers; f.sharedSizeBytes = shared;\n"
        "  f.partitionedGCConfig = PARTITIONED_GC_OFF;"
        "  f.shmemLimitConfig = FUNC_SHMEM_LIMIT_DEFAULT; f.maxDynamicSharedSizeBytes = 0; f.numBlockBarriers = 1;\n"
        "  s.carveoutConfig = SHAREDMEM_CARVEOUT_MAX_SHARED;\n"
        "  return cudaOccMaxActiveBlocksPerMultiprocessor(&r, &p, &f, &s, threads, 0) ? -1 : r.activeBlocksPerMultiprocessor;\n"
        "}\n"
    )
    library = folder / "o.so"
    subprocess.run(["g++", "-w", "-shared", "-fPIC", f"-I{header}", str(folder / "o.cpp"), "-o", str(library)], check=True)
    return ctypes.CDLL(str(library))


@settings(max_examples=300, deadline=None)
@given(
    arch=st.sampled_from(sorted(MULTIPROCESSORS)),
    registers=st.integers(16, 255),
    shared=st.integers(0, 48 * 1024),
    warps=st.integers(1, 16),
)
def test_occupancy_is_the_toolkits(nvidia: ctypes.CDLL, arch: str, registers: int, shared: int, warps: int) -> None:
    row = r.Resources("cupy", "", "best", "float64", arch, 32 * warps, registers, 0, 0, 0, shared)
    room = MULTIPROCESSORS[arch]
    expected = nvidia.blocks(int(arch[3:]) // 10, room.warps, room.shared, registers, shared, 32 * warps)
    assert expected >= 0
    assert row.occupancy == expected * warps / room.warps


def test_occupancy_of_an_architecture_that_is_not_in_the_table_is_not_known() -> None:
    row = r.Resources("cupy", "", "best", "float64", "sm_75", 64, 32, 0, 0, 0, 0)
    assert row.occupancy is None
    assert row.occupancy_by_registers is None
