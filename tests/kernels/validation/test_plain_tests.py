"""Plain tests let nothing pass that pydantic refuses, and know the files that come with flopwatt."""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flopwatt import configs
from flopwatt.bench.prior import forms, store
from flopwatt.bench.step_time import spread_fit
from flopwatt.configs import fact_forms
from flopwatt.kernels.validation.validator import DataError, Validator

OTHERS = (
    3,
    -1.5,
    "x",
    "",
    True,
    [],
    {},
    [3],
    ["a"],
    [[]],
    {"a": 3},
    float("nan"),
    float("inf"),
    datetime.date(2026, 1, 2),
    10**400,
)
SHIPPED = {
    "hardware": (fact_forms.TABLE, configs.FOLDER / "hardware.toml"),
    "defaults": (fact_forms.DEFAULTS_FORM, configs.FOLDER / "defaults.toml"),
    "efficiency": (fact_forms.DEFAULTS_FORM, configs.FOLDER / "efficiency.toml"),
    "regression": (forms.REGRESSION, store.RECIPE),
    "draws": (forms.DRAWS, store.DRAWS),
    "mfu": (forms.FIT, store.FIT),
    "spread": (fact_forms.DEFAULTS_FORM, configs.STEP_SPREAD),
    "beliefs of the spread": (spread_fit._FORM, spread_fit.BELIEFS),
}


def mutations(value: Any) -> Iterator[Any]:
    """The data with one value replaced, one key more or one less, anywhere in it; of a list only its first items."""
    yield from OTHERS
    if isinstance(value, dict):
        yield {**value, "another": 3}
        for key in list(value)[:3]:
            yield {name: inner for name, inner in value.items() if name != key}
            for inner in mutations(value[key]):
                yield {**value, key: inner}
    if isinstance(value, list):
        for inner in mutations(value[0]) if value else ():
            yield [inner, *value[1:]]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_file_fits_and_no_fault_in_it_does(name: str) -> None:
    form, path = SHIPPED[name]
    document = configs.read_toml(Path(path))
    small = {key: value for key, value in document.items() if key != "rows"} | (
        {"rows": {"a": {}}} if "rows" in document else {}
    )
    assert form.fits(document)
    lines = [line for changed in mutations(small) for line in [fault(form, changed)] if line]
    assert len(lines) > 30
    assert not [line for line in lines if "\n" in line]


def fault(form: Validator[Any], data: Any) -> str:
    if form.fits(data):
        form.check(data)  # raises where the plain tests let through what pydantic does not
        return ""
    try:
        form.check(data)
    except DataError as error:
        return str(error)
    return ""
