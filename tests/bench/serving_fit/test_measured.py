"""What a row counts, from its words and its unit."""

import pytest

from flopwatt.bench.facts.cells import RowError
from flopwatt.bench.serving_fit.measured import ServedFigure, counted

F = ServedFigure


@pytest.mark.parametrize(
    ("quantity", "value", "unit", "measured", "base"),
    [
        ("output token throughput, whole system", 800.0, "Tokens/s", F.THROUGHPUT, 100.0),
        ("output token throughput per GPU", 800.0, "tokens/s/GPU", F.THROUGHPUT, 800.0),
        ("throughput per GPU", 800.0, "tok/s/gpu", F.THROUGHPUT, 800.0),
        ("throughput", 800.0, "Queries/s", F.THROUGHPUT, 100.0),
        ("Output throughput (tok/s)", 800.0, "tok / s", F.THROUGHPUT, 100.0),
        ("output throughput", 0.8, "ktok/s", F.THROUGHPUT, 100.0),
        ("output tokens per GPU, decode", 800.0, "tokens/s/GPU", F.DECODE_THROUGHPUT, 800.0),
        ("power, whole system (GPUs only)", 4000.0, "Watts", F.CHIP_POWER, 500.0),
        ("median time between tokens", 0.02, "seconds", F.LATENCY, 0.02),
        ("energy per generated token", 0.5, "Joules/token", F.CHIP_ENERGY, 0.5),
        ("input tokens per H800 node, prefill", 800.0, "tokens/s/node", F.INPUT_THROUGHPUT, 100.0),
        ("median inter-token latency", 20.0, "ms", F.LATENCY, 0.02),
        ("mean TPOT", 20.0, "ms/token", F.TOKEN_TIME, 0.02),
        ("median time per output token", 0.02, "s", F.TOKEN_TIME, 0.02),
        ("interactivity", 50.0, "tok/s/user", F.INTERACTIVITY, 50.0),
        ("median time to first token", 0.3, "s", F.FIRST_TOKEN, 0.3),
        ("power, GPUs only", 4.0, "kW", F.CHIP_POWER, 500.0),
        ("GPU power, mean of the GPUs", 500.0, "W/GPU", F.CHIP_POWER, 500.0),
        ("wall power of the system (AC)", 8000.0, "W", F.WALL_POWER, 1000.0),
        ("energy per output token, GPUs only", 0.5, "J/token", F.CHIP_ENERGY, 0.5),
        ("energy per output token, server", 0.001, "Wh / token", F.WALL_ENERGY, 3.6),
        ("energy per output token, decode GPUs", 500.0, "mJ/token", F.DECODE_ENERGY, 0.5),
        ("energy per input token, prefill GPUs", 0.5, "J/token", F.PREFILL_ENERGY, 0.5),
        ("output_tput_per_gpu", 800.0, "tok/s/gpu", F.THROUGHPUT, 800.0),
        ("median_tpot_ms", 20.0, "", F.TOKEN_TIME, 0.02),
        ("Median TPOT (ms)", 20.0, "", F.TOKEN_TIME, 0.02),
        ("mean_ttft_ms", 300.0, "ms", F.FIRST_TOKEN, 0.3),
        ("median_intvty", 50.0, "tok/s/user", F.INTERACTIVITY, 50.0),
        ("TPS/User", 50.0, "tokens/s", F.INTERACTIVITY, 50.0),
        ("Tokens/s/GPU", 800.0, "", F.THROUGHPUT, 800.0),
        ("TPS/GPU", 800.0, "tokens/s", F.THROUGHPUT, 800.0),
        ("Average GPU power", 600.0, "W", F.CHIP_POWER, 600.0),
        ("average power of the GPUs", 4800.0, "W", F.CHIP_POWER, 600.0),
        ("energy per token", 0.5, "J", F.CHIP_ENERGY, 0.5),
        ("joules per output token", 0.5, "J/token", F.CHIP_ENERGY, 0.5),
        ("energy per million output tokens", 0.5, "kWh", F.CHIP_ENERGY, 1.8),
        ("energy per output token, GPUs only", 0.5, "kWh/Mtoken", F.CHIP_ENERGY, 1.8),
        ("energy per output token, GPUs only", 5e5, "J/million tokens", F.CHIP_ENERGY, 0.5),
    ],
)
def test_words_and_units(quantity: str, value: float, unit: str, measured: F, base: float) -> None:
    found = counted(quantity, value, unit, 8.0)
    assert found.measured is measured
    assert found.value == pytest.approx(base)


def test_a_throughput_of_tokens_in_and_out_counts_those_out() -> None:
    assert counted("total token throughput per GPU", 900.0, "tokens/s/GPU", 8.0, 1 / 9).value == pytest.approx(100.0)
    assert counted("output token throughput per GPU", 900.0, "tokens/s/GPU", 8.0, 1 / 9).value == 900.0
    assert counted("total_token_throughput", 7200.0, "tok/s", 8.0, 1 / 9).value == pytest.approx(100.0)
    assert counted("tput_per_gpu", 900.0, "tok/s/gpu", 8.0, 1 / 9).value == pytest.approx(100.0)


def test_a_throughput_of_queries_counts_their_tokens() -> None:
    for quantity in ("throughput", "requests per second", "request_throughput"):
        assert counted(quantity, 8.0, "requests/s", 8.0, tokens_per_query=500.0).value == pytest.approx(500.0)


@pytest.mark.parametrize(
    ("quantity", "unit", "said"),
    [
        ("throughput", "ms", "the unit 'ms' is not one of 'throughput', which is counted in token/s"),
        ("interactivity", "ms", "is not one of 'interactivity'"),
        ("power, GPUs only", "J/token", "which is counted in W"),
        ("energy per output token", "tokens/J", "is not understood"),
        ("output token throughput per GPU", "tokens/s/node", "one is per chip, the other per node"),
        ("output tokens per H800 node, decode", "tokens/s/GPU", "one is per chip, the other per node"),
        ("output token throughput per MW", "tokens/s/MW", "of a whole service or of money"),
        ("P99 TTFT", "ms", "of the slowest or fastest requests"),
        ("99th percentile inter-token latency", "ms", "of the slowest or fastest requests"),
        ("cost per million output tokens", "USD/Mtoken", "of a whole service or of money"),
        ("energy per prompt", "Wh", "of a whole service or of money"),
        ("samples per second", "Samples/s", "is none that is predicted"),
        ("output token throughput", "furlongs", "the unit 'furlongs' of 'output token throughput' is not understood"),
    ],
)
def test_what_is_not_predicted_is_said(quantity: str, unit: str, said: str) -> None:
    with pytest.raises(RowError, match=said):
        counted(quantity, 1.0, unit, 8.0)
