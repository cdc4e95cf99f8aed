"""Where what is drawn comes from."""

from flopwatt.bench.prior import store
from flopwatt.bench.prior.draw_sources import drawn_figures


def test_every_distribution_is_there_with_its_numbers_and_for_whom_it_is() -> None:
    figures = drawn_figures()
    assert [figure.quantity for figure in figures] == [entry.quantity for entry in store.stated().entries]
    assert [figure.source.text for figure in figures] == [entry.source for entry in store.stated().entries]
    by_scope = {(figure.quantity, figure.name): figure for figure in figures}
    assert by_scope["load", "of tpu-*"].text.startswith("triangular from 0.28 to 0.58, most likely 0.43")
    assert "before 2023" in {name for _, name in by_scope}
