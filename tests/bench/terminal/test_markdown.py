"""Markdown: hostile texts stay one cell and one line, and show as they are."""

import re

import pytest

from flopwatt.bench.terminal.markdown import code, plain, table

HOSTILE = ["a|b", "a\\|b", "two\nlines\r\n", "<img src=x>", "&lt;", "`code", "**loud**", "[a](http://x)", "tail\\", "|"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_one_cell(text: str) -> None:
    (line,) = table(["one", "two"], 2, [[plain(text), "x"]])[2:]
    assert "\n" not in line
    unescaped = re.sub(r"\\[!-/:-@\\[-`{-~]", "", line)  # as CommonMark reads them
    assert unescaped.count("|") == 3
    assert not re.search(r"[<&`*]", unescaped)
    assert "](" not in unescaped


def test_it_shows_as_it_is() -> None:
    assert plain("test_it[slow-1e3] 5 %") == "test_it[slow-1e3] 5 %"
    assert re.sub(r"\\(.)", r"\1", plain("a|b <c> `d` \\ *e*")) == "a|b <c> `d` \\ *e*"
    assert code("a`b\nc") == "`a'b c`"


def test_numbers_stand_to_the_right() -> None:
    assert table(["name", "n"], 1, [["a", "1"]]) == ["| name | n |", "| --- | ---: |", "| a | 1 |"]


def test_escape_codes_are_shown() -> None:
    assert plain("a\x1b[2J\u202e") == "a\\\\x1b[2J\\\\u202e"
    assert code("a\x1b]") == "`a\\x1b]`"
