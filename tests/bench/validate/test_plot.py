"""The picture: an SVG that any parser reads, whatever a case is called."""

from xml.etree import ElementTree

import pytest

from flopwatt.bench.validate.plot import svg
from flopwatt.bench.validate.results import Findings, Predicted


@pytest.mark.parametrize("name", ['<b> & "c"', "]]>", "a\x00b\x1f", "\ud800", "\N{SNOWMAN} \U0001f600", "<!-- ", "'"])
def test_any_name_of_a_case_makes_a_picture(name: str) -> None:
    text = svg(Findings([Predicted(name, "chip_hours", "h", 100.0, 120.0, 90.0, 150.0)]))
    root = ElementTree.fromstring(text.encode())
    (title,) = root.iter("{http://www.w3.org/2000/svg}title")
    kept = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    assert title.text is not None
    assert title.text.startswith(f"{kept}: published")
