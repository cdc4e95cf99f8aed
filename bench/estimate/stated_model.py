"""The model of a run as it is stated: a row of the models table, a config.json, or numbers of parameters alone."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ... import configs
from .scenario import StatedValue, facts, sketch
from .source import Source, SourceKind, stated_with


@dataclass(frozen=True)
class StatedModel:
    """What is stated of a run's model.

    Attributes
    ----------
    values
        In base units, by quantity.
    name
        As its row or its file has it; empty where only its size is known.
    key
        Of its row; empty where it has none.
    file
        The path of its config.json; empty without one.
    """

    values: Mapping[str, StatedValue]
    name: str = ""
    key: str = ""
    file: str = ""

    @property
    def called(self) -> str:
        """What errors call it."""
        if self.file:
            return f"the model of {self.file}"
        return self.name or "a model of this size"


def is_file(name: str) -> bool:
    """Tell whether a model is named by the path of a file."""
    return name.endswith(".json") or Path(name).is_file()


def of_row(row: configs.FactRow) -> StatedModel:
    """Take a model from its row of the models table, with the tokens that it was trained on where these are published."""
    values = facts(row, "models")
    published = row.values.get("published_tokens", math.nan)
    if not math.isnan(published):
        source = Source(SourceKind.FACT, f"models: {row.source_of('published_tokens')}")
        values = {"tokens": StatedValue(published, source)} | values
    return StatedModel(values, row.name, row.key)


def of_file(name: str) -> StatedModel:
    """Read a model from a config.json. Raises InputError naming the file and the key."""
    from .hf_config import reader

    source = Source(SourceKind.FILE, name)
    values = {key: StatedValue(value, source) for key, value in reader.read(Path(name)).items()}
    return StatedModel(values, Path(name).name, file=name)


def of_size(active: float, total: float) -> StatedModel:
    """Sketch a model of which only the parameters are stated: those that a token uses, and all."""
    return StatedModel(sketch(active, total, stated_with("parameters")))
