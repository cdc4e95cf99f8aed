"""Tables as lines: units said once, headings of two lines, and nothing cut at any width."""

import pytest

from flopwatt.bench.terminal.laid_tables import LaidColumn, Layout, lay_out, text_width

CHIPS = LaidColumn("chip", ("H100", "GB200 NVL72"), left=True, kept=True)
SPREAD = tuple(
    LaidColumn(heading, cells, unit="million chips", group="site_chips", texts=tuple(f"{c} million chips" for c in cells))
    for heading, cells in (("P5", ("5.08", "3.52")), ("median", ("5.6", "3.88")), ("P95", ("6.19", "4.36")))
)


def only(columns: list[LaidColumn], width: int) -> Layout:
    (layout,) = lay_out(columns, width)
    return layout


def test_a_unit_of_neighbours_stands_once_between_them() -> None:
    layout = only([CHIPS, *SPREAD], 80)
    assert layout.headings == (
        "               P5  median   P95",
        "chip            million chips",
    )
    assert layout.rows == (("H100         5.08     5.6  6.19",), ("GB200 NVL72  3.52    3.88  4.36",))


def test_a_heading_says_no_unit_twice_and_takes_two_lines_at_most() -> None:
    count = LaidColumn("number of chips", ("9,732", "12,735"), unit="chips")
    share = LaidColumn("draws with run time <= 120 days", ("50.1%", "80.5%"))
    cost = LaidColumn("cost", ("37.7", "38.2"), unit="million USD")
    assert only([CHIPS, count, share, cost], 80).headings == (
        "               number    draws with run         cost",
        "chip         of chips  time <= 120 days  million USD",
    )
    assert len(only([CHIPS, LaidColumn("a heading of a good many short words", ("1", "2"))], 60).headings) == 2


def test_words_are_wrapped_before_anything_else_gives_way() -> None:
    long = LaidColumn("site", ("a site with a very long name indeed", "b"), left=True, kept=True)
    layout = only([long, *SPREAD], 44)
    assert layout.rows[0] == ("a site with a very long  5.08     5.6  6.19", "name indeed")
    assert layout.left_out == ()


def test_few_rows_are_put_upright_with_their_units() -> None:
    layout = only([CHIPS, *SPREAD, LaidColumn("cost", ("1", "12"), unit="days", texts=("1 day", "12 days"))], 36)
    assert layout.headings == ()
    assert [line for row in layout.rows for line in row] == [
        "chip    H100          GB200 NVL72",
        "P5      5.08 million  3.52 million",
        "        chips         chips",
        "median  5.6 million   3.88 million",
        "        chips         chips",
        "P95     6.19 million  4.36 million",
        "        chips         chips",
        "cost    1 day         12 days",
    ]


MANY = [
    LaidColumn("chip", tuple(f"chip {i}" for i in range(6)), left=True, kept=True),
    LaidColumn("first", ("1",) * 6),
    LaidColumn("asked", ("2",) * 6, kept=True),
    LaidColumn("third", ("3",) * 6),
    LaidColumn("fourth", ("4",) * 6),
]


def test_of_many_rows_the_last_columns_give_way_but_not_what_is_asked() -> None:
    layout = only(MANY, 20)
    assert layout.headings == ("chip    first  asked",)
    assert layout.left_out == ("third", "fourth")


def test_a_whole_table_goes_on_below() -> None:
    layouts = lay_out(MANY, 21, whole=True)
    assert [layout.headings for layout in layouts] == [("chip    first  asked",), ("chip    third  fourth",)]
    assert not any(layout.left_out for layout in layouts)


@pytest.mark.parametrize("width", [8, 12, 20, 40, 80, 120])
@pytest.mark.parametrize("whole", [False, True])
def test_nothing_is_wider_than_the_screen_and_all_rows_are_there(width: int, whole: bool) -> None:
    odd = ("x" * 300, "表" * 50, "<script>alert(1)</script>", "a\x1b[31mb", "line\nbreak", "")
    columns = [LaidColumn("a label", odd, left=True, kept=True), *MANY[1:]]
    layouts = lay_out(columns, width, whole=whole)
    lines = [line for layout in layouts for line in (*layout.headings, *(line for row in layout.rows for line in row))]
    assert max(map(text_width, lines)) <= width
    for layout in layouts:
        assert len(layout.rows) == 6
        text = "".join("".join(line.split()) for row in layout.rows for line in row)
        assert "\x1b" not in text
        assert text.count("表") == 50
        assert text.count("x") >= 300
        assert "…" not in text


def test_wide_characters_count_double() -> None:
    assert text_width("表a") == 3
    layout = only([LaidColumn("name", ("表表", "ab"), left=True), LaidColumn("n", ("1", "2"))], 80)
    assert layout.rows == (("表表  1",), ("ab    2",))


def test_a_table_without_rows_has_headings_alone() -> None:
    assert only([LaidColumn("chip", (), left=True), LaidColumn("cost", ())], 80) == Layout(("chip  cost",), ())
