"""What `flopwatt show model` prints: a model as it is read, part by part, so that a doubt about its size can be settled."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import InputError, Parameter, joined
from ..estimate import stated_model
from ..estimate.known_values import values_of_model
from ..estimate.layer_kinds import ModelPart, model_parts
from ..estimate.request import find
from ..estimate.stated_model import StatedModel
from ..prior import store
from ..terminal.console import console
from ..terminal.numbers import count
from . import estimate
from .flags import spelling

if TYPE_CHECKING:
    from rich.table import Table

_DIGITS = 4
_SIZES = ("parameters", "active_parameters", "layers", "layer_passes", "flops_per_token")
_PUBLISHED = ("published_parameters", "published_active_parameters")


@dataclass(frozen=True)
class ModelListing:
    """A model and its parts.

    Attributes
    ----------
    model
        As it was stated.
    columns
        Its quantities, in base units, a sequence length among them.
    parts
        From input to output.
    notes
        Sentences on how it was read.
    says_length
        Whether the model says its sequence length itself.
    """

    model: StatedModel
    columns: dict[str, float]
    parts: tuple[ModelPart, ...]
    notes: tuple[str, ...]
    says_length: bool

    def plain(self) -> dict[str, Any]:
        """Return the model as JSON has it: plain numbers, texts and None."""
        reading = self.model.reading
        published = {name: self.columns.get(name, math.nan) for name in _PUBLISHED}
        return {
            "model": self.model.name,
            "model_key": self.model.key or None,
            "file": self.model.file or None,
            "model_type": reading.kind if reading is not None else None,
            **self._values(),
            "sequence_length": self.columns["sequence_length"],
            "sequence_length_told": self.says_length,
            **{name: value if math.isfinite(value) else None for name, value in published.items()},
            "parts": [
                {
                    "part": part.name,
                    "sizes": part.sizes,
                    "count": part.count,
                    "parameters_of_one": part.of_one,
                    "parameters": part.parameters,
                    "active_parameters": part.active,
                }
                for part in self.parts
            ],
            "notes": list(self.notes),
        }

    def print(self) -> None:
        """Print what the model is, a row for each kind of part, and the sums."""
        from rich.text import Text

        screen = console()
        screen.print(Text(self._title(), style="bold"))
        screen.print(self._table(), highlight=False)
        for line in (*self._sums(), *self.notes):
            screen.print(Text(line))

    def _values(self) -> dict[str, float]:
        return values_of_model(self.columns, _SIZES)

    def _title(self) -> str:
        values, kind = self._values(), self.model.reading.kind if self.model.reading is not None else ""
        layers = count(values["layers"], "layer")
        passes = f" run {values['layer_passes']:g} times" if values["layer_passes"] != 1 else ""
        return f"{self.model.name}{f' ({kind})' if kind else ''}: {layers}{passes}"

    def _table(self) -> "Table":
        from rich.table import Table
        from rich.text import Text

        mixture = any(part.of_one != part.active_of_one for part in self.parts)
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("part", overflow="fold")
        for heading in ("count", "of one", "of all", "a token uses")[: 4 if mixture else 3]:
            table.add_column(heading, justify="right", no_wrap=True, vertical="top")
        for part in self.parts:
            numbers = (part.of_one, part.parameters, part.active)[: 3 if mixture else 2]
            name = Text(f"{part.name}\n").append(part.sizes, style="dim")
            table.add_row(name, f"{part.count:,.0f}", *(count(number, digits=_DIGITS) for number in numbers))
        return table

    def _sums(self) -> list[str]:
        """Word the sums in full, the published ones beside them, and the operations of a token."""
        values = self._values()
        total, active = values["parameters"], values["active_parameters"]
        used = "a token uses all" if active == total else f"a token uses {active:,.0f}"
        lines = [f"In all {total:,.0f} parameters; {used}."]
        known = [self.columns.get(name, math.nan) for name in _PUBLISHED]
        texts = [
            f"{count(value, digits=_DIGITS)}{what}" for value, what in zip(known, ("", " active"), strict=True) if value > 0
        ]
        lines += [f"Published: {', '.join(texts)}."] if texts else []
        why = "" if self.says_length else " (it does not say; the median of published runs)"
        length = f"{count(self.columns['sequence_length'])} tokens{why}"
        return [*lines, f"Training takes {count(values['flops_per_token'], 'FLOP', _DIGITS)} a token in sequences of {length}."]


def make(name: str | None) -> ModelListing:
    """Read a model and take it apart.

    Parameters
    ----------
    name
        A name of the models table, or the path of a config.json.

    Raises
    ------
    InputError
        Where there is no such model, or its file cannot be read.
    """
    if name is None:
        raise InputError("name a model that `flopwatt show models` lists, or the path of a config.json", where="show model")
    model = _model(name)
    columns = {key: held.value for key, held in model.values.items()}
    told = math.isfinite(columns.get("sequence_length", math.nan))
    if not told:
        columns["sequence_length"] = _usual_length()
    reading = model.reading.notes if model.reading is not None else ()
    return ModelListing(model, columns, model_parts(columns), (*reading, *_checked(model)), told)


def _model(name: str) -> StatedModel:
    """Find or read a model; what is missing of it can be stated to an estimate, and is said as the flags of that."""
    if not stated_model.is_file(name):
        return stated_model.of_row(find("models", name, "show model"))
    try:
        return stated_model.of_file(name)
    except InputError as error:
        stated = any(isinstance(part, Parameter) for part in error.parts)
        told = (*error.parts, " to `flopwatt estimate`") if stated else error.parts
        raise InputError(joined(told, spelling(estimate.command)), where=error.where) from None


def _usual_length() -> float:
    import numpy as np

    usual = store.stated().of("sequence_length")
    return float(usual.at(np.array([0.5]))[0]) if usual is not None else math.nan


def _checked(model: StatedModel) -> tuple[str, ...]:
    """Hold the model against the weights beside its config; what differs is said here, where doubts are settled."""
    try:
        return stated_model.held_against(model, model.values, None, None)
    except InputError as error:
        return (f"{error.where} {error.parts[0]}.",)
