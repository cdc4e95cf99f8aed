"""Values of a study far from all that is known are refused with their key, unless study or caller say they are meant."""

from pathlib import Path

import pytest

from flopwatt import configs
from flopwatt.bench.errors import InputError
from flopwatt.bench.study.loader import load_study

STUDY = """
title = "t"
[given]
tokens = 1e13
{given}
[axes.model]
from = "models"
rows = ["llama-3.1-8b"]
[axes.chip]
from = "hardware"
rows = ["h100"]
[axes.chip_count]
{chips}
{axes}
[[questions]]
minimize = "cost"
"""


def study(folder: Path, given: str = "", chips: str = "values = [1024]", axes: str = "", top: str = "") -> Path:
    path = folder / "own.toml"
    path.write_text(top + STUDY.format(given=given, chips=chips, axes=axes))
    return path


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (
            {"given": "electricity_price = 50"},
            "given.electricity_price: electricity_price is 50 USD/kWh; what is known lies between",
        ),
        ({"given": "chip_mtbf = 1e9"}, "given.chip_mtbf: chip_mtbf is 1e9 h; what is known lies between"),
        ({"chips": "geomspace = [1024, 1e9]\nnum = 5"}, "axes.chip_count: chip_count is 1e9"),
        ({"chips": "values = [64, 1e9]"}, "axes.chip_count: chip_count is 1e9"),
        (
            {"axes": "[axes.z]\ndraws = 16\ncolumns = { electricity_price = { uniform = [49.999, 50.001] } }"},
            "axes.z: electricity_price is 50 USD/kWh",
        ),
    ],
)
def test_a_value_far_from_all_that_is_known_is_refused(tmp_path: Path, changed: dict[str, str], says: str) -> None:
    with pytest.raises(InputError) as error:
        load_study(study(tmp_path, **changed))
    assert says in str(error.value)
    assert "`unusual = true` at the top of the study, or the argument unusual, takes it as it is" in str(error.value)
    load_study(study(tmp_path, **changed, top="unusual = true\n"))
    load_study(study(tmp_path, **changed), unusual=True)


def test_columns_of_a_study_beside_rows_of_facts_are_its_own(tmp_path: Path) -> None:
    """A phase of 100, without a unit, is one of 100 W."""
    shipped = configs.studies()["planner-600mw"].read_text()
    path = tmp_path / "own.toml"
    path.write_text(shipped.replace('"100 MW", "100 MW"]', '"100 MW", 100]'))
    with pytest.raises(InputError, match=r"axes.phase: phase_power is 100 W; what is known .*; did you mean 100 kW or 100 MW"):
        load_study(path)


def test_an_override_is_not_the_studys_own_value(tmp_path: Path) -> None:
    path = study(tmp_path, top="unusual = true\n")
    with pytest.raises(InputError, match=r"electricity_price is 50 USD/kWh.*the argument unusual takes it as it is"):
        load_study(path, ["electricity_price=50"])
    load_study(path, ["electricity_price=50"], unusual=True)
    load_study(path, ["electricity_price=50 USD/MWh"])


def test_the_ends_of_an_axis_that_begins_at_nothing_are_its_ends(tmp_path: Path) -> None:
    load_study(study(tmp_path, axes="[axes.electricity_price]\nlinspace = [0, 0.1]\nnum = 1001"))


@pytest.mark.parametrize("name", configs.studies())
def test_shipped_studies_say_nothing_unusual(name: str) -> None:
    assert load_study(name).points > 0
