"""A source has a kind that code asks, and words that a person reads."""

import pytest

from flopwatt.bench.errors import Parameter
from flopwatt.bench.estimate.source import Source, SourceKind, stated_with, unpublished


def test_what_the_user_stated_names_the_parameter_as_the_reader_knows_it() -> None:
    source = stated_with("chip_count")
    assert source.kind is SourceKind.STATED
    assert source.text() == "stated with chip_count"
    assert source.text(lambda parameter: f"<{parameter.name}>") == "stated with <chip_count>"


@pytest.mark.parametrize(
    ("kind", "text", "by_default"),
    [
        (SourceKind.DEFAULT, "default: a table", True),
        (SourceKind.USUAL, "default, since a table", True),
        (SourceKind.MEASURED, "measured: a table", False),
        (SourceKind.FACT, "a table", False),
    ],
)
def test_a_kind_says_itself_and_its_detail(kind: SourceKind, text: str, by_default: bool) -> None:
    source = Source(kind, "a table")
    assert (source.text(), source.is_default) == (text, by_default)


def test_what_is_not_published_says_whose_and_what_to_give() -> None:
    """With the quantity's own flag where there is one, else with the one that sets any quantity."""

    def spell(parameter: Parameter) -> str:
        flags = {"electricity_price": "--electricity-price", "sets": f"--set {parameter.value}"}
        return flags.get(parameter.name, parameter.name)

    price = unpublished("electricity_price", "Norway")
    assert price.text() == "electricity price of Norway is not published here; give electricity_price"
    assert price.text(spell) == "electricity price of Norway is not published here; give --electricity-price"
    assert unpublished("peak_fp8", "H20").text(spell).endswith("; give --set peak_fp8=VALUE")
    assert unpublished("chip_price_low", "H20").text(spell) == unpublished("chip_price_high", "H20").text(spell)
    assert unpublished("chip_price_low", "H20").text(spell).endswith("; give --set chip_price=VALUE")
