"""Pages made up for the tests of pages: a picture with a slider, a table, data to save."""

from flopwatt.bench.pages.page import environment
from flopwatt.bench.pictures.picture import SCHEMA, Picture, Slider
from flopwatt.bench.runner.shown_column import ShownColumn

TEMPLATE = """
{% extends "base.html.j2" %}
{% import "macros.html.j2" as ui %}
{% block main %}
{% call ui.section("pictures", "Pictures") %}{{ ui.figure("first", picture) }}{% endcall %}
{% call ui.section("tables", "Tables") %}
{{ ui.data_table("rows", caption, columns, ["A note."], filter="Only rows with") }}
<details><summary>More</summary><p>What was folded away.</p></details>
{{ ui.embedded("data", columns) }}{{ ui.download("data", "rows.csv", "Save as CSV") }}
{% endcall %}
{% endblock %}
"""
HOSTILE = (
    "</script><script>window.broken = 1</script><img src=x onerror='window.broken = 1'>\u2028\u202e ünïcødé 数据 🔌 {{ title }}"
)


def words(heading: str, *texts: str) -> ShownColumn:
    return ShownColumn(heading, "", texts, None, is_label=True)


def numbers(heading: str, *values: float | None, unit: str = "W") -> ShownColumn:
    texts = ("-" if value is None else f"{value:,.0f} {unit}" for value in values)
    return ShownColumn(heading, unit, tuple(texts), values, is_label=False)


COLUMNS = (words("chip", "H100", "B200", "=A1+1", "GB200, NVL72"), numbers("power", 700, None, 1_000, 90))


def picture(title: str = "Energy by chip", caption: str = "Bars for three chips.") -> Picture:
    values = [{"chip": f"chip {i}", "place": place, "energy": (i + 1) * (place + 1)} for i in range(3) for place in range(3)]
    spec = {
        "$schema": SCHEMA,
        "width": "container",
        "height": 120,
        "params": [{"name": "place", "value": 0}],
        "data": {"values": values},
        "transform": [{"filter": "datum.place == place"}],
        "mark": "bar",
        "encoding": {"y": {"field": "chip", "type": "nominal"}, "x": {"field": "energy", "type": "quantitative"}},
    }
    return Picture("compared", title, caption, spec, (Slider("place", "country", ("France", "Poland", "Norway"), 1),))


def page(title: str = "A page", columns=COLUMNS, shown: Picture | None = None, caption: str = "Chips") -> str:
    sections = [("pictures", "Pictures"), ("tables", "Tables")]
    values = {"picture": shown or picture(), "columns": columns, "caption": caption}
    return environment().from_string(TEMPLATE).render(title=title, sections=sections, **values)
