"""Markdown: hostile texts stay one cell and one line, and show as they are."""

import pytest
from rendered import render, rendered_tables, seen

from flopwatt.bench.terminal.markdown import code, code_cell, plain, table

TEXTS = [
    *(
        "a|b",
        r"a\|b",
        r"a\\|b",
        "|",
        "two\nlines\r\n",
        "tail\\",
        "<img src=x>",
        "a > b",
        "&lt;",
        "a & b",
        "`code",
        "a``b`",
        "`",
    ),
    *("**loud**", "_x_", "a_b_c", "__x__", "x_ y", "~~s~~", "$a$", "[a](http://x)", "![i](x)", "[x] box", "[a][b]", "[a]: x"),
    *("# h", "- li", "+ li", "1. x", "10) y", "1.", "> q", "test_it[slow-1e3] 5 %", "1.067", "-1.5", "test_it[a[1]-_b_]"),
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_shows_as_it_is(text: str) -> None:
    """In a table's cell, in one of code, in a list and in a line, where it is text and nothing else."""
    wanted = " ".join(text.split())
    lines = table(["one", "two", "n"], 2, [[plain(text), code_cell(text), "1"]])
    assert rendered_tables("\n".join(lines)) == [[[wanted, wanted, "1"]]]
    item = render(f"- {plain(text)}")
    assert item.count("<") == 4  # <ul>, <li> and their ends
    assert seen(item) == wanted
    assert seen(render(plain(text))) == wanted
    assert seen(render(code(text))) == wanted


def test_what_means_nothing_is_not_escaped() -> None:
    for text in ("test_it[slow-1e3] 5 %", "a_b_c", "1.067", "x! (y)", "2026-11-25 - 3"):
        assert plain(text) == text
    assert code("") == plain("") == ""


def test_numbers_stand_to_the_right() -> None:
    assert table(["name", "n"], 1, [["a", "1"]]) == ["| name | n |", "| --- | ---: |", "| a | 1 |"]


def test_escape_codes_are_shown() -> None:
    assert plain("a\x1b[2J\u202e") == "a\\\\x1b[2J\\\\u202e"
    assert code("a\x1b]") == "`a\\x1b]`"
