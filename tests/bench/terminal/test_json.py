"""The JSON document of a command: one line, strict, in ASCII."""

import json
import math
from dataclasses import dataclass

import numpy as np
import pytest

from flopwatt.bench.terminal.json import jsonable, print_json


def test_it_is_one_line_that_any_terminal_can_carry(capsys: pytest.CaptureFixture[str]) -> None:
    document = {"unit": "µs", "values": [1.5, None, True], "text": "two\nlines"}
    print_json(document)
    out = capsys.readouterr().out
    assert out.isascii()
    assert out.count("\n") == 1
    assert json.loads(out) == document


def test_a_nan_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        print_json({"x": float("nan")})
    assert capsys.readouterr().out == ""


@dataclass(frozen=True)
class Pair:
    one: object
    other: object = ()


def test_everything_becomes_strict_json() -> None:
    value = {
        "nan": math.nan,
        "infinities": (math.inf, -math.inf, np.float64("inf"), np.float32("nan")),
        "numpy": [np.int64(3), np.float32(0.5), np.bool_(True), np.float64(1e-300)],
        "pair": Pair(Pair(1)),
        3: 'a"b\\c\n',
    }
    text = json.dumps(jsonable(value), allow_nan=False)
    assert json.loads(text) == {
        "nan": None,
        "infinities": ["inf", "-inf", "inf", None],
        "numpy": [3, 0.5, True, 1e-300],
        "pair": {"one": {"one": 1, "other": []}, "other": []},
        "3": 'a"b\\c\n',
    }


def test_what_has_no_place_in_json_is_refused() -> None:
    with pytest.raises(Exception, match="object has no place in JSON"):
        jsonable({"a": object()})
