"""Headers, indexes and JSON of headers are read, and what is none of them is refused in a line that names the file."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from stored_weights import header, size, tensors, write_config, write_index, write_weights

from flopwatt.bench.errors import InputError
from flopwatt.bench.estimate.weights.weight_files import beside_config, declared_layers, read_weights
from flopwatt.kernels import reading

SHAPES = tensors()
HALVES = dict(list(SHAPES.items())[:10]), dict(list(SHAPES.items())[10:])


def counted(path: Path) -> int:
    stored = read_weights(path)
    assert stored.tensors is not None
    assert set(stored.names) == set(stored.tensors)
    return sum(tensor.size for tensor in stored.tensors.values())


def test_a_header_is_read_and_no_weight(tmp_path: Path) -> None:
    path = write_weights(tmp_path / "model.safetensors", SHAPES)
    with path.open("ab") as file:
        file.truncate(10**10)  # of which no byte is on the disk, and none is read
    assert counted(path) == size(SHAPES)


def test_all_files_of_a_set_are_read_by_any_of_them(tmp_path: Path) -> None:
    paths = [write_weights(tmp_path / f"model-0000{i + 1}-of-00002.safetensors", half) for i, half in enumerate(HALVES)]
    write_weights(tmp_path / "other-00001-of-00002.safetensors", SHAPES)
    assert counted(paths[0]) == counted(paths[1]) == size(SHAPES)
    paths[0].unlink()
    with pytest.raises(InputError, match=r"is one of 2 files, of which 1 are not there; give all, or their index"):
        read_weights(paths[1])


def test_json_of_headers_is_read_in_one_piece_or_by_file(tmp_path: Path) -> None:
    path = tmp_path / "headers.json"
    path.write_text(json.dumps(header(SHAPES)))
    assert counted(path) == size(SHAPES)
    path.write_text(json.dumps({f"model-{i}.safetensors": header(half) for i, half in enumerate(HALVES)}))
    assert counted(path) == size(SHAPES)


def test_an_index_tells_names_and_bytes(tmp_path: Path) -> None:
    stored = read_weights(write_index(tmp_path, SHAPES))
    assert (stored.tensors, set(stored.names), stored.total_bytes) == (None, set(SHAPES), 2.0 * size(SHAPES))
    assert math.isnan(stored.total_parameters)
    assert read_weights(write_index(tmp_path, SHAPES, total_parameters=5)).total_parameters == 5


def test_beside_a_config_headers_stand_before_the_index_where_all_are_there(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    assert beside_config(config) is None
    write_index(tmp_path, SHAPES, "model-00001-of-00002.safetensors")
    assert (found := beside_config(config)) is not None
    assert found.tensors is None  # the file is not there
    write_weights(tmp_path / "model-00001-of-00002.safetensors", SHAPES)
    assert (found := beside_config(config)) is not None
    assert found.tensors is not None
    assert beside_config(config.rename(tmp_path / "llama.json")) is None  # whose weights these are nobody says


def test_a_set_without_an_index_is_used_where_it_is_whole(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    for i, half in enumerate(HALVES):
        assert beside_config(config) is None
        write_weights(tmp_path / f"model-0000{i + 1}-of-00002.safetensors", half)
    assert (found := beside_config(config)) is not None
    assert found.called == "the headers of 2 files of weights"


def test_files_that_git_lfs_has_not_fetched_are_not_there(tmp_path: Path) -> None:
    config, pointer = write_config(tmp_path), "version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 16060522000\n"
    path = tmp_path / "model.safetensors"
    path.write_text(pointer)
    (tmp_path / "model.safetensors.index.json").write_text(pointer)
    assert beside_config(config) is None
    with pytest.raises(InputError, match=r"model\.safetensors: is a pointer of Git LFS; fetch the file that it stands for"):
        read_weights(path)


def test_headers_that_lack_what_the_index_lists_are_refused(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    write_index(tmp_path, SHAPES)
    write_weights(tmp_path / "model-00001-of-00001.safetensors", HALVES[0])
    with pytest.raises(
        InputError, match=r"index\.json: lists \d+ tensors that the files of weights do not have, such as 'model"
    ):
        beside_config(config)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("{", "is not valid JSON"),
        ("[1]", "must be a JSON object"),
        ({}, "lists no tensors"),
        ({"hello": "world"}, "'hello' must have a dtype and a shape"),
        ({"a": {"dtype": "BF16", "shape": [-1]}}, "'a' must have a dtype and a shape"),
        ({"a": {"dtype": "BF16", "shape": [True]}}, "'a' must have a dtype and a shape"),
        ({"weight_map": []}, "has no weight_map of tensors and their files"),
        ({"weight_map": {"a": 1}}, "has no weight_map of tensors and their files"),
        ({"weight_map": {"a": "../a.safetensors"}}, "must name files of its own folder, not '../a.safetensors'"),
        ({"weight_map": {"a": "a.safetensors"}}, r"has no metadata\.total_size"),
        ({"weight_map": {"a": "a.safetensors"}, "metadata": {"total_size": "12"}}, "must be a number above 0, not '12'"),
        ({"weight_map": {"a": "a.safetensors"}, "metadata": {"total_size": 0}}, r"total_size must be a number above 0"),
    ],
)  # fmt: skip
def test_what_is_no_index_and_no_header_is_refused_in_one_line(tmp_path: Path, document: Any, says: str) -> None:
    path = tmp_path / "weights.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    with pytest.raises(InputError, match=says) as refused:
        read_weights(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is no safetensors file"),
        (b"\x08\0\0\0\0\0\0\0{}", "is no safetensors file"),
        (b"PK\x03\x04" + bytes(100), "is no safetensors file"),
        (b"\x04\0\0\0\0\0\0\0\xff\xfe{}", "is not valid JSON"),
        (b"\x02\0\0\0\0\0\0\0{}", "lists no tensors"),
    ],
)
def test_a_file_that_is_no_safetensors_file_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says):
        read_weights(path)


def test_a_header_above_the_size_that_is_read_is_refused(tmp_path: Path) -> None:
    path = write_weights(tmp_path / "model.safetensors", SHAPES)
    with reading.limited(100), pytest.raises(InputError, match="is larger than the"):
        read_weights(path)


def test_a_config_states_layers_of_its_parts_too(tmp_path: Path) -> None:
    path = write_config(tmp_path, text_config={"num_layers": 28, "n_layer": True}, vision_config={"num_hidden_layers": 24})
    assert declared_layers(path) == {3, 28, 24}


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.safetensors", tmp_path):
        with pytest.raises(InputError, match=r"cannot be read|is a folder"):
            read_weights(path)
