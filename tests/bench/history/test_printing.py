"""A history on the screen, wide, narrow and without blocks."""

import pytest
from made_history import SLOWER, SLOWER_COMMIT, history_of
from rich.console import Console

from flopwatt.bench.history import printing
from flopwatt.bench.history.series import History, series_of
from flopwatt.bench.history.spark import ASCII

NAME = "2e6-numba-float64-the cheapest of all"


def printed(monkeypatch: pytest.MonkeyPatch, width: int, print_it, encoding: str = "utf-8", name: str = NAME) -> list[str]:
    class Terminal(Console):
        @property
        def encoding(self) -> str:
            return encoding

    console = Terminal(width=width, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    monkeypatch.setattr(printing, "console", lambda: console)
    print_it(History(tuple(series_of(history_of(SLOWER * 2, name)))))
    return [line.rstrip() for line in console.export_text().splitlines()]


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_the_list_is_as_wide_as_the_screen_at_most(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    lines = printed(monkeypatch, width, printing.print_list)
    assert max(map(len, lines)) <= width
    assert lines[:2] == ["amd-epyc-2-cores", "2 benchmarks in up to 28 records: 1 changed."]
    (line,) = [line for line in lines if " ms " in line]
    spark = next(part for part in line.split() if part[0] in "▁█")
    assert len(spark) == min(width // 5, 24)
    assert (spark[0], spark[-1]) == ("▁", "█")
    assert line.endswith("slower since 09ab09ab09ab") or "slower since" in line


def test_on_a_narrow_screen_a_name_stands_above_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = printed(monkeypatch, 80, printing.print_list)
    assert lines[3] == f"test_it[{NAME}]"
    assert lines[4].startswith("  ")
    wide = printed(monkeypatch, 140, printing.print_list)
    assert wide[3].startswith(f"test_it[{NAME}] ")


@pytest.mark.parametrize("width", [80, 120])
def test_records_of_a_benchmark(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    lines = printed(monkeypatch, width, printing.print_records)
    assert max(map(len, lines)) <= width
    assert lines[0] == f"test_it[{NAME}] on amd-epyc-2-cores"
    assert lines[1].split()[:3] == ["date", "(UTC)", "commit"]
    assert "label" not in lines[1]  # no record has one
    assert sum(line.startswith("2026-10-") for line in lines) == 2 * 28
    assert any("1.34 times slower from 2026-10-10" in line and SLOWER_COMMIT in line for line in lines)


def test_without_blocks_there_is_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    for print_it in (printing.print_list, printing.print_records):
        lines = printed(monkeypatch, 100, print_it, "ascii")
        assert all(line.isascii() for line in lines)
        assert any(ASCII[0] * 3 in line for line in lines)
