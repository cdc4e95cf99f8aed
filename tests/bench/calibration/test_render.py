"""The system file: whole, and read back whatever a machine is called."""

import dataclasses
import tomllib
from pathlib import Path

import pytest
from made_gpu import MadeGpu, made_system

from flopwatt.bench.calibration.render import render
from flopwatt.bench.facts import system_file


def test_the_file_is_whole_and_is_read_back(tmp_path: Path) -> None:
    system = made_system()
    path = tmp_path / "system.toml"
    path.write_text(render(system, "cpu-1x-h100", MadeGpu.name, "580.1"))
    document = tomllib.loads(path.read_text())
    assert document["machine"]["chip"] == "h100-sxm-80gb"
    assert len(document["products"]) == len(system.products)
    again = system_file.read(path)
    assert again.chip == "h100-sxm-80gb"
    assert set(again.given) == set(system.given)
    for name, value in system.given.items():
        assert again.values()[name] == pytest.approx(value, rel=1e-3), name


HOSTILE = ('a"b\\c', "it's", "two\nlines", "\ttab \x7f \x01", "[x]\ny = 1 # no", '"""', "\\", "é ∞", "")


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_of_a_machine_is_read_back(name: str, tmp_path: Path) -> None:
    text = render(dataclasses.replace(made_system(), absent={name: name}), name, name, name)
    document = tomllib.loads(text)
    assert [document["machine"][key] for key in ("name", "gpu", "driver")] == [name] * 3
    assert document["absent"] == {name: name}
    (tmp_path / "made_system().toml").write_text(text)
    assert system_file.read(tmp_path / "made_system().toml").chip == "h100-sxm-80gb"
