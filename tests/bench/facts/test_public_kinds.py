"""Which public table a file is, by the columns that each has."""

from pathlib import Path

import pytest

from flopwatt import configs
from flopwatt.bench.errors import InputError
from flopwatt.bench.facts.delimited import DelimitedTable
from flopwatt.bench.facts.public_csv import PublicFile
from flopwatt.bench.facts.public_kinds import KINDS, PublicKind, kind_of
from flopwatt.kernels.model import units

HARDWARE, MODELS, OWID, EMBER = KINDS


def file(*columns: str) -> PublicFile:
    return PublicFile(DelimitedTable(Path("table.csv"), ",", columns, ()))


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        (("Hardware name", "Manufacturer", "Type", "Release date", "Release price (USD)", "TDP (W)"), HARDWARE),
        (("Model", "Organization", "Parameters", "Training compute (FLOP)"), MODELS),
        (("System", "Domain", "Parameters", "Training compute (FLOP)"), MODELS),
        (("Entity", "Code", "Year", "Carbon intensity of electricity - gCO2/kWh"), OWID),
        (("Entity", "Code", "Year", "Carbon intensity of electricity per kWh"), OWID),
        (("Entity", "Code", "Year", "Lifecycle carbon intensity of electricity - gCO2/kWh"), OWID),
        (("country", "year", "iso_code", "carbon_intensity_elec"), OWID),
        (("Area", "ISO 3 code", "Year", "Category", "Variable", "Unit", "Value"), EMBER),
    ],
)
def test_a_kind_is_told_by_its_columns(columns: tuple[str, ...], kind: PublicKind) -> None:
    assert kind_of(file(*columns)) is kind
    assert [other for other in KINDS if other.fits(columns)] == [kind]


def test_an_unknown_file_is_told_the_kinds_and_their_columns() -> None:
    with pytest.raises(InputError) as caught:
        kind_of(file("a", "b"))
    message = str(caught.value)
    assert "\n" not in message
    for kind in KINDS:
        assert kind.title in message
        assert all(heading in message for group in kind.needed for heading in group)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.title)
def test_what_is_compared_is_a_column_here_of_that_dimension(kind: PublicKind) -> None:
    table = configs.load(kind.table)
    for column in kind.columns:
        assert {column.quantity, column.upper or column.quantity} <= set(table.columns)
        assert units.dimension(column.unit) == units.dimension(table.columns[column.quantity])


@pytest.mark.parametrize(
    ("kind", "name", "key"),
    [
        (HARDWARE, "NVIDIA H100 SXM5 80GB", "h100-sxm-80gb"),
        (HARDWARE, "NVIDIA A100 SXM4 80 GB", "a100-sxm-80gb"),
        (HARDWARE, "Google TPU v5p", "tpu-v5p"),
        (HARDWARE, "Nobody's chip", None),
        (MODELS, "Llama 3.1-405B", "llama-3.1-405b"),
        (MODELS, "GPT-3 175B (davinci)", "gpt-3-175b"),
        (OWID, "France", "france"),
        (EMBER, "USA", "usa"),
        (EMBER, "Narnia", None),
    ],
)
def test_names_there_find_rows_here(kind: PublicKind, name: str, key: str | None) -> None:
    row = kind.find(name)
    assert (row.key if row is not None else None) == key
