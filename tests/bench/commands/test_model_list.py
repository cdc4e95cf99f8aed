"""``flopwatt show model``: a model as it is read, part by part."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from stored_weights import size, tensors, write_config, write_weights

from flopwatt import configs
from flopwatt.bench.cli import cli
from flopwatt.bench.commands import model_list


def show(*args: str) -> Result:
    return CliRunner().invoke(cli, ["show", "model", *args])


def document(name: str) -> Any:
    result = show(name, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("key", ["deepseek-v3", "llama-3.1-405b", "deepseek-v4-pro", "nemotron-3-super-120b-a12b", "kimi-k3"])
def test_a_model_of_the_table_fits_the_screen(key: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_list, "console", lambda: Console(width=width))
    lines = show(key).stdout.splitlines()
    assert lines[0] == f"{configs.load('models').rows[key].name}: {document(key)['layers']:.0f} layers"
    assert max(map(len, lines)) <= width
    assert "…" not in "".join(lines)
    (row,) = (line for line in lines if line.startswith("input embedding"))
    assert " 1 " in row


def test_the_sums_are_said_in_full_with_what_was_published() -> None:
    said = " ".join(show("deepseek-v3").stdout.split())
    assert "In all 671,026,404,352 parameters; a token uses 37,552,282,624. Published: 671 billion, 37 billion active." in said
    assert "Training takes 250.4 billion FLOP a token in sequences of 4,096 tokens." in said
    assert "a token uses all." in show("llama-3.1-405b").stdout
    assert "a token uses " not in show("llama-3.1-405b").stdout.splitlines()[1]  # a column of mixtures alone
    assert "ouro" in show("ouro-2.6b").stdout.lower()
    assert "run 4 times" in show("ouro-2.6b").stdout.splitlines()[0]


def test_json_has_the_parts_and_their_sums() -> None:
    told = document("deepseek-v3")
    for sums in ("parameters", "active_parameters"):
        assert sum(part[sums] for part in told["parts"]) == told[sums]
    assert [told[name] for name in ("model_key", "file", "model_type", "sequence_length_told")] == [
        "deepseek-v3",
        None,
        None,
        True,
    ]
    assert (told["published_parameters"], told["published_active_parameters"]) == (671e9, 37e9)
    assert told["flops_per_token"] == pytest.approx(250.449887232e9)


def test_a_config_is_shown_with_its_kind_its_notes_and_what_its_weights_say(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    told = document(str(config))
    assert (told["model"], told["file"], told["model_type"]) == ("config.json", str(config), "llama")
    assert told["parameters"] == size(tensors())
    assert (told["sequence_length"], told["sequence_length_told"]) == (4096, False)
    assert "it does not say; the median of published runs" in " ".join(show(str(config)).stdout.split())
    write_weights(tmp_path / "model.safetensors", tensors())
    assert document(str(config))["notes"] == [f"Checked against model.safetensors: {size(tensors()):,} parameters."]


def test_a_config_that_does_not_agree_with_its_weights_is_shown_and_says_so(tmp_path: Path) -> None:
    config = write_config(tmp_path, intermediate_size=256)
    write_weights(tmp_path / "model.safetensors", tensors())
    result = show(str(config))
    assert result.exit_code == 0
    said = "".join(result.stdout.split())
    assert f"model.safetensorshas{size(tensors()):,}parameters,andconfig.jsonisreadas" in said


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ([], "show model: name a model that `flopwatt show models` lists, or the path of a config.json"),
        (["deepseek-v33"], "show model: there is no 'deepseek-v33' in the table models; did you mean 'deepseek-v3'?"),
        (["llama 4"], "there is no 'llama 4' in the table models; there are Llama 4 Scout, Llama 4 Maverick\n"),
        (["llama"], "; there are LLaMA-65B, Llama 2 7B, Llama 2 13B, "),
        (["gone.json"], "gone.json: cannot be read"),
    ],
)
def test_what_is_no_model_is_one_line(args: list[str], says: str) -> None:
    result = show(*args)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert says in result.stderr


def test_what_a_config_lacks_is_stated_to_an_estimate(tmp_path: Path) -> None:
    for changed, said in (
        ({"num_turbo_experts": 4}, "leave it out if it changes nothing, else give --params to `flopwatt estimate`\n"),
        ({"sliding_window": 64}, "else give --set window_layers=0 or --params to `flopwatt estimate`\n"),
        ({"vocab_size": "many"}, "vocab_size must be 0 or a number from 1 to 1e15, not 'many'\n"),
    ):
        result = show(str(write_config(tmp_path, **changed)))
        assert result.exit_code == 2
        assert result.stderr.endswith(said)


def test_the_lists_that_there_are_name_it() -> None:
    assert any(line.startswith("model NAME|FILE ") for line in CliRunner().invoke(cli, ["show"]).stdout.splitlines())
    near = CliRunner().invoke(cli, ["show", "modle"])
    assert near.exit_code == 2
    assert near.stderr == "Error: show: there is no list of 'modle'; did you mean 'model'?\n"
