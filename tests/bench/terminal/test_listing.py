"""Lists for people: as wide as the screen allows, upright where asked, and the same rows as JSON; nothing is markup."""

import io

import pytest
from rich.console import Console

from flopwatt.bench.terminal import listing
from flopwatt.bench.terminal.listing import Listing

HEADINGS = ("key", "name", "memory", "power")
ROWS = (
    (("h100", "h100"), ("H100 [bold]", "H100 [bold]"), (80e9, "80 GB"), (700.0, "700 W")),
    (("x", "x"), ("no facts", "no facts"), (None, ""), (None, "")),
)


def printed(made: Listing, width: int, monkeypatch: pytest.MonkeyPatch) -> str:
    screen = Console(file=io.StringIO(), width=width)
    monkeypatch.setattr(listing, "console", lambda: screen)
    made.print()
    return screen.file.getvalue()  # type: ignore[attr-defined]


def test_rows_as_json_have_none_where_nothing_is_published() -> None:
    found = Listing("chips", HEADINGS, ROWS).plain()
    assert found[0] == {"key": "h100", "name": "H100 [bold]", "memory": 80e9, "power": 700.0}
    assert found[1]["power"] is None


@pytest.mark.parametrize(
    ("width", "shown", "title"), [(100, 4, "sources: show"), (30, 3, "1 more column: show"), (17, 2, "2 more columns: show")]
)
def test_columns_that_do_not_fit_are_left_out_where_a_row_can_be_shown_whole(
    width: int, shown: int, title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = printed(Listing("chips", HEADINGS, ROWS, rest="show"), width, monkeypatch)
    flat = " ".join(text.split())
    assert title in flat
    assert [heading in flat for heading in HEADINGS] == [i < shown for i in range(4)]
    assert max(map(len, text.splitlines())) <= width


def test_without_a_command_for_the_rest_every_column_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    text = printed(Listing("chips", HEADINGS, ROWS), 40, monkeypatch)
    assert "[bold]" in text
    assert all(heading in text for heading in HEADINGS)
    assert "sources" not in text


def test_upright_has_a_line_for_each_fact(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = printed(Listing("h100", HEADINGS, ROWS[:1], upright=True), 60, monkeypatch).splitlines()
    assert [line.split()[0] for line in lines] == ["h100", *HEADINGS]
    assert "700 W" in lines[-1]


def test_what_a_row_has_none_of_is_one_line_for_people_and_all_for_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Listing("h100", HEADINGS, ROWS[:1], upright=True, folded=("memory", "power"))
    lines = printed(made, 60, monkeypatch).splitlines()
    assert [line.split()[0] for line in lines] == ["h100", "key", "name", "2"]
    assert "2 more columns" in lines[-1]
    assert set(made.plain()[0]) == set(HEADINGS)
