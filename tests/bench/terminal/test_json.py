"""The JSON document of a command: one line, strict, in ASCII."""

import json

import pytest

from flopwatt.bench.terminal.json import print_json


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
