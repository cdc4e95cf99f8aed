"""The chips of the table that are near to a name that none has."""

import pytest

from flopwatt.bench.facts.chip_names import family, nearest_name
from flopwatt.bench.facts.chip_text import read_chip_text


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("NVIDIA H100 NVL 94GB", ["h100-sxm-80gb", "h100-sxm-96gb", "h100-pcie-80gb"]),
        ("V100", ["v100-sxm2-16gb", "v100-sxm2-32gb"]),
        ("A100 40GB", ["a100-sxm-40gb", "a100-sxm-64gb", "a100-sxm-80gb", "a100-pcie-40gb", "a100-pcie-80gb"]),
        ("NVIDIA SXM5 HBM3", []),  # of many chips
        ("", []),
    ],
)
def test_a_family_shares_the_word_that_tells_chips_apart(text: str, keys: list[str]) -> None:
    assert [row.key for row in family(read_chip_text(text))] == keys


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("h10", "; did you mean 'h100'?"),
        ("H1000", "; did you mean 'h100'?"),
        ("L40", "; did you mean 'l40s'?"),
        ("B100", "; there are B200-SXM and B300-SXM"),  # and no V100, which is as near by spelling
        ("Trainium", "; there are Trainium2 and Trainium3"),
        ("Rubin", "; there are VR200-NVL72, VR200 Max-P, Rubin NVL8 and Rubin CPX"),
        ("P100", "; `flopwatt show hardware` lists them"),
        ("NVIDIA GPU", "; `flopwatt show hardware` lists them"),
    ],
)
def test_what_is_near(text: str, hint: str) -> None:
    assert nearest_name(text, read_chip_text(text)) == hint
