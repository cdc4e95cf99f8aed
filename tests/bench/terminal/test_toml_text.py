"""Comments of written TOML."""

import tomlkit

from flopwatt.bench.terminal.toml_text import add_comment, start_document


def test_a_document_begins_with_its_comment() -> None:
    document = start_document("# one\n#\n# two")
    document["key"] = {"value": 1}
    add_comment(document["key"], "# three")
    assert tomlkit.dumps(document).splitlines() == ["# one", "#", "# two", "", "[key]", "value = 1", "# three"]
