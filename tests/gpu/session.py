"""Everything that only a machine with an NVIDIA GPU can prove or time: ``python tests/gpu/session.py [STAGE]...``

Run at the project's root, with any Python that has flopwatt's packages; `make gpu` makes one. Stages, in this order, each
under ten minutes: ``check`` (the engines on the real device), ``bench`` (speeds on grids of 1e12 points beside the machine's
limits, energy by two meters), ``questions`` (both engines on smaller grids), ``cold`` (a first run with nothing compiled, and
the next), ``study`` (every shipped study), ``calibrate`` (a system file), ``profile`` (NVIDIA's profiler and checker, where
they are installed). A step that fails says so and the others go on; one that succeeded is not done again at the same commit,
unless --again is given. Records are stored under --results, logs under --out.

``--extra`` prints the extra that fits the driver, ``--needs`` how to bring the packages where no index can be reached.
"""

import argparse
import ctypes
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
GPU_ENGINES = ("cupy", "numba-cuda")
FLOPWATT = (sys.executable, "-m", "flopwatt")
PLATFORMS = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014", "manylinux1")


@dataclass(frozen=True)
class Step:
    """One command of a stage.

    Attributes
    ----------
    name
        What it is called; its log has the name.
    command
        What is run, at the project's root.
    limit
        After how many seconds it is stopped.
    lines
        How many of the log's last lines are shown.
    environment
        Variables of its own.
    tool
        The program that it needs, and is left out without.
    """

    name: str
    command: tuple[str, ...]
    limit: float = 240.0
    lines: int = 12
    environment: dict[str, str] = field(default_factory=dict)
    tool: str = ""


def must(target: str) -> dict[str, str]:
    """Have the tests fail, and not be skipped, where this target is not there."""
    return {"FLOPWATT_GPU_MUST": target}


@dataclass(frozen=True)
class Session:
    """Where a session's records and logs go."""

    results: Path
    out: Path
    again: bool = False

    def stages(self) -> dict[str, Callable[[], list[Step]]]:
        """Name every stage, with what makes its steps."""
        return {
            "check": self._check,
            "bench": self._bench,
            "questions": self._questions,
            "cold": self._cold,
            "study": self._study,
            "calibrate": self._calibrate,
            "profile": self._profile,
        }

    def _save(self) -> tuple[str, ...]:
        return "--save", str(self.results)

    def _check(self) -> list[Step]:
        test = (sys.executable, "-m", "pytest", "-q", "-rsP", "-p", "no:cacheprovider", "tests/gpu")
        return [
            Step("doctor", (*FLOPWATT, "doctor"), 50),
            Step("tests-cupy", (*test, "-k", "cupy"), 140, 30, must("cupy")),
            # numba-cuda compiles a kernel in seconds, one after the other: fewer random problems
            Step(
                "tests-numba-cuda", (*test, "-k", "numba-cuda"), 190, 30, {"FLOPWATT_GPU_EXAMPLES": "4", **must("numba-cuda")}
            ),
            Step("tests-core", (*test, "-k", "core"), 100, 30, must("core") | {"FLOPWATT_GPU_EXAMPLES": "10"}),
            Step("quick-float64", (*FLOPWATT, "run", "quick", "--engine", "all", *self._save()), 60),
            Step("quick-float32", (*FLOPWATT, "run", "quick", "--engine", "all", "--dtype", "float32"), 60),
        ]

    def _bench(self) -> list[Step]:
        # one pass: a process of its own compiles and checks everything anew, which took an H200's machine over two minutes
        bench = (*FLOPWATT, "bench", "limits", "large", "--engine", "cupy", "--budget", "2", "--passes", "1", *self._save())
        return [Step(f"large-{dtype}", (*bench, "--dtype", dtype), 290, 60) for dtype in ("float64", "float32")]

    def _questions(self) -> list[Step]:
        bench, save = (*FLOPWATT, "bench"), ("--budget", "2", "--passes", "3", *self._save())
        return [
            *(Step(f"questions-{e}", (*bench, "questions", "limits", "--engine", e, *save), 190, 40) for e in GPU_ENGINES),
            Step("decisions", (*bench, "decisions", "serving", "--engine", "cupy", *save), 190, 40),
        ]

    def _cold(self) -> list[Step]:
        own = (sys.executable, str(Path(__file__)), "--out", str(self.out))
        return [Step(f"cold-{engine}", (*own, "--time", engine), 280) for engine in GPU_ENGINES]

    def _study(self) -> list[Step]:
        names = sorted(path.stem for path in (ROOT / "configs" / "studies").glob("*.toml"))
        run, single = (*FLOPWATT, "run"), ("--engine", "cupy", "--dtype", "float32", *self._save())
        deep = [name for name in names if name.startswith("strategy")]
        # NumPy would take half an hour for a search of strategies, and numba-cuda compiles twenty seconds for each study: a
        # sample of every answer is held against the reference all the same, and both engines answer random problems in `check`
        return [
            *(Step(f"{name}-float32", (*run, name, *single), 25) for name in deep),
            *(Step(f"{name}-cpu", (*run, name, "--engine", "numba", *self._save()), 25) for name in deep),
            *(Step(name, (*run, name, "--engine", "cupy", *self._save()), 38) for name in names),
        ]

    def _calibrate(self) -> list[Step]:
        system = ("--out", str(self.out / "system.toml"))
        return [Step("calibrate", (*FLOPWATT, "calibrate", *system, *self._save()), 540, 30)]

    def _profile(self) -> list[Step]:
        strategy = ("run", "strategy-gpt3-175b", "--engine", "cupy")
        quick = (*FLOPWATT, "run", "quick", "--engine", "cupy")
        sections = [part for name in ("SpeedOfLight", "Occupancy", "LaunchStats") for part in ("--section", name)]
        ncu = ("ncu", "--clock-control", "none", "--launch-count", "12", *sections)
        check = ("compute-sanitizer", "--tool")
        return [
            Step("ncu", (*ncu, *FLOPWATT, *strategy), 200, 60, tool="ncu"),
            Step("memcheck", (*check, "memcheck", *quick), 180, tool="compute-sanitizer"),
            Step("racecheck", (*check, "racecheck", *quick), 180, tool="compute-sanitizer"),
        ]

    def run(self, names: Sequence[str]) -> int:
        """Do the steps of some stages, say how each went, and return how many failed."""
        (self.out / "done").mkdir(parents=True, exist_ok=True)
        outcomes = [(step.name, self.do(step)) for name in names for step in self.stages()[name]()]
        print("\n".join(f"{outcome:>8}  {name}" for name, outcome in outcomes))
        return sum(outcome == "failed" for _, outcome in outcomes)

    def do(self, step: Step) -> str:
        """Do a step; returns ``fine``, ``failed``, ``done`` (before) or ``left out``."""
        done, commit = self.out / "done" / step.name, head()
        if not self.again and commit and done.is_file() and done.read_text(encoding="utf-8") == commit:
            return "done"
        if step.tool and shutil.which(step.tool) is None:
            print(f"== {step.name}: {step.tool} is not installed", flush=True)
            return "left out"
        print(f"== {step.name}: {' '.join(step.command)}", flush=True)
        log, start = self.out / f"{step.name}.log", time.monotonic()
        reason = run_into(log, step)
        print("\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-step.lines :]))
        print(f"== {step.name}: {reason or 'fine'} in {time.monotonic() - start:.0f} s", flush=True)
        if not reason and commit:
            done.write_text(commit, encoding="utf-8")
        return "failed" if reason else "fine"


def run_into(log: Path, step: Step) -> str:
    """Run a step's command, its output into a file; returns what went wrong, or nothing."""
    path = os.pathsep.join(part for part in (str(ROOT / "src"), os.environ.get("PYTHONPATH", "")) if part)
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", **step.environment}
    with log.open("w", encoding="utf-8") as file:
        try:
            done = subprocess.run(
                step.command, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT, timeout=step.limit, check=False
            )
        except subprocess.TimeoutExpired:
            return f"stopped after {step.limit:.0f} s"
        except OSError as error:
            return str(error)
    return f"exit code {done.returncode}" if done.returncode else ""


def head() -> str:
    """Read the commit that is checked out, with a mark where files are changed; nothing where git does not tell."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--abbrev=40", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    commit = done.stdout.strip()
    return "" if commit.endswith("-dirty") else commit


# --- cold and warm ----------------------------------------------------------------------------------------------------


def cold_and_warm(engine: str, out: Path, study: str = "quick", pairs: int = 3) -> int:
    """Time whole runs of a study, each pair a first with empty caches and a second after it; prints and stores the medians."""
    seconds: dict[str, list[float]] = {"cold": [], "warm": []}
    for _ in range(pairs):
        with tempfile.TemporaryDirectory() as folder:
            own = {"FLOPWATT_CACHE": folder, "CUPY_CACHE_DIR": f"{folder}/cupy", "CUDA_CACHE_PATH": f"{folder}/cuda"}
            for kind in seconds:
                step = Step(f"cold-{engine}-{kind}", (*FLOPWATT, "run", study, "--engine", engine), environment=own)
                start = time.perf_counter()
                reason = run_into(out / f"{step.name}.log", step)
                if reason:
                    print(f"{study} on {engine}, {kind}: {reason}; see {out / step.name}.log")
                    return 1
                seconds[kind].append(time.perf_counter() - start)
    for kind, samples in seconds.items():
        print(f"{study} on {engine}, {kind}: {statistics.median(samples):.2f} s (median of {len(samples)})")
    (out / f"cold-{engine}.json").write_text(
        json.dumps({"study": study, "engine": engine, "seconds": seconds}), encoding="utf-8"
    )
    return 0


# --- what a machine needs ---------------------------------------------------------------------------------------------


def driver_cuda() -> int | None:
    """Ask the driver for the newest major version of CUDA that it runs; None without a driver."""
    name = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    version = ctypes.c_int()
    try:
        library = ctypes.CDLL(name)
    except OSError:
        return None
    return version.value // 1000 if library.cuDriverGetVersion(ctypes.byref(version)) == 0 else None


def extra(cuda: int | None) -> str:
    """Name the extra for a driver; raises SystemExit, with the reason, for one that no extra fits."""
    if cuda is None:
        raise SystemExit("no NVIDIA driver is installed: these tests and benchmarks are for machines with a GPU")
    if cuda < 12:
        raise SystemExit(f"the driver runs CUDA {cuda}, and the extras are for 12 and 13: install a newer driver")
    return "cuda13" if cuda >= 13 else "cuda12"


def needs(cuda: int | None) -> str:
    """Say how to bring every package where no index can be reached."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    platforms = " ".join(f"--platform {name}_x86_64" for name in PLATFORMS)
    return (
        "In a checkout of the same commit, where an index can be reached: pip download --only-binary=:all: "
        f"--python-version {version} --implementation cp {platforms} -d wheels "
        f"'.[test-cpu,cuda{12 if cuda == 12 else 13}]' 'setuptools>=77'\nthen here: make gpu WHEELS=wheels"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; returns how many steps failed."""
    session = Session(ROOT / "results", ROOT / "build" / "gpu")
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0], allow_abbrev=False)
    parser.add_argument("stage", nargs="*", help=f"of {', '.join(session.stages())}; all of them unless given")
    parser.add_argument("--results", type=Path, default=session.results, help="where records go")
    parser.add_argument("--out", type=Path, default=session.out, help="where logs and the system file go")
    parser.add_argument("--again", action="store_true", help="also what was done at this commit")
    parser.add_argument("--extra", action="store_true", help="print the extra for this machine's driver")
    parser.add_argument("--needs", action="store_true", help="print how to bring the packages where no index can be reached")
    parser.add_argument("--time", metavar="ENGINE", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    wrong = [name for name in asked.stage if name not in session.stages()]
    if wrong:
        raise SystemExit(f"there is no stage {wrong[0]!r}; there are {', '.join(session.stages())}")
    if asked.extra:
        print(extra(driver_cuda()))
        return 0
    if asked.needs:
        print(needs(driver_cuda()))
        return 0
    if asked.time:
        return cold_and_warm(asked.time, asked.out)
    extra(driver_cuda())
    return Session(asked.results.resolve(), asked.out.resolve(), asked.again).run(asked.stage or list(session.stages()))


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
