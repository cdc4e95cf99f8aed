"""A system file as `flopwatt calibrate` writes it: efficiencies of the step-time model and power at load, of one chip."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from ... import configs
from ...kernels.model import units
from ...kernels.model.questions import Problem
from ...kernels.quantities import MODEL
from ...kernels.validation.validator import DataError, Validator
from ...kernels.validation.wording import Wanted, described
from ..errors import InputError, Parameter
from .chips import one_chip
from .plausible import ImplausibleError, check_plausible

OPTION = Parameter("system")  # what gives one


@dataclass(frozen=True)
class SystemFile:
    """What a system file holds.

    Attributes
    ----------
    path
        The file.
    chip
        The key of the hardware row of the chip that was measured.
    given
        The measured quantities, as text with their units.
    """

    path: Path
    chip: str
    given: Mapping[str, str]

    def values(self) -> dict[str, float]:
        """Return the quantities in base units."""
        return {name: units.parse(text, MODEL[name].unit) for name, text in self.given.items()}

    def check_unusual(self) -> None:
        """Raise InputError where a value lies far from all that is known of its quantity."""
        for name, value in self.values().items():
            try:
                check_plausible(name, value)
            except ImplausibleError as error:
                first, *more = error.parts
                raise InputError(f"{self.path}: given.{first}", *more, where=OPTION) from None

    def sets(self) -> tuple[str, ...]:
        """Return the quantities as a study takes them in place of its own: ``NAME=VALUE``, with units."""
        return tuple(f"{name}={text}" for name, text in self.given.items())

    def check_chip(self, chip: str) -> None:
        """Raise InputError where a run is on another chip than the key ``chip`` names."""
        if chip != self.chip:
            raise InputError(f"{self.path} was measured on {self.chip}, not on {chip}", where=OPTION)

    def check_study(self, problem: Problem) -> None:
        """Raise InputError where a study has other chips, or depends on nothing that was measured."""
        grid = problem.grid
        if not problem.held() & self.given.keys():
            raise InputError(f"the study depends on nothing that {self.path} holds", where=OPTION)
        others = [key for axis in grid.axes for key in axis.labels or () if key != self.chip and _is_chip(key)]
        if others:
            raise InputError(
                f"{self.path} was measured on {self.chip}; the study has {', '.join(others)}: add ",
                Parameter("sets", f"chip={self.chip}"),
                where=OPTION,
            )


@dataclass(frozen=True)
class _MeasuredMachine:
    chip: str


@dataclass(frozen=True)
class _File:
    """The keys that are read; the rest says how it was measured."""

    machine: _MeasuredMachine
    given: Annotated[Mapping[str, Any], Wanted("a table of what was measured, such as matmul_share = 0.6")]


_FORM = Validator[_File](_File)


def read(path: Path) -> SystemFile:
    """Read a system file.

    Raises
    ------
    InputError
        Where the file cannot be read, has not the form, or states what no input of the model can have.
    """
    try:
        document = configs.read_toml(path)
    except configs.FactError as error:
        raise InputError(str(error), where=OPTION) from None
    try:
        file = _FORM.check(document)
        if not file.given:
            raise DataError(("given",), "is empty")
        if not _is_chip(file.machine.chip):
            raise DataError(("machine", "chip"), f"must be a key of the hardware table, not {file.machine.chip!r}")
    except DataError as error:
        wanted = "it needs a [machine] with its chip and a [given], as flopwatt calibrate writes them"
        raise InputError(f"{path} is no system file: {error}; {wanted}", where=OPTION) from None
    return SystemFile(path, file.machine.chip, {name: _value_text(path, name, value) for name, value in file.given.items()})


def _is_chip(key: str) -> bool:
    """Tell whether text is the key of a chip of the hardware table, or of one scaled from it."""
    try:
        return one_chip(key).key == key
    except configs.FactError:
        return False


def _value_text(path: Path, name: str, value: object) -> str:
    """Return the value as text. Raises InputError where the quantity is not of the model, or cannot have it."""
    if name not in MODEL or not MODEL[name].given:
        raise InputError(f"{path}: given.{name} is no input of the model", where=OPTION)
    unit = MODEL[name].unit
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        wanted = f"must be a number in {unit}, or text such as '80 {unit}'" if unit else "must be a number"
        raise InputError(f"{path}: given.{name} {wanted}, not {described(value)}", where=OPTION)
    try:
        number = units.parse(value, unit)
    except units.UnitError as error:
        raise InputError(f"{path}: given.{name}: {error}", where=OPTION) from None
    problem = MODEL[name].check(number)
    if problem is not None:
        raise InputError(f"{path}: given.{name} {problem}, not {value}", where=OPTION)
    return str(value)
