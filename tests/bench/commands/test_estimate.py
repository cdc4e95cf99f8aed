"""``flopwatt estimate`` as a user runs it."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flopwatt import configs
from flopwatt.bench.cli import cli
from flopwatt.bench.estimate.result_sentences import words
from flopwatt.kernels.reductions.bins import RELATIVE_ERROR

from_8b = ["--model", "llama-3.1-8b", "--tokens", "1e12", "--chip", "h100", "--chips", "256"]


def run(*args: str) -> Any:
    return CliRunner().invoke(cli, ["estimate", *args])


def quantities(*args: str) -> dict[str, Any]:
    result = run(*args, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)["quantities"]
    return found


def test_the_published_operations_of_llama_3_405b() -> None:
    found = quantities(
        "--model", "llama-3.1-405b", "--tokens", "15.6e12", "--chip", "h100-sxm-80gb", "--chips", "16384", "--mfu", "0.41"
    )
    flops = found["training_flops"]
    assert flops["median"] == pytest.approx(3.8e25, rel=0.05)
    assert flops["unit"] == "FLOP"
    assert flops["low"] is None
    assert flops["high"] is None
    assert found["chip_hours"]["low"] < 30.84e6 < found["chip_hours"]["high"]  # published, and not used
    assert found["chip_hours"]["median"] == pytest.approx(30.84e6, rel=0.1)


def test_intervals_widen_with_what_is_not_known() -> None:
    known, unknown = quantities(*from_8b, "--mfu", "0.4"), quantities(*from_8b)
    width = [found["run_time"]["high"] / found["run_time"]["low"] for found in (known, unknown)]
    assert 1.02 < width[0] < 1.5 < width[1]
    assert known["mfu"] == {"unit": "", "median": 0.4, "low": None, "high": None}


def test_days_and_chips_are_each_others_inverse() -> None:
    chips = quantities(*from_8b[:-2], "--days", "30", "--mfu", "0.4")["chip_count"]["median"]
    back = quantities(*from_8b[:-2], "--chips", str(round(chips)), "--mfu", "0.4")["run_time"]
    assert back["median"] / 86400 == pytest.approx(30, rel=0.01)


def test_numbers_are_read_as_people_write_them() -> None:
    plain = run(*from_8b[2:], "--params", "70e9", "--tokens", "15e12", "--carbon-intensity", "0.05", "--draws", "64")
    assert plain.exit_code == 0, plain.output
    for params, tokens, carbon in [("70B", "15T", "50gCO2eq/kWh"), ("70,000,000,000", "15 trillion tokens", "0.05 kg/kWh")]:
        written = run(*from_8b[2:], "--params", params, "--tokens", tokens, "--carbon-intensity", carbon, "--draws", "64")
        assert written.stdout == plain.stdout


def test_an_unusual_value_is_taken_where_it_is_meant() -> None:
    dear = [*from_8b, "--draws", "64", "--electricity-price"]
    assert run(*dear, "50").exit_code == 2
    cost = quantities(*dear, "50", "--unusual")["electricity_cost"]["median"]
    assert cost == pytest.approx(1000 * quantities(*dear, "50 USD/MWh")["electricity_cost"]["median"], rel=1e-9)


def test_a_country_sets_its_grid() -> None:
    france, poland = (quantities(*from_8b, "--country", place)["carbon"]["median"] for place in ("france", "poland"))
    assert poland / france == pytest.approx(614.98 / 44.18, rel=0.02)
    stated = quantities(*from_8b, "--country", "poland", "--carbon-intensity", "44.18 gCO2e/kWh")["carbon"]["median"]
    assert stated == pytest.approx(france, rel=0.02)


@pytest.mark.parametrize("how", [[], ["--engine", "numba"], ["--strategy", "auto"]])
def test_a_country_without_a_price_has_no_cost_and_says_why(how: list[str]) -> None:
    result = run(*from_8b, "--country", "norway", "--draws", "256", *how)
    assert result.exit_code == 0, result.output
    said = f"{words('chip_hour_cost')}: electricity price of Norway is not published here; give --electricity-price. "
    assert said in " ".join(result.stdout.split())
    found = quantities(*from_8b, "--country", "norway", "--draws", "256", *how)
    assert found["cost"]["median"] is None
    assert found["cost"]["missing"] == ["electricity_price"]
    assert found["carbon"]["median"] > 0
    assert found["capital_cost"]["median"] > 0


def test_money_is_printed_in_euros_with_the_rate() -> None:
    dollars, euros = (run(*from_8b, "--draws", "256", "--full", *more) for more in ((), ("--currency", "EUR")))
    assert dollars.exit_code == euros.exit_code == 0
    line = next(line for line in euros.stdout.splitlines() if line.startswith(words("chip_hour_cost")))
    assert "EUR/h" in line
    assert "USD" not in line
    assert "Money is in EUR, at 1.13 USD for one EUR (2025; European Central Bank" in " ".join(euros.stdout.split())
    assert "EUR" not in dollars.stdout
    unknown = run(*from_8b, "--currency", "XYZ")
    assert unknown.exit_code == 2
    assert unknown.stderr == "Error: --currency: no rate of 'XYZ' is known; there are USD, EUR, GBP, CHF, JPY, CNY\n"


def test_an_amount_in_euros_is_read_with_the_currency_and_a_plain_number_is_dollars() -> None:
    price, euros = [*from_8b, "--draws", "64", "--electricity-price"], ("--currency", "EUR")
    in_euros, sign, in_dollars, plain = (
        quantities(*price, *more)["electricity_cost"]["median"]
        for more in (("50 EUR/MWh", *euros), ("€50/MWh", *euros), ("$50/MWh",), ("0.05", *euros))
    )
    assert in_euros == sign == pytest.approx(in_dollars)
    assert plain == pytest.approx(in_dollars / 1.13)
    for text in ("50 EUR/MWh", "€50/MWh"):  # in another process: here others may have read euros before
        command = [sys.executable, "-m", "flopwatt", "estimate", *price, text]
        refused = subprocess.run(command, capture_output=True, text=True, check=False)
        assert refused.returncode == 2
        assert refused.stderr.endswith("unknown unit 'EUR/MWh'; amounts in it are read with --currency EUR\n")


def test_json_has_what_a_place_brings_with_its_source() -> None:
    stated = run(*from_8b, "--draws", "64", "--country", "germany", "--electricity-price", "0.1", "--json")
    place = json.loads(stated.stdout)["place"]
    assert set(place) == {"carbon_intensity", "grid_water_intensity"}  # a price that is stated is not the place's
    carbon = place["carbon_intensity"]
    assert (carbon["date"], carbon["unit"]) == ("2024", "kgCO2e/kWh")
    assert carbon["source"].startswith("grids: Our World in Data")
    assert json.loads(run(*from_8b, "--draws", "64", "--json").stdout)["place"] == {}


def test_the_parts_of_the_own_cost_add_up_to_it() -> None:
    known = ("--mfu", "0.4", "--set", "chip_price=25000", "--electricity-price", "0.08", "--country", "france")
    found = quantities(*from_8b, *known, "--draws", "4096")
    parts = sum(found[name]["median"] for name in ("capital_cost", "maintenance_cost", "electricity_cost"))
    assert found["cost"]["median"] == pytest.approx(parts, rel=0.01)


def test_operations_may_stand_in_for_tokens() -> None:
    size = ("--params", "400e9", "--chip", "h200", "--chips", "8192")
    found = quantities(*size, "--set", "training_flops=2e25", "--draws", "256")
    assert found["training_flops"] == {"unit": "FLOP", "median": 2e25, "low": None, "high": None}
    assert found["run_time"]["median"] / 86400 == pytest.approx(2e25 / (8192 * 989e12 * 0.45 * 0.9) / 86400, rel=0.2)
    refused = run(*size)
    assert refused.exit_code == 2
    assert refused.stderr.startswith("Error: --tokens: say how many tokens")
    assert refused.stderr.endswith("such as --set training_flops=2e25\n")


def test_a_depreciation_is_named_on_the_command_line() -> None:
    line, recovery = (quantities(*from_8b, "--depreciation", name)["cost"]["median"] for name in ("straight-line", "0"))
    assert line < recovery
    wrong = run(*from_8b, "--depreciation", "linear")
    assert wrong.exit_code == 2
    assert wrong.stderr.startswith("Error: --depreciation: depreciation must be capital-recovery or straight-line or ")


def test_a_config_file_is_a_model(tmp_path: Path) -> None:
    config = {
        "model_type": "llama",
        "hidden_size": 4096,
        "intermediate_size": 14336,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "num_hidden_layers": 32,
        "vocab_size": 128256,
        "tie_word_embeddings": False,
    }
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config))
    named = quantities(*from_8b)["training_flops"]["median"]
    read = quantities("--model", str(path), *from_8b[2:], "--seq-len", "8192")["training_flops"]["median"]
    assert read == pytest.approx(named, rel=1e-9)


def test_the_table_and_the_explanation() -> None:
    result = run(*from_8b, "--explain", "--full")
    assert result.exit_code == 0
    for text in ("chip-hours", "Monte-Carlo standard error", "What drives the spread", "= training_flops / (sustained_flops"):
        assert text in result.output


def test_json_holds_one_document_with_shares_and_sources() -> None:
    document = json.loads(run(*from_8b, "--json", "--explain").stdout)
    shares = document["variance_shares"]["energy"]
    assert next(iter(shares)) == "mfu"
    assert 0.8 < sum(shares.values()) < 1.05
    errors = document["variance_share_errors"]["energy"]
    assert list(errors) == list(shares)
    assert all(0 <= error < 0.02 for error in errors.values())
    assert 0 < document["monte_carlo_error"] < 0.02
    assert all(document["drawn"].values())
    assert {step["quantity"] for step in document["steps"]} >= {"energy", "tdp", "mfu"}


@pytest.mark.alone
def test_a_hundred_thousand_draws_take_less_than_a_second() -> None:
    from flopwatt.bench.estimate.intervals import estimate
    from flopwatt.bench.estimate.request import Request, run_of
    from flopwatt.bench.prior.drawn_inputs import TARGETS

    request = Request(model="llama-3.1-8b", chip="h100", stated={"tokens": "1e12", "chip_count": "256"})
    scenario = run_of(request, TARGETS).scenario
    estimate(scenario, TARGETS, 100_000)  # the Sobol points are made once and kept on disk
    start = time.perf_counter()
    found = estimate(scenario, TARGETS, 100_000)
    assert time.perf_counter() - start < 1.0
    assert found.error < 0.004


def test_an_engine_gives_the_quantiles_within_its_bins() -> None:
    exact = quantities(*from_8b)
    result = run(*from_8b, "--engine", "numpy", "--json")
    assert "16,384 draws in" in result.stderr
    binned = json.loads(result.stdout)["quantities"]
    for name, spread in exact.items():
        for end in ("low", "median", "high"):
            assert binned[name][end] == (None if spread[end] is None else pytest.approx(spread[end], rel=RELATIVE_ERROR))


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--model", "llama-3.1-8b", "--chips", "8"], "--chip: name the chip"),
        (["--model", "llama-3-9b", *from_8b[2:]], "? Else describe it with --params and --tokens\n"),
        (["--model", "zzzz", *from_8b[2:]], "`flopwatt show models` lists them; else describe it with --params and --tokens\n"),
        (["--chip", "h100", "--chips", "8", "--tokens", "1"], "--model: name the model"),
        (["--params", "7e9", "--chip", "h100", "--chips", "8"], "--tokens: say how many tokens"),
        (["--params", "7e9", "--tokens", "1e12", "--chip", "h100"], "--chips: give the number of chips"),
        ([*from_8b, "--days", "3"], "not both"),
        ([*from_8b, "--mfu", "1.5"], "--mfu: mfu must be at most 1"),
        ([*from_8b, "--mfu", "40"], "--mfu: mfu must be at most 1, not 40; did you mean 40%?"),
        ([*from_8b, "--electricity-price", "50"], "did you mean 50 ¢/kWh or 50 USD/MWh? --unusual takes it as it is"),
        (["--params", "405", *from_8b[2:]], "--params: parameters is 405; what is known lies between"),
        (
            [*from_8b, "--set", "tdp=0.7"],
            "--set: tdp is 0.7 W; what is known lies between 140 W and 2.3 kW (hardware); did you",
        ),
        ([*from_8b, "--mfu", "nan"], "--mfu: 'nan' is not a number"),
        ([*from_8b, "--mfu", "0,4"], "--mfu: '0,4' has a decimal comma; write 0.4"),
        (["--params", "7,5e9", *from_8b[2:]], "--params: '7,5e9' has a decimal comma; write 7.5e9"),
        ([*from_8b, "--carbon-intensity", "0,05 kg/kWh"], "'0,05 kg/kWh' has a decimal comma; write 0.05 kg/kWh"),
        (
            [*from_8b, "--recompute", "0,5"],
            "--recompute: must be none, selective, modules, full, or a share of the layers from 0 to 1",
        ),
        ([*from_8b, "--tokens", "15m"], "--tokens: 'm' behind a count is not read; write 15e-3 or 15e6"),
        ([*from_8b, "--set", "tdp=0,7 kW"], "--set: tdp: '0,7 kW' has a decimal comma; write 0.7 kW"),
        ([*from_8b[:-2], "--days", "3 months"], "--days: months: a month has 28 to 31 days; write days"),
        ([*from_8b[:-1], "10.5"], "--chips: chip_count must be a whole number"),
        ([*from_8b[:-1], "0"], "--chips: chip_count must be at least 1"),
        ([*from_8b[:-1], "-5"], "chip_count must be at least 1 chip, not -5\n"),
        ([*from_8b[:-1], "1.024"], "--chips: chip_count must be a whole number, not 1.024; did you mean 1,024?\n"),
        ([*from_8b[:-1], "16 nodes"], "--chips: unknown unit 'nodes'; write one such as 'chip'\n"),
        ([*from_8b, "--set", "cost_of_capital=7"], "cost_of_capital must be at most 1 a year, not 7; did you mean 7%?\n"),
        ([*from_8b, "--set", "chip_price=9 pesos"], "--set: chip_price: unknown unit 'pesos'; write one such as 'USD'\n"),
        ([*from_8b, "--pue", "1.2 GW"], "wrong unit"),
        ([*from_8b, "--set", "goodputt=1"], "did you mean 'goodput'?"),
        ([*from_8b, "--set", "chip_price_low=9e4"], "--set: chip_price_low (90,000 USD) is above chip_price_high (27,000 USD)"),
        ([*from_8b, "--set", "rental_price_high=0.01"], "is above rental_price_high (0.01 USD/h); set both ends"),
        (["--model", ".", *from_8b[2:]], "--model: . is a folder; give the path of the config.json in it, config.json"),
        ([*from_8b, "--set", "chip=h200"], "--set: chip is no quantity; state it with --chip h200"),
        (
            ["--params", "7e9", *from_8b[2:], "--set", "parameters=70B"],
            "--set: parameters=70B states parameters again, beside --params 7e9; leave one out",
        ),
        ([*from_8b, "--set", "goodput"], "--set: must be NAME=VALUE"),
        ([*from_8b, "--precision", "int4"], "--precision: must be one of"),
        ([*from_8b[:5], "mi455x", "--chips", "9"], "BF16 peak of MI455X is not published; there is fp8"),
        (["--params", "1e9", "--active-params", "2e9", *from_8b[2:]], "--active-params: must be"),
        (["--params", "1e14", "--tokens", "1e16", "--chip", "v100", "--days", "1", "--unusual"], "no number of chips"),
        ([*from_8b, "--draws", "0"], "--draws: must be from 1"),
        ([*from_8b, "--engine", "abacus"], "--engine: there is no engine 'abacus'"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(args: list[str], says: str) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert says in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert "Traceback" not in result.output


def test_a_chip_as_papers_write_it() -> None:
    asked = ["--params", "7e9", "--tokens", "2e12", "--chips", "256"]
    assert quantities(*asked, "--chip", "8x NVIDIA H100 80GB") == quantities(*asked, "--chip", "h100-sxm-80gb")


@pytest.mark.parametrize("mfu", [["--mfu", "0.4"], [], ["--precision", "fp8"]])
def test_a_chip_under_a_power_limit(mfu: list[str]) -> None:
    """Its clock falls and its MFU stays, stated or expected: no chip is faster for having less power.

    Its memory is as fast as before, so that its best strategy reaches a little more of its peak.
    """
    asked = ["--params", "7e9", "--tokens", "2e12", "--chips", "256", *mfu]
    whole, limited = quantities(*asked, "--chip", "h100"), quantities(*asked, "--chip", "H100 500W")
    assert limited["mfu"]["median"] == pytest.approx(whole["mfu"]["median"], rel=1e-9 if mfu[:1] == ["--mfu"] else 0.02)
    clock = (500 / 700) ** configs.defaults()["power_exponent"].value
    assert limited["run_time"]["median"] == pytest.approx(whole["run_time"]["median"] / clock, rel=0.02)
    energy = limited["chip_energy"]["median"] / whole["chip_energy"]["median"]
    assert energy == pytest.approx(500 / 700 / clock, rel=0.02)
    result = run(*asked, "--chip", "H100 500W")
    assert "H100-SXM-80GB at 500 W" in result.stdout
    assert "H100-SXM-80GB has 700 W; under a limit of 500 W" in result.stdout


def test_a_die_is_half_of_its_package() -> None:
    asked = ["--params", "7e9", "--tokens", "2e12", "--mfu", "0.4"]
    package = quantities(*asked, "--chip", "MI250X", "--chips", "128")
    die = quantities(*asked, "--chip", "MI250X GCD", "--chips", "256")
    assert die["chip_energy"]["median"] == pytest.approx(package["chip_energy"]["median"], rel=0.01)
    assert die["facility_power"]["median"] == pytest.approx(package["facility_power"]["median"], rel=0.01)
    assert die["capital_cost"]["median"] == pytest.approx(package["capital_cost"]["median"], rel=0.01)


def test_the_mfu_of_a_part_is_fitted_on_the_runs_of_its_chip() -> None:
    for chip in ("H100", "H100 500W"):
        result = run("--params", "7e9", "--tokens", "2e12", "--chips", "256", "--chip", chip)
        assert "predicted from published runs on other chips" not in " ".join(result.stdout.split()), chip
    result = run("--params", "7e9", "--tokens", "2e12", "--chips", "256", "--chip", "B200 800W")
    assert "MFU of B200: predicted from published runs on other chips; there are none" in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    ("chip", "says"),
    [
        ("H100 MIG 1g.10gb", "names less than a chip: a slice of a chip (MIG)"),
        ("V100 24GB", "there are V100-SXM2-16GB and V100-SXM2-32GB"),
        ("H100 900 W", "H100-SXM-80GB has 700 W"),
        ("DGX H100", "name its chip, H100-SXM-80GB"),
    ],
)
def test_a_chip_that_is_not_understood_is_refused_in_a_line(chip: str, says: str) -> None:
    result = run("--params", "7e9", "--tokens", "2e12", "--chips", "256", "--chip", chip)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: --chip: {chip!r} ")
    assert says in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("option", ["--params", "--tokens", "--chips", "--days"])
def test_numbers_beyond_anything_real_are_one_line(option: str) -> None:
    asked = {"--params": "7e9", "--tokens": "2e12", "--chip": "h100", "--chips": "256"} | {option: "1e300"}
    if option == "--days":
        del asked["--chips"]
    result = CliRunner().invoke(cli, ["estimate", *(text for pair in asked.items() for text in pair)])
    assert result.exit_code == 2
    assert f"{option}: " in result.stderr
    assert "beyond anything real" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
