"""Estimates from Python are those of the command, and errors name the keywords."""

import inspect
import json
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import flopwatt
from flopwatt.bench.cli import cli
from flopwatt.bench.commands import estimate as command
from flopwatt.bench.commands.flags import spelling
from flopwatt.bench.estimate.python_request import KEYWORDS, QUANTITIES

FROM_8B: dict[str, Any] = {"model": "llama-3.1-8b", "chip": "h100", "chips": 256, "tokens": 1e12}
# What is printed, and what another function answers.
PRINTED = {"explain", "json", "full", "assumptions", "out", "plot", "set", "max_size", "help", "sequence_length", "benchmark"}
CONFIG = {
    "model_type": "llama",
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "num_hidden_layers": 32,
    "vocab_size": 128256,
    "tie_word_embeddings": False,
    "max_position_embeddings": 8192,
}


def by_name(printed: Any) -> Any:
    """Sort the inputs of a document, which stand in the order in which they are stated."""
    return (
        printed | {"held": sorted(printed["held"], key=lambda entry: str(entry["quantity"]))} if "held" in printed else printed
    )


def of_command(**stated: object) -> Any:
    """Run the command with the same keywords as flags."""
    flags = [text for name, value in stated.items() for text in (f"--{name.replace('_', '-')}", str(value))]
    result = CliRunner().invoke(cli, ["estimate", *flags, "--json"])
    assert result.exit_code == 0, result.output
    return by_name(json.loads(result.stdout))


def of_python(**stated: Any) -> Any:
    result = flopwatt.estimate(**stated)
    spell = spelling(command.command)
    return by_name(json.loads(json.dumps(result.to_dict(spell=spell))))


def test_every_option_is_a_keyword() -> None:
    flags = {
        option.opts[0].removeprefix("--").replace("-", "_")
        for option in command.command.params
        if isinstance(option, click.Option)
    }
    own = set(inspect.signature(flopwatt.estimate).parameters) - {"stated"}
    assert flags - PRINTED == own | set(KEYWORDS)


@settings(max_examples=12, deadline=None)
@given(
    stated=st.fixed_dictionaries(
        {"chips": st.sampled_from([64, 256, 1000]), "draws": st.sampled_from([16, 200]), "seed": st.integers(0, 3)},
        optional={
            "mfu": st.floats(0.05, 0.6),
            "pue": st.floats(1.05, 1.6),
            "electricity_price": st.one_of(st.floats(0.02, 0.4), st.just("50 USD/MWh")),
            "carbon_intensity": st.sampled_from([0.05, "50 gCO2e/kWh"]),
            "country": st.sampled_from(["france", "norway"]),
            "precision": st.sampled_from(["bf16", "fp8"]),
            "tokens": st.floats(1e11, 2e13),
            "currency": st.just("EUR"),
            "seq_len": st.sampled_from([4096, 8192]),
            "depreciation": st.just("straight-line"),
        },
    )
)
def test_the_result_is_the_command_s(stated: dict[str, Any]) -> None:
    asked = {"model": "llama-3.1-8b", "chip": "h100", **stated}
    assert of_python(**asked) == of_command(**asked)


def test_a_strategy_a_time_and_any_quantity_are_stated_as_on_the_command_line() -> None:
    asked = {**FROM_8B, "strategy": "auto", "tp": 2, "draws": 64}
    assert of_python(**asked) == of_command(**asked)
    solved = {"model": "llama-3.1-8b", "chip": "h100", "days": 30, "draws": 64}
    assert of_python(**solved) == of_command(**solved)
    flags = ["estimate", "--model", "llama-3.1-8b", "--chip", "h100", "--chips", "256", "--set", "tdp=600 W", "--json"]
    printed = by_name(json.loads(CliRunner().invoke(cli, [*flags, "--unusual", "--programme", "--draws", "64"]).stdout))
    asked = {"model": "llama-3.1-8b", "chip": "h100", "chips": 256, "tdp": "600 W", "unusual": True, "programme": True}
    assert of_python(**asked, draws=64) == printed


def test_a_model_may_be_a_path_or_what_its_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(CONFIG), encoding="utf-8")
    asked: dict[str, Any] = {**FROM_8B, "draws": 64}
    by_path, by_document = (flopwatt.estimate(**{**asked, "model": model}) for model in (path, CONFIG))
    assert by_path.quantiles == by_document.quantiles
    assert by_document.sentence.startswith("Training the given config on 256 ")
    assert flopwatt.estimate(**{**asked, "model": CONFIG, "strategy": "auto"}).to_dict()["strategy"]["tried"] > 0
    with pytest.raises(flopwatt.InputError, match=r"^the given config: has no num_attention_heads"):
        flopwatt.estimate(**{**asked, "model": {key: value for key, value in CONFIG.items() if key != "num_attention_heads"}})


def test_numbers_of_numpy_are_numbers() -> None:
    plain = flopwatt.estimate(**FROM_8B, draws=64, mfu=0.4)
    arrays = flopwatt.estimate(**{**FROM_8B, "chips": np.int64(256)}, draws=64, mfu=np.float32(0.5) * np.float64(0.8))
    assert arrays.quantiles == plain.quantiles


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ({"chips": None}, "chips: give the number of chips, or the argument days to solve for it"),
        ({"days": 3}, "days: give the argument chips or the argument days, not both: one follows from the other"),
        ({"tdpp": 3}, "tdpp: there is no such keyword, and no quantity of that name; did you mean 'tdp'?"),
        ({"electricty_price": 3}, "and no quantity of that name; did you mean 'electricity_price'?"),
        ({"tdp": 0.7}, "tdp is 0.7 W; what is known lies between"),
        ({"chips": True}, "chips: must be a number or a text, not bool"),
        ({"chips": [1, 2]}, "chips: must be a number or a text, not list"),
        ({"country": ""}, "country: it is empty; leave it out or give it a value"),
        ({"chips": 10.5}, "chips: chip_count must be a whole number"),
        ({"mfu": 40}, "mfu: mfu must be at most 1, not 40; did you mean 40%?"),
        ({"draws": 1.5}, "draws: must be a whole number, not 1.5"),
        ({"draws": 0}, "draws: must be from 1"),
        ({"unusual": "yes"}, "unusual: must be True or False, not 'yes'"),
        ({"strategy": "best"}, "strategy: must be auto, not 'best'"),
        ({"chip": "tpu-v5p", "batch": 64}, "strategy: needs facts of TPU v5p that are not published: "),
        ({"my_mfu": 0.4, "mfu": 0.4}, "mfu: holds the MFU of the whole run, which the argument my_mfu would tell"),
        ({"framework": "torch"}, "framework: must be one of megatron, nemo, "),
        ({"like": "Nobody"}, "like: no published run of 'Nobody' is known; "),
        ({"params": 7e9}, "model: name the model (a name, or the path of a config.json), or give the argument params"),
        ({"chip": "h100,b200"}, "chip: 'h100,b200' names several chips, which flopwatt.estimate_chips compares"),
        ({"chip": None}, "chip: name the chip, such as h100-sxm-80gb"),
        ({"tdp": "0,7 kW"}, "tdp: '0,7 kW' has a decimal comma; write 0.7 kW"),
        ({"model": "llama-3.1-80b"}, "else describe it with the argument params and the argument tokens"),
        ({"electricity_price": "50 EUR/MWH"}, "electricity_price: unknown unit"),
    ],
)  # fmt: skip
def test_an_error_names_the_keyword(stated: dict[str, Any], says: str) -> None:
    with pytest.raises(flopwatt.InputError) as error:
        flopwatt.estimate(**{**FROM_8B, **stated})
    text = str(error.value)
    assert says.lower() in text.lower()
    assert "\n" not in text
    assert not any(quantity in text.partition(":")[0] for quantity in QUANTITIES.values())
    assert "sets" not in text


def test_operations_that_are_missing_are_asked_for_by_keyword() -> None:
    with pytest.raises(flopwatt.InputError, match=r"such as the argument training_flops 2e25$"):
        flopwatt.estimate(params=7e9, chip="h100", chips=64)


def test_several_chips_are_those_of_the_command() -> None:
    compared = flopwatt.estimate_chips("llama-3.1-8b", ["h100", "b200"], 256, tokens=1e12, draws=64)
    printed = of_command(**{**FROM_8B, "chip": "h100,b200", "draws": 64})
    assert compared.to_dict(spelling(command.command)) == printed
    assert printed["chips"][1]["inputs"]["chip_key"] == "b200-sxm"
    text = flopwatt.estimate_chips("llama-3.1-8b", "h100,b200", 256, tokens=1e12, draws=64)
    assert text.sentence == compared.sentence
    with pytest.raises(flopwatt.InputError, match=r"^chip: name the chips"):
        flopwatt.estimate_chips("llama-3.1-8b", (), 256)


def test_a_benchmark_is_estimated_as_by_the_command() -> None:
    asked = {"chips": 64, "precision": "fp8", "batch": 64}
    minutes = flopwatt.estimate_benchmark("llama31_8b", "h100", **asked).to_dict()
    flags = [text for name, value in asked.items() for text in (f"--{name}", str(value))]
    result = CliRunner().invoke(cli, ["estimate", "--benchmark", "llama31_8b", "--chip", "h100", *flags, "--json"])
    assert json.loads(result.stdout) == json.loads(json.dumps(minutes))
    with pytest.raises(flopwatt.InputError, match=r"^chips: say how many chips"):
        flopwatt.estimate_benchmark("llama31_8b", "h100", None)  # type: ignore[arg-type]
    with pytest.raises(flopwatt.InputError, match=r"^tokens: does not change the time to train"):
        flopwatt.estimate_benchmark("llama31_8b", "h100", 64, tokens=1e12)
    with pytest.raises(flopwatt.InputError, match=r"^engine: does not go with a benchmark"):
        flopwatt.estimate_benchmark("llama31_8b", "h100", 64, engine="numpy")
