"""The workflows: actions of the current Node, what is compared with what, and no code of forks on runners of one's own."""

import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from house import ROOT

from flopwatt.bench.cli import cli

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
NODE_24 = {"actions/checkout": 5, "actions/setup-python": 6, "actions/upload-artifact": 6}  # the first that run on it
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in WORKFLOWS}


def test_actions_run_on_the_current_node_and_are_the_same_everywhere() -> None:
    used = [use for text in TEXTS.values() for use in re.findall(r"uses: (\S+)@v(\d+)", text)]
    assert len(used) == sum(text.count("uses:") for text in TEXTS.values()) >= 7
    versions: dict[str, set[int]] = {}
    for action, version in used:
        versions.setdefault(action, set()).add(int(version))
    assert versions.keys() == NODE_24.keys()
    for action, majors in versions.items():
        assert len(majors) == 1
        assert min(majors) >= NODE_24[action]


def test_options_of_flopwatt_are_there() -> None:
    lines = [line for line in TEXTS["benchmarks.yml"].splitlines() if "run:" in line or "flopwatt compare" in line]
    calls = [call.split() for line in lines for call in re.findall(r"flopwatt ((?:bench|compare) .*)", line)]
    assert len(calls) == 3
    for command, *words in calls:
        help_text = CliRunner().invoke(cli, [command, "--help"]).output
        assert all(word in help_text for word in words if word.startswith("--"))


def parsed(path: Path) -> dict[Any, Any]:
    yaml = pytest.importorskip("yaml")
    document: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def steps(job: dict[str, Any], action: str) -> list[dict[str, Any]]:
    return [step for step in job["steps"] if step.get("uses", "").startswith(f"{action}@")]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_pips_cache_and_rights(path: Path) -> None:
    document = parsed(path)
    assert document["permissions"] == {"contents": "read"}
    for job in document["jobs"].values():
        for step in steps(job, "actions/setup-python"):
            assert (step["with"]["cache"], step["with"]["cache-dependency-path"]) == ("pip", "pyproject.toml")
        for step in steps(job, "actions/checkout"):
            assert step["with"]["persist-credentials"] is False


def test_the_gate() -> None:
    document = parsed(ROOT / ".github" / "workflows" / "benchmarks.yml")
    assert document["concurrency"]["cancel-in-progress"] is True
    assert "pull_request.number" in document["concurrency"]["group"]
    assert document["defaults"]["run"]["shell"] == "bash"  # which GitHub runs with -eo pipefail
    hosted, own = document["jobs"]["pull-request"], document["jobs"]["stored"]
    assert "github.event.pull_request.head.repo.full_name == github.repository" in own["if"]
    assert "self-hosted" in own["runs-on"]
    assert hosted["runs-on"] == "ubuntu-latest"
    (checkout,) = steps(hosted, "actions/checkout")
    assert checkout["with"]["fetch-depth"] in (0, 2)
    gates = [step["run"] for job in (hosted, own) for step in job["steps"] if "GITHUB_STEP_SUMMARY" in step.get("run", "")]
    assert len(gates) == 2
    assert all('--format markdown | tee -a "$GITHUB_STEP_SUMMARY"' in gate for gate in gates)
    assert "--against HEAD^1 " in gates[0]
    for job in (hosted, own):
        (upload,) = steps(job, "actions/upload-artifact")
        assert upload["if"] == "always()"
