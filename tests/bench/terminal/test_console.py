"""The console: a terminal's own width, and room for a table where the output is a file or a pipe."""

import pytest

from flopwatt.bench.terminal.console import WIDTH, console


@pytest.mark.parametrize(("columns", "width"), [("60", WIDTH), ("200", 200)])
def test_what_is_no_terminal_has_room_for_a_table(columns: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", columns)
    assert console().width == width


def test_a_terminal_keeps_its_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    assert console().width == 60
