"""How a document says which flopwatt wrote it."""

from flopwatt.bench.differences.document_forms import VersionForm


def test_the_version_in_words() -> None:
    assert VersionForm("1.0").words() == "flopwatt 1.0"
    assert VersionForm("1.0", "a" * 40).words() == "flopwatt 1.0 (aaaaaaaaaaaa)"
    assert VersionForm("1.0", "a" * 40, True).words() == "flopwatt 1.0 (aaaaaaaaaaaa with changes)"
