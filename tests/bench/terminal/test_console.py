"""The console: a terminal's own width or what COLUMNS says, and room for a table where the output is a file or a pipe."""

import pytest
from rich.table import Table
from rich.text import Text

from flopwatt.bench.terminal.console import WIDTH, console


@pytest.mark.parametrize(("columns", "width"), [("", WIDTH), ("60", 60), ("200", 200)])
def test_what_is_no_terminal_has_room_for_a_table(columns: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", columns)
    assert console().width == width


def test_a_terminal_keeps_its_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    assert console().width == 60


def test_escape_codes_in_what_is_printed_are_shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    table = Table("a\x1b[5m")
    table.add_row(Text("\x1b]0;t", style="red"))
    screen = console()
    screen.print(table)
    screen.print("b\u202e", Text("c\x9b"), style="bold", highlight=False, soft_wrap=True)
    printed = capsys.readouterr().out
    assert r"a\x1b[5m" in printed
    assert "\x1b[31m\\x1b]0;t" in printed  # red is the table's own
    assert r"b\u202e c\x9b" in printed
    assert not any(code in printed for code in ("\x1b[5m", "\x1b]", "\x9b", "\u202e"))
