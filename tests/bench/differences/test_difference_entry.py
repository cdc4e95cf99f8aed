"""A difference as a JSON document."""

import json

import pytest
from made_documents import run_of

from flopwatt.bench.differences.difference import Difference, compare_sides
from flopwatt.bench.differences.difference_entry import difference_entry
from flopwatt.bench.differences.document_side import side_of_run


@pytest.fixture(scope="module")
def difference(tmp_path_factory: pytest.TempPathFactory) -> Difference:
    folder = tmp_path_factory.mktemp("sides")
    a, b = run_of(folder), run_of(folder, "training_flops=2e24", "chip_price=60000")
    return compare_sides(side_of_run(a, "made"), side_of_run(b, "made with more"))


def test_the_json_document_has_keys_and_every_row(difference: Difference) -> None:
    entry = json.loads(json.dumps(difference_entry(difference), allow_nan=False))
    assert entry["same"] is False
    inputs = {one["quantity"]: one for one in entry["inputs"]}
    assert inputs["training_flops"]["a"] == {"kind": "stated", "value": 1e24, "low": None, "high": None, "unit": "FLOP"}
    assert inputs["training_flops"]["change"] == pytest.approx(1)
    energy = next(one for one in entry["answers"] if one["question"] == "energy")
    assert {row["of"] for row in energy["moved"]} == {"P10(energy)", "P50(energy)", "P90(energy)"}
    assert entry["attribution"]["quantity"] == "cost"
    assert {part["quantity"] for part in entry["attribution"]["alone"]} == {"training_flops", "chip_price"}
