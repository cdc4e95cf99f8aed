"""Known runs whole: every figure has an estimate or says why not, and stands beside what was published."""

import json
import math

import pytest
from click.testing import CliRunner, Result

from flopwatt import configs
from flopwatt.bench.cli import cli
from flopwatt.bench.estimate.intervals import estimate
from flopwatt.bench.estimate.request import Request, run_of
from flopwatt.bench.validate.known_runs import FIGURES, MODELS, KnownRun, document_known, known_runs, markdown_known
from flopwatt.bench.validate.rows import shipped

DRAWS = 512


@pytest.fixture(scope="module")
def runs() -> dict[str, KnownRun]:
    return {run.name: run for run in known_runs(DRAWS)}


def figure(runs: dict[str, KnownRun], run: str, quantity: str) -> tuple[float, float, float]:
    (known,) = (figure for figure in runs[run].figures if figure.figure.quantity == quantity)
    assert known.spread is not None
    assert known.spread.median is not None
    return known.spread.low or math.nan, known.spread.median, known.spread.high or math.nan


def test_the_five_runs_have_every_figure_or_say_why_not(runs: dict[str, KnownRun]) -> None:
    assert list(runs) == list(MODELS)
    for run in runs.values():
        assert [item.figure for item in run.figures] == list(FIGURES)
        for item in run.figures:
            assert item.spread is not None
            assert (item.spread.median is None) == bool(item.missing)
        assert run.source
        assert "tokens in" in run.known


def test_published_hours_and_energy_lie_where_they_should(runs: dict[str, KnownRun]) -> None:
    for name, hours in (("Llama 2 70B", 1_720_320), ("Llama 3.1 405B", 30.84e6), ("DeepSeek-V3", 2.664e6)):
        low, _, high = figure(runs, name, "chip_hours")
        assert 0.95 * low < hours < high  # DeepSeek-V3's lie at the edge: one run in five lies outside
    low, _, high = figure(runs, "GPT-3 175B", "energy")
    assert low < 1.287e6 < high  # kWh
    assert figure(runs, "GPT-3 175B", "training_flops")[1] == pytest.approx(3.14e23, rel=0.05)
    assert figure(runs, "Llama 3.1 405B", "training_flops")[1] == pytest.approx(3.8e25, rel=0.05)
    assert figure(runs, "DeepSeek-V3", "training_flops")[1] == pytest.approx(3.41e24, rel=0.12)  # Epoch's 6ND


def test_what_is_published_is_the_published_rows(runs: dict[str, KnownRun]) -> None:
    rows = {row.text("model"): row for row in shipped("training_runs").rows}
    for name, run in runs.items():
        for item in run.figures:
            stated = rows[name].positive(item.figure.column)
            assert item.published == (None if math.isnan(stated) else stated)
    (cost,) = (item for item in runs["DeepSeek-V3"].figures if item.figure.quantity == "rental_cost")
    assert cost.published == 5.576e6
    assert "2 USD" in cost.basis


def test_models_of_the_table_are_taken_whole() -> None:
    known = configs.load("models").rows
    assert {"gpt-3-175b", "llama-2-70b", "llama-3.1-405b", "deepseek-v3"} <= set(MODELS.values()) & set(known)


@pytest.mark.parametrize(("name", "chips"), [("Llama 3.1 405B", "16384"), ("DeepSeek-V3", "2048"), ("GPT-3 175B", "10000")])
def test_a_known_run_takes_the_operations_that_an_estimate_of_it_takes(
    name: str, chips: str, runs: dict[str, KnownRun]
) -> None:
    """Embeddings are in no product: counted among the layers' parameters they made 2% more of DeepSeek-V3's."""
    request = Request(model=MODELS[name], chip="h100", stated={"chip_count": chips})
    estimated = estimate(run_of(request, ["training_flops"]).scenario, ["training_flops"], 8).spreads["training_flops"].median
    assert figure(runs, name, "training_flops")[1] == pytest.approx(estimated, rel=1e-9)


def test_tables_and_document(runs: dict[str, KnownRun]) -> None:
    table = markdown_known(list(runs.values()))
    assert table.count("\n| ") == 1 + 5 * len(FIGURES)
    assert table.startswith("| run | figure | flopwatt | P10 to P90 | published |\n| --- | --- | ---: | ---: | ---: |\n")
    assert "| DeepSeek-V3 | operations | 3.7" in table
    assert "5.58 million USD" in table
    json.dumps(document_known(list(runs.values())), allow_nan=False)


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, ["validate", "--draws", "128", "--known", *args])


def test_the_command() -> None:
    assert run().stdout.count("Published: ") == len(MODELS)
    assert run("--markdown").stdout.startswith("| run |")
    assert [entry["name"] for entry in json.loads(run("--json").stdout)["runs"]] == list(MODELS)


@pytest.mark.parametrize("args", [["--plot", "x.svg"], ["--bounds", "x.toml"], ["x.csv"]])
def test_nothing_else_can_be_asked_of_known_runs(args: list[str]) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "--known: takes the cases that come with flopwatt; leave out" in result.stderr
