"""Rows of measured serving, from CSV or TOML, to the inputs of the model: what a row states, and what its software does."""

import csv
import functools
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ... import configs
from ..facts import cells
from ..facts.cells import RowError
from ..facts.chips import match_chip
from .measured import Counted, ServedFigure, counted, figure_of
from .row_strategy import RowStrategy, strategy
from .served_model import formats, named_model
from .unseen_generation import widened

SERVING_COLUMNS = frozenset({"quantity", "value", "batch_or_concurrency"})
WORKLOADS = configs.FOLDER / "published" / "serving_workloads.toml"
OTHER_FAMILY = "other"  # a benchmark that no words name
_HABITS = frozenset({"window_overhang"})
_HITS = re.compile(r"(\d+(?:\.\d+)?) ?% of (?:the )?(?:input|prompt)s?(?:' | )?tokens? (?:hit|are cached)", re.IGNORECASE)
_PREFILLING = re.compile(r"prefill|prompt")
_MAX_FIGURE = 1e20  # of what is measured
_MOST = 1e9  # chips of a system, tokens of a query
OTHER_SOFTWARE = "tensorrt-llm"  # what is known of no other


@dataclass(frozen=True)
class ServingCase:
    """One measurement of a replica.

    ``inputs`` are in base units, ``family`` is the benchmark that it is of, ``software`` a row of the table of serving
    software. ``waits`` says that its sequences are requests, of which those wait whose caches find no room; else they are
    those that ran at once.
    """

    name: str
    family: str
    model: str
    chip: str
    precision: str
    counted: Counted
    inputs: Mapping[str, float]
    strategy: RowStrategy
    software: str
    source: str = ""
    waits: bool = False


@dataclass(frozen=True)
class UnreadRow:
    """A row that is not predicted, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class _Family:
    """How a benchmark is known by its name, and what its software does."""

    name: str
    words: str
    cache_of_8_bits: bool


@functools.cache
def _document() -> Mapping[str, Any]:
    return configs.read_toml(WORKLOADS)


def case(row: Mapping[str, Any]) -> ServingCase:
    """Read a row as a case, its columns in upper or lower case.

    Raises
    ------
    RowError
        Where the row cannot be predicted, with the reason.
    """
    row = {str(column).lower(): cell for column, cell in row.items()}
    name, batch = cells.text(row, "name"), cells.text(row, "batch_or_concurrency")
    words = f"{name} {cells.text(row, 'notes')}"
    source = cells.text(row, "source_url") or cells.text(row, "source")
    family, software = _family(f"{name} {source}")
    chips, quantity = _counted(row, "chips"), cells.text(row, "quantity")
    figure_of(quantity)  # of a whole service, or of money: says so before all else
    _no_share(row, "value")
    number, unit = cells.number(row, "value"), cells.text(row, "unit")
    if not 1 / _MAX_FIGURE <= number <= _MAX_FIGURE:
        raise RowError(f"its value is {number:g}, beyond anything real")
    model = named_model(cells.text(row, "model"))
    match = match_chip(cells.text(row, "chip"))
    chip = match.row
    if chip is None:
        raise RowError(f"the chip {match.text!r} is none of the hardware table" if match.text.strip() else "no chip is named")
    lengths, progress = _lengths(row, words, model.key)
    both = lengths[1] / (lengths[0] + lengths[1])
    misnamed = "mlperf" in words.lower() or "tokens/s" in words.lower()  # MLPerf lists tokens as queries
    measured = counted(quantity, number, unit, chips or math.nan, both, 1.0 if misnamed else lengths[1])
    if math.isnan(measured.value):
        raise RowError("it states no number of chips")
    measured = _without_hits(measured, f"{quantity} {words}")
    if "interactive" in cells.text(row, "model").lower() and batch.lower() == "server":  # a benchmark of its own until 2025
        batch = "Interactive"
    how = strategy(words, batch, chips, lengths, model.key, model.values["moe_layers"] > 0)
    measured = _of_the_whole(measured, quantity, bool(how.disaggregated), lengths)
    if measured.measured is ServedFigure.LATENCY and how.draft_tokens:  # a step brings more than one token
        measured = Counted(ServedFigure.TOKEN_TIME, measured.value)
    apart = 1.0 if measured.measured is ServedFigure.DECODE_THROUGHPUT else how.disaggregated
    values = formats(cells.text(row, "precision"), cells.text(row, "model"), chip, bool(software["cache_of_8_bits"]))
    if how.prefill_share and how.disaggregated:
        values = {**values, "prefill_replica_chips": 8.0}
    facts = {name: value for name, value in {**chip.values, **model.values}.items() if not math.isnan(value)}
    inputs = {
        **facts, **values, **widened(chip), "serving_input_tokens": lengths[0], "serving_output_tokens": lengths[1],
        "output_progress": progress,
        "attention_data_parallel": how.attention_data_parallel, "disaggregated": apart,
        "draft_tokens": how.draft_tokens, "sliced_experts": how.sliced_experts,
    }  # fmt: skip
    inputs |= {key: float(software[key]) for key in _HABITS & set(software)}
    engine = str(software.get("engine", "vllm" if "vllm" in words.lower() else OTHER_SOFTWARE))
    inputs |= configs.load("serving_software").rows[engine].values
    bits = {16.0: "BF16", 8.0: "FP8", 4.0: "FP4"}[values["precision_bits"]]
    return ServingCase(
        name, family, model.key, chip.key, bits, measured, inputs, how, engine, source, not software.get("counts_running")
    )


def cases(rows: Iterable[Mapping[str, Any]]) -> tuple[list[ServingCase], list[UnreadRow]]:
    """Read rows; those that cannot be predicted come apart, each with the reason."""
    read, unread = list[ServingCase](), list[UnreadRow]()
    for row in rows:
        try:
            read.append(case(row))
        except RowError as error:
            unread.append(UnreadRow(str(row.get("name", "")), str(error)))
    return read, unread


def read_csv(path: Path) -> list[dict[str, str]]:
    """Read the rows of a CSV file as text by column."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _family(text: str) -> tuple[str, Mapping[str, Any]]:
    """Find the benchmark that a row is of, with what its software does."""
    lower = text.lower()
    families = _document()["software"]
    named = next((name for name, entry in families.items() if any(word in lower for word in entry["words"])), OTHER_FAMILY)
    return named, families[named]


def _no_share(row: Mapping[str, Any], column: str) -> None:
    """Raise RowError where a percentage stands in a column of counts or of what was measured."""
    if "%" in (text := cells.text(row, column)):
        raise RowError(f"its {column} is not read: {text!r} is a share of something; write the number itself")


def _of_the_whole(measured: Counted, quantity: str, disaggregated: bool, lengths: tuple[float, float]) -> Counted:
    """Read throughputs by what serves: prompts' of chips that answer too, and answers' of decoding chips alone.

    Chips that do both read as many prompts as they answer; how fast they could read alone is a prefilling throughput.
    InferenceX's ``output_tput_per_gpu`` divides by the decoding chips where others prefill.
    """
    words = quantity.lower()
    if measured.measured is ServedFigure.INPUT_THROUGHPUT and not disaggregated and not _PREFILLING.search(words):
        return Counted(ServedFigure.THROUGHPUT, measured.value * lengths[1] / lengths[0])
    if words.strip() == "output_tput_per_gpu" and disaggregated:
        return Counted(ServedFigure.DECODE_THROUGHPUT, measured.value)
    return measured


def _counted(row: Mapping[str, Any], column: str) -> float | None:
    """Read a count that may be left out, of chips or tokens."""
    _no_share(row, column)
    count = cells.stated(row, column)
    if count is not None and count > _MOST:
        raise RowError(f"its {column} is {count:g}, beyond anything real")
    return count


def _without_hits(measured: Counted, words: str) -> Counted:
    """Take the cached tokens out of prompts' throughput, where a row counts them and says how many there are."""
    if measured.measured is not ServedFigure.INPUT_THROUGHPUT or "cache hits included" not in words.lower():
        return measured
    share = _HITS.search(words)
    if share is None or not float(share[1]) < 100:
        raise RowError("it counts cached tokens of prompts, and does not say what share they are")
    return Counted(measured.measured, measured.value * (1 - float(share[1]) / 100))


def _lengths(row: Mapping[str, Any], words: str, model: str) -> tuple[tuple[float, float], float]:
    """Read tokens in and out, and how answers are spread; what is not stated is the workload's mean."""
    stated = _counted(row, "input_tokens"), _counted(row, "output_tokens")
    lower = words.lower()
    for entry in _document()["workloads"].values():
        if entry["words"] in lower and entry.get("model", model) == model:
            tokens_in, tokens_out = stated[0] or entry["input_tokens"], stated[1] or entry.get("output_tokens")
            if tokens_out is None:
                raise RowError("it states no output tokens")
            return (float(tokens_in), float(tokens_out)), float(entry["output_progress"])
    if stated[0] is None or stated[1] is None:
        raise RowError(f"it states no {'input' if stated[0] is None else 'output'} tokens, and its workload is not known")
    return (stated[0], stated[1]), 0.5
