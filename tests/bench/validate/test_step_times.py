"""Published step times as kinds of cases: predicted beside peers', listed where they cannot be."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.step_time.rows import case
from flopwatt.bench.validate import step_times
from flopwatt.bench.validate.results import baseline_summaries, summaries
from flopwatt.bench.validate.rows import CaseRow, read

MEGATRON = {
    "source": "Narayanan et al. 2021 (arXiv:2104.04473) Table 1", "accelerator": "A100-80GB", "model": "GPT 39.1B",
    "hidden": "8192", "ffn": "32768", "layers": "48", "heads": "64", "kv_heads": "64", "seq": "2048", "vocab": "51200 (pad)",
    "TP": "8", "PP": "2", "VPP": "1", "DP": "32", "CP": "1", "EP": "1", "microbatch": "4", "global_batch": "1536",
    "gpus": "512", "recompute": "full", "precision": "fp16", "measured_step_s": "14.4535", "measured_kind": "derived",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), [(step_times.STEP_TIMES, "step_times"), (step_times.BRIDGE_PERF, "bridge_perf")])
def test_the_shipped_cases_are_of_their_kind(kind: step_times.StepKind, name: str) -> None:
    cases = read(configs.FOLDER / "published" / f"{name}.toml")
    assert kind.needs <= cases.columns
    findings = kind.predict(cases.rows, 1)
    assert len(findings.predicted) + len(findings.left_out) >= len(cases.rows)
    summary = summaries(findings.predicted)["step_time"]
    assert summary.coverage is not None
    assert 0.65 <= summary.coverage <= 0.95


def test_intervals_hold_what_sources_measured_that_the_fit_has_not_seen() -> None:
    """P10 to P90 holds 72 to 88% of all published steps, and at least 60% of every source of ten rows and more."""
    steps = []
    for kind, name in ((step_times.STEP_TIMES, "step_times"), (step_times.BRIDGE_PERF, "bridge_perf")):
        figures = kind.predict(read(configs.FOLDER / "published" / f"{name}.toml").rows, 1).predicted
        steps += [figure for figure in figures if figure.quantity == "step_time"]
    assert all("fitted without " in figure.note for figure in steps)
    assert 0.72 <= np.mean([figure.inside for figure in steps]) <= 0.88
    for source in {figure.labels["source"] for figure in steps}:
        inside = [figure.inside for figure in steps if figure.labels["source"] == source]
        assert len(inside) < 10 or np.mean(inside) >= 0.6, source


def test_predictions_do_not_move_with_what_was_measured() -> None:
    later = {**MEGATRON, "measured_step_s": "43.3605"}
    one, three = (step_times.STEP_TIMES.predict([CaseRow(row, "a row")], 1).predicted[0] for row in (MEGATRON, later))
    assert (one.predicted, one.low, one.high, one.note) == (three.predicted, three.low, three.high, three.note)
    assert "fitted without Narayanan" in one.note
    another = step_times.STEP_TIMES.predict([CaseRow({**MEGATRON, "global_batch": "3072"}, "a row")], 1).predicted[0]
    assert "fitted without" not in another.note


def test_peers_are_beside_ours() -> None:
    findings = step_times.STEP_TIMES.predict(read(configs.FOLDER / "published" / "step_times.toml").rows, 1)
    peers = baseline_summaries(findings.predicted)["step_time"]
    assert set(peers) == {"calculon", "SimuMax"}
    assert peers["calculon"].n >= 15


@pytest.mark.parametrize("change", [str, str.lower, str.upper])
def test_a_csv_of_the_same_columns_is_read(tmp_path: Path, change: Callable[[str], str]) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(",".join(map(change, MEGATRON)) + "\n" + ",".join(MEGATRON.values()) + "\n")
    rows = read(path).rows
    assert case(rows[0].cells) == case(MEGATRON)
    (figure,) = step_times.STEP_TIMES.predict(rows, 1).predicted
    assert figure.published == 14.4535
    assert figure.low is not None
    assert figure.low < figure.predicted < (figure.high or 0)
    assert abs(figure.relative_error) < 0.15


def test_a_bad_row_is_listed() -> None:
    bad: dict[str, Any] = {**MEGATRON, "accelerator": "abacus"}
    findings = step_times.STEP_TIMES.predict([CaseRow(bad, "a row")], 1)
    assert not findings.predicted
    assert "abacus" in findings.left_out[0].reason
