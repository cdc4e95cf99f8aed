"""The tables that come with flopwatt: every row has a source, in bounds, of one name; and the loader's errors."""

import math
from pathlib import Path

import pytest

import flopwatt
from flopwatt import configs
from flopwatt.configs import FactError
from flopwatt.kernels.model import units
from flopwatt.kernels.quantities import MODEL

GOOD = """
[columns]
tdp = "W"
scaleup_domain = "chip"
[otherwise]
scaleup_domain = 8
[rows.one]
name = "Chip One"
aliases = ["C1"]
tdp = "0.7 kW"
source = "a data sheet"
sources.scaleup_domain = "another"
date = "2025-03"
dates.scaleup_domain = "2024"
secondary = ["tdp"]
methods.tdp = "as sold"
[rows.two]
source = "a data sheet"
"""


@pytest.fixture
def table(tmp_path: Path) -> configs.FactTable:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    return configs.load_file(path)


def test_values_are_in_base_units_and_what_is_left_out_is_unknown(table: configs.FactTable) -> None:
    one, two = table.rows["one"], table.rows["two"]
    assert one.values == {"tdp": 700.0, "scaleup_domain": 8.0}
    assert two.missing() == ("tdp",)
    assert math.isnan(two.values["tdp"])
    assert one.missing() == ()
    assert (one.source_of("tdp"), one.source_of("scaleup_domain")) == ("a data sheet", "another")
    assert (two.name, table.name, table.title) == ("two", "mine", "mine")


def test_a_figure_says_of_when_it_is_whose_and_how_counted(table: configs.FactTable) -> None:
    one = table.rows["one"]
    assert one.fact_source("tdp") == configs.FactSource("a data sheet", "2025-03", False, "as sold")
    assert one.fact_source("scaleup_domain") == configs.FactSource("another", "2024", True, "")


@pytest.mark.parametrize("name", ["one", "ONE", "chip one", "c1", " C1 "])
def test_a_row_is_search_source_key_name_and_alias(name: str, table: configs.FactTable) -> None:
    assert table.find(name).key == "one"


def test_a_row_that_is_not_there_names_the_nearest(table: configs.FactTable) -> None:
    with pytest.raises(FactError, match="no row 'chip onee'; did you mean 'chip one'"):
        table.find("chip onee")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('tdp = "0.7 kW"', 'tdpp = "0.7 kW"', r"row 'one': unknown key 'tdpp'; did you mean 'tdp'\?"),
        ('tdp = "0.7 kW"', 'tdp = "0.7 GWh"', "row 'one': tdp: '0.7 GWh' has the wrong unit"),
        ('tdp = "0.7 kW"', 'tdp = "much"', "row 'one': tdp: 'much' is not a number"),
        ('tdp = "0.7 kW"', "tdp = nan", "row 'one': tdp must be finite; leave out what is not published"),
        ('tdp = "0.7 kW"', "tdp = true", "row 'one': tdp must be a number in W"),
        ('tdp = "0.7 kW"', "tdp = [1]", "row 'one': tdp must be a number in W"),
        ('tdp = "0.7 kW"', 'tdp = "0.7 kW', "is not valid TOML"),
        ('tdp = "W"', 'tdp = "wat"', "columns.tdp: unknown unit 'wat'"),
        ('tdp = "W"', "tdp = 1", 'columns.tdp must be a unit as text, "" for a plain number, not 1$'),
        ('aliases = ["C1"]', 'aliases = "C1"', "rows.one.aliases must be a list of texts, not 'C1'"),
        ('aliases = ["C1"]', 'aliases = ["two"]', "'two' names both 'one' and 'two'"),
        ('source = "a data sheet"\nsources', 'notes = "x"\nsources', "row 'one': has no source"),
        ('dates.scaleup_domain = "2024"', 'dates.scaleup_domain = "soon"', "dates.scaleup_domain: 'soon' is no date; write"),
        ('date = "2025-03"', 'date = "2025-13"', "date: '2025-13' is no date; write"),
        ('date = "2025-03"', 'date = "2025-02-30"', "date: '2025-02-30' is no date; write"),
        ('secondary = ["tdp"]', 'secondary = ["tpd"]', "secondary: unknown key 'tpd'; did you mean 'tdp'"),
        ("methods.tdp", "methods.td", "methods: unknown key 'td'; did you mean 'tdp'"),
        ("sources.scaleup_domain", "sources.domain", "row 'one': sources: unknown key 'domain'"),
        (
            "[otherwise]\nscaleup_domain",
            "[otherwise]\ndomain",
            "otherwise: unknown key 'domain'; did you mean 'scaleup_domain'",
        ),
        ("[columns]", "[column]", r"unknown key 'column'; did you mean 'columns'\?"),
        ("[rows.one]", "[row.one]", r"unknown key 'row'; did you mean 'rows'\?"),
        ("[rows.one]", "[rows]\nthree = 3\n[rows.one]", r"rows.three must be a table such as \[rows.three\], not 3"),
        ("[columns]", "title = 3\n[columns]", "title must be text, not 3"),
        ('source = "a data sheet"', "source = 3", "rows.one.source must be text that says where the values come from, not 3"),
        ('aliases = ["C1"]', "aliases = [3]", r"rows.one.aliases\[1\] must be text, not 3"),
        ('aliases = ["C1"]', 'notes = ["C1"]', "rows.one.notes must be text, not a list"),
        ('aliases = ["C1"]', "notes = 3", "rows.one.notes must be text, not 3"),
        (
            'sources.scaleup_domain = "another"',
            "sources = 3",
            'rows.one.sources must be a table of texts by column, such as sources.tdp = "...", not 3',
        ),
        ('sources.scaleup_domain = "another"', "sources.tdp = 3", "rows.one.sources.tdp must be text, not 3"),
        ('"0.7 kW"', "1" + "0" * 400, "row 'one': tdp: the number is too large"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_a_line(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert old in GOOD
    path = tmp_path / "mine.toml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(FactError, match=message) as caught:
        configs.load_file(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_without_rows_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[columns]\ntdp = "W"\n')
    with pytest.raises(FactError, match=r"has no \[rows\]"):
        configs.load_file(path)
    with pytest.raises(FactError, match=r"none.toml: cannot be read: No such file or directory$"):
        configs.load_file(tmp_path / "none.toml")
    with pytest.raises(FactError, match=r"no facts table 'hardwear'; did you mean 'hardware'\?$"):
        configs.load("hardwear")
    with pytest.raises(FactError, match="no facts table 'zzzz'; there are benchmarks, cloud_regions, comparisons, "):
        configs.load("zzzz")


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD, encoding="utf-8-sig")
    assert configs.load_file(path).find("one").values["tdp"] == 700


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Llama3-70B", "llama-3.1-70b"),
        ("llama_3.1_405b", "llama-3.1-405b"),
        ("Qwen 2.5-72B", "qwen2.5-72b"),
        ("Deep Seek-V3", "deepseek-v3"),
    ],
)
def test_blanks_and_dashes_do_not_tell_names_apart(name: str, key: str) -> None:
    assert configs.load("models").find(name).key == key


@pytest.mark.parametrize("name", ["Llama 31 405B", "Llama 3.1", "Llama 4", "-", ""])  # a point does
def test_a_part_of_a_name_is_none(name: str) -> None:
    with pytest.raises(FactError, match="there is no row"):
        configs.load("models").find(name)


def test_an_unknown_row_names_some_that_there_are() -> None:
    with pytest.raises(FactError, match=r"no row 'zzzz'; there are v100-sxm2-16gb, .* and \d+ more$"):
        configs.load("hardware").find("zzzz")


@pytest.mark.parametrize("name", configs.tables())
def test_every_row_has_a_source_and_is_in_bounds(name: str) -> None:
    found = configs.load(name)
    assert found.rows
    for column, unit in found.columns.items():
        assert units.dimension(unit) == units.dimension(MODEL[column].unit), column
    for row in found.rows.values():
        assert row.source.strip(), row.key
        assert row.name, row.key
        for column, value in row.values.items():
            assert math.isnan(value) or MODEL[column].check(value) is None, f"{row.key}: {column} = {value}"
        for alias in (row.key, row.name, *row.aliases):
            assert found.find(alias) is row


def test_the_names_that_others_use_for_chips() -> None:
    hardware = configs.load("hardware")
    keys = {
        "H100": "h100-sxm-80gb", "h100-80gb": "h100-sxm-80gb", "DGX-GB200": "gb200-nvl72", "A100": "a100-sxm-80gb",
        "A100-40GB": "a100-sxm-40gb", "H800": "h800-sxm", "TPU v4": "tpu-v4", "NVIDIA H200-SXM5-141GB": "h200-sxm",
        "Vera Rubin": "vr200-nvl72", "Trillium": "tpu-v6e-trillium", "V100": "v100-sxm2-32gb", "DGX-B300": "b300-sxm",
        "NVIDIA Blackwell GPU (GB200)": "gb200-nvl72",
    }  # fmt: skip
    assert {name: hardware.find(name).key for name in keys} == keys


def test_peaks_are_dense() -> None:
    """Half of the sparse figures that data sheets print first; fewer bits never lower the peak, and at most double it but for
    Blackwell Ultra's FP4, Rubin's and Trainium3's FP8."""
    hardware = configs.load("hardware")
    assert hardware.find("h100").values["peak_bf16"] == 989.4e12
    assert hardware.find("b200").values["peak_fp8"] == 4500e12
    assert hardware.find("a100").values["peak_bf16"] == 312e12
    for row in hardware.rows.values():
        bf16, fp8, fp4 = (row.values[name] for name in ("peak_bf16", "peak_fp8", "peak_fp4"))
        widened = row.key.startswith(("vr200", "rubin", "trainium3"))
        assert math.isnan(fp8) or math.isnan(bf16) or 1 <= fp8 / bf16 < (4.5 if widened else 2.05), row.key
        assert math.isnan(fp4) or math.isnan(fp8) or 1 <= fp4 / fp8 < 3.2, row.key
        assert math.isnan(fp4) or math.isnan(bf16) or fp4 >= bf16, row.key


def test_there_are_models_of_every_kind() -> None:
    models = configs.load("models").rows
    assert len(models) >= 14
    named = "gpt-3-175b llama-3.1-8b llama-3.1-70b llama-3.1-405b mixtral-8x7b deepseek-v3 qwen2.5-72b gpt-oss-120b"
    assert set(named.split()) <= set(models)
    assert any(row.values["kv_rank"] > 0 for row in models.values())
    assert any(row.values["window_layers"] > 0 for row in models.values())


def test_a_shipped_table_that_someone_broke_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(configs, "FOLDER", tmp_path)
    for text, message in (
        (GOOD.replace('tdp = "W"', "tdp = 1"), "mine.toml: columns.tdp must be a unit as text"),
        (GOOD.replace('name = "Chip One"', "notes = 3"), "mine.toml: rows.one.notes must be text, not 3"),
        (GOOD + "[row.three]\n", "mine.toml: unknown key 'row'; did you mean 'rows'"),
        (GOOD + "three = 3\n", "mine.toml: row 'two': unknown key 'three'"),
        (GOOD.replace('aliases = ["C1"]', "aliases = 1"), "mine.toml: rows.one.aliases must be a list of texts, not 1"),
        (
            "rows = 3\n[columns]\ntdp = 'W'\n",
            r"mine.toml: rows must be a table of rows, each under its own \[rows.KEY\], not 3",
        ),
    ):
        (tmp_path / "mine.toml").write_text(text)
        configs.load.cache_clear()
        with pytest.raises(FactError, match=message):
            configs.load("mine")
    configs.load.cache_clear()


def test_a_shipped_table_that_someone_broke_is_bad_input_of_a_study(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for path in configs.FOLDER.glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text())
    with open(tmp_path / "hardware.toml", "a") as file:
        file.write('[rows.ours]\nsource = "s"\nsources = {tdp = 3}\n')
    study = configs.studies()["quick"]
    monkeypatch.setattr(configs, "FOLDER", tmp_path)
    configs.load.cache_clear()
    with pytest.raises(
        flopwatt.InputError, match=r"axes.chip.from: .*hardware.toml: rows.ours.sources.tdp must be text, not 3$"
    ):
        flopwatt.load_study(study)
    configs.load.cache_clear()


def test_reading_the_facts_does_not_wake_pint_or_pydantic() -> None:
    import subprocess
    import sys

    code = (
        "import sys, flopwatt.configs as c\n"
        "for name in c.tables(): c.load(name)\n"
        "c.defaults()\n"
        "assert not {'pint', 'pydantic'} & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(("low", "high", "wrong"), [(2, 3, False), (3, 3, False), (4, 3, True), ('"4 USD"', '"3 USD"', True)])
def test_the_least_of_a_range_is_not_above_its_most(low: object, high: object, wrong: bool, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    columns = 'chip_price_low = "USD"\nchip_price_high = "USD"\n'
    row = f'[rows.one]\nchip_price_low = {low}\nchip_price_high = {high}\nsource = "an offer"\n'
    path.write_text(f"[columns]\n{columns}{row}")
    if not wrong:
        assert configs.load_file(path).rows["one"].values["chip_price_high"] == 3
        return
    with pytest.raises(FactError, match=r"row 'one': chip_price_low \(4.*\) is above chip_price_high \(3") as caught:
        configs.load_file(path)
    assert "\n" not in str(caught.value)
