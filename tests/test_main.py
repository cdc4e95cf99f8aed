"""The command as a process, where its output goes somewhere unusual: exit codes, and no traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RUN = [sys.executable, "-m", "flopwatt"]
ASCII = {**os.environ, "PYTHONIOENCODING": "ascii"}


@pytest.mark.slow
def test_an_ascii_terminal_gets_every_character_spelt_out(tmp_path: Path) -> None:
    study = tmp_path / "study.toml"
    study.write_text(
        'title = "Größe in µ"\n[axes.pue]\nvalues = [1.1, 1.2]\n[[questions]]\nmaximize = "pue"\n', encoding="utf-8"
    )
    done = subprocess.run([*RUN, "plan", str(study)], env=ASCII, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Gr\\xf6\\xdfe in \\xb5" in done.stdout
    assert done.stdout.isascii()


@pytest.mark.slow
def test_json_stays_json_on_an_ascii_terminal(tmp_path: Path) -> None:
    study = tmp_path / "study.toml"
    study.write_text(
        'title = "Größe"\ngiven.tokens = 1e12\n[axes.model]\nfrom = "models"\nrows = ["llama-3.1-8b"]\n'
        '[[questions]]\nname = "größte"\nmaximize = "training_flops"\n', encoding="utf-8",
    )  # fmt: skip
    done = subprocess.run([*RUN, "run", str(study), "--json"], env=ASCII, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert (document["title"], document["answers"][0]["question"]) == ("Größe", "größte")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no /dev/full")
@pytest.mark.parametrize(
    "args",
    [
        ["show", "hardware"],
        pytest.param(["run", "quick", "--engine", "numpy", "--json"], marks=pytest.mark.slow),
        pytest.param(["doctor"], marks=pytest.mark.slow),
    ],
)
def test_output_that_cannot_be_written_is_one_line_and_exit_1(args: list[str]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([*RUN, *args], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    *notes, error = done.stderr.splitlines()
    assert error == "Error: the output could not be written: No space left on device"
    assert all(line.startswith("note: ") for line in notes)


@pytest.mark.slow
@pytest.mark.parametrize("closed", ["1", "2"])
def test_a_closed_stream_is_as_good_as_none(closed: str) -> None:
    shell = f'exec "$@" {closed}>&-'
    done = subprocess.run(["sh", "-c", shell, "sh", *RUN, "run", "quick"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_reader_that_leaves_gets_no_traceback() -> None:
    reader = subprocess.Popen([*RUN, "show", "quantities"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert reader.stdout is not None
    reader.stdout.close()
    assert reader.stderr is not None
    with reader.stderr:
        assert reader.stderr.read() == ""
    assert reader.wait(60) == 141
