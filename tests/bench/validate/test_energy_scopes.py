"""What a published energy counts: every scope of the published runs, and scopes of other tables."""

import pytest

from flopwatt.bench.validate.energy_scopes import BETWEEN, LEVELS, NOT_COUNTED, QUANTITIES, read_scope
from flopwatt.bench.validate.rows import UnpredictableError, shipped
from flopwatt.kernels.quantities import MODEL

PUBLISHED = {
    "system incl host, x PUE": "energy",
    "x PUE 1.08 in OLMo table": None,
    "GPU-hours x 400 W (356 MWh with PUE 1.1)": "chip_energy",
    "dynamic GPU only; idle +256.646 MWh": "chip_energy",
    "GPU TDP x PUE 1.1": "energy",
    "card gives W per GPU and tCO2e only": None,
    "GPU only, raw (x PUE not included)": "chip_energy",
    "GPU only, raw": "chip_energy",
    "GPU (measured; scope per Ai2)": "chip_energy",
    "datacenter (GPU x 1.74 overhead)": "energy",
    "all-in utility (colo PUE)": "energy",
}


def test_every_scope_of_the_published_runs_is_here() -> None:
    scopes = {row.text("energy_scope") for row in shipped("training_runs").rows} - {""}
    assert scopes == set(PUBLISHED)


@pytest.mark.parametrize(("scope", "quantity"), PUBLISHED.items())
def test_a_published_scope(scope: str, quantity: str | None) -> None:
    if quantity is None:
        with pytest.raises(UnpredictableError, match="is not known"):
            read_scope(scope)
    else:
        assert read_scope(scope).quantity == quantity


@pytest.mark.parametrize(
    ("scope", "quantity", "without"),
    [
        ("no PUE", "server_energy", set()),
        ("server node, measured", "server_energy", set()),
        ("IT energy, no PUE", "it_energy", set()),
        ("GPU energy only; no PUE", "chip_energy", set()),
        ("IT", "it_energy", set()),
        ("IT, x PUE", "energy", set()),
        ("system, no PUE", "server_energy", set()),
        ("System incl. host", "server_energy", set()),
        ("half of a rack", "", set()),
        ("node", "server_energy", set()),
        ("servers without PUE", "server_energy", set()),
        ("servers, without PUE", "server_energy", set()),
        ("system incl host x PUE", "energy", {"network_factor"}),
        ("GPU x PUE 1.1", "energy", {"network_factor", "host_load"}),
        ("GPU (PUE not included)", "chip_energy", set()),
        ("facility", "energy", set()),
        ("x PUE", "energy", set()),
        ("GPU-only", "chip_energy", set()),
        ("GPU TDP x hours", "chip_energy", set()),
        ("TDP x PUE 1.1", "energy", {"network_factor", "host_load"}),
        ("GPU board power, PUE-adjusted", "energy", {"network_factor", "host_load"}),
        ("AC wall power of the node", "", set()),
        ("server_node (AC), measured at PDU", "server_energy", set()),
        ("accelerator + host", "server_energy", set()),
        ("server nodes + interconnect est.", "it_energy", set()),
        ("IT excl. cooling", "it_energy", set()),
        ("servers, with PUE of 1.1", "energy", {"network_factor"}),
        ("data center level", "energy", set()),
        ("GPU energy x 2", "", set()),
        ("GPU + CPU + RAM", "", set()),
        ("rack", "", set()),
    ],
)
def test_a_scope_in_words(scope: str, quantity: str, without: set[str]) -> None:
    if not quantity:  # words that are not in the table are not guessed at
        with pytest.raises(UnpredictableError, match=r"is not known.*; write chips, servers, IT or facility"):
            read_scope(scope)
        return
    meaning = read_scope(scope)
    assert (meaning.quantity, set(meaning.without)) == (quantity, without)


@pytest.mark.parametrize(
    ("scope", "says"),
    [
        ("", "no energy_scope: chips, servers, IT or facility"),
        ("measured", "does not say what was counted"),
        ("facility, no PUE", "says two things of the PUE"),
        ("GPU x PUE, raw, no PUE", "says two things of the PUE"),
        ("data center GPUs", "says two things of what was counted"),
        ("GPUs and network", "says two things of what was counted"),
        ("server (GPUs only)", "says two things of what was counted"),
        ("server node without host", "says two things of what was counted"),
    ],
)
def test_a_scope_that_does_not_say_is_left(scope: str, says: str) -> None:
    with pytest.raises(UnpredictableError, match=says):
        read_scope(scope)


def test_the_table_is_of_quantities_and_inputs_of_the_model() -> None:
    assert set(QUANTITIES.values()) <= set(MODEL.quantities)
    assert set(read_scope("GPU x PUE").without) == {"host_load", "network_factor"} <= set(MODEL.quantities)
    assert all(word == word.lower() for word in (*LEVELS, *BETWEEN, *NOT_COUNTED))
    assert not LEVELS.keys() & (BETWEEN | NOT_COUNTED)
