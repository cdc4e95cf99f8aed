"""Rows of measured serving that nobody measured: what the model predicts, for a few models, chips and lengths."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from flopwatt.bench.serving_fit import serving_rows
from flopwatt.bench.serving_fit.serving_constants import ConstantFit
from flopwatt.bench.serving_fit.serving_rows import ServingCase

_STRATEGIES = (
    ("Llama-3.3-70B", "H200", "2", "FP8", "TP2"),
    ("Llama-3.3-70B", "B200", "1", "FP4", "TP1"),
    ("Qwen3-235B-A22B", "H200", "8", "FP8", "DEP8"),
    ("gpt-oss-20b", "B200", "1", "FP4", "TP1"),
)
_LENGTHS = (("1024", "1024"), ("8192", "1024"), ("1024", "8192"))
QUANTITIES = (
    ("output token throughput per GPU", "tokens/s/GPU"),
    ("median inter-token latency", "ms"),
    ("GPU power, mean of the GPUs", "W/GPU"),
)


def _rows() -> list[dict[str, str]]:
    rows = []
    for number, (model, chip, chips, precision, parallel) in enumerate(_STRATEGIES):
        for given, told in _LENGTHS:
            for batch in ("16", "256"):
                for quantity, unit in QUANTITIES:
                    by = "vLLM" if number % 2 else "TensorRT-LLM"
                    rows.append(
                        {
                            "name": f"{by} {model} {chip} {parallel} {given}/{told} conc {batch}", "model": model, "chip": chip,
                            "chips": chips, "precision": precision, "input_tokens": given, "output_tokens": told,
                            "batch_or_concurrency": batch, "quantity": quantity, "value": "100", "unit": unit, "source_url": "",
                            "notes": "",
                        }
                    )  # fmt: skip
    return rows


@pytest.fixture(scope="session")
def rows() -> list[dict[str, str]]:
    """Rows as text by column; all measured 100."""
    return _rows()


@pytest.fixture(scope="session")
def cases(rows: list[dict[str, str]]) -> list[ServingCase]:
    """The same, read."""
    read, unread = serving_rows.cases(rows)
    assert unread == []
    return read


@pytest.fixture(scope="session")
def as_predicted(cases: list[ServingCase]) -> Callable[[dict[str, float]], list[ServingCase]]:
    """The cases, with what constants predict in place of what was measured."""

    def made(found: dict[str, float]) -> list[ServingCase]:
        fit = ConstantFit(cases)
        predicted = fit.served.predict(fit.columns(found)).tolist()
        return [replace(case, counted=replace(case.counted, value=value)) for case, value in zip(cases, predicted, strict=True)]

    return made


@pytest.fixture
def file(rows: list[dict[str, str]], tmp_path: Path) -> Path:
    """The rows as a CSV file, and one that is not predicted."""
    path = tmp_path / "rows.csv"
    with path.open("w", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows([*rows, {**rows[0], "name": "a day", "quantity": "cost of a day"}])
    return path
