"""The form of a facts table and of a file of defaults: keys, and the type of each."""

from dataclasses import dataclass, field, fields
from typing import Annotated, Any, ClassVar

from ..kernels.validation.plain_tests import NO_OTHER_KEYS
from ..kernels.validation.validator import Validator
from ..kernels.validation.wording import Wanted

_Unit = Annotated[str, Wanted('a unit as text, "" for a plain number')]
_Source = Annotated[str, Wanted("text that says where the values come from")]
_Date = Annotated[str, Wanted('a date as text: "2025", "2025-12" or "2025-12-18"')]
_RawRow = Annotated[dict[str, Any], Wanted("a table such as [rows.{key}]")]


@dataclass(frozen=True)
class TableFile:
    """What stands in a facts table's file."""

    columns: Annotated[dict[str, _Unit], Wanted('a table of units by column, such as tdp = "W"')] = field(default_factory=dict)
    rows: Annotated[dict[str, _RawRow], Wanted("a table of rows, each under its own [rows.KEY]")] = field(default_factory=dict)
    otherwise: Annotated[dict[str, Any], Wanted("a table of values by column, such as scaleup_domain = 8")] = field(
        default_factory=dict
    )
    title: str = ""
    __pydantic_config__: ClassVar = NO_OTHER_KEYS


@dataclass(frozen=True)
class RowTexts:
    """What a row holds beside its columns."""

    name: str = ""
    label: str = ""
    generation: str = ""
    aliases: tuple[str, ...] = ()
    source: _Source = ""
    sources: Annotated[dict[str, str], Wanted('a table of texts by column, such as sources.tdp = "..."')] = field(
        default_factory=dict
    )
    notes: str = ""
    date: _Date = ""
    dates: Annotated[dict[str, _Date], Wanted('a table of dates by column, such as dates.tdp = "2024-11"')] = field(
        default_factory=dict
    )
    secondary: Annotated[bool | tuple[str, ...], Wanted("true, or a list of columns")] = False
    methods: Annotated[dict[str, str], Wanted('a table of texts by column, such as methods.carbon_intensity = "direct"')] = (
        field(default_factory=dict)
    )


@dataclass(frozen=True)
class DefaultEntry:
    """What stands in a file of defaults of one input."""

    value: Any
    unit: _Unit
    source: _Source
    note: str = ""
    date: _Date = ""
    secondary: bool = False
    __pydantic_config__: ClassVar = NO_OTHER_KEYS


ROW_TEXTS = tuple(item.name for item in fields(RowTexts))
TABLE, ROWS = Validator[TableFile](TableFile), Validator[dict[str, RowTexts]](dict[str, RowTexts])
DEFAULTS_FORM = Validator[dict[str, DefaultEntry]](dict[str, DefaultEntry])
