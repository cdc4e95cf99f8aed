"""``flopwatt serve`` as a user runs it."""

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from flopwatt.bench.cli import cli

LLAMA = ["--model", "llama-3.1-8b", "--chip", "h100", "--draws", "256"]
ON_8 = [*LLAMA, "--chips", "8"]


def run(*args: str) -> Any:
    return CliRunner().invoke(cli, ["serve", *args])


def document(*args: str) -> dict[str, Any]:
    result = run(*args, "--json")
    assert result.exit_code == 0, result.output
    read: dict[str, Any] = json.loads(result.stdout)
    return read


def text_of(result: Any) -> str:
    assert result.exit_code == 0, result.output
    return " ".join(result.stdout.split())


def test_sentences_come_first_and_say_what_was_read_and_what_is_assumed() -> None:
    text = text_of(run(*ON_8, "--input", "2k", "--cache-hits", "56%"))
    assert text.startswith("Read: Llama 3.1 8B, 8.03 billion parameters (all active), 32 layers; 8 H100-SXM-80GB, FP8; 2,000 ")
    assert "56% of the prompts kept" in text
    assert "Assumed, since not stated: 500 out (--output), at least 50 tokens a second for each user (--interactivity)" in text
    assert "tokens in (--input)" not in text
    assert "On 8 H100, Llama 3.1 8B serves " in text
    assert "queries a day (P10 to P90: " in text
    assert "a query takes 0.0" in text
    assert "A step of decoding takes " in text


def test_the_document_has_what_the_screen_has() -> None:
    found = document(*ON_8)
    assert found["inputs"]["chip_count"] == 8
    assert found["inputs"]["queries_per_day"] is None
    assert found["inputs"]["assumed"] == [
        "serving_input_tokens",
        "serving_output_tokens",
        "precision_bits",
        "interactivity",
        "time_to_first_token",
    ]
    speed = found["quantities"]["interactivity"]
    assert speed["low"] < 50 <= speed["median"] * 1.001 < speed["high"] * 1.001
    assert sum(found["strategy"]["bounds"].values()) == pytest.approx(1)
    assert found["strategy"]["idle_chips"] >= 0
    assert found["movers"]["energy_per_query"]
    assert found["sentence"].startswith("On 8 H100, Llama 3.1 8B serves ")
    assert found["flopwatt"]["version"]


def test_a_query_s_parts_hang_together() -> None:
    found = document(
        *ON_8, "--set", "serving_step_deviation=0", "--set", "serving_power_deviation=0", "--pue", "1.1", "--utilisation", "0.6"
    )
    median = {name: entry["median"] for name, entry in found["quantities"].items()}
    assert found["strategy"]["prefill_replicas"] == found["strategy"]["idle_chips"] == 0
    assert median["service_throughput"] == pytest.approx(8 * median["throughput_per_chip"], rel=1e-6)
    assert median["served_queries_per_day"] == pytest.approx(median["service_throughput"] * 0.6 / 500 * 86400, rel=1e-6)
    assert median["cost_per_million_output_tokens"] == pytest.approx(median["cost_per_query"] / 500 * 1e6, rel=1e-2)
    joules = median["service_power"] / (median["served_queries_per_day"] / 86400)
    assert median["energy_per_query"] == pytest.approx(joules, rel=1e-2)
    assert median["interactivity"] * median["inter_token_latency"] == pytest.approx(1)


def test_more_chips_serve_as_much_more_and_queries_need_as_many() -> None:
    few, many = (document(*LLAMA, "--chips", chips)["quantities"]["served_queries_per_day"]["median"] for chips in ("8", "800"))
    assert many == pytest.approx(100 * few, rel=0.1)
    needed = document(*LLAMA, "--queries-per-day", f"{many:.0f}")["quantities"]["serving_chips"]
    assert needed["median"] == pytest.approx(800, rel=0.1)
    assert needed["low"] < needed["median"] < needed["high"]


def test_chatgpt_s_prompts_of_a_day() -> None:
    text = text_of(run("--model", "gpt-oss-120b", "--chip", "gb200", "--queries-per-day", "2.5e9", "--draws", "256"))
    assert "To serve 2.5 billion queries a day of 1,000 tokens in and 500 out, gpt-oss-120b needs " in text


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (LLAMA, "--chips: give the number of chips, or --queries-per-day to learn how many they need"),
        ([*ON_8, "--queries-per-day", "1e6"], "--queries-per-day: give --chips or --queries-per-day, not both"),
        (ON_8[2:], "--model: name the model"),
        ([*ON_8, "--precision", "int3"], "--precision: must be one of bf16, fp16, fp8, fp4, not 'int3'"),
        (
            [*ON_8, "--precision", "fp4"],
            "--precision: the FP4 peak of H100-SXM-80GB is not published; there is bf16, fp16, fp8",
        ),
        ([*ON_8, "--cache-precision", "int3"], "--cache-precision: must be one of"),
        ([*ON_8, "--cache-hits", "120%"], "--cache-hits: cache_hit_share must be at most "),
        ([*ON_8, "--cache-hits", "-1%"], "--cache-hits: cache_hit_share must be at least 0"),
        ([*LLAMA, "--chips", "0"], "--chips: "),
        ([*LLAMA, "--chips", "-3"], "--chips: "),
        ([*LLAMA, "--queries-per-day", "0"], "--queries-per-day: queries_per_day must be above 0"),
        ([*ON_8, "--output", "0"], "--output: serving_output_tokens must be above 0"),
        ([*ON_8, "--input", "-1"], "--input: serving_input_tokens must be above 0"),
        ([*ON_8, "--batch", "0"], "--batch: "),
        (
            [*ON_8, "--replica-chips", "16"],
            "--replica-chips: a replica of 16 chips does not fit on 8; give --chips of at least 16",
        ),
        ([*ON_8, "--interactivity", "99999"], "--interactivity: Llama 3.1 8B on H100 gives no user 99,999 tokens a second"),
        (
            [*ON_8, "--ttft", "1 us"],
            "--ttft: Llama 3.1 8B on H100 gives no first token within 1 µs, however it is served; the ",
        ),
        ([*ON_8, "--interactivity", "0"], "--interactivity: "),
        ([*ON_8, "--acceptance", "0.8"], "--acceptance: is of drafted tokens; say how many with --drafts"),
        ([*ON_8, "--utilisation", "0"], "--utilisation: service_utilisation must be above 0, not 0"),
        ([*ON_8, "--confidence", "20%"], "--confidence: must be from 50% to 99%, not 20%"),
        ([*ON_8, "--set", "energy=3 GWh"], "--set: energy changes nothing of a service; leave it out"),
        ([*ON_8, "--set", "mfu=0.4"], "--set: mfu changes nothing of a service; leave it out"),
        ([*ON_8, "--software", "paper"], "--software: there is no 'paper' in the table serving_software"),
        ([*ON_8, "--out", "run.docx"], "--out: 'run.docx' ends in none of .xlsx, .csv, .json, .parquet"),
        ([*ON_8, "--report", "run.pdf"], "--report: 'run.pdf' ends in neither .html nor .htm"),
        (["--model", "llama-3.1-405b", "--chip", "h100", "--chips", "4"], "in FP8 and a sequence needs at least "),
        (["--model", "bert", "--chip", "h100", "--chips", "4"], "else describe it with --params\n"),
        ([*LLAMA[:2], "--chip", "h100,b200", "--chips", "8", "--explain"], "--explain: goes with one chip"),
        ([*LLAMA[:2], "--chip", "h100,h100", "--chips", "8"], "names h100-sxm-80gb twice"),
    ],
)
def test_bad_input_is_one_line_that_names_the_flag(args: list[str], says: str) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert says.lower() in result.stderr.lower()


def test_several_chips_stand_side_by_side() -> None:
    args = ["--model", "llama-3.1-8b", "--chip", "h100,b200", "--chips", "8", "--draws", "256"]
    text = text_of(run(*args))
    assert "8 H100 or B200, FP8" in text
    assert "Serving Llama 3.1 8B, by the medians: " in text
    read = document(*args)
    assert [one["inputs"]["chip_key"] for one in read["chips"]] == ["h100-sxm-80gb", "b200-sxm"]


def test_files_hold_what_was_estimated(tmp_path: Path) -> None:
    paths = {ending: tmp_path / f"service{ending}" for ending in (".csv", ".json", ".xlsx", ".html")}
    for ending in (".csv", ".json", ".xlsx"):
        assert run(*ON_8, "--out", str(paths[ending])).exit_code == 0
    rows = list(csv.DictReader(paths[".csv"].read_text(encoding="utf-8").splitlines()))
    wanted = document(*ON_8)["quantities"]
    assert {row["quantity"]: float(row["P50"]) for row in rows} == pytest.approx(
        {name: entry["median"] for name, entry in wanted.items()}
    )
    assert json.loads(paths[".json"].read_text(encoding="utf-8"))["quantities"] == wanted
    front = openpyxl.load_workbook(paths[".xlsx"], read_only=True).worksheets[0]
    texts = [str(cell) for row in front.iter_rows(values_only=True) for cell in row if cell is not None]
    assert texts[0] == "Serving a model on H100"
    assert document(*ON_8)["sentence"] in texts
    made = run(*ON_8, "--together", "--report", str(paths[".html"]))
    assert made.exit_code == 0, made.output
    page = paths[".html"].read_text(encoding="utf-8")
    assert "Serving Llama 3.1 8B on H100" in page
    assert "flopwatt serve --model llama-3.1-8b --chip h100 --chips 8 --together --draws 256" in page


def test_explain_lists_formulas_with_their_sources() -> None:
    text = text_of(run(*ON_8, "--explain"))
    assert "interactivity = " in text
    assert "= 1 / inter_token_latency" in text


def test_a_currency_is_that_of_all_money() -> None:
    text = text_of(run(*ON_8, "--currency", "EUR", "--electricity-price", "50 EUR/MWh"))
    assert "EUR per million queries" in text
    assert "USD per million" not in text


def test_one_query_a_day_is_no_plural() -> None:
    text = text_of(run(*LLAMA, "--queries-per-day", "1"))
    assert "as many H100-SXM-80GB as 1 query a day needs" in text
    assert "To serve 1 query a day of 1,000 tokens in" in text


def test_accepted_drafts_are_assumed_where_tokens_are_drafted() -> None:
    assumed = "of drafts accepted (--acceptance)"
    assert assumed not in text_of(run(*ON_8))
    assert assumed in text_of(run(*ON_8, "--drafts", "3"))
    assert assumed not in text_of(run(*ON_8, "--drafts", "3", "--acceptance", "70%"))
