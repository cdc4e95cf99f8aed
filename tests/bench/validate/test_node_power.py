"""Published mean power of servers: as MLPerf's logs have it, per chip."""

from typing import Any

import pytest

from flopwatt.bench.validate.node_power import QUANTITY, find_power
from flopwatt.bench.validate.rows import CaseRow, shipped

ROW = {
    "model": "MLPerf Dell, 8xH100", "year": 2024, "hardware": "H100-80GB", "gpu_hours": 5.225, "energy_mwh": 0.0047,
    "energy_scope": "server node, measured", "notes": "mean node W 7196, peak 9944",
}  # fmt: skip


def power(**cells: Any) -> list[float]:
    """Find the published power of the row with some cells changed, None for left out."""
    stated = {name: cell for name, cell in {**ROW, **cells}.items() if cell is not None}
    return [case.published for case in find_power(CaseRow(stated, "here, row 1"), 256).predicted]


def test_the_power_of_a_node_is_parted_by_its_chips() -> None:
    assert power() == [7196 / 8]
    assert power(gpu_hours=2.6125, notes="mean node W 7,196") == [7196 / 4]
    assert power(energy_mwh=None) == [7196 / 8]
    for notes in (
        "mean node power 7,196 W, peak 9,944 W",
        "Mean node power: 7.196 kW",
        "average server kW 7.196",
        "avg node (W): 7196",
    ):
        assert power(notes=notes) == pytest.approx([7196 / 8])


def test_an_average_that_is_stated_goes_first() -> None:
    assert power(avg_w_per_chip=900) == [900]


@pytest.mark.parametrize("cells", [{"energy_scope": "GPU only"}, {"energy_scope": None}, {"notes": "peak 9944"}])
def test_what_is_no_mean_of_servers_is_left(cells: dict[str, Any]) -> None:
    assert power(**cells) == []


def test_a_chip_that_is_not_known_says_so() -> None:
    (left,) = find_power(CaseRow({**ROW, "hardware": "Abacus"}, "here, row 1"), 256).left_out
    assert left.quantity == QUANTITY


def test_the_shipped_logs_lie_within_five_percent() -> None:
    cases = [case for row in shipped("mlperf_power").rows for case in find_power(row, 1024).predicted]
    errors = sorted(abs(case.predicted / case.published - 1) for case in cases)
    assert len(errors) == 10
    assert (errors[4] + errors[5]) / 2 < 0.05
