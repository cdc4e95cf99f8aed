"""Words for messages: the nearest of some names."""

import pytest

from flopwatt.kernels.text import nearest


@pytest.mark.parametrize(
    ("name", "hint"), [("chip_cout", "; did you mean 'chip_count'?"), ("mfu", "; did you mean 'mfu'?"), ("zzz", ""), ("", "")]
)
def test_the_nearest_name_or_nothing(name: str, hint: str) -> None:
    assert nearest(name, ["chip_count", "mfu", "goodput"]) == hint
