"""A study that comes with flopwatt is copied whole, below three lines of comment."""

import pytest

from flopwatt import configs
from flopwatt.bench.beginnings.shipped_copies import PHASES, copy_of
from flopwatt.bench.errors import InputError


@pytest.mark.parametrize("template", ["quick", PHASES])
def test_a_copy_is_the_study_below_three_comments(template: str) -> None:
    head, _, body = copy_of(template, "our site").partition("\n\n")
    assert [line[:2] for line in head.splitlines()] == ["# "] * 3
    assert "flopwatt run 'our site.toml'" in head
    assert body == configs.studies()[template].read_text()


def test_an_unknown_one_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'quick'"):
        copy_of("quik", "ours")
