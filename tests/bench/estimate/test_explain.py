"""How an estimate was computed: each step after those that it needs, with a formula that evaluates to its value."""

import re

import pytest

from flopwatt.bench.estimate.explain import explain, formula
from flopwatt.bench.estimate.request import Request, run_of
from flopwatt.bench.estimate.source import stated_with
from flopwatt.bench.prior.drawn_inputs import TARGETS
from flopwatt.kernels.quantities import MODEL


def test_explain_is_in_the_order_computed_and_says_how() -> None:
    request = Request(model="llama-3.1-8b", chip="h100", stated={"tokens": "1e12", "chip_count": "256", "mfu": "0.4"})
    steps = explain(run_of(request, TARGETS).scenario)
    place = {step.quantity.name: i for i, step in enumerate(steps)}
    for step in steps:
        if step.formula:
            assert all(place[name] < place[step.quantity.name] for name in step.quantity.parameters)
        assert step.source.text()
    by_name = {step.quantity.name: step for step in steps}
    assert by_name["run_time"].formula == "training_flops / (sustained_flops * goodput)"
    assert by_name["mfu"].source == stated_with("mfu")
    assert by_name["mfu"].formula == ""
    assert by_name["energy"].value == pytest.approx(
        by_name["chip_hours"].value * by_name["facility_power_per_chip"].value / 1000
    )


def test_a_formula_is_written_without_its_local_names() -> None:
    text = formula(MODEL["attention_core_flops"])
    local = {"compressed", "plain", "keys", "wider"}
    assert not local & set(text.replace("(", " ").replace(")", " ").split())
    names = dict.fromkeys(MODEL["attention_core_flops"].parameters, 3.0)
    scope = {"maximum": max}
    assert eval(text, scope, names) == pytest.approx(float(MODEL["attention_core_flops"](**names)))


def test_no_formula_names_a_helper() -> None:
    helpers = [item.name for item in MODEL.quantities.values() if re.search(r"(?<![a-z])_[a-z]+\(", formula(item))]
    assert helpers == []
