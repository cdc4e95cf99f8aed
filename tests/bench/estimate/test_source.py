"""A source has a kind that code asks, and words that a person reads."""

import pytest

from flopwatt.bench.estimate.source import Source, SourceKind, stated_with


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
