"""A plan as a CUDA kernel, in Python (for Numba) or in C++: a block per outer point, a thread per lane.

What depends on the lanes and on outer loops stays in registers; tables of one axis are copied to shared memory once per
block; a block's lanes are reduced as a tree, so that the same study gives the same bits every time.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...plan.plan import Plan
from ..languages import Code, Cuda, PythonCuda
from ..nest import Nest
from ..reducers import Accumulator, Reducer

MAX_SHARED_TABLE = 2048  # entries of tables copied to shared memory; larger ones are read through the cache
WARP = 32

_PYTHON_HEADER = '''"""Emitted by flopwatt from a plan; not for editing."""

import numpy as np
from numba import cuda

from flopwatt.kernels.engines.cuda_math import *

'''
_FUNCTIONS = ("mul", "ceil", "floor", "sqrt", "exp", "log2", "pow", "bits", "fmin", "fmax")

_CUDA_HEADER = """// Emitted by flopwatt from a plan; not for editing.
typedef {real} real;
#define INF ((real)__longlong_as_double(0x7ff0000000000000LL))

"""


@dataclass(frozen=True)
class Kernel:
    """Emitted source and how to launch it: ``block`` threads, ``name`` the function, ``arguments`` by name and C++ type."""

    source: str
    block: int
    language: str
    arguments: tuple[tuple[str, str], ...]
    name: str = "kernel"


class Threads:
    """Emits one kernel."""

    def __init__(self, plan: Plan, language: str):
        self.plan, self.language = plan, language
        self.code: Code = PythonCuda(plan.dtype) if language == "python" else Cuda(plan.dtype)
        self.nest = Nest(plan, self.code)
        self.arguments: tuple[tuple[str, str], ...] = ()
        self.pruned = False  # whether skipped scenarios are counted
        self.block = -(-plan.width // WARP) * WARP
        self.table_length = sum(plan.table_length(node) for node in plan.leaves_of("table"))

    @property
    def python(self) -> bool:
        return self.language == "python"

    # --- the parts that differ between the languages ---

    def open(self, arguments: Iterable[tuple[str, str]]) -> None:
        """The kernel's head; arguments as (name, type), a type ending in * is an array."""
        code, self.arguments = self.code, tuple(arguments)
        if self.python:
            code.put(f"@jit({self.block})")
            code.put(f"def kernel({', '.join(name for name, _ in self.arguments)}):")
        else:
            parameters = ", ".join(
                f"{kind[:-1]}* __restrict__ {name}" if kind.endswith("*") else f"{kind} {name}" for name, kind in self.arguments
            )
            code.put(f'extern "C" __global__ void __launch_bounds__({self.block}) kernel({parameters}) {{')
        code.depth += 1
        code.let("thread", "cuda.threadIdx.x" if self.python else "threadIdx.x", "int")
        code.let("lane", code.least("thread", f"{self.plan.width - 1}"), "int")

    def close(self) -> Kernel:
        code = self.code
        code.depth -= 1
        if self.python:
            assert isinstance(code, PythonCuda)
            constants = "".join(f"{name} = {value}\n" for value, name in code.constants.items())
            names = ", ".join(f"{f}_{self.plan.dtype}" for f in _FUNCTIONS)
            header = _PYTHON_HEADER.replace("import *", f"import jit, {names}")
            return Kernel(header + constants + "\n\n" + code.text(), self.block, self.language, self.arguments)
        code.put("}")
        real = "double" if self.plan.dtype == "float64" else "float"
        return Kernel(_CUDA_HEADER.format(real=real) + code.text(), self.block, self.language, self.arguments)

    def shared(self, name: str, length: int, kind: str) -> None:
        if self.python:
            numpy_type = {"real": self.plan.dtype, "double": "float64", "wide": "int64", "int": "int32", "count": "uint32"}[
                kind
            ]
            self.code.put(f"{name} = cuda.shared.array({length}, np.{numpy_type})")
        else:
            types = {"real": "real", "double": "double", "wide": "long long", "int": "int", "count": "unsigned int"}
            self.code.put(f"__shared__ {types[kind]} {name}[{length}];")

    def sync(self) -> None:
        self.code.put("cuda.syncthreads()" if self.python else "__syncthreads();")

    def store(self, place: str, value: str) -> None:
        self.code.put(f"{place} = {value}" + ("" if self.python else ";"))

    def add(self, array: str, index: str, value: str, kind: str) -> None:
        """An atomic sum of whole numbers: the order does not change it."""
        if self.python:
            self.code.put(f"cuda.atomic.add({array}, {index}, {value})")
        else:
            self.code.put(f"atomicAdd(&{array}[{index}], ({kind})({value}));")

    def lower(self, array: str, index: str, value: str) -> None:
        """An atomic minimum of whole numbers: the order does not change it."""
        if self.python:
            self.code.put(f"cuda.atomic.min({array}, {index}, {value})")
        else:
            self.code.put(f"atomicMin(&{array}[{index}], (long long)({value}));")

    @property
    def block_index(self) -> str:
        return "cuda.blockIdx.x" if self.python else "blockIdx.x"

    @property
    def grid_size(self) -> str:
        return "cuda.gridDim.x" if self.python else "gridDim.x"

    # --- the parts that are common ---

    def tables(self) -> None:
        """Copy the tables to shared memory under the name that the nest reads, where they fit."""
        if not 0 < self.table_length <= MAX_SHARED_TABLE:
            self.code.put("T = tables" if self.python else "const real* T = tables;")
            return
        self.shared("T", self.table_length, "real")
        with self.code.loop("x", "thread", f"{self.table_length}", self.block):
            self.store("T[x]", "tables[x]")
        self.sync()

    def nested(self, innermost: Callable[[], None]) -> None:
        """The middle loops around the innermost statements; every node is a local variable at its own level."""
        nest, plan = self.nest, self.plan

        def level(number: int) -> None:
            nest.load_tables(number)
            first = nest.before_guard(number)
            nest.compute(first)
            guard = nest.guard(number)
            if not guard:
                inside(number, set())
                return
            with self.code.when(guard):  # the same for a whole block: no thread waits for another
                inside(number, {node.id for node in first})
            if self.pruned:
                with self.code.otherwise():
                    self.code.set("pruned", f"pruned + {self.code.cast(nest.skipped(number), 'wide')}")

        def inside(number: int, done: set[int]) -> None:
            nest.compute(n for n in plan.nodes if nest.levels[n.id] == number and n.id not in done)
            if number == nest.last:
                innermost()
                return
            loop = plan.middle[number]
            if number + 1 == nest.last and not self.python:
                # Tables are then read several entries at a time.
                self.code.put(f"#pragma unroll {max(plan.jam.limit, 1)}")
            with self.code.loop(f"i{loop.axis}", *nest.bounds(loop)):
                level(number + 1)

        level(0)

    def lane(self) -> str:
        return "base + lane" if self.plan.lane_tile else "lane"

    def tree(self, accumulators: Iterable[Accumulator]) -> None:
        """Merge the lanes of a block pairwise; the result stands in element 0 of each shared array."""
        code = self.code
        accumulators = list(accumulators)
        for a in accumulators:
            self.store(f"shared_{a.name}[thread]", code.select("thread < used", a.name, a.empty(code)))
        self.sync()
        half = 1 << (self.block - 1).bit_length() >> 1
        while half:
            limit = "" if 2 * half <= self.block else f" and thread + {half} < {self.block}"
            condition = f"thread < {half}{limit if self.python else limit.replace(' and ', ' && ')}"
            with code.when(condition):
                for a in accumulators:
                    mine, other = f"shared_{a.name}[thread]", f"shared_{a.name}[thread + {half}]"
                    self.store(mine, a.merged(code, mine, other))
            self.sync()
            half >>= 1


_MAX_COUNTED = 2**31  # scenarios of an outer point

COMMON = (
    ("first", "long long"),
    ("count", "long long"),
    ("K", "const real*"),
    ("tables", "const real*"),
    ("L", "const real*"),
)


def reduction(plan: Plan, reducer: Reducer, language: str) -> Kernel:
    """``kernel(first, count, K, tables, L, out...)``: each outer point's accumulators, at its place after ``first``."""
    emitter = Threads(plan, language)
    code, nest = emitter.code, emitter.nest
    emitter.pruned = bool(plan.guards)
    if plan.inner < _MAX_COUNTED:
        reducer = reducer.counting()
    outs = [(f"out_{a.name}", f"{a.kind.replace('int', 'double')}*") for a in reducer.accumulators]
    if emitter.pruned:
        outs.append(("out_pruned", "long long*"))
    emitter.open([*COMMON, *outs])
    for a in reducer.accumulators:
        emitter.shared(f"shared_{a.name}", emitter.block, a.kind)
    emitter.tables()
    nest.load_constants()
    with code.loop("p", f"first + {emitter.block_index}", "first + count", emitter.grid_size, wide=True):
        nest.decode()
        nest.load_lanes(emitter.lane())
        for a in reducer.accumulators:
            code.var(a.name, a.empty(code), a.kind)
        if emitter.pruned:
            code.var("pruned", code.cast("0", "wide"), "wide")
        emitter.nested(lambda: reducer.update(code, *nest.outputs(None)))
        emitter.tree(reducer.accumulators)
        with code.when("thread == 0"):
            for a in reducer.accumulators:
                found = f"shared_{a.name}[0]"
                emitter.store(f"out_{a.name}[p - first]", code.cast(found, "double") if a.kind == "int" else found)
            if emitter.pruned:
                emitter.store("out_pruned[p - first]", "pruned")
        emitter.sync()
    return emitter.close()


def flat_index(emitter: Threads) -> str:
    """The flat index of a point of an outer point that begins at ``start``."""
    strides, long = emitter.plan.problem.grid.strides, "" if emitter.python else "LL"
    terms = [
        emitter.code.cast(f"i{m.axis} - s{m.axis}" if m.tiled else f"i{m.axis}", "wide") + f" * {strides[m.axis]}{long}"
        for m in emitter.plan.middle
    ]
    return " + ".join(["start", *terms])
