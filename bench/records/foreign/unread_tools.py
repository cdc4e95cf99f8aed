"""Files of tools that are not read, and forms of those that are: told by what they hold, so that the error can name them."""

import re
from typing import Any

from . import github_action, google_benchmark, hyperfine, nvbench, pyperf, pytest_benchmark

_LIST = f"convert them: {github_action.HELP}"
_TEXTS = (
    (r"command,mean,stddev,median,user,system,min,max", "hyperfine's CSV", hyperfine.HELP),
    (r"\| ?Command ?\| ?Mean \[", "hyperfine's Markdown", hyperfine.HELP),
    (r"(?m)^Benchmark \d+: .*\n\s+Time \(mean", "hyperfine's output", hyperfine.HELP),
    (r"(?m)^name,iterations,real_time,cpu_time,time_unit", "Google Benchmark's CSV", google_benchmark.HELP),
    (r"(?m)^Benchmark\s+Time\s+CPU\s+Iterations", "Google Benchmark's output", google_benchmark.HELP),
    (r"(?m)^(?:Name \(time in|-+ benchmark(?: '|:))", "pytest-benchmark's table", pytest_benchmark.HELP),
    (r"Mean \+- std dev:", "pyperf's output", pyperf.HELP),
    (r"(?m)^# Benchmark Results\s*$|^Benchmark,Device,|\bnv/cold/", "NVBench's output", nvbench.HELP),
    (r"(?m)^Benchmark\w\S*\s+\d+\s+[0-9.]+ ns/op", "Go's benchmark output", _LIST),
    (r"(?m)^test \S.* \.\.\. bench:", "cargo bench's output", _LIST),
    (r"(?m)^Benchmark\s+(?:\(\S+\)\s+)*Mode\s+Cnt\s+Score", "JMH's output", _LIST),
    (r'"reason":\s*"(?:benchmark|group)-complete"', "cargo-criterion's messages", _LIST),
)
_TEXT_HEAD = 10**6  # characters that are looked at


def fault_of_text(text: str) -> str:
    """Say whose output a text is that is no JSON, and what would be read; empty where that is not known."""
    head = text[:_TEXT_HEAD]
    return next((f"{what} is not read; {help_text}" for pattern, what, help_text in _TEXTS if re.search(pattern, head)), "")


def fault_of_json(document: Any) -> str:
    """Say whose file a JSON document is that is not read, and what would be read; empty where that is not known."""
    if isinstance(document, dict) and any(isinstance(item, dict) and item.keys() >= _OF_ASV for item in document.values()):
        return f"asv's list of benchmarks is not read; {_ASV}"
    first = document[0] if isinstance(document, list) and document else document
    if not isinstance(first, dict):
        return ""
    return next((f"{what} is not read; {help_text}" for keys, what, help_text in _KEYS if keys <= first.keys()), "")


_ASV = "its results are: results/MACHINE/COMMIT-ENVIRONMENT.json"
_OF_ASV = {"code", "param_names", "type"}  # of each benchmark in asv's benchmarks.json
_KEYS = (
    ({"benchmark", "mode", "primaryMetric"}, "JMH's JSON", _LIST),
    ({"mean", "median", "std_dev", "median_abs_dev"}, "criterion's estimates.json", _LIST),
    ({"sampling_mode", "iters", "times"}, "criterion's sample.json", _LIST),
    ({"group_id", "full_id", "directory_name"}, "criterion's benchmark.json", _LIST),
    ({"reason", "typical"}, "cargo-criterion's messages", _LIST),
    ({"HostEnvironmentInfo", "Benchmarks"}, "BenchmarkDotNet's JSON", _LIST),
    ({"machine", "cpu", "os", "ram"}, "asv's machine.json", _ASV),
    ({"asv_version"}, "asv's published index", _ASV),
    ({"Julia"}, "BenchmarkTools' JSON", _LIST),
)
