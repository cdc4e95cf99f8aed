"""The processes of two sides are alike in all but the source they run."""

import json
import os
import subprocess
import sys

import pytest

from flopwatt.bench.errors import InputError
from flopwatt.bench.timing.worker import Worker

PRINT_ENVIRONMENT = "import json, os; print(json.dumps({'names': [json.dumps(dict(os.environ))]}), flush=True); input()"


def environment(monkeypatch, source, bytecode):
    """What a worker's process finds in its environment."""
    start = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda _, **options: start([sys.executable, "-c", PRINT_ENVIRONMENT], **options))
    worker = Worker("a side", source, [], bytecode)
    try:
        worker.start()
        return json.loads(worker.names[0])
    finally:
        worker.close()
        monkeypatch.setattr(subprocess, "Popen", start)


def test_both_sides_compile_and_allocate_alike(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    trees = [tmp_path / "one", tmp_path / "other"]
    for tree in trees:
        tree.mkdir()
    one, other = (environment(monkeypatch, tree, tree / "kept") for tree in trees)
    differing = {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
    assert differing - {"PWD"} == {"PYTHONPATH", "PYTHONPYCACHEPREFIX"}
    assert "PYTHONDONTWRITEBYTECODE" not in one  # a side that compiled its modules anew would differ from one that need not
    assert {"MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"} <= one.keys()
    assert os.environ["PYTHONDONTWRITEBYTECODE"] == "1"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ('print(\'{"refused": "there is no suite x"}\', flush=True)', "there is no suite x"),
        ("import sys; sys.exit('first line\\nlast line')", "last line"),  # it died before it could answer
    ],
)
def test_a_side_that_cannot_time_says_why(monkeypatch, tmp_path, script, why):
    start = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda _, **options: start([sys.executable, "-c", script], **options))
    worker = Worker("a side", tmp_path, [], tmp_path)
    try:
        with pytest.raises(InputError, match=f"^a side: its benchmarks do not run: {why}$"):
            worker.start()
    finally:
        worker.close()
