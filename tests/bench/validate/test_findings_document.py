"""Findings as a document: scores by group and peers on the same cases beside what it always had."""

import json

import pytest
from made_findings import two_generations

from flopwatt.bench.validate.findings_document import document


def test_the_document_holds_cases_scores_groups_and_peers() -> None:
    made = json.loads(json.dumps(document(two_generations())))
    assert set(made) == {"cases", "left_out", "summary", "baselines", "on_the_cases_of", "groups"}
    assert made["summary"]["step_time"]["n"] == 12
    assert made["summary"]["step_time"]["intervals"] == 12
    assert made["summary"]["energy"]["coverage"] is None
    assert made["baselines"]["step_time"]["peer"]["n"] == made["on_the_cases_of"]["step_time"]["peer"]["n"] == 6
    hopper = made["groups"]["generation"]["step_time"]["Hopper"]
    assert hopper["mean_absolute_relative_error"] == pytest.approx(0.1)
    assert hopper["coverage_90"][0] < 1.0 == hopper["coverage_90"][1]
    assert made["groups"]["source"]["energy"]["a paper"]["coverage_90"] is None
    assert made["groups"]["framework"] == {}
    assert made["cases"][0]["labels"] == {"generation": "Hopper", "precision": "BF16"}
    assert made["left_out"][0] == {"name": "first", "quantity": "energy", "reason": "no hours"}
