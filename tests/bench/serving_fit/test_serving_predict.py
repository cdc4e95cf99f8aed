"""Rows predicted at once: as one by one, batches that memory, requests and limits of latency allow."""

import math
from dataclasses import replace

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.serving_fit.serving_predict import Served, measured_values
from flopwatt.bench.serving_fit.serving_rows import ServingCase
from flopwatt.kernels.quantities import MODEL


def _with(case: ServingCase, **changed: float) -> ServingCase:
    return replace(case, strategy=replace(case.strategy, **changed))


def test_rows_are_predicted_as_the_model_does_one_by_one(cases: list[ServingCase]) -> None:
    served = Served(cases)
    for case, value, batch in list(zip(cases, served.predict({}), served.batch({}), strict=True))[::7]:
        held = {name: default.value for name, default in configs.defaults().items()} | dict(case.inputs)
        held = dict.fromkeys(("peak_fp8", "peak_fp4"), math.nan) | held
        held |= {"replica_chips": case.strategy.replica_chips, "concurrent_sequences": batch}
        target = case.counted.measured.value
        assert MODEL.compute([target], held)[target] == pytest.approx(value, rel=1e-9), case.name


def test_a_batch_that_is_not_stated_is_what_fits(cases: list[ServingCase]) -> None:
    free = [_with(case, sequences=math.inf) for case in cases[:2]]
    served = Served([free[0], _with(free[0], max_sequences=7.0), _with(free[0], requests=5.0)])
    fits = served.evaluate({}, np.ones(3), ["largest_batch"])["largest_batch"]
    assert served.batch({}).tolist() == [fits[0], 7.0, 5.0]


def test_requests_wait_whose_caches_find_no_room_but_not_those_that_ran(cases: list[ServingCase]) -> None:
    sent, ran = (replace(_with(cases[0], sequences=1e6), waits=waits) for waits in (True, False))
    served = Served([sent, ran])
    fits = served.evaluate({}, np.ones(2), ["largest_batch"])["largest_batch"]
    assert served.batch({}).tolist() == [fits[0], 1e6]


def test_weights_that_no_memory_holds_are_told(cases: list[ServingCase]) -> None:
    small = replace(cases[0], inputs={**cases[0].inputs, "memory_capacity": 1e9})
    fits, lacks = Served([cases[0], small]).lacks_memory()
    assert fits == 0.0
    weights = Served([small]).evaluate({}, np.ones(1), ["serving_weight_bytes"])["serving_weight_bytes"]
    assert lacks == pytest.approx(float(np.max(weights)) - 1e9 * cases[0].strategy.replica_chips)


def test_limits_of_latency_bound_the_batch(cases: list[ServingCase]) -> None:
    free = _with(cases[0], sequences=math.inf, max_sequences=2048.0)
    served = Served([free, _with(free, step_limit=0.02), _with(free, first_limit=0.5)])
    most, within, first = served.batch({})
    values = served.evaluate({}, np.array([most, within, first]), ["inter_token_latency", "time_to_first_token"])
    assert values["inter_token_latency"][1] == pytest.approx(0.02, rel=1e-6)
    assert values["time_to_first_token"][2] < 0.5
    assert within < most
    assert first < most


def test_limits_that_one_sequence_does_not_keep_are_told(cases: list[ServingCase]) -> None:
    served = Served(
        [cases[0], _with(cases[0], step_limit=0.02), _with(cases[0], step_limit=1e-4), _with(cases[0], first_limit=1e-4)]
    )
    assert served.too_slow({}).tolist() == [False, False, True, True]


def test_chips_without_room_for_one_sequence_are_told(cases: list[ServingCase]) -> None:
    weights = float(np.max(Served(cases[:1]).evaluate({}, np.ones(1), ["serving_weight_bytes"])["serving_weight_bytes"]))
    full = {**cases[0].inputs, "memory_capacity": 1.01 * weights / cases[0].strategy.replica_chips}
    small = replace(cases[0], inputs=full)
    served = Served([cases[0], small, replace(small, waits=False)])
    assert served.lacks_memory().tolist() == [0.0, 0.0, 0.0]
    assert served.lacks_room({}).tolist() == [False, True, False]  # who states what ran at once had room for it


def test_requests_run_in_waves(cases: list[ServingCase]) -> None:
    free = _with(cases[0], sequences=math.inf, max_sequences=100.0)
    steady, finite, ragged = Served([free, _with(free, requests=200.0), _with(free, requests=101.0)]).predict({})
    assert finite == pytest.approx(steady, rel=1e-6)
    assert ragged < 0.75 * steady


def test_what_was_measured_is_in_base_units(cases: list[ServingCase]) -> None:
    assert set(measured_values(cases)) == {100.0, 0.1}


def test_a_replica_of_a_benchmark_has_no_more_chips_than_were_measured(cases: list[ServingCase]) -> None:
    free = _with(cases[0], replica_chips=math.nan)
    served = Served([free, _with(free, system_chips=0.5)])
    assert served.given["replica_chips"].tolist() == [1.0, 0.5]


def test_drafts_quicken_waves_as_they_do_a_steady_state(cases: list[ServingCase]) -> None:
    drafting = replace(cases[0], inputs={**cases[0].inputs, "draft_tokens": 3.0})
    free = _with(drafting, sequences=math.inf, max_sequences=100.0)
    steady, finite = Served([free, _with(free, requests=200.0)]).predict({})
    assert finite == pytest.approx(steady, rel=1e-6)
