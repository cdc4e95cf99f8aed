"""The tables of languages: whole, and their text is the languages' own."""

import ast
import dataclasses
import math

import pytest

from flopwatt.kernels.emit.languages import CUDA, LANGUAGES, PYTHON, Language

BOTH = pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)


@BOTH
def test_a_language_has_every_operator_kind_and_cast(language: Language) -> None:
    assert set(language.infix) == {
        "add", "sub", "mul", "div", "quotient", "remainder", "lt", "le", "gt", "ge", "eq", "ne", "and", "or", "xor", "shl",
        "shr", "also",
    }  # fmt: skip
    kinds = {"real", "double", "bool", "int", "wide", "count", "total", "flag"}
    assert set(language.types) == kinds
    assert {"double", "wide", "int"} <= set(language.casts)
    assert set(language.negations) == {"neg", "not"}
    for operation in ("bits float64", "bits float32", "unbits float64", "unbits float32", "min float32", "max float32"):
        assert language.functions[operation]


def test_the_languages_differ_where_they_must() -> None:
    same = {field.name for field in dataclasses.fields(Language) if getattr(CUDA, field.name) == getattr(PYTHON, field.name)}
    assert same == {"reals"}
    assert CUDA.infix["quotient"][0] == "/"
    assert PYTHON.infix["quotient"][0] == "//"


@pytest.mark.parametrize(("value", "text"), [(1.5, "real(1.5)"), (math.inf, "INF"), (-math.inf, "(-INF)")])
def test_literals_of_cuda_are_typed(value: float, text: str) -> None:
    constants: dict[str, str] = {}
    assert CUDA.literal("float32", constants, value) == text
    assert constants == {}


def test_literals_of_python_are_constants_of_the_module() -> None:
    constants: dict[str, str] = {}
    names = [PYTHON.literal("float32", constants, value) for value in (1.5, -math.inf, 1.5)]
    assert names == ["k0", "k1", "k0"]
    assert constants == {"np.float32(1.5)": "k0", 'np.float32(float("-inf"))': "k1"}


@pytest.mark.parametrize(
    ("start", "stop", "step", "values"),
    [("0", "5", "1", [0, 1, 2, 3, 4]), ("2", "5", "1", [2, 3, 4]), ("1", "8", "3", [1, 4, 7])],
)
def test_loops_of_python_count_as_asked(start: str, stop: str, step: str, values: list[int]) -> None:
    line = PYTHON.loop("i", start, stop, step, False)
    scope: dict[str, list[int]] = {"seen": []}
    exec(f"{line}\n    seen.append(i)", scope)
    assert scope["seen"] == values


def test_loops_of_cuda_are_as_wide_as_their_variable() -> None:
    assert CUDA.loop("i", "0", "5", "1", False) == "for (int i = 0; i < 5; i += 1) {"
    assert CUDA.loop("p", "a", "b", "s", True) == "for (long long p = a; p < b; p += s) {"


def test_heads_name_the_arguments() -> None:
    arguments = [("first", "long long"), ("K", "const real*")]
    assert "kernel(long long first, const real* __restrict__ K) {" in CUDA.head(64, arguments)
    (function,) = ast.parse(f"{PYTHON.head(64, arguments)}\n    pass").body
    assert isinstance(function, ast.FunctionDef)
    assert [argument.arg for argument in function.args.args] == ["first", "K"]
