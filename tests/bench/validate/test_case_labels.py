"""What cases are of: the generation of every chip, and short names of sources."""

import pytest

from flopwatt import configs
from flopwatt.bench.facts.chips import one_chip
from flopwatt.bench.validate.case_labels import LABELS, case_labels
from flopwatt.bench.validate.run import validate


def test_every_chip_of_the_table_has_a_generation() -> None:
    lacking = [row.name for row in configs.load("hardware").rows.values() if not row.generation]
    assert lacking == []
    assert [one_chip(name).generation for name in ("H100 500W", "MI250X GCD", "GB300", "TPU v4")] == [
        "Hopper", "CDNA 2", "Blackwell", "TPU",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Llama 3.1 model card; Llama 3 paper Table 4", "Llama 3.1 model card"),
        ("Korthikanti et al. 2022 (arXiv:2205.05198) Table 5; measured", "Korthikanti et al. 2022"),
        ("MLPerf Training v4.0 gpt3: mlcommons/training_results_v4.0", "MLPerf Training v4.0 gpt3"),
        ("NVIDIA-NeMo", "NVIDIA-NeMo"),
    ],
)
def test_a_source_is_the_first_document_that_it_names(said: str, shown: str) -> None:
    assert case_labels(source=said) == {"source": shown}


def test_a_fleet_of_two_generations_is_of_both() -> None:
    assert case_labels((one_chip("H100"), one_chip("H200"), one_chip("GB200"))) == {"generation": "Hopper + Blackwell"}


def test_every_kind_of_case_fills_its_labels() -> None:
    predicted = validate([], draws=100).predicted
    for case in predicted:
        assert set(case.labels) <= set(LABELS)
        assert "source" in case.labels, case
        assert "generation" in case.labels or case.quantity == "training_flops", case  # which needs no chip
    by_quantity = {case.quantity: set(case.labels) for case in predicted}
    assert "developer" in by_quantity["chip_hours"]
    assert "precision" in by_quantity["step_time"]
