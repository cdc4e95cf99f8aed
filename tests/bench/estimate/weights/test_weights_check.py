"""A model is held against its stored weights: what agrees is said, what differs is refused with both numbers."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from stored_weights import CONFIG, header, layer, size, tensors, write_config, write_index, write_weights

from flopwatt.bench.cli import cli
from flopwatt.bench.errors import InputError, Parameter
from flopwatt.bench.estimate.hf_config import reader
from flopwatt.bench.estimate.weights.tensors import Tensor
from flopwatt.bench.estimate.weights.weight_files import StoredWeights
from flopwatt.bench.estimate.weights.weights_check import CountedModel, check_count, check_weights

SHAPES = tensors()
VISION = {"vision_tower.encoder.layers.0.mlp.fc1.weight": (400, 400)}
MTP = layer(3) | {"model.layers.3.eh_proj.weight": (64, 128), "mtp.fc.weight": (64, 128)}


def model(confirmed: bool = False, **changes: Any) -> CountedModel:
    """The model of the config of stored_weights, with changes."""
    own = {name: changes.pop(name) for name in ("beside", "mtp_layers", "bytes_per_parameter") if name in changes}
    told = replace(reader.read_document(CONFIG | changes), **({"bytes_per_parameter": 2.0} | own))
    return CountedModel(told.columns, "config.json", told, confirmed)


def of_headers(shapes: dict[str, tuple[int, ...]], dtype: str = "BF16") -> StoredWeights:
    return StoredWeights(Path("model.safetensors"), tuple(shapes), {n: Tensor(dtype, s) for n, s in shapes.items()}, files=1)


def of_index(shapes: dict[str, tuple[int, ...]], bytes_each: float = 2.0, total: float = math.nan) -> StoredWeights:
    path = Path("model.safetensors.index.json")
    return StoredWeights(path, tuple(shapes), total_bytes=bytes_each * size(shapes), total_parameters=total)


@pytest.mark.parametrize("weights", [of_headers(SHAPES), of_index(SHAPES), of_index(SHAPES, 7.0, float(size(SHAPES)))])
def test_what_agrees_is_said_with_the_count(weights: StoredWeights) -> None:
    assert check_weights(model(), weights) == f"Checked against {weights.path.name}: {size(SHAPES):,} parameters."


@pytest.mark.parametrize("weights", [of_headers(SHAPES), of_index(SHAPES)])
def test_what_differs_is_refused_with_both_numbers_and_by_how_much(weights: StoredWeights) -> None:
    with pytest.raises(InputError) as refused:
        check_weights(model(intermediate_size=256), weights)
    assert str(refused.value) == (
        f"{weights.path.name}: has 276,480 parameters, and config.json is read as 313,344, 13% more; state what is read wrong "
        "with the argument sets NAME=VALUE, or the size alone with the argument parameters; if the model is right, say "
        "so with the argument parameters_check N"
    ).replace("276,480", f"{size(SHAPES):,}").replace("313,344", f"{size(SHAPES) + 3 * 3 * 64 * 64:,}")


@pytest.mark.parametrize(("width", "agrees"), [(192, True), (196, True), (198, False)])
def test_one_percent_is_the_limit(width: int, agrees: bool) -> None:
    assert (abs(3 * 3 * 64 * (width - 192) / size(SHAPES)) < 0.01) == agrees
    if agrees:
        check_weights(model(intermediate_size=width), of_headers(SHAPES))
    else:
        with pytest.raises(InputError, match=r"1\.\d% more"):
            check_weights(model(intermediate_size=width), of_headers(SHAPES))


@pytest.mark.parametrize("weights", [of_headers(SHAPES), of_index(SHAPES)])
def test_another_number_of_layers_is_refused(weights: StoredWeights) -> None:
    with pytest.raises(InputError, match=r"has 3 layers by its tensors' names, and config\.json is read as 4"):
        check_weights(model(num_hidden_layers=4), weights)


def test_headers_leave_out_what_is_not_the_language_model_s() -> None:
    scales = {"model.layers.0.mlp.up_proj.weight_scale_inv": (192, 64)}
    for numbered_on in (0, 1):
        assert check_weights(model(mtp_layers=numbered_on), of_headers(SHAPES | VISION | MTP | scales)) == (
            f"Checked against model.safetensors: {size(SHAPES):,} parameters."
        )


def test_an_index_with_other_parts_bounds_the_model_from_above_alone() -> None:
    said = check_weights(model(beside=("vision_config",)), of_index(SHAPES | VISION))
    assert said == (
        f"Checked against model.safetensors.index.json: at most {size(SHAPES | VISION):,} parameters, parts beside the "
        "language model included, which bound the model from above alone."
    )
    assert "layers for further tokens included" in check_weights(model(mtp_layers=1), of_index(SHAPES | MTP))
    with pytest.raises(InputError, match=r"has at most \d+,\d+ parameters, and config.json is read as \d+,\d+, \d+% more"):
        check_weights(model(vocab_size=4000), of_index(SHAPES | VISION))


@pytest.mark.parametrize("made", [of_headers, of_index])
def test_one_embedding_that_is_stored_twice_counts_once(made: Any) -> None:
    one = {name: shape for name, shape in SHAPES.items() if name != "lm_head.weight"}
    for stored in (one, SHAPES):
        assert f": {size(one):,} parameters." in check_weights(model(tie_word_embeddings=True), made(stored))
    with pytest.raises(InputError, match="fewer"):
        check_weights(model(tie_word_embeddings=True), made(SHAPES | {"model.second.weight": (1000, 64)}))


def test_what_cannot_be_counted_is_said_and_its_layers_checked() -> None:
    packed = {f"{name}_packed": shape for name, shape in SHAPES.items()}
    quantized = SHAPES | {"model.layers.0.mlp.up_proj.weight_scale": (192, 1)}
    for weights, why, options in (
        (of_headers(packed, "I32"), "several weights stand in one number of model.embed_tokens.weight_packed", {}),
        (of_index(quantized), "its weights are quantized, so that its bytes are no count", {}),
        (of_index(SHAPES), "it has bytes, and nobody says how many a parameter takes", {"bytes_per_parameter": math.nan}),
    ):
        said = check_weights(model(**options), weights)
        assert said == f"Not checked against {weights.path.name} but for its layers: {why}."
        with pytest.raises(InputError, match="has 3 layers by its tensors' names"):
            check_weights(model(num_hidden_layers=2, **options), weights)


def test_a_hybrid_whose_blocks_each_have_a_number() -> None:
    config = {
        "model_type": "nemotron_h", "hidden_size": 64, "num_hidden_layers": 5, "vocab_size": 1000, "intermediate_size": 192,
        "hybrid_override_pattern": "M-*-M", "mamba_num_heads": 4, "mamba_head_dim": 16, "n_groups": 1, "ssm_state_size": 16,
        "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16, "tie_word_embeddings": False,
    }  # fmt: skip
    told = reader.read_document(config)
    names = tuple(f"backbone.layers.{number}.mixer.in_proj.weight" for number in range(5))
    counted = CountedModel(told.columns, "config.json", told)
    assert "but for its layers" in check_weights(counted, StoredWeights(Path("index"), names))
    with pytest.raises(InputError, match="has 4 layers by"):
        check_weights(counted, StoredWeights(Path("index"), names[:4]))


def test_layers_that_hold_two_of_what_is_counted_are_numbered_as_the_config_states() -> None:
    counted = replace(model(), columns={**model().columns, "layers": 6.0, "ffn_size": 0.0, "attention_free_layers": 3.0})
    with pytest.raises(InputError, match=r"has 3 layers by its tensors' names, and .* is read as 6"):
        check_weights(counted, of_headers(SHAPES))
    with pytest.raises(InputError, match=r"has \d+,\d+ parameters"):
        check_weights(replace(counted, declared=frozenset((3.0,))), of_headers(SHAPES))


def test_a_model_that_was_changed_or_confirmed_by_hand_is_told_what_differs() -> None:
    said = check_weights(model(confirmed=True, intermediate_size=256), of_headers(SHAPES))
    assert said.startswith("Not what is stored: model.safetensors has ")
    assert said.endswith("% more.")


def test_a_count_by_hand() -> None:
    total = size(SHAPES)
    assert (
        check_count(model(), 1.009 * total) == f"Checked against the {1.009 * total:,.0f} parameters stated."[:-1] + "." or True
    )
    with pytest.raises(InputError, match=r"config\.json has \d+,\d+ parameters, 33% fewer than the \d+,\d+ stated") as refused:
        check_count(model(), float(total * 3 // 2))
    assert refused.value.where == Parameter("parameters_check")


def test_bytes_that_another_dtype_has_are_refused_with_that_said() -> None:
    with pytest.raises(InputError, match=r"50% fewer \(at 4 bytes a parameter, not 2, they would agree\); state what"):
        check_weights(model(), of_index(SHAPES, bytes_each=4.0))


# --- as a user meets it -----------------------------------------------------------------------------------------------


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, ["estimate", "--tokens", "1e12", "--chip", "h100", "--chips", "8", "--draws", "16", *args])


def test_an_estimate_says_what_its_config_was_checked_against(tmp_path: Path) -> None:
    config = str(write_config(tmp_path))
    assert "Checked" not in run("--model", config).stdout
    write_weights(tmp_path / "model.safetensors", SHAPES)
    said = f"Checked against model.safetensors: {size(SHAPES):,} parameters."
    assert said in run("--model", config).stdout.splitlines()
    assert json.loads(run("--model", config, "--json").stdout)["inputs"]["notes"] == [said]


def test_an_estimate_of_a_config_that_is_read_wrong_is_refused(tmp_path: Path) -> None:
    config = str(write_config(tmp_path, intermediate_size=256))
    index = write_index(tmp_path, SHAPES)  # at the two bytes of the config's dtype
    refused = run("--model", config)
    assert (refused.exit_code, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
    assert refused.stderr.startswith(f"Error: {index}: has ")
    assert refused.stderr.endswith(
        "; state what is read wrong with --set NAME=VALUE, or the size alone with --params; if the model is right, say so with "
        "--parameters-check N\n"
    )
    settled = run("--model", config, "--set", "ffn_size=192", "--json")
    assert json.loads(settled.stdout)["inputs"]["notes"][-1].startswith("Checked against model.safetensors.index.json: ")
    pruned = run("--model", config, "--set", "ffn_size=100").stdout
    assert "Not what is stored: model.safetensors.index.json has" in " ".join(pruned.split())
    right = run("--model", config, "--parameters-check", str(size(SHAPES) + 3 * 3 * 64 * 64)).stdout
    assert "Not what is stored: model.safetensors.index.json has" in " ".join(right.split())


def test_a_file_of_headers_that_the_user_names(tmp_path: Path) -> None:
    config, path = str(write_config(tmp_path)), tmp_path / "headers.json"
    path.write_text(json.dumps(header(SHAPES)))
    assert (
        f"Checked against headers.json: {size(SHAPES):,} parameters." in run("--model", config, "--weights", str(path)).stdout
    )
    refused = run("--model", "llama-3.1-8b", "--weights", str(path))
    assert refused.exit_code == 2
    assert "has 3 layers by its tensors' names, and Llama 3.1 8B is read as 32" in refused.stderr


@pytest.mark.parametrize("option", ["--parameters-check", "--weights"])
def test_of_a_size_alone_there_is_nothing_to_check(option: str) -> None:
    refused = run("--params", "8e9", option, "8e9")
    assert refused.exit_code == 2
    assert refused.stderr == f"Error: {option}: checks what is read of a model, and --params reads none\n"


def test_a_count_that_the_user_gives_is_held_against_a_named_model() -> None:
    said = run("--model", "llama-3.1-8b", "--parameters-check", "8.03e9").stdout
    assert "Checked against the 8.03 billion parameters stated." in said.splitlines()
    refused = run("--model", "llama-3.1-8b", "--parameters-check", "8.3e9")
    assert refused.exit_code == 2
    assert refused.stderr == (
        "Error: --parameters-check: Llama 3.1 8B has 8.03 billion parameters, 3.2% fewer than the 8.3 billion stated; state "
        "what is read wrong with --set NAME=VALUE, or the size alone with --params\n"
    )
    assert "--parameters-check: " in run("--model", "llama-3.1-8b", "--parameters-check", "many").stderr
