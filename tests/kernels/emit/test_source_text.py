"""Operations as lines of source: parentheses where they are needed, blocks, and what only a GPU has."""

import pytest

from flopwatt.kernels.emit.code import Array, Value
from flopwatt.kernels.emit.languages import CUDA, PYTHON
from flopwatt.kernels.emit.source_text import SourceText


def code_of(language: str, dtype: str = "float64") -> SourceText:
    return SourceText({"cuda": CUDA, "python": PYTHON}[language], dtype)


def named(code: SourceText, names: str, kind: str) -> list[Value]:
    return [Value(code, kind, name) for name in names]


@pytest.mark.parametrize("language", ["cuda", "python"])
def test_whole_numbers_are_what_the_operations_say(language: str) -> None:
    code = code_of(language)
    a, b, c = named(code, "abc", "int")
    values = {"a": 23, "b": 5, "c": 3}
    for value, expected in (
        (a - (b - c), 21), (a - b - c, 15), (a - (b + c) * c, -1), (a * (b + c), 184), ((a + b) % c, 1), (a + (b + c), 31),
        (a + b * c, 38), (-a - 1, -24), ((a & 7) >> 1, 3), ((a >> 1) - c, 8), (a * (b * c), 345), (a ^ (b & c), 22),
        (a << (b - c), 92), (a * (a % b), 69),
    ):  # fmt: skip
        assert eval(value.text, {}, values) == expected, value.text
    assert eval(code_of("python").binary("quotient", a, b * c).text, {}, values) == 1


def test_conditions_stand_in_parentheses_under_bits() -> None:
    code = code_of("python")
    a, b = named(code, "ab", "real")
    (ok,) = named(code, ["ok"], "bool")
    assert (a < b).kind == "bool"
    assert code.both(a < b, ok, ~ok).text == "(a < b) & ok & (not ok)"
    assert code.both(code.both(a < b, ok), a > b).text == "((a < b) & ok) & (a > b)"
    assert code.both(a < b).text == "a < b"
    assert ((a < b) | a.differs(a)).text == "(a < b) | (a != a)"


@pytest.mark.parametrize(
    ("language", "text"),
    [("cuda", "((x < 3 && x + 1 < 9) ? x : 0)"), ("python", "(x if x < 3 and x + 1 < 9 else 0)")],
)
def test_choices(language: str, text: str) -> None:
    code = code_of(language)
    (x,) = named(code, "x", "int")
    chosen = code.select(code.also(x < 3, x + 1 < 9), x, 0)
    assert (chosen.text, chosen.kind) == (text, "int")


def test_only_products_of_reals_are_kept_from_fusing() -> None:
    code = code_of("python", "float32")
    a, b = named(code, "ab", "real")
    i, j = named(code, "ij", "int")
    assert (a * b).text == "mul_float32(a, b)"
    assert (i * j).text == "i * j"
    assert (code_of("cuda").binary("mul", a, b)).text == "a * b"


def test_the_lesser_is_one_instruction_in_float32() -> None:
    for language, dtype, text in (
        ("cuda", "float32", "fminf(a, b)"), ("cuda", "float64", "((a < b) ? a : b)"),
        ("python", "float32", "fmin_float32(a, b)"), ("python", "float64", "(a if a < b else b)"),
    ):  # fmt: skip
        code = code_of(language, dtype)
        assert code.extreme("min", *named(code, "ab", "real")).text == text


def test_casts_and_bits() -> None:
    assert [code_of("cuda").cast(Value(code_of("cuda"), "int", "i + 1"), "wide").text] == ["(long long)(i + 1)"]
    for dtype, text in (("float64", "x"), ("float32", "np.float64(x)")):
        code = code_of("python", dtype)
        assert code.cast(*named(code, "x", "real"), "double").text == text
        assert code.bits(*named(code, "x", "real")).kind == ("wide" if dtype == "float64" else "int")
        assert code.unbits(*named(code, "x", "wide")).text == f"unbits_{dtype}(x)"
        assert code.cast(*named(code, "y", "double"), "real").text == ("y" if dtype == "float64" else "np.float32(y)")
    assert [code_of("cuda", dtype).unbits(Value(code_of("cuda"), "wide", "x")).text for dtype in ("float64", "float32")] == [
        "__longlong_as_double(x)",
        "__int_as_float(x)",
    ]


def written(language: str) -> str:
    code = code_of(language, "float32")
    with code.kernel(32, [("n", "long long"), ("out", "real*"), ("hits", "unsigned long long*")]) as given:
        n, out, hits = given["n"], given["out"], given["hits"]
        assert isinstance(n, Value)
        assert isinstance(out, Array)
        assert isinstance(hits, Array)
        kept = code.shared("kept", 32, "count")
        thread = code.let("thread", code.thread(), "int")
        total = code.var("total", code.literal(0.0))
        code.unroll(4)
        with code.loop("p", code.block(), n, code.blocks(), wide=True) as p:
            with code.when(p.equals(thread)):
                total.set(total.value + 0.5)
            with code.otherwise():
                code.add(kept, thread, 1)
        with code.when(thread < 1):
            pass
        code.barrier()
        code.add(hits, n, kept[thread])
        out[thread] = total.value
    return code.source()


def test_a_kernel_in_cuda() -> None:
    head, _, body = written("cuda").partition("kernel(")
    assert "typedef float real;" in head
    assert (
        body
        == """long long n, real* __restrict__ out, unsigned long long* __restrict__ hits) {
    __shared__ unsigned int kept[32];
    const int thread = threadIdx.x;
    real total = real(0.0);
    #pragma unroll 4
    for (long long p = blockIdx.x; p < n; p += gridDim.x) {
        if (p == thread) {
            total = total + real(0.5);
        }
        else {
            atomicAdd(&kept[thread], (unsigned int)(1));
        }
    }
    if (thread < 1) {
    }
    __syncthreads();
    atomicAdd(&hits[n], (unsigned long long)(kept[thread]));
    out[thread] = total;
}
"""
    )


def test_a_kernel_in_python() -> None:
    head, _, body = written("python").partition("kernel(")
    assert "import jit, mul_double, mul_float32, ceil_float32" in head
    assert "k0 = np.float32(0.0)\nk1 = np.float32(0.5)\n" in head
    assert (
        body
        == """n, out, hits):
    kept = cuda.shared.array(32, np.uint32)
    thread = cuda.threadIdx.x
    total = k0
    for p in range(cuda.blockIdx.x, n, cuda.gridDim.x):
        if p == thread:
            total = total + k1
        else:
            cuda.atomic.add(kept, thread, 1)
    if thread < 1:
        pass
    cuda.syncthreads()
    cuda.atomic.add(hits, n, kept[thread])
    out[thread] = total
"""
    )
