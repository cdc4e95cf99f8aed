"""The model of a run as it is stated: a row of the models table, a config.json, or numbers of parameters alone."""

import math
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ... import configs
from ...kernels.quantities import MODEL
from ...kernels.reading import ReadingError, check_nesting
from ..errors import InputError, Parameter
from ..facts.plausible import table_columns
from .architecture_sketch import sketch
from .hf_config.model_reading import ModelReading
from .scenario import StatedValue, facts
from .source import Source, SourceKind, stated_with
from .subject import Subject

GIVEN = "the given config"  # what one is called that came without a file


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
    reading
        What that says; None without one.
    """

    values: Mapping[str, StatedValue]
    name: str = ""
    key: str = ""
    file: str = ""
    reading: ModelReading | None = None

    @property
    def called(self) -> str:
        """What errors call it."""
        if self.file:
            return f"the model of {self.file}"
        return self.name or "a model of this size"

    def subject(self, chip: configs.FactRow, checks: tuple[str, ...]) -> Subject:
        """Name what a run of this model is of.

        Parameters
        ----------
        chip
            The chip's row of the hardware table.
        checks
            Sentences on what the model was held against.
        """
        kind, notes = (self.reading.kind, self.reading.notes) if self.reading is not None else ("", ())
        return Subject(
            self.name, chip.name, chip.key, self.key, self.file, kind, notes=(*notes, *checks), chip_label=chip.label
        )


def is_file(name: str) -> bool:
    """Tell whether a model is named by the path of a file."""
    return name.endswith(".json") or os.path.isfile(name)  # a name too long for a path is none


def of_row(row: configs.FactRow) -> StatedModel:
    """Take a model from its row of the models table, with the tokens that it was trained on where these are published."""
    values = facts(row, "models")
    published = row.values.get("published_tokens", math.nan)
    if not math.isnan(published):
        source = Source(SourceKind.FACT, f"models: {row.source_of('published_tokens')}")
        values = {"tokens": StatedValue(published, source)} | values
    return StatedModel(values, row.name, row.key)


def of_file(name: str, settled: Collection[str] = ()) -> StatedModel:
    """Read a model from a config.json.

    Parameters
    ----------
    name
        The path of the file.
    settled
        Quantities that the user states, which the file need not tell.

    Raises
    ------
    InputError
        Names the file and the key.
    """
    from .hf_config import reader

    source = Source(SourceKind.FILE, name)
    reading = reader.read(Path(name), settled)
    values = {key: StatedValue(value, source) for key, value in reading.columns.items()}
    return StatedModel(values, Path(name).name, file=name, reading=reading)


def of_document(document: Mapping[str, Any], settled: Collection[str] = ()) -> StatedModel:
    """Read a model from what a config.json holds.

    Parameters
    ----------
    document
        Its JSON object.
    settled
        Quantities that the user states, which it need not tell.

    Raises
    ------
    InputError
        Names the key.
    """
    from .hf_config import reader

    source = Source(SourceKind.FILE, GIVEN)
    try:
        check_nesting(document)
    except ReadingError as error:
        raise InputError(str(error), where=Parameter("model")) from error
    reading = reader.read_document(document, GIVEN, settled)
    values = {key: StatedValue(value, source) for key, value in reading.columns.items()}
    return StatedModel(values, GIVEN, reading=reading)


def of_size(active: float, total: float) -> StatedModel:
    """Sketch a model of which only the parameters are stated: those that a token uses, and all."""
    return StatedModel(sketch(active, total, stated_with("parameters")))


def changed_columns(fixed: Mapping[str, StatedValue]) -> list[str]:
    """List what the user set by hand of a model: columns of the models table, its counts and what these are computed from."""
    options = {name: held.source.option for name, held in fixed.items()}
    changed = [name for name, option in options.items() if option is not None and option.name == "sets"]
    if not changed:  # the columns need not be read
        return []
    counts = {item.name for item in MODEL.order(("parameters", "active_parameters"))}
    names = counts.union(table_columns("models"))
    return [name for name in changed if name in names]


def held_against(
    model: StatedModel, fixed: Mapping[str, StatedValue], count: float | None, weights: str | None
) -> tuple[str, ...]:
    """Hold a model, as it is estimated, against a count and against its weights, and say in sentences what agrees.

    Parameters
    ----------
    model
        The model as it was stated.
    fixed
        All that is stated of the run, in base units.
    count
        All its parameters as the user counts them; None where nobody did.
    weights
        The path of an index, a safetensors file or JSON of headers; None for what stands beside the model's config.json.

    Raises
    ------
    InputError
        Where a count differs by more than 1%, where a file cannot be used, and where there is nothing to check.
    """
    asked = [name for name, value in (("parameters_check", count), ("weights", weights)) if value is not None]
    if asked and not model.name:
        instead = Parameter("parameters")
        raise InputError("checks what is read of a model, and ", instead, " reads none", where=Parameter(asked[0]))
    if not asked and not model.file:
        return ()
    from .weights import weight_files, weights_check

    stored = weight_files.read_weights(Path(weights)) if weights is not None else weight_files.beside_config(Path(model.file))
    counted = weights_check.CountedModel(
        {name: held.value for name, held in fixed.items()},
        model.name,
        model.reading or ModelReading({}),
        confirmed=count is not None or bool(changed_columns(fixed)),
        declared=weight_files.declared_layers(Path(model.file)) if model.file and stored is not None else frozenset(),
    )
    notes = [weights_check.check_count(counted, count)] if count is not None else []
    return (*notes, *([weights_check.check_weights(counted, stored)] if stored is not None else []))
