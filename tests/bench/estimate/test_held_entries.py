"""Every input of an estimate, as its document says it."""

import json

import pytest

from flopwatt.bench.estimate.estimate_document import document
from flopwatt.bench.estimate.held_entries import held_entries
from flopwatt.bench.estimate.intervals import estimate
from flopwatt.bench.estimate.request import Request, run_of
from flopwatt.bench.estimate.scenario import Scenario
from flopwatt.bench.prior.drawn_inputs import TARGETS


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return run_of(Request(model="llama-3.1-405b", chip="h100", stated={"chip_count": "16384", "pue": "1.2"}), TARGETS).scenario


def test_every_input_is_there_stated_assumed_or_drawn(scenario: Scenario) -> None:
    entries = {entry["quantity"]: entry for entry in json.loads(json.dumps(held_entries(scenario), allow_nan=False))}
    assert set(entries) == {*scenario.fixed, *scenario.drawn}
    assert (entries["pue"]["value"], entries["pue"]["stated"], entries["pue"]["assumed"]) == (1.2, True, False)
    assert (entries["facility_life"]["value"], entries["facility_life"]["unit"]) == (14, "year")
    assert entries["facility_life"]["assumed"]
    assert entries["tdp"]["value"] == 700
    assert not entries["tdp"]["stated"]
    assert entries["load"]["P10"] < entries["load"]["P50"] < entries["load"]["P90"]
    assert all(entry["source"] for entry in entries.values())


def test_the_document_has_them_with_the_version(scenario: Scenario) -> None:
    told = document(estimate(scenario, TARGETS, 64), scenario)
    assert told["held"] == held_entries(scenario)
    assert told["flopwatt"]["version"]
