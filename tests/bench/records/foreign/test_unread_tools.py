"""Files that are not read are refused by the tool's name, with what would help."""

import json

import pytest
from whole_records import refused


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("command,mean,stddev,median,user,system,min,max\nsleep 1,1,0,1,0,0,1,1\n", "hyperfine's CSV .* --export-json"),
        ("| Command | Mean [ms] | Min [ms] |\n|:---|---:|\n", "hyperfine's Markdown .* --export-json"),
        ("Benchmark 1: sleep 1\n  Time (mean ± \u03c3):     1.0 s\n", "hyperfine's output"),
        ("name,iterations,real_time,cpu_time,time_unit\n", "Google Benchmark's CSV .* --benchmark_format=json"),
        ("Run on (2 X)\nBenchmark        Time     CPU  Iterations\n---\n", "Google Benchmark's output"),
        ("Name (time in us)     Min   Max\n", "pytest-benchmark's table .* --benchmark-json=FILE"),
        ("sum: Mean +- std dev: 1 us +- 0 us\n", "pyperf's output .* -o FILE"),
        ("# Benchmark Results\n\n## simple\n", "NVBench's output .* --json FILE"),
        ("BenchmarkFib-8   30000   41653 ns/op\n", "Go's benchmark output .* customSmallerIsBetter"),
        ("test bench_fib ... bench:   37,174 ns/iter (+/- 7,527)\n", "cargo bench's output"),
        ('{"reason":"benchmark-complete","id":"a"}\n{"reason":"group-complete"}\n', "cargo-criterion's messages"),
        (json.dumps([{"benchmark": "a", "mode": "avgt", "primaryMetric": {"score": 1}}]), "JMH's JSON is not read"),
        (json.dumps({"mean": {}, "median": {}, "std_dev": {}, "median_abs_dev": {}, "slope": None}), "criterion's estimates"),
        (json.dumps({"Title": "a", "HostEnvironmentInfo": {}, "Benchmarks": []}), "BenchmarkDotNet's JSON"),
        (json.dumps({"machine": "a", "cpu": "", "os": "", "ram": "", "version": 1}), "asv's machine.json is not read"),
        (json.dumps({"b.t": {"code": "", "param_names": [], "type": "time"}, "version": 2}), "asv's list of benchmarks"),
        (json.dumps({"a": 1}), "neither a record of flopwatt's nor JSON of NVBench, pyperf, Google Benchmark"),
    ],
)
def test_a_file_of_a_tool_is_refused_by_name(tmp_path, text, message):
    path = tmp_path / "file"
    path.write_text(text, encoding="utf-8")
    refused(path, message)
