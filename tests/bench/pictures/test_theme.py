"""Pictures' colours: contrast with the ground, and how far apart they are for people who see few of them."""

import itertools

import numpy as np
import pytest

from flopwatt.bench.pictures.theme import DARK, LIGHT, MOST_COLOURS, Colours, colours, theme

# G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
# IEEE TVCG 15 (2009), table 1 at severity 1.0; on linear RGB.
PROTANOPIA = np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]])
DEUTERANOPIA = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]])
MIN_APART = 9.0  # CIE76 differences of colour: some four times what can just be told apart
BOTH = pytest.mark.parametrize("paint", [LIGHT, DARK], ids=["light", "dark"])


def linear(colour: str) -> np.ndarray:
    """Return the linear RGB of #rrggbb (IEC 61966-2-1)."""
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """Return CIE L*a*b* of linear RGB, at the white of D65."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(rgb, 0, 1)
    scaled = xyz / [0.9505, 1.0, 1.089]
    f = np.where(scaled > (6 / 29) ** 3, np.cbrt(scaled), scaled / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the example of WCAG's explanation of 1.4.3


@BOTH
def test_letters_and_marks_stand_out(paint: Colours) -> None:
    assert min(contrast(colour, paint.ground) for colour in (paint.text, paint.quiet)) >= 4.5
    assert min(contrast(colour, paint.ground) for colour in paint.categories) >= 3
    assert min(contrast(colour, paint.ground) for colour in paint.ramp) >= 3


@BOTH
@pytest.mark.parametrize("seen", [np.eye(3), PROTANOPIA, DEUTERANOPIA], ids=["all", "protanopia", "deuteranopia"])
def test_the_first_colours_are_told_apart_by_all(paint: Colours, seen: np.ndarray) -> None:
    """Of more than four, shapes tell them apart too."""
    for one, other in itertools.combinations(paint.categories[:4], 2):
        assert np.linalg.norm(lab(seen @ linear(one)) - lab(seen @ linear(other))) > MIN_APART, (one, other)


def test_both_grounds_have_as_many_colours() -> None:
    assert len(LIGHT.categories) == len(DARK.categories) == MOST_COLOURS
    assert len({*LIGHT.categories}) == len({*DARK.categories}) == MOST_COLOURS


def test_the_theme_has_the_colours_of_its_ground() -> None:
    assert theme(dark=False)["range"]["category"] == list(colours(False).categories)
    assert theme(dark=True)["axis"]["labelColor"] == DARK.text
    assert theme(dark=True)["background"] == "transparent"
