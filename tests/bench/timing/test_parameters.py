"""Parameters as text: the same in every process, and telling enough."""

import dataclasses
import enum
import functools
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flopwatt.bench.timing.parameters import MAX_TEXT, stable


class Plain:
    pass


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError


class Color(enum.IntEnum):
    RED = 1


@dataclasses.dataclass
class Size:
    rows: int
    of: Any


HERE = __name__


@pytest.mark.parametrize("value", [None, True, 3, 2.5, "text", -(2**63) + 1])
def test_scalars_stay(value: Any) -> None:
    assert stable(value) == value
    assert type(stable(value)) is type(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        (2**70, str(2**70)),
        (sum, "builtins.sum"),
        (Plain, f"{HERE}.Plain"),
        (Plain(), f"<{HERE}.Plain object>"),
        (Broken(), f"{HERE}.Broken"),
        (Color.RED, f"{HERE}.Color.RED"),
        (Size(2, Plain()), f"Size(rows=2, of=<{HERE}.Plain object>)"),
        (functools.partial(sum, [1], start=Plain()), f"partial(builtins.sum, [1], start=<{HERE}.Plain object>)"),
        (np.zeros((2, 3), "f4"), "ndarray float32 (2, 3)"),
        ([np.zeros(2), Plain], f"[ndarray float64 (2,), {HERE}.Plain]"),
        ({"b": 1, "a": Plain()}, f"{{'b': 1, 'a': <{HERE}.Plain object>}}"),
        ({"b", "a", "c"}, "{'a', 'b', 'c'}"),
        (Path("/project/data/x.csv"), "data/x.csv"),
        (Path("/elsewhere/x.csv"), "/elsewhere/x.csv"),
        (Plain().__init__, f"<method-wrapper '__init__' of {'Plain'} object>"),  # type: ignore[misc]
    ],
)
def test_objects_are_told_without_addresses_or_data(value: Any, text: str) -> None:
    assert stable(value, Path("/project")) == text


@pytest.mark.parametrize(
    ("value", "scalar"), [(np.float64(2.5), 2.5), (np.int32(3), 3), (np.bool_(True), True), (np.array(4), 4)]
)
def test_scalars_of_numpy_are_scalars(value: Any, scalar: Any) -> None:
    assert stable(value) == scalar
    assert type(stable(value)) is type(scalar)


def test_long_texts_are_cut_and_still_told_apart() -> None:
    one, other = (stable("x" * 10**6 + end) for end in "ab")
    assert one != other
    assert isinstance(one, str)
    assert len(one) < MAX_TEXT + 40


def test_what_holds_itself_ends() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert stable(endless) == "[[[[[...]]]]]"


def test_two_processes_say_the_same() -> None:
    program = (
        "import functools; from flopwatt.bench.timing.parameters import stable\n"
        "class A: pass\n"
        "values = A(), A, {'x', 'y', 'z', A}, lambda: 1, functools.partial(print, A()), A().__init__\n"
        "print([stable(value) for value in values])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": seed},
        ).stdout
        for seed in "123"
    }
    assert len(said) == 1
