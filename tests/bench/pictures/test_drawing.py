"""Pictures in files, and the JavaScript that draws them in a page."""

import builtins
import struct
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.pictures.drawing import SCALE, WIDTH, check_picture_path, drawn_spec, vega_bundle, write_picture
from flopwatt.bench.pictures.frames import frame
from flopwatt.bench.pictures.marks import dots
from flopwatt.bench.pictures.picture import Picture, Slider
from flopwatt.bench.pictures.theme import DARK, LIGHT

SLIDERS = (Slider("at_0", "precision", ("BF16", "FP8"), 1),)
ROWS = [{"m": 1, "v": "one", "s0": 0}, {"m": 2, "v": "<script>alert(1)</script>", "s0": 1}]
LAYER = dots({"x": {"field": "m", "type": "quantitative"}}, [])
PICTURE = Picture("points", "A <b>title</b>", "What is seen & said.", frame(ROWS, [LAYER], 60, SLIDERS), SLIDERS)


def test_an_svg_is_drawn_alike_every_time_and_says_where_its_sliders_are(tmp_path: Path) -> None:
    write_picture(PICTURE, tmp_path / "a.svg")
    write_picture(PICTURE, tmp_path / "b.svg")
    data = (tmp_path / "a.svg").read_bytes()
    assert data == (tmp_path / "b.svg").read_bytes()
    root = ElementTree.fromstring(data)
    assert root.get("width") == str(WIDTH)
    text = " ".join("".join(node.itertext()) for node in root.iter())
    assert "A <b>title</b>" in text
    assert "What is seen & said. Shown for precision: FP8." in text
    assert data.count(b'aria-roledescription="point"') == 1  # of the slider's start
    assert b"<script" not in data


def test_a_png_has_two_pixels_for_one(tmp_path: Path) -> None:
    write_picture(PICTURE, tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", data[16:20]) == (WIDTH * SCALE,)


def test_dark_ground_is_dark(tmp_path: Path) -> None:
    write_picture(PICTURE, tmp_path / "light.svg")
    write_picture(PICTURE, tmp_path / "dark.svg", dark=True)
    assert LIGHT.text in (tmp_path / "light.svg").read_text()
    dark = (tmp_path / "dark.svg").read_text()
    assert DARK.text in dark
    assert DARK.ground in dark
    assert LIGHT.text not in dark


def test_a_file_s_letters_are_those_that_come_with_the_program() -> None:
    config = drawn_spec(PICTURE)["config"]
    assert config["font"].startswith("Liberation Sans")
    assert config["axis"]["labelFont"] == config["title"]["subtitleFont"] == config["font"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.pdf", "ends in neither .svg nor .png"),
        ("a.pgn", "did you mean '.png'?"),
        ("a", "ends in neither"),
        ("nowhere/a.svg", "there is no folder"),
        ("folder.svg", "is a folder; name a file"),
    ],
)
def test_a_path_that_will_not_do_is_refused_before_the_work(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(InputError) as error:
        check_picture_path(tmp_path / name)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_without_vl_convert_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "vl_convert":
            raise ImportError(name)
        return there(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    for work in (
        lambda: check_picture_path(tmp_path / "a.svg"),
        lambda: write_picture(PICTURE, tmp_path / "a.svg"),
        vega_bundle,
    ):
        with pytest.raises(InputError, match=r"pip install 'flopwatt\[report\]'"):
            work()
    assert list(tmp_path.iterdir()) == []


def test_the_script_is_kept_and_leaves_the_page_s_names_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOPWATT_CACHE", str(tmp_path))
    script = vega_bundle()
    (kept,) = tmp_path.glob("vega_*")
    assert script == vega_bundle()
    assert kept.stat().st_size < 1.2e6
    assert script.startswith("(() => {")
    assert script.endswith("})();\n")
    assert "window.vegaEmbed=" in script
    assert "</script" not in script
