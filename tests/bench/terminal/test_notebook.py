"""Tables and sentences as HTML."""

from xml.etree import ElementTree

from flopwatt.bench.terminal.notebook import html_heading, html_paragraphs, html_table


def test_a_table_is_well_formed_and_its_numbers_stand_on_the_right() -> None:
    table = ElementTree.fromstring(html_table(("chip", "cost"), [("H100", "2 USD"), ("B200", "3 USD")]))
    assert [cell.text for cell in table.iter("th")] == ["chip", "cost"]
    assert [cell.text for cell in table.iter("td")] == ["H100", "2 USD", "B200", "3 USD"]
    assert [cell.get("style") for cell in table.iter("td")][:2] == [
        "text-align: left; padding: 2px 8px",
        "text-align: right; padding: 2px 8px",
    ]


def test_text_is_no_markup_and_nothing_hides_in_it() -> None:
    html = (
        html_table(("<b>",), [("<script>alert(1)</script> & \"'\u202e\x1b",)]) + html_paragraphs(("<p>",)) + html_heading("<b>")
    )
    ElementTree.fromstring(f"<div>{html}</div>")
    assert "<script>" not in html
    assert "<b>" not in html
    assert "\u202e" not in html
    assert r"\u202e" in html
    assert "&lt;p&gt;" in html
