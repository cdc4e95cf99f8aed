"""Sentences as a study words them: read, and never evaluated."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flopwatt.bench.study.templates import MAX_PLACEHOLDERS, Placeholder, Template, TemplateError, parse_template


def test_text_and_placeholders() -> None:
    template = parse_template("10 GW hold {site_chips:P50} {chip} ({{{ site_chips:P5-P95 }}})")
    assert template == Template(
        (
            "10 GW hold ",
            Placeholder("site_chips:P50", "site_chips", "P50"),
            " ",
            Placeholder("chip", "chip"),
            " (",
            "{",
            Placeholder("site_chips:P5-P95", "site_chips", "P5-P95"),
            "}",
            ")",
        )
    )
    assert len(list(template.placeholders())) == 3


@pytest.mark.parametrize(
    ("text", "name", "form", "parts", "points"),
    [
        ("cost", "cost", "", ("",), ()),
        ("P50(cost)", "P50(cost)", "", ("",), ()),
        ("share( run_time <=  120 day )", "share( run_time <= 120 day )", "", ("",), ()),
        ("x:min-max", "x", "min-max", ("min", "max"), ()),
        ("x:P50(P5-P95)", "x", "P50(P5-P95)", ("P50", "P5", "P95"), ()),
        ("x:P99.5", "x", "P99.5", ("P99.5",), ()),
        (
            "x:P50 chip=h100-sxm-80gb limit='100 days' run = \"1e27 FLOP\"",
            "x",
            "P50",
            ("P50",),
            (("chip", "h100-sxm-80gb"), ("limit", "100 days"), ("run", "1e27 FLOP")),
        ),
        ("x chip=*", "x", "", ("",), (("chip", "*"),)),
    ],
)
def test_the_parts_of_a_placeholder(
    text: str, name: str, form: str, parts: tuple[str, ...], points: tuple[tuple[str, str], ...]
) -> None:
    (placeholder,) = parse_template(f"{{{text}}}").placeholders()
    assert (placeholder.name, placeholder.form, placeholder.parts, placeholder.points) == (name, form, parts, points)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "a '{' stands alone"),
        ("{x:P95-P5}", "a range goes from its low end to its high end, and P95 is not below P5"),
        ("{x:P5-P5}", "P5 is not below P5"),
        ("a } b", "a '}' stands alone"),
        ("{}", "is not understood"),
        ("{cost.real}", "is not understood"),
        ("{cost[0]}", "is not understood"),
        ("{cost!r}", "is not understood"),
        ("{cost:}", "is not understood"),
        ("{cost chip}", "is not understood"),
        ("{cost chip=a chip=b}", "chip is stated twice"),
        ("{x}" * (MAX_PLACEHOLDERS + 1), "more than 64 placeholders"),
    ],
)
def test_what_is_refused(text: str, says: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse_template(text)
    assert says in str(caught.value)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("{}{{}}abcP50:-=()'\" *<"), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        template = parse_template(text)
    except TemplateError:
        return
    if not list(template.placeholders()):
        assert "".join(map(str, template.pieces)) == text.replace("{{", "{").replace("}}", "}")
