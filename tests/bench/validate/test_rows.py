"""Rows as people and spreadsheets write them: numbers, cells that say there is none, CSV."""

import io
import math
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flopwatt.bench.errors import InputError
from flopwatt.bench.validate import rows
from flopwatt.bench.validate.rows import CaseRow, UnpredictableError, read
from flopwatt.bench.validate.run import kind_of, kinds


@pytest.mark.parametrize(
    "cell", ["seven", "inf", "-3", "0", "1,00", "1.000,5", "1e999", "1e300", "1e-300", "12 kWh", True, 10**400, [1], {"a": 1}]
)
def test_a_number_that_is_none_names_row_and_column(cell: object) -> None:
    row = CaseRow({"gpu_hours": cell}, "runs.csv, line 7")
    with pytest.raises(InputError, match=r"runs\.csv, line 7: gpu_hours (must|is)"):
        row.positive("gpu_hours")
    assert math.isnan(row.positive("tokens_t"))


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1,000", 1000), ("2,788,000.5", 2788000.5), ("30 840 000", 3.084e7), ("~5e6", 5e6), (" 7 ", 7), (12, 12)],
)
def test_a_number_as_people_write_it(cell: object, number: float) -> None:
    assert CaseRow({"gpu_hours": cell}, "").positive("gpu_hours") == number


@pytest.mark.parametrize("cell", ["n/a", "N/A", "nan", "-", "unknown", "Not reported", "not stated", ""])
def test_a_cell_that_says_there_is_none(cell: str) -> None:
    assert math.isnan(CaseRow({"gpu_hours": cell}, "").positive("gpu_hours"))


@pytest.mark.parametrize("cell", ["2024-02", "2024/2", "2024-02-29", 2024, "2024"])
def test_a_month_or_a_day_has_its_year(cell: object) -> None:
    assert CaseRow({"year": cell}, "runs.csv, line 2").number("year") == 2024


def test_a_cell_that_is_no_number_leaves_out_what_needs_it_alone(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_text("model,hardware,gpu_hours,mfu\nA,H100,100,0.4\nB,H100,many,0.4\nC,H100,200,forty\n")
    read_ = read(path).rows
    assert [row.number("gpu_hours") for row in (read_[0], read_[2])] == [100, 200]
    with pytest.raises(UnpredictableError, match="line 3: gpu_hours must be a number"):
        read_[1].number("gpu_hours")
    with pytest.raises(InputError, match="line 4: mfu must be a number"):
        read_[2].number("mfu")


def test_measured_figures_tell_and_follow_the_decimal_sign_of_their_file(tmp_path: Path) -> None:
    path = tmp_path / "served.csv"
    lines = ("name;quantity;value;batch_or_concurrency;output_tokens", "a;power;1.350;63,5;7.000", "b;power;350,5;64;301,1")
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    numbers = [
        [float(row.text(name)) for name in ("value", "batch_or_concurrency", "output_tokens")] for row in read(path).rows
    ]
    assert numbers == [[1350.0, 63.5, 7000.0], [350.5, 64.0, 301.1]]
    path.write_text("name;quantity;value;batch_or_concurrency\na;energy per output token;1,234;64", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"value holds '1,234', and no number of the file tells whether that is 1234 or 1\.2340"
    ):
        read(path)


def test_one_decimal_comma_costs_no_other_row(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_text('model,hardware,gpu_hours,mfu\nA,H100,100,0.4\nB,H100,200,"0,45"\n')
    read_ = read(path).rows
    assert read_[0].number("mfu") == 0.4
    with pytest.raises(UnpredictableError, match=r"line 3: mfu .* decimal comma; write 0\.45"):
        read_[1].number("mfu")


def test_a_csv_as_spreadsheets_leave_it(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_bytes("\ufeffModel, Hardware ,gpu_hours,,\r\n\r\nx,H100,n/a,,\r\n,,,,\r\n".encode())
    read = rows.read(path)
    assert read.columns == {"model", "hardware", "gpu_hours"}
    assert kind_of(read) is kinds()[0]
    assert [row.cells for row in read.rows] == [{"model": "x", "hardware": "H100", "gpu_hours": "n/a"}]


def test_a_cell_or_a_name_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(f"model,notes\nx,{'alloc' * 3000}\n")
    with pytest.raises(InputError, match=r"line 2: notes has 15,000 characters; at most 10,000 are read"):
        read(path)
    path.write_text(f"{'m' * 5000},notes\nx,y\n")
    with pytest.raises(InputError, match=r"has a name of 5,000 characters"):
        read(path)


@pytest.mark.alone
def test_many_columns_and_empty_cells_take_no_time(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(f"{','.join(map(str, range(100_000)))}\n1{',' * 99_999}{',' * 500_000}\n")
    start = time.perf_counter()
    assert len(read(path).columns) == 100_000
    assert time.perf_counter() - start < 5


def test_cases_come_from_the_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("model,notes\nx,y\n", '[[cases]]\nmodel = "x"\nnotes = "y"\n'):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert [row.text("notes") for row in read(Path("-")).rows] == ["y"]


HEAD = "model,developer,year,total_params_b,active_params_b,tokens_t,hardware,num_chips,gpu_hours,validation_use"
NUMBERS = {"total_params_b": 6.74, "active_params_b": 6.74, "tokens_t": 2, "num_chips": 2048, "gpu_hours": 184320, "year": 2023}


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "runs.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (f"{HEAD.replace(',', ';')}\nA;X;2023;6,74;6,74;2,0;A100-80GB;2048;184320;yes\n", "utf-8"),
        (f"{HEAD.replace(',', ';')}\r\nA;X;2023;6,74;6,74;2,0;A100-80GB;2.048;184.320;yes\r\n", "utf-8-sig"),
        (f"{HEAD.replace(',', chr(9))}\r\nA\tX\t2023\t6,740\t6,74\t2,000\tA100-80GB\t2 048\t184\u202f320\tyes\r\n", "utf-16"),
        (f'{HEAD}\nA,X,2023,6.74,6.74B,2 T,A100-80GB,"2,048 GPUs","184,320 h",yes\n', "utf-8"),
        ("sep=;\r\nModel;Year;params [M];active params (B);Tokens (B);hardware;num_gpus;GPU hours (thousand)\r\n"
         "A;2023;6740;6,74;2000;A100-80GB;2'048;184,32\r\n", "utf-8-sig"),
        ("model,year,params,active_params,tokens,hardware,num_chips,gpu_hours\n"
         "A,2023,6740M,6.74e9 parameters,2000B tokens,A100-80GB,2048,~184320\n", "utf-8"),
    ],
)  # fmt: skip
def test_tables_as_spreadsheets_write_them_have_the_same_numbers(text: str, encoding: str, tmp_path: Path) -> None:
    (row,) = read(written(tmp_path, text, encoding)).rows
    assert {name: row.positive(name) for name in NUMBERS} == pytest.approx(NUMBERS, rel=1e-15)
    assert kind_of(read(written(tmp_path, text, encoding))) is kinds()[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            f'{HEAD}\nA,X,2023,"6,74","6,74","2,0",A100-80GB,2048,184320,yes\n',
            "line 2: total_params_b holds '6,74'; write 6.74",
        ),
        ("model;hardware;tokens_t;gpu_hours\nA;A100;1,500;184320\n", "line 2: tokens_t holds '1,500', and no number"),
        (
            "model;hardware;tokens_t;gpu_hours\nA;A100;1,5;1843.20\n",
            "line 2: tokens_t holds '1,5', a decimal comma, and gpu_hours",
        ),
        (
            "model,hardware,tokens,gpu_hours\nA,A100,2e12,184320\n",
            "line 2: nothing tells the unit of '2e12' for tokens_t; call",
        ),
        (
            "model,hardware,tokens (bananas),gpu_hours\nA,A100,2,184320\n",
            r"column 'tokens \(bananas\)' of a unit that is not read",
        ),
        ("model,hardware,energy (kWh),gpu_hours\nA,A100,x,184320\n", "line 2: energy_mwh must be a number"),
    ],
)
def test_what_is_not_understood_is_refused_with_line_and_column(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        read(written(tmp_path, text)).rows[0].number("energy_mwh")


def test_text_of_toml_is_read_by_the_same_rule(tmp_path: Path) -> None:
    path = tmp_path / "runs.toml"
    path.write_text('[[cases]]\nmodel = "A"\ntokens_t = "15 T"\ngpu_hours = "184,320 h"\nenergy_mwh = "6,74"\nnum_chips = 8\n')
    (row,) = read(path).rows
    assert [row.positive(name) for name in ("tokens_t", "gpu_hours", "num_chips")] == [15, 184320, 8]
    with pytest.raises(InputError, match=r"case 1: energy_mwh must be a number, .*'6,74' has a decimal comma; write 6\.74"):
        row.number("energy_mwh")


def test_keys_of_toml_have_units_as_headings_have(tmp_path: Path) -> None:
    path = tmp_path / "runs.toml"
    path.write_text('[[cases]]\nmodel = "A"\n"tokens (B)" = 2000\nenergy_gwh = 1.2\nTP = 8\nparams = "405B"\n')
    (row,) = read(path).rows
    assert row.cells == {"model": "A", "tokens_t": 2, "energy_mwh": 1200, "tp": 8, "total_params_b": "405B"}
    path.write_text("[[cases]]\ntokens = 2000\n")
    with pytest.raises(InputError, match="case 1: nothing tells the unit of '2000' for tokens_t; call the column tokens_t for"):
        read(path)


def test_chips_are_whole() -> None:
    assert CaseRow({"num_chips": "2e3"}, "x").positive("num_chips") == 2000
    with pytest.raises(InputError, match=r"x: num_chips must be a whole number, not 2\.048"):
        CaseRow({"num_chips": 2.048}, "x").positive("num_chips")


# --- any table that a spreadsheet writes ------------------------------------------------------------------------------

COLUMNS = ("tokens_t", "num_chips", "energy_mwh")
BLANKS = (" ", "\u00a0", "\u2009", "\u202f", "'", "\u2019")
FIGURES = st.tuples(
    st.decimals("0.001", 999, places=3),
    st.integers(1, 10**7),
    st.decimals("0.01", 10**7, places=2).filter(lambda value: value % 1 != 0),
)


def figure(value: Decimal | int, decimal: str, mark: str) -> str:
    """Write a number as a spreadsheet does."""
    whole, _, decimals = f"{value:,f}".partition(".")
    decimals = decimals.rstrip("0")
    return whole.replace(",", mark) + (f"{decimal}{decimals}" if decimals else "")


def table(rows: list[tuple[Decimal | int, ...]], separator: str, decimal: str, mark: str) -> list[str]:
    """Write a table's lines, quoting cells that hold the separator."""
    texts = [[figure(value, decimal, mark) for value in row] for row in rows]
    names = COLUMNS[: len(rows[0])]
    quoted = [[f'"{text}"' if separator in text else text for text in line] for line in texts]
    return [separator.join(("model", *names)), *(separator.join((f"m{n}", *line)) for n, line in enumerate(quoted))]


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(FIGURES, min_size=1, max_size=4),
    separator=st.sampled_from(",;\t"),
    decimal=st.sampled_from(".,"),
    mark=st.sampled_from(("", "other", *BLANKS)),
    end=st.sampled_from(("\n", "\r\n", "\r")),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16")),
    told=st.booleans(),
)
def test_a_table_whose_file_tells_its_signs_reads_back(
    rows: list[tuple[Decimal | int, ...]],
    separator: str,
    decimal: str,
    mark: str,
    end: str,
    encoding: str,
    told: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Energies of one or two decimals tell the sign; decimal commas between commas are refused."""
    mark = {".": ",", ",": "."}[decimal] if mark == "other" else mark
    lines = [f"sep={separator}"] * told + table(rows, separator, decimal, mark)
    path = written(tmp_path_factory.mktemp("t"), end.join([*lines, ""]), encoding)
    if separator == "," and decimal == ",":
        with pytest.raises(InputError, match=r"line [23456]: .*; write .* with semicolons"):
            read(path)
        return
    numbers = [tuple(row.positive(column) for column in COLUMNS) for row in read(path).rows]
    assert numbers == [tuple(float(value) for value in row) for row in rows]


@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(st.tuples(st.decimals("0.001", 999, places=3), st.integers(1, 10**7)), min_size=1, max_size=2),
    separator=st.sampled_from(",;\t"),
    decimal=st.sampled_from(".,"),
    mark=st.sampled_from(("", "other", *BLANKS)),
)
def test_no_table_reads_to_other_numbers_without_an_error(
    rows: list[tuple[Decimal | int, ...]],
    separator: str,
    decimal: str,
    mark: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Whatever its signs are, and whether anything in it tells them."""
    mark = {".": ",", ",": "."}[decimal] if mark == "other" else mark
    path = written(tmp_path_factory.mktemp("t"), "\n".join(table(rows, separator, decimal, mark)))
    try:
        numbers = [tuple(row.positive(column) for column in COLUMNS[:2]) for row in read(path).rows]
    except InputError:
        return
    assert numbers == [tuple(float(value) for value in row) for row in rows]
