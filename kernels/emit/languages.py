"""Languages that are source text: CUDA C++, and Python for Numba on CUDA. Each is a table and a few hooks."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ..model.comparisons import COMPARISONS

# Operators and how tightly they bind. What binds less than arithmetic stands in parentheses in all but a comparison, since
# C and Python disagree there.
ALSO, BITS, COMPARISON, SUM, PRODUCT, SIGN = 1, 2, 3, 5, 6, 7
_INFIX = {
    "add": ("+", SUM),
    "sub": ("-", SUM),
    "mul": ("*", PRODUCT),
    "div": ("/", PRODUCT),
    "remainder": ("%", PRODUCT),
    **{comparison.op: (written, COMPARISON) for written, comparison in COMPARISONS.items()},
    "and": ("&", BITS),
    "or": ("|", BITS),
    "xor": ("^", BITS),
    "shl": ("<<", BITS),
    "shr": (">>", BITS),
}


@dataclass(frozen=True)
class Language:
    """What makes a language: templates of its statements and expressions, its operators, types and functions.

    ``{dtype}`` in a template is the dtype; ``header`` begins a file, ``{constants}`` in it are what `literal` collected.
    ``head`` begins a kernel of so many threads a block with these arguments (a name and a C++ type each).
    """

    header: str
    head: Callable[[int, Iterable[tuple[str, str]]], str]
    literal: Callable[[str, dict[str, str], float], str]
    loop: Callable[[str, str, str, str, bool], str]
    infix: Mapping[str, tuple[str, int]]
    negations: Mapping[str, str]
    types: Mapping[str, str]
    casts: Mapping[str, str]  # by kind, or by kind and dtype
    functions: Mapping[str, str]  # by operation, or by operation and dtype; what is not here is an operator or a select
    call: str
    whole: Mapping[str, str]
    truths: tuple[str, str]
    let: str
    var: str
    set: str
    select: str
    when: str
    otherwise: str
    end: str  # of a block; empty where the indentation is
    empty: str  # what stands in a block of nothing
    thread: str
    block: str
    blocks: str
    shared: str
    barrier: str
    add: str  # atomic, as is lower
    lower: str
    unroll: str
    reals: Mapping[str, str] = field(default_factory=lambda: {"float64": "double", "float32": "float"})


# --- CUDA C++ ---------------------------------------------------------------------------------------------------------


def _cuda_head(block: int, arguments: Iterable[tuple[str, str]]) -> str:
    parameters = ", ".join(
        f"{kind[:-1]}* __restrict__ {name}" if kind.endswith("*") else f"{kind} {name}" for name, kind in arguments
    )
    return f'extern "C" __global__ void __launch_bounds__({block}) kernel({parameters}) {{'


def _cuda_literal(dtype: str, constants: dict[str, str], value: float) -> str:
    if math.isinf(value):
        return "INF" if value > 0 else "(-INF)"
    return f"real({value!r})"


def _cuda_loop(name: str, start: str, stop: str, step: str, wide: bool) -> str:
    return f"for ({'long long' if wide else 'int'} {name} = {start}; {name} < {stop}; {name} += {step}) {{"


_CUDA_TYPES = {
    "real": "real",
    "double": "double",
    "bool": "bool",
    "int": "int",
    "wide": "long long",
    "count": "unsigned int",
    "total": "unsigned long long",
    "flag": "unsigned char",
}

CUDA = Language(
    header="""// Emitted by flopwatt from a plan; not for editing.
typedef {real} real;
#define INF ((real)__longlong_as_double(0x7ff0000000000000LL))

""",
    head=_cuda_head,
    literal=_cuda_literal,
    loop=_cuda_loop,
    infix=_INFIX | {"quotient": ("/", PRODUCT), "also": ("&&", ALSO)},
    negations={"neg": "-{}", "not": "!{}"},
    types=_CUDA_TYPES,
    casts={kind: f"({kind_text})({{}})" for kind, kind_text in _CUDA_TYPES.items()},
    functions={
        "bits float64": "__double_as_longlong",
        "bits float32": "__float_as_int",
        "unbits float64": "__longlong_as_double",
        "unbits float32": "__int_as_float",
        "min float32": "fminf",
        "max float32": "fmaxf",
    },
    call="{}",
    whole={"int": "{}", "wide": "{}LL"},
    truths=("false", "true"),
    let="const {type} {name} = {value};",
    var="{type} {name} = {value};",
    set="{place} = {value};",
    select="(({condition}) ? {yes} : {no})",
    when="if ({condition}) {{",
    otherwise="else {",
    end="}",
    empty="",
    thread="threadIdx.x",
    block="blockIdx.x",
    blocks="gridDim.x",
    shared="__shared__ {type} {name}[{length}];",
    barrier="__syncthreads();",
    add="atomicAdd(&{array}[{index}], ({type})({value}));",
    lower="atomicMin(&{array}[{index}], ({type})({value}));",
    unroll="#pragma unroll {}",
)


# --- Python for Numba on CUDA -----------------------------------------------------------------------------------------

# Functions of libdevice. A product is one that no compiler may fuse into a multiply-add.
_FUNCTIONS = ("mul", "ceil", "floor", "sqrt", "exp", "log2", "pow", "bits", "unbits", "fmin", "fmax")


def _python_head(block: int, arguments: Iterable[tuple[str, str]]) -> str:
    return f"@jit({block})\ndef kernel({', '.join(name for name, _ in arguments)}):"


def _python_literal(dtype: str, constants: dict[str, str], value: float) -> str:
    """Make a module constant of the dtype, so that a float32 computation stays float32."""
    text = repr(value) if math.isfinite(value) else f'float("{value}")'
    return constants.setdefault(f"np.{dtype}({text})", f"k{len(constants)}")


def _python_loop(name: str, start: str, stop: str, step: str, wide: bool) -> str:
    bounds = stop if (start, step) == ("0", "1") else f"{start}, {stop}" if step == "1" else f"{start}, {stop}, {step}"
    return f"for {name} in range({bounds}):"


PYTHON = Language(
    header=f'''"""Emitted by flopwatt from a plan; not for editing."""

import numpy as np
from numba import cuda

from flopwatt.kernels.emit.gpu.cuda_math import jit, mul_double, {", ".join(f"{name}_{{dtype}}" for name in _FUNCTIONS)}

{{constants}}

''',
    head=_python_head,
    literal=_python_literal,
    loop=_python_loop,
    infix=_INFIX | {"quotient": ("//", PRODUCT), "also": ("and", ALSO)},
    negations={"neg": "-{}", "not": "not {}"},
    types={
        "real": "{dtype}",
        "double": "float64",
        "bool": "bool_",
        "int": "int32",
        "wide": "int64",
        "count": "uint32",
        "total": "uint64",
        "flag": "uint8",
    },
    casts={
        "real": "np.float32({})",
        "real float64": "{}",
        "double": "np.float64({})",
        "double float64": "{}",
        "wide": "np.int64({})",
        "int": "np.int32({})",
    },
    functions={
        "mul": "mul",
        "bits float64": "bits_float64",
        "bits float32": "bits_float32",
        "unbits float64": "unbits_float64",
        "unbits float32": "unbits_float32",
        "min float32": "fmin_float32",
        "max float32": "fmax_float32",
    },
    call="{}_{dtype}",
    whole={"int": "{}", "wide": "{}"},
    truths=("False", "True"),
    let="{name} = {value}",
    var="{name} = {value}",
    set="{place} = {value}",
    select="({yes} if {condition} else {no})",
    when="if {condition}:",
    otherwise="else:",
    end="",
    empty="pass",
    thread="cuda.threadIdx.x",
    block="cuda.blockIdx.x",
    blocks="cuda.gridDim.x",
    shared="{name} = cuda.shared.array({length}, np.{type})",
    barrier="cuda.syncthreads()",
    add="cuda.atomic.add({array}, {index}, {value})",
    lower="cuda.atomic.min({array}, {index}, {value})",
    unroll="",
)

LANGUAGES = {"python": PYTHON, "cuda": CUDA}
