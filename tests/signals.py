"""Send signals to flopwatt's commands at random moments, and say what became of each.

``python tests/signals.py 100`` tries each command a hundred times and prints the outcomes; ``python tests/signals.py 100
against`` tries one of them. ``bench/terminal/test_interrupts.py`` tries each a few times.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from flopwatt.bench.records.store import load

ROOT = Path(__file__).resolve().parents[1]
SUITE = """
import tiny

def test_tiny(benchmark):
    benchmark(tiny.work, 1000)

class TestOther:
    def test_tiny(self, benchmark):
        benchmark(tiny.work, 2000)
"""
BENCH = ("bench", "test_tiny.py", "--budget", "0.05", "--passes", "2")
COMMANDS = {
    "run": ("run", "quick", "--save", "results"),
    "bench": (*BENCH, "--save", "results"),
    "against": (*BENCH, "--against", "HEAD", "--threshold", "900%"),  # of the noise it is to say nothing
}
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}
LONG = {"against": 12.0}  # seconds of what takes too long to be measured first
SECONDS_TO_END = 30  # a command gets, and what it started


@dataclass
class Ground:
    """A git repository with a tiny suite, whose commands have a folder for temporary files and a cache of their own."""

    folder: Path
    draw: random.Random = field(default_factory=lambda: random.Random(0))

    def __post_init__(self) -> None:
        self.repository, self.temporary, self.results = self.folder / "tiny", self.folder / "tmp", self.folder / "tiny/results"
        for made in (self.repository, self.temporary):
            made.mkdir(parents=True)
        (self.repository / "tiny.py").write_text("def work(count):\n    return sum(range(count))\n")
        (self.repository / "test_tiny.py").write_text(SUITE)
        (self.repository / ".gitignore").write_text("results\n")
        identity = ("-c", "user.name=A Tester", "-c", "user.email=tester@example.invalid", "-c", "commit.gpgsign=false")
        for words in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-q", "-m", "one")):
            subprocess.run(["git", "-C", self.repository, *words], check=True, capture_output=True)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "GIT_"))},
            "PYTHONPATH": str(ROOT / "src"),
            "TMPDIR": str(self.temporary),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "FLOPWATT_SIGNALS": str(self.folder),
        }

    def start(self, words: tuple[str, ...]) -> subprocess.Popen[str]:
        """Start a command as a terminal would: with a process group of its own, and SIGINT not ignored."""
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "flopwatt", *words],
            cwd=self.repository,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

    def run(self, words: tuple[str, ...]) -> tuple[int, str, float]:
        """Run a command to its end: its exit code, what it said on stderr, and how long it took (s)."""
        begun = time.monotonic()
        process = self.start(words)
        said = process.communicate(timeout=300)[1]
        return process.returncode, said, time.monotonic() - begun

    def processes(self) -> list[int]:
        """List the processes that commands of this ground left running."""
        mark = f"FLOPWATT_SIGNALS={self.folder}".encode()
        running = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0") and int(entry.name) != os.getpid():
                    running.append(int(entry.name))
            except OSError:
                continue
        return running

    def faults(self) -> list[str]:
        """Say what is left that should not be: processes, worktrees, folders, records that are no records."""
        deadline = time.monotonic() + SECONDS_TO_END
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.1)
        listed = subprocess.run(
            ["git", "-C", self.repository, "worktree", "list"], check=True, capture_output=True, text=True
        ).stdout.splitlines()
        found = [f"process {number} runs" for number in self.processes()]
        found += [f"worktree {line}" for line in listed[1:]]
        found += [f"folder {path.name}" for path in self.temporary.glob("flopwatt-*")]
        for path in self.results.rglob("*") if self.results.exists() else ():
            if path.suffix != ".json" and path.is_file():
                found.append(f"file {path.name}")
            elif path.is_file() and not load(path).benchmarks:
                found.append(f"record {path.name} is empty")
        return found


@dataclass
class Trial:
    """One command and the signals that it got: the first, whether its whole group got it, and when a second came (s)."""

    command: str
    number: signal.Signals
    moment: float
    group: bool
    again: float | None

    def take(self, ground: Ground) -> tuple[str, list[str]]:
        """Run the command, send the signals; the outcome, and what was wrong."""
        process = ground.start(COMMANDS[self.command])
        time.sleep(self.moment)
        self._send(process, self.number)
        if self.again is not None:
            time.sleep(self.again)
            self._send(process, self.number)
        try:
            said = process.communicate(timeout=SECONDS_TO_END)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            return "hung", [f"it had not ended after {SECONDS_TO_END} s: {process.communicate()[1][-300:]}"]
        outcome, faults = self._judge(process.returncode, said)
        if self.number == signal.SIGKILL and self.command == "against":  # the next one puts things in order
            ground.run((*COMMANDS["against"], "-k", "nothing_of_that_name"))
        return outcome, faults + ground.faults()

    def _send(self, process: "subprocess.Popen[str]", number: signal.Signals) -> None:
        if process.poll() is None:
            (os.killpg if self.group else os.kill)(process.pid, number)

    def _judge(self, code: int, said: str) -> tuple[str, list[str]]:
        """Name the outcome; nothing of flopwatt's is to be blamed for what Python does before it runs any of flopwatt."""
        if code == CODES[self.number]:
            lines = said.strip().splitlines()
            is_said = self.number == signal.SIGKILL or (lines and lines[-1].startswith("interrupted; "))
            return f"exit {code}", [] if is_said and "Traceback" not in said else [f"said {said[-1500:]!r}"]
        if code == 0:
            return "finished before", [] if "Traceback" not in said else [f"said {said[-1500:]!r}"]
        if code == -self.number or "init_import_site" in said or ("Traceback" in said and "bench" not in said):
            return "while Python itself began", []
        return f"exit {code}", [f"exit {code} and said {said[-1500:]!r}"]


def draw_trial(command: str, seconds: float, draw: random.Random) -> Trial:
    """Draw a trial of a command that takes so many seconds, most moments early, where processes come and go."""
    number = draw.choices(list(CODES), (0.45, 0.45, 0.1))[0]
    group = number == signal.SIGINT and draw.random() < 0.5
    again = draw.uniform(0, 0.3) if number != signal.SIGKILL and draw.random() < 0.3 else None
    return Trial(command, number, draw.triangular(0.05, seconds * 1.05, 0.3), group, again)


def _measure(ground: Ground, command: str) -> float:
    """Measure how long a command takes (s)."""
    runs = [ground.run(COMMANDS[command]) for _ in range(3)]  # the first one compiles, and others may crowd the machine
    assert [code for code, _, _ in runs] == [0, 0, 0], runs
    return min(seconds for _, _, seconds in runs)


def try_command(ground: Ground, command: str, count: int) -> tuple[Counter[str], list[str]]:
    """Try a command so often: how often each outcome came, and what was wrong, with its trial."""
    seconds = LONG.get(command) or _measure(ground, command)
    outcomes, wrong = Counter[str](), list[str]()
    for _ in range(count):
        trial = draw_trial(command, seconds, ground.draw)
        outcome, faults = trial.take(ground)
        outcomes[f"{trial.number.name}{' twice' if trial.again is not None else ''}: {outcome}"] += 1
        wrong += [f"{trial}: {fault}" for fault in faults]
    code, said, _ = ground.run(COMMANDS[command])
    if code:
        wrong.append(f"{command} afterwards: exit {code}, {said}")
    return outcomes, wrong + ground.faults()


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        for command in sys.argv[2:] or COMMANDS:
            outcomes, wrong = try_command(Ground(Path(place) / command), command, int(sys.argv[1]))
            print(command, dict(sorted(outcomes.items())), *wrong, sep="\n  ", flush=True)
