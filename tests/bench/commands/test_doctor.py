"""``flopwatt doctor``."""

import json
from typing import Any

from click.testing import CliRunner

from flopwatt.bench.cli import cli
from flopwatt.kernels import engines


def run(*args: str) -> Any:
    return CliRunner().invoke(cli, list(args))


def test_doctor() -> None:
    text = run("doctor").stdout
    found = json.loads(run("doctor", "--json").stdout)
    assert found["machine"]["name"] in text
    for name, version in found["machine"]["packages"].items():
        assert f"{name} {version}" in text
    assert [state["name"] for state in found["engines"]] == list(engines.NAMES)
    for state in found["engines"]:
        assert state["available"] or state["reason"] in text
