"""The picture of a validation: well-formed, a panel for each quantity, names as text, and what cannot be drawn."""

import xml.etree.ElementTree as ET
from pathlib import Path
from xml.etree import ElementTree

import pytest

from flopwatt.bench.validate import plot
from flopwatt.bench.validate.plot import svg
from flopwatt.bench.validate.results import Findings, Predicted

SVG = "{http://www.w3.org/2000/svg}"


def findings(*quantities: str) -> Findings:
    """Four cases of each quantity, one of them without an interval."""
    return Findings([case(quantity, i) for quantity in quantities for i in range(4)])


def case(quantity: str, i: int) -> Predicted:
    low, high = (None, None) if i == 2 else (9.0**i, 13.0**i)
    return Predicted(f"run {i} <&>", quantity, "h", published=10.0**i, predicted=12.0**i, low=low, high=high)


@pytest.mark.parametrize("quantities", [("chip_hours",), ("chip_hours", "energy", "carbon", "run_time")])
def test_a_panel_for_each_quantity_inside_the_picture(quantities: tuple[str, ...]) -> None:
    root = ET.fromstring(plot.svg(findings(*quantities)))
    width, height = (float(root.attrib[name]) for name in ("width", "height"))
    texts = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    for quantity in quantities:
        assert f"{quantity.replace('_', ' ')} (h)" in texts
    frames = [rect for rect in root.iter(f"{SVG}rect") if rect.attrib["width"] == str(plot.PANEL)]
    assert len(frames) == len(quantities)
    for frame in frames:
        assert 0 <= float(frame.attrib["x"]) <= width - plot.PANEL
        assert 0 <= float(frame.attrib["y"]) <= height - plot.PANEL
    assert "<&>" not in plot.svg(findings(*quantities))


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "found.SVG"
    plot.write(findings("energy"), path)
    assert path.read_text() == plot.svg(findings("energy"))


def test_what_cannot_be_drawn(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for drawn, name, message in (
        (findings("energy"), "a.png", "must end in .svg, not .png"),
        (findings("energy"), "a", "must end in .svg, not nothing"),
        (Findings(), "a.svg", "nothing to draw"),
        (findings("energy"), "file/a.svg", "cannot be written"),
    ):
        with pytest.raises(Exception, match=message):
            plot.write(drawn, tmp_path / name)
        assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("name", ['<b> & "c"', "]]>", "a\x00b\x1f", "\ud800", "\N{SNOWMAN} \U0001f600", "<!-- ", "'"])
def test_any_name_of_a_case_makes_a_picture(name: str) -> None:
    text = svg(Findings([Predicted(name, "chip_hours", "h", 100.0, 120.0, 90.0, 150.0)]))
    root = ElementTree.fromstring(text.encode())
    (title,) = root.iter("{http://www.w3.org/2000/svg}title")
    kept = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    assert title.text is not None
    assert title.text.startswith(f"{kept}: published")
