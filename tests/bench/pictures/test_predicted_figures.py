"""Predicted against published figures: logarithmic axes that hold all, groups in colours, and hollow marks."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from made_findings import case, two_generations

from flopwatt.bench.pictures.drawing import write_picture
from flopwatt.bench.pictures.predicted_figures import MOST_GROUPS, overview, scatter, spread_text
from flopwatt.bench.validate.results import Predicted


def steps() -> list[Predicted]:
    return [case for case in two_generations().predicted if case.quantity == "step_time"]


def test_axes_are_alike_and_hold_every_figure_and_interval() -> None:
    spec = scatter(steps(), "generation").spec
    (x, y) = (spec["layer"][2]["encoding"][name]["scale"] for name in "xy")
    assert x == y
    assert x["type"] == "log"
    for row in spec["data"]["values"]:
        assert all(x["domain"][0] < row[name] < x["domain"][1] for name in "xmlh")


def test_figures_of_about_one_size_have_an_axis_with_ticks() -> None:
    spec = scatter([case(1.0, 850.0 + i) for i in range(4)], "generation").spec
    assert spec["layer"][2]["encoding"]["x"]["scale"].get("type") is None
    assert spec["layer"][2]["encoding"]["x"]["axis"]["tickCount"] == 5


def test_groups_are_told_by_colour_and_what_lies_outside_is_hollow() -> None:
    picture = scatter(steps(), "generation")
    assert {row["c"]: row["o"] for row in picture.spec["data"]["values"]} == {"Hopper": 0, "Ampere": 1}
    assert [layer["mark"].get("filled") for layer in picture.spec["layer"]][2:] == [True, False]
    assert "hold the published figure in 50% of 12" in picture.caption
    assert len(scatter(steps()[:6], "generation").spec["layer"]) == 3  # without a hollow mark


def test_more_groups_than_can_be_told_apart_are_others() -> None:
    cases = [case(1.0, 10.0 + i, labels={"source": f"paper {i}"}) for i in range(MOST_GROUPS + 3)]
    groups = {row["c"] for row in scatter(cases, "source").spec["data"]["values"]}
    assert len(groups) == MOST_GROUPS
    assert "others" in groups


def test_one_picture_holds_a_plot_for_each_quantity(tmp_path: Path) -> None:
    energies = [Predicted(f"run <{i}>", "energy", "MWh", 10.0 + i, 12.0) for i in range(2)]
    picture = overview([*steps(), *energies, Predicted("one", "carbon", "kgCO2e", 1.0, 1.0)], "generation")
    assert [panel["title"]["text"] for panel in picture.spec["concat"]] == ["Step time", "Energy"]
    write_picture(picture, tmp_path / "all.svg")
    root = ElementTree.parse(tmp_path / "all.svg").getroot()
    marks = [mark.attrib["aria-label"] for mark in root.iter() if mark.attrib.get("aria-roledescription") == "point"]
    assert len(marks) == 14
    assert sum("run <" in text for text in marks) == 2
    assert len(overview(energies[:1], "generation").spec["concat"]) == 1


@pytest.mark.parametrize("name", ['<b> & "c"', "a\x00b\x1f", "\N{SNOWMAN} \U0001f600", "'", "] + alert(1)"])
def test_any_name_of_a_case_makes_a_picture(name: str, tmp_path: Path) -> None:
    write_picture(scatter([case(1.1, name=name, labels={"generation": name})], "generation"), tmp_path / "a.svg")
    assert ElementTree.parse(tmp_path / "a.svg").getroot().tag.endswith("svg")


def test_a_prediction_is_written_with_its_interval() -> None:
    assert spread_text(case(1.0, 50.0, low=40.0, high=55.0)) == "50 (40 to 55) s"
    assert spread_text(Predicted("a", "energy", "MWh", 1.0, 2.0)) == "2 MWh"
