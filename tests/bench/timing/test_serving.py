"""The serving side: what a benchmark prints is no answer, and it ends when nobody asks any more."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flopwatt.bench.timing import serving

SERVE = """
import os, sys, time
from flopwatt.bench.timing.serving import PipeServer

server = PipeServer()
for request in server.requests({"a.py::test": "test"}, {"b.py": "it is broken"}):
    os.system("echo printed by a child; cat")
    print("printed")
    if request == "long":
        try:
            time.sleep(60)
        except KeyboardInterrupt:
            open(sys.argv[1], "w").write("interrupted")
            raise
    server.reply(f"answer to {request}")
open(sys.argv[1], "w").write("ended")
"""


@pytest.fixture
def served(tmp_path: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", SERVE, str(tmp_path / "end")]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def ask(process: "subprocess.Popen[str]", request: str) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(request) + "\n")
    process.stdin.flush()


def answer(process: "subprocess.Popen[str]") -> object:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def test_only_answers_go_through_the_pipe(served: "subprocess.Popen[str]", tmp_path: Path) -> None:
    assert answer(served) == {"names": ["test"], "ids": ["a.py::test"], "broken": {"b.py": "it is broken"}}
    for request in ("one", "other"):
        ask(served, request)
        assert answer(served) == {"failed": f"answer to {request}"}
    assert served.communicate(timeout=20) == ("", None)
    assert (served.returncode, (tmp_path / "end").read_text()) == (0, "ended")


@pytest.mark.skipif(not hasattr(serving.select, "poll"), reason="the system has no poll")
def test_in_the_middle_of_a_pass_it_ends_with_whoever_asked(served: "subprocess.Popen[str]", tmp_path: Path) -> None:
    answer(served)
    ask(served, "long")
    time.sleep(0.3)
    served.communicate(timeout=20)
    assert served.returncode == -signal.SIGINT
    assert (tmp_path / "end").read_text() == "interrupted"


ASKER = """
import os, subprocess, sys, time
process = subprocess.Popen([sys.executable, "-c", {serve!r}, "/dev/null"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
process.stdout.readline()
process.stdin.write(b'"long"\\n')
process.stdin.flush()
print(process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(not hasattr(serving.select, "poll"), reason="the system has no poll")
def test_it_ends_though_the_asking_side_was_killed() -> None:
    asker = subprocess.Popen([sys.executable, "-c", ASKER.format(serve=SERVE)], stdout=subprocess.PIPE, text=True)
    assert asker.stdout is not None
    served = int(asker.stdout.readline())
    asker.kill()
    asker.communicate()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.kill(served, 0)
            state = Path(f"/proc/{served}/stat").read_text().rpartition(")")[2].split()[0] if os.path.isdir("/proc") else "R"
            if state == "Z":  # ended, and nobody fetches its status
                return
        except (ProcessLookupError, FileNotFoundError):
            return
        time.sleep(0.05)
    pytest.fail("it still runs")
