"""The MFU's fit as defaults: every number of the file is an input of the model, and a broken file is said in a line."""

from pathlib import Path

import pytest

from flopwatt import configs
from flopwatt.configs.mfu_fit import Evidence, covariance_name, defaults_document, evidence, inputs
from flopwatt.kernels.quantities import MODEL

FIT = configs.read_toml(configs.MFU_FIT)


def test_every_number_is_an_input_with_the_files_value() -> None:
    numbers = inputs(FIT)
    assert all(MODEL[name].given for name in numbers)
    assert numbers == {name: configs.defaults()[name].value for name in numbers}
    assert {name for name in MODEL.inputs(["mfu_coefficients_variance"]) if "_covariance_" in name} <= set(numbers)
    moe = 1 + FIT["features"].index("moe")
    assert FIT["features"][0] == "scarcity"
    assert numbers["mfu_slope_scarcity"] == FIT["coefficients"]["scarcity"]
    assert numbers["mfu_variance_moe"] == FIT["covariance"][moe][moe]
    assert numbers["mfu_covariance_moe_scarcity"] == FIT["covariance"][1][moe] == FIT["covariance"][moe][1]
    assert numbers["mfu_greatest_peak"] == FIT["seen"]["greatest_peak"]


def test_each_number_has_the_unit_of_its_quantity() -> None:
    document = defaults_document(FIT, Path("mine.toml"))
    assert {name: entry["unit"] for name, entry in document.items()} == {name: MODEL[name].unit for name in document}


def test_a_covariance_has_one_name() -> None:
    assert covariance_name("moe", "fp8") == covariance_name("fp8", "moe") == "mfu_covariance_fp8_moe"
    assert covariance_name("moe", "moe") == "mfu_variance_moe"


def test_defaults_say_where_they_are_from() -> None:
    noise = configs.defaults()["mfu_noise"]
    assert (noise.source, noise.date) == (f"configs/prior/mfu.toml: {FIT['source']}", FIT["date"])


def test_evidence_is_what_the_file_lists() -> None:
    assert evidence(FIT | {"chips": ["a"], "chips_with_step_times": ["b", "a"]}) == Evidence(("a",), ("b", "a"))
    listed = evidence(FIT)
    assert {*listed.runs, *listed.steps} <= set(configs.load("hardware").rows)


@pytest.mark.parametrize("change", [{"scale": "x"}, {"covariance": [[1.0]]}, {"centre": {}}, {"seen": {"narrowness": 1.0}}])
def test_a_broken_file_is_named(change: dict[str, object]) -> None:
    with pytest.raises(configs.FactError, match=r"mine.toml: is not complete: .*; without the file `flopwatt validate`"):
        defaults_document(FIT | change, Path("mine.toml"))
