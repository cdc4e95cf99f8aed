import math
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from browser import (
    DESKTOP,
    PAPER,
    PAPER_ON_ITS_SIDE,
    PHONE,
    beyond_the_page,
    count_marks,
    draw_pictures,
    pdf_colours,
    pdf_texts,
    print_preview,
    reader,
    seconds_to_open,
    serious_violations,
)
from jinja2 import UndefinedError
from made_pages import COLUMNS, HOSTILE, numbers, page, picture, words

from flopwatt.bench.errors import InputError
from flopwatt.bench.pages import page as page_module
from flopwatt.bench.pages.page import environment, render_page, script_json
from flopwatt.bench.pages.page_table import FIRST_ROWS
from flopwatt.bench.pictures.theme import theme

__all__ = ["reader"]  # a fixture

CELLS = "table tbody tr > *:first-child"


def column(opened, cells: str = CELLS) -> list[str]:
    return opened.locator(cells).all_text_contents()


# --- markup -----------------------------------------------------------------------------------------------------------


def test_texts_are_escaped_and_unknown_names_are_errors() -> None:
    assert "<b>" not in page("a <b>title</b>").split("<style>")[0]
    with pytest.raises(UndefinedError):
        render_page("base.html.j2")
    assert render_page("base.html.j2", title="x").count("<script>") == 1  # no picture, so nothing that draws


def test_a_page_loads_nothing() -> None:
    text = page()
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:)[^"']*""", text.split("<script>")[0])
    assert "connect-src" not in text
    assert "default-src &#39;none&#39;" in text


def test_json_in_markup_is_not_escaped_again() -> None:
    assert environment().from_string("{{ value }}").render(value=script_json({"a": "<"})) == '{"a":"\\u003c"}'


def test_a_missing_library_is_said_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    environment.cache_clear()
    with pytest.raises(InputError, match=r"pip install 'flopwatt\[report\]'"):
        page_module.render_page("base.html.j2", title="x")
    environment.cache_clear()


# --- in a browser -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_picture_is_drawn_and_its_slider_moves_it(reader, tmp_path: Path) -> None:
    opened = reader.open(page(), tmp_path)
    draw_pictures(opened)
    assert count_marks(opened, "first") == 3
    slider = opened.get_by_label("country")
    assert slider.get_attribute("aria-valuetext") == "Poland"
    before = opened.locator("#first svg").inner_html()
    slider.focus()
    opened.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "Norway"
    assert opened.locator("#first .point").text_content() == "Norway"
    opened.wait_for_function("before => document.querySelector('#first svg').innerHTML !== before", arg=before)
    assert opened.get_by_role("img", name="Energy by chip. Bars for three chips.").count() == 1
    assert reader.faults == []


@pytest.mark.slow
def test_headings_sort_by_mouse_and_keyboard_with_missing_numbers_last(reader, tmp_path: Path) -> None:
    opened = reader.open(page(), tmp_path)
    power = opened.get_by_role("button", name="power")
    power.click()
    assert column(opened) == ["GB200, NVL72", "H100", "=A1+1", "B200"]
    assert opened.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
    assert opened.locator("#said").text_content() == "Sorted by power, ascending"
    power.press("Enter")
    assert column(opened) == ["=A1+1", "H100", "GB200, NVL72", "B200"]
    assert opened.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
    opened.keyboard.press("Shift+Tab")
    opened.keyboard.press("Space")
    assert opened.locator("th[aria-sort]").all_text_contents() == ["chip"]
    assert column(opened) == ["=A1+1", "B200", "GB200, NVL72", "H100"]
    assert reader.faults == []


@pytest.mark.slow
def test_rows_are_chosen_by_their_words_those_of_the_data_too(reader, tmp_path: Path) -> None:
    few = FIRST_ROWS + 12
    columns = (
        words("row", *(f"Row {i} of {'even' if i % 2 == 0 else 'odd'}" for i in range(few))),
        numbers("power", *range(few)),
    )
    opened = reader.open(page(columns=columns), tmp_path)
    field = opened.get_by_label("Only rows with")
    field.fill("row 11 EVEN")
    assert column(opened) == ["Row 110 of even"]
    assert opened.locator(".more span").text_content() == "All 1 rows with these words are shown."
    opened.get_by_role("button", name="power").click()
    assert column(opened) == ["Row 110 of even"]
    field.fill("")
    assert len(column(opened)) == FIRST_ROWS
    assert opened.locator("#said").text_content() == f"{few} of {few} rows"
    assert reader.faults == []


@pytest.mark.slow
def test_infinities_sort_beyond_all_numbers_and_are_saved(reader, tmp_path: Path) -> None:
    inf, few = math.inf, FIRST_ROWS + 2  # of which two rows are data
    columns = (words("row", *(f"row {i}" for i in range(few))), numbers("power", inf, None, -inf, *range(few - 5), inf, 7))
    opened = reader.open(page(columns=columns), tmp_path)
    opened.get_by_role("button", name="power").click()
    assert column(opened)[:2] == ["row 2", "row 3"]
    opened.get_by_role("button", name="power").click()
    assert column(opened)[:3] == ["row 0", f"row {few - 2}", f"row {few - 3}"]
    opened.get_by_role("button", name="Show more rows").click()
    assert column(opened)[-2:] == ["row 2", "row 1"]
    with opened.expect_download() as download:
        opened.get_by_role("button", name="Save as CSV").click()
    saved = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert saved[1:4] == ["row 0,inf", "row 1,", "row 2,-inf"]
    assert reader.faults == []


@pytest.mark.slow
def test_the_theme_follows_the_system_while_the_page_is_open(reader, tmp_path: Path) -> None:
    opened = reader.open(page(), tmp_path)
    draw_pictures(opened)

    def look() -> tuple[str, str]:
        ground = opened.evaluate("getComputedStyle(document.body).backgroundColor")
        return ground, opened.locator("#first .mark-rect path").first.get_attribute("fill")

    light = look()
    opened.emulate_media(color_scheme="dark")
    fills = "document.querySelector('#first .mark-rect path')?.getAttribute('fill')"
    opened.wait_for_function(f"light => {fills} && {fills} !== light", arg=light[1])
    assert look()[0] != light[0]
    opened.get_by_label("country").fill("0")  # what was chosen stays
    opened.emulate_media(media="print")  # paper is white
    opened.wait_for_function(f"light => {fills} === light", arg=light[1])
    assert look() == light
    assert opened.locator("#first .point").text_content() == "France"
    assert reader.faults == []


@pytest.mark.slow
def test_data_is_saved_as_csv_that_no_spreadsheet_takes_for_formulas(reader, tmp_path: Path) -> None:
    opened = reader.open(page(), tmp_path)
    with opened.expect_download() as download:
        opened.get_by_role("button", name="Save as CSV").click()
    assert download.value.suggested_filename == "rows.csv"
    data = Path(download.value.path()).read_bytes()
    assert data.decode("utf-8-sig").split("\r\n") == [
        "chip,power [W]", "H100,700", "B200,", "'=A1+1,1000", '"GB200, NVL72",90', "",
    ]  # fmt: skip
    assert data.startswith(b"\xef\xbb\xbf")
    assert reader.faults == []


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_everyone_can_read_it_at_any_width(reader, tmp_path: Path, size, dark: bool) -> None:
    wide = (*page_columns(12), words("a long name", *["x" * 200] * 4))
    opened = reader.open(page("long" * 40, wide), tmp_path, size, dark=dark)
    draw_pictures(opened)
    assert serious_violations(opened) == []
    assert beyond_the_page(opened) == []
    region = opened.locator(".scroll")
    assert region.get_attribute("tabindex") == "0"  # it scrolls, so the keyboard comes to it
    assert reader.faults == []


def page_columns(count: int):
    return (words("chip", "a", "b", "c", "d"), *(numbers(f"quantity number {i}", 1e6 * i, 2, 3, None) for i in range(count)))


@pytest.mark.slow
def test_a_table_that_fits_is_no_stop_of_the_keyboard(reader, tmp_path: Path) -> None:
    opened = reader.open(page(), tmp_path)
    opened.wait_for_function("!document.querySelector('.scroll').hasAttribute('tabindex')")
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.textContent") == "Skip to the content"
    opened.keyboard.press("Enter")
    assert opened.evaluate("document.activeElement.id") == "main"
    assert reader.faults == []


@pytest.mark.slow
def test_hostile_texts_are_shown_as_texts(reader, tmp_path: Path) -> None:
    columns = (words(HOSTILE, HOSTILE), numbers("power", 1))
    opened = reader.open(page(HOSTILE, columns, picture(HOSTILE, HOSTILE), HOSTILE), tmp_path)
    draw_pictures(opened)
    assert opened.evaluate("window.broken") is None
    for shown in ("h1", "caption", "tbody th", "thead th >> nth=0", "figcaption strong"):
        assert opened.locator(shown).text_content() == HOSTILE
    assert opened.locator("img").count() == 0
    assert reader.faults == []


@pytest.mark.slow
def test_a_script_that_is_not_the_pages_own_does_not_run(reader, tmp_path: Path) -> None:
    opened = reader.open(page().replace("<main", "<script>window.broken = 1</script><main"), tmp_path)
    assert opened.evaluate("window.broken") is None
    assert len(reader.faults) == 1
    assert "Content Security Policy" in reader.faults.pop()


@pytest.mark.slow
def test_a_picture_that_cannot_be_drawn_says_so(reader, tmp_path: Path) -> None:
    faulty = replace(picture(), spec={**picture().spec, "mark": "no such mark"})
    opened = reader.open(page(shown=faulty), tmp_path)
    opened.get_by_text("This picture could not be drawn; its numbers stand in the tables.").wait_for()
    assert "TypeError" in reader.faults.pop()  # for who looks into the console
    assert reader.faults == []


@pytest.mark.slow
def test_without_scripts_all_is_there_but_the_pictures(reader, tmp_path: Path) -> None:
    opened = reader.open(page(), tmp_path, scripts=False)
    assert "its numbers stand in the tables" in opened.locator("#first noscript").text_content()
    assert opened.get_by_role("button", name="Save as CSV").count() == 0
    assert column(opened) == list(COLUMNS[0].texts)
    assert reader.faults == []


@pytest.mark.slow
def test_paper_has_all_of_it_and_cuts_no_table(reader, tmp_path: Path) -> None:
    rows = 80
    columns = (
        words("chip", *(f"chip-{i}" for i in range(rows))),
        *(numbers(f"quantity number {k}", *(10.0**9 * i + k for i in range(rows))) for k in range(5)),
    )
    opened = reader.open(page("On paper", columns), tmp_path, dark=True)
    printed = opened.pdf(format="A4")  # before any picture was come to
    texts = pdf_texts(printed)
    whole = "".join(texts).replace(" ", "")
    assert len(texts) > 1
    assert all(f"chip-{i}" in whole for i in range(rows))
    assert all(text.replace("\n", "").replace(" ", "") in whole for text in columns[-1].texts)
    assert all("quantity" in text for text in texts)  # the headings, on every page of the table
    assert "country:Poland" in whole
    assert "energy" in whole  # the picture's axis
    assert "Save" not in whole
    assert "Whatwasfoldedaway." in whole
    assert theme(dark=False)["mark"]["color"] in pdf_colours(printed)
    assert theme(dark=True)["mark"]["color"] not in pdf_colours(printed)
    assert reader.faults == []


@pytest.mark.slow
@pytest.mark.parametrize("count", [3, 8, 16])
def test_no_table_is_wider_than_paper(reader, tmp_path: Path, count: int) -> None:
    values = (10.0**9, 1e6, 12.0, None)
    columns = (
        words("chip", "GB200 NVL72", "x" * 60, "TPU v4", "a name of a great many letters"),
        *(numbers(f"quantity number {k}", *values) for k in range(count)),
    )
    opened = reader.open(page(columns=columns), tmp_path)
    draw_pictures(opened)
    on_its_side = opened.locator(".landscape").count() > 0
    assert on_its_side == (count > 8)
    print_preview(opened, PAPER_ON_ITS_SIDE if on_its_side else PAPER)
    assert beyond_the_page(opened) == []
    assert opened.evaluate("[...document.querySelectorAll('.scroll')].every(a => a.scrollWidth <= a.clientWidth + 1)")
    assert reader.faults == []


def long_page(tmp_path: Path) -> Path:
    count = 100_000
    values = (float(i * 7919 % count) for i in range(count))
    path = tmp_path / "long.html"
    path.write_text(
        page(columns=(words("name", *(f"row {i}" for i in range(count))), numbers("power", *values))), encoding="utf-8"
    )
    return path


@pytest.mark.slow
@pytest.mark.alone
def test_a_hundred_thousand_rows_open_in_two_seconds(reader, tmp_path: Path) -> None:
    assert seconds_to_open(reader, long_page(tmp_path), tmp_path) < 2


@pytest.mark.slow
def test_all_of_a_hundred_thousand_rows_are_sorted(reader, tmp_path: Path) -> None:
    opened = reader.open(long_page(tmp_path), tmp_path)
    assert "The first 100 of 100,000 rows" in opened.locator(".more").text_content()
    opened.get_by_role("button", name="power").click()
    assert column(opened)[0] == "row 0"
    opened.get_by_role("button", name="power").click()
    assert opened.locator("tbody tr").first.text_content().endswith("99,999 W")
    opened.get_by_role("button", name="Show more rows").click()
    assert opened.locator("tbody tr").count() == 1100
    assert reader.faults == []
