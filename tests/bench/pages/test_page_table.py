import pytest
from made_pages import COLUMNS, numbers, words

from flopwatt.bench.pages.page_table import PageTable, data_columns


def test_words_head_rows_and_numbers_are_sorted_by_their_value() -> None:
    view = PageTable(COLUMNS)
    first, second, *_ = view.rows()
    assert [(cell.text, cell.is_heading, cell.style, cell.value) for cell in first] == [
        ("H100", True, "tiny", None),
        ("700 W", False, "number", "700"),
    ]
    assert second[1].value == ""  # a missing number is sorted last
    assert view.headings == [("chip", "", 4), ("power", "number", 5)]
    assert view.rest() == []


def test_the_first_column_heads_rows_where_all_are_numbers_or_all_are_words() -> None:
    for columns in ((numbers("a", 1), numbers("b", 2)), (words("a", "x"), words("b", "y"))):
        (row,) = PageTable(columns).rows()
        assert [cell.is_heading for cell in row] == [True, False]


def test_what_follows_the_first_rows_is_data() -> None:
    view = PageTable((words("name", "a", "b", "c"), numbers("power", 1, None, 3)), most=1)
    assert len(list(view.rows())) == 1
    assert view.length == 3
    assert view.rest() == [{"texts": ("b", "c"), "numbers": None}, {"texts": ("-", "3 W"), "numbers": (None, 3)}]


def test_a_table_without_columns_has_no_rows() -> None:
    assert (PageTable(()).length, list(PageTable(()).rows()), PageTable(()).rest()) == (0, [], [])


@pytest.mark.parametrize(
    ("text", "style"), [("Norway", "tiny"), ("Bosnia and Herzegovina", "short"), ("a name of a great many letters", "long")]
)
def test_short_words_are_never_broken(text: str, style: str) -> None:
    (row,) = PageTable((words("place", text),)).rows()
    assert row[0].style == style


def test_data_has_numbers_and_units_where_there_are_any() -> None:
    assert data_columns(COLUMNS) == [
        {"name": "chip", "unit": "", "values": COLUMNS[0].texts},
        {"name": "power", "unit": "W", "values": (700, None, 1_000, 90)},
    ]


def test_letters_on_paper_are_as_large_as_the_columns_allow() -> None:
    few = PageTable(COLUMNS)
    assert (few.print_size, few.is_landscape) == (8.0, False)
    many = PageTable((words("chip", "a"), *(numbers("power", 1e9) for _ in range(7))))
    assert not many.is_landscape
    assert 6 <= many.print_size < 8
    most = PageTable((words("chip", "a"), *(numbers("power", 1e9) for _ in range(16))))
    assert most.is_landscape
    assert 4 <= most.print_size < many.print_size


@pytest.mark.parametrize(
    ("heading", "letters"),
    [("chip", 4), ("number of chips", 8), ("draws that keep a promise", 14), ("", 0), ("x" * 60, 24)],
)
def test_headings_are_wide_enough_for_two_lines(heading: str, letters: int) -> None:
    assert PageTable((words(heading, "a"),)).headings[0][2] == letters
