"""JSON as records have it: the same data, a list of scalars on one line, half the size, quick for large records."""

import json
import time
from pathlib import Path

import pytest
from house import ROOT

from flopwatt.bench.records.layout import MAX_WIDTH, laid_out

STORED = sorted((ROOT / "results").glob("*/*.json"))
DOCUMENTS = [
    {},
    [],
    [[]],
    [{}],
    {"a": {}},
    {"a": [1, 2.5, None, True, "x, y"], "b": [[1], [2]], "c": [{"d": 1}, 2]},
    {"a": {"b": "x" * 200, "c": 1}},
    {'ü\n"\\': "\x1b[31m\u2028", "e": 1e-320, "f": -0.0, "g": 10**30},
    "text",
    None,
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_it_reads_back_equal(document: object) -> None:
    assert json.loads(laid_out(document)) == document


def test_lists_of_scalars_and_short_objects_stand_on_a_line() -> None:
    long = {f"key {i}": i for i in range(40)}
    text = laid_out({"data": [1.5, None], "reading": {"value": None, "reason": "no"}, "rows": [{"a": [1]}], "long": long})
    lines = text.splitlines()
    assert ' "data": [1.5,null],' in lines
    assert ' "reading": {"value": null, "reason": "no"},' in lines
    assert '   "a": [1]' in lines
    assert len(laid_out(long)) > MAX_WIDTH
    assert lines.count('  "key 7": 7,') == 1


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [float("nan")], {"a": {"b": float("nan")}}])
def test_it_is_strict(value: object) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        laid_out(value)


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.name[:15])
def test_stored_records_become_smaller_and_say_the_same(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    text, before = laid_out(document), json.dumps(document, indent=1)
    assert json.loads(text) == document
    samples = sum(len(benchmark["stats"].get("data", [])) for benchmark in document["benchmarks"])
    few = samples < 200 * len(document["benchmarks"])  # it is samples that take fewer lines
    assert len(text) < (0.9 if few else 0.75) * len(before)
    assert text.count("\n") < (0.6 if few else 0.34) * before.count("\n")


@pytest.mark.alone
@pytest.mark.slow
def test_a_large_record_is_written_as_quickly_as_by_json_itself() -> None:
    row = {"stats": {"data": [i * 1.2345678e-7 for i in range(20_000)]}, "phases": [{"value": None, "reason": "no"}] * 50}
    document = {"benchmarks": [row] * 25}  # 10 MB

    def seconds(write: object) -> float:
        start = time.process_time()
        write(document)  # type: ignore[operator]
        return time.process_time() - start

    assert min(seconds(laid_out) for _ in range(2)) < 1.5 * min(
        seconds(lambda data: json.dumps(data, indent=1)) for _ in range(2)
    )
