"""Where figures come from, by row, quantity and table."""

import pytest

from flopwatt import configs
from flopwatt.bench.errors import InputError
from flopwatt.bench.facts import sources
from flopwatt.bench.prior.draw_sources import drawn_figures
from flopwatt.kernels.quantities import MODEL


def test_a_row_gives_the_figures_that_it_states_and_no_others() -> None:
    table = configs.load("models")
    row = table.find("llama-3.1-405b")
    figures = {figure.quantity: figure for figure in sources.find("Llama 3.1 405B")}
    assert {figure.row for figure in figures.values()} == {"llama-3.1-405b"}
    assert set(figures) == set(row.figures()) <= set(table.columns)
    assert "window_layers" not in figures  # what the table assumes of it
    assert (figures["layers"].value, figures["layers"].text) == (126, "126 layers")
    assert figures["layers"].source == row.fact_source("layers")


def test_a_quantity_gives_its_default_its_draws_and_what_tables_have_of_it() -> None:
    figures = sources.find("pue", drawn_figures())
    assert {"operators", sources.DEFAULTS, sources.DRAWS} <= {figure.table for figure in figures}
    assert {figure.quantity for figure in figures} == {"pue"}
    (default,) = (figure for figure in figures if figure.table == sources.DEFAULTS)
    assert default.value == configs.defaults()["pue"].value
    (drawn,) = (figure for figure in figures if figure.table == sources.DRAWS)
    assert drawn.value is None
    assert drawn.text.startswith("triangular ")


def test_a_computed_quantity_gives_its_formulas_source() -> None:
    figure = sources.find("run_time")[0]
    assert (figure.table, figure.source.text) == (sources.FORMULAS, MODEL["run_time"].source)
    assert figure.text.startswith("computed from training_flops")
    with pytest.raises(KeyError):
        sources.formula_figure("tokens")


def test_values_are_in_the_unit_that_the_file_states() -> None:
    figures = {figure.quantity: figure for figure in sources.table_figures("hardware") if figure.row == "h100-sxm-80gb"}
    assert (figures["tdp"].value, figures["tdp"].unit, figures["tdp"].text) == (700, "W", "700 W")
    (price,) = (figure for figure in sources.default_figures() if figure.quantity == "electricity_price")
    assert price.unit == "USD/kWh"
    assert 0.01 < (price.value or 0) < 1


def test_a_table_gives_all_of_its_figures() -> None:
    assert sources.find("grids") == sources.table_figures("grids")
    assert sources.find("draws", drawn_figures()) == drawn_figures()
    assert sources.find("defaults") == sources.default_figures()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("puee", r"nothing is called 'puee'; did you mean 'pue'\?"),
        ("h1000", r"nothing is called 'h1000'; did you mean 'h\d00'\?"),
        ("qqqqqq", "nothing is called 'qqqqqq'; give a row, a quantity or a table, such as h100, pue or hardware"),
        ("tokens", "tokens is for each study to say; no figure of it comes with flopwatt"),
    ],
)
def test_what_has_no_figure_is_said(name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        sources.find(name, drawn_figures())


def test_sources_are_counted_by_table() -> None:
    good, other = configs.FactSource("a paper", "2024-07"), configs.FactSource("a blog", "2025", primary=False)
    figures = [sources.SourcedFigure("grids", "a", "A", "x", 1.0, "", "1", source) for source in (good, other)]
    undated = sources.SourcedFigure("models", "b", "B", "x", 1.0, "", "1", configs.FactSource("a card"))
    assert sources.count_sources([*figures, undated]) == (
        sources.SourceCount("grids", 2, 1, 0, "2024-07", "2025"),
        sources.SourceCount("models", 1, 0, 1, "", ""),
    )
