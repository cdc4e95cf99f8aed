"""Files of stored weights: headers of safetensors, of which no weight is read, an index of such files, JSON of headers.

A safetensors file begins with eight bytes, the length of its header (little endian), and the header: JSON with dtype, shape and
place of each tensor (huggingface.co/docs/safetensors). An index lists which file has which tensor and their bytes in all.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

from ....kernels import reading
from ...errors import InputError
from .tensors import Tensor

INDEX = "model.safetensors.index.json"
SINGLE = "model.safetensors"
MAX_HEADER = 100 * 10**6  # bytes, the most that safetensors itself reads; an index of many experts takes 15 MB
MAX_RANK = 16  # dimensions of a tensor
MAX_SIZE = 10**15  # of one of them
_LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")  # keys of a config
_LENGTH = 8  # bytes of a header's length
_SHARD = re.compile(r"(?P<stem>.+)-(?P<number>\d+)-of-(?P<count>\d+)\.safetensors")
_POINTER = b"version "  # what a file that Git LFS has not fetched begins with


@dataclass(frozen=True)
class StoredWeights:
    """What is known of stored weights.

    Attributes
    ----------
    path
        The file that errors name.
    names
        Of all tensors.
    tensors
        Their dtypes and shapes; None where only an index is there.
    total_bytes, total_parameters
        As the index has them, NaN where it does not tell.
    files
        How many files the headers are of; 0 where only an index is there.
    """

    path: Path
    names: tuple[str, ...]
    tensors: Mapping[str, Tensor] | None = None
    total_bytes: float = math.nan
    total_parameters: float = math.nan
    files: int = 0

    @property
    def called(self) -> str:
        """What a person calls them."""
        return f"the headers of {self.files} files of weights" if self.files > 1 else self.path.name


@dataclass(frozen=True)
class _Index:
    path: Path
    files: Mapping[str, str]  # by tensor
    metadata: Mapping[str, Any] = field(default_factory=dict)


def beside_config(path: Path) -> StoredWeights | None:
    """Find the weights that stand beside a config.json: their headers where all files are there, else their index.

    Parameters
    ----------
    path
        The config. Only a file of that very name has weights beside it.

    Raises
    ------
    InputError
        Names a file that is there and cannot be used.
    """
    if path.name != "config.json":
        return None
    folder = path.parent
    index = _index(folder / INDEX, _read_json(folder / INDEX)) if _is_there(folder / INDEX) else None
    if index is not None:
        shards = sorted({folder / name for name in index.files.values()})
        return _of_shards(shards, index) if all(map(_is_there, shards)) else _of_index(index)
    if _is_there(folder / SINGLE):
        return _of_shards([folder / SINGLE])
    first = next((shard for shard in sorted(folder.glob("model-*-of-*.safetensors")) if _SHARD.fullmatch(shard.name)), None)
    shards, missing = _set_of(first) if first is not None else ([], 0)
    return _of_shards(shards) if shards and not missing and all(map(_is_there, shards)) else None


def read_weights(path: Path) -> StoredWeights:
    """Read a file that the user names: an index, a safetensors file with all others of its set, or JSON of headers.

    Raises
    ------
    InputError
        Names the file, what is wrong with it and what would be right.
    """
    if path.suffix == ".safetensors":
        shards, missing = _set_of(path)
        if missing > 0:
            raise InputError(
                f"is one of {missing + len(shards):,} files, of which {missing:,} are not there; give all, or their index",
                where=str(path),
            )
        return _of_shards(shards)
    document = _read_json(path)
    if "weight_map" in document or path.name.endswith(".index.json"):
        return _of_index(_index(path, document))
    headers = document
    if document and all(key.endswith(".safetensors") for key in document):  # by file
        headers = {name: entry for part in document.values() if isinstance(part, dict) for name, entry in part.items()}
    tensors = _tensors(path, headers)
    return StoredWeights(path, tuple(tensors), tensors)


def declared_layers(path: Path) -> frozenset[float]:
    """List the numbers of layers that a config.json states, of the model or a part of it: tensors are numbered by these.

    Raises
    ------
    InputError
        Where it cannot be read.
    """
    document = _read_json(path)
    parts = [document, *(part for part in document.values() if isinstance(part, dict))]
    stated = [part[key] for part in parts for key in _LAYERS if key in part]
    return frozenset(float(number) for number in stated if type(number) is int and number > 0)


def _set_of(path: Path) -> tuple[list[Path], int]:
    """List the files of the set that one is of, and count those of it that are not there."""
    match = _SHARD.fullmatch(path.name)
    if match is None:
        return [path], 0
    others = (_SHARD.fullmatch(other.name) for other in path.parent.glob("*.safetensors"))
    own = sorted(other[0] for other in others if other and (other["stem"], other["count"]) == (match["stem"], match["count"]))
    return [path.parent / name for name in own], max(int(match["count"]) - len(own), 0)


def _is_there(path: Path) -> bool:
    """Tell whether a file is there and fetched: a pointer of Git LFS stands for one that is not."""
    try:
        return path.exists() and reading.read_part(path, 0, _LENGTH) != _POINTER
    except reading.ReadingError as error:
        raise InputError(str(error), where=str(path)) from error


def _of_shards(paths: list[Path], index: _Index | None = None) -> StoredWeights:
    tensors: dict[str, Tensor] = {}
    for path in paths:
        tensors |= _read_header(path)
    lacking = sorted(set(index.files) - set(tensors)) if index is not None else []
    if index is not None and lacking:
        raise InputError(
            f"lists {len(lacking):,} tensors that the files of weights do not have, such as {lacking[0]!r}",
            where=str(index.path),
        )
    return StoredWeights(paths[0], tuple(tensors), tensors, files=len(paths))


def _read_header(path: Path) -> dict[str, Tensor]:
    try:
        start = reading.read_part(path, 0, _LENGTH)
        if start == _POINTER:
            raise InputError("is a pointer of Git LFS; fetch the file that it stands for", where=str(path))
        size, length = path.stat().st_size, int.from_bytes(start, "little")
        if not 2 <= length <= size - _LENGTH:
            raise InputError(
                f"is no safetensors file: its first {_LENGTH} bytes are not the length of a header", where=str(path)
            )
        text = reading.read_part(path, _LENGTH, length, MAX_HEADER)
    except (reading.ReadingError, OSError) as error:
        raise InputError(str(error), where=str(path)) from error
    return _tensors(path, _parse(path, text))


def _read_json(path: Path) -> dict[str, Any]:
    try:
        text = reading.read_text(path, MAX_HEADER, piped=True)
    except reading.ReadingError as error:
        raise InputError(str(error), where=str(path)) from error
    return _parse(path, text)


def _parse(path: Path, text: str | bytes) -> dict[str, Any]:
    try:
        document = json.loads(text)
        reading.check_nesting(document)
    except (ValueError, RecursionError) as error:
        wrong = str(error) if isinstance(error, reading.ReadingError) else f"is not valid JSON: {error}"
        raise InputError(wrong, where=str(path)) from error
    if not isinstance(document, dict):
        raise InputError("must be a JSON object: an index of weights, or headers of tensors", where=str(path))
    return document


def _index(path: Path, document: Mapping[str, Any]) -> _Index:
    files, metadata = document.get("weight_map"), document.get("metadata")
    if not isinstance(files, dict) or not files or not all(isinstance(name, str) for name in files.values()):
        raise InputError("has no weight_map of tensors and their files, which an index of weights has", where=str(path))
    outside = next((name for name in files.values() if Path(name).name != name), None)
    if outside is not None:
        raise InputError(f"weight_map must name files of its own folder, not {outside[:80]!r}", where=str(path))
    return _Index(path, files, metadata if isinstance(metadata, dict) else {})


def _of_index(index: _Index) -> StoredWeights:
    total_bytes, total = (_amount(index, key) for key in ("total_size", "total_parameters"))
    if math.isnan(total_bytes) and math.isnan(total):
        raise InputError("has no metadata.total_size, the bytes of all tensors", where=str(index.path))
    return StoredWeights(index.path, tuple(index.files), total_bytes=total_bytes, total_parameters=total)


def _amount(index: _Index, key: str) -> float:
    value = index.metadata.get(key)
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e18:
        raise InputError(f"metadata.{key} must be a number above 0, not {str(value)[:40]!r}", where=str(index.path))
    return float(value)


def _tensors(path: Path, header: Mapping[str, Any]) -> dict[str, Tensor]:
    tensors = {name: _tensor(path, name, entry) for name, entry in header.items() if name != "__metadata__"}
    if not tensors:
        raise InputError("lists no tensors", where=str(path))
    return tensors


def _tensor(path: Path, name: str, entry: Any) -> Tensor:
    told = entry if isinstance(entry, dict) else {}
    dtype, shape = told.get("dtype"), told.get("shape")
    if not isinstance(dtype, str) or not _is_shape(shape):
        raise InputError(f"{name[:80]!r} must have a dtype and a shape, as headers of safetensors have", where=str(path))
    return Tensor(dtype, tuple(shape))


def _is_shape(shape: Any) -> TypeGuard[list[int]]:
    whole = isinstance(shape, list) and len(shape) <= MAX_RANK
    return whole and all(type(size) is int and 0 <= size < MAX_SIZE for size in shape)
