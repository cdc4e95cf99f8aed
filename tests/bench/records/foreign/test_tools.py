"""Whose a file is, and that no change of one raises anything but an InputError."""

import contextlib
import json

import pytest
from foreign_examples import EXAMPLES, changed, example, places
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whole_records import refused

from flopwatt.bench.compare.sides import newest
from flopwatt.bench.errors import InputError
from flopwatt.bench.records.foreign import tools
from flopwatt.bench.records.store import load, save

NAMES = sorted(path.stem for path in EXAMPLES.glob("*.json"))
WRONG = (None, True, -1, 0, 0.5, 1e308, float("nan"), float("inf"), "text", "", [], {}, [[]], [None], {"a": 1}, 10**400, ...)


@pytest.mark.parametrize("path", sorted(EXAMPLES.iterdir()), ids=lambda path: path.stem)
def test_a_file_is_read_saved_and_read_back_with_all_that_it_held(path, tmp_path):
    record = load(path)
    assert record.source.tool.lower().replace(" ", "_").replace("-", "_").startswith(path.stem.split("_")[0])
    again = load(save(record, tmp_path))
    assert again.benchmarks == record.benchmarks
    assert (again.source, again.unreadable, again.remarks) == (record.source, record.unreadable, record.remarks)


@pytest.mark.parametrize("name", NAMES)
def test_one_tool_alone_recognises_its_file(name):
    assert sum(tool.recognises(example(name)) for tool in tools.TOOLS) == 1


def test_what_does_not_fit_names_the_tool_the_key_and_what_helps(tmp_path):
    path = tmp_path / "h.json"
    path.write_text(json.dumps({"results": [{"command": 3}]}))
    message = refused(path)
    assert message.endswith(
        "not a valid file of hyperfine: results[0].command must be text, not 3; hyperfine --export-json FILE writes one"
    )


@st.composite
def mutations(draw):
    document = example(draw(st.sampled_from(NAMES)))
    for _ in range(draw(st.integers(1, 3))):
        known = places(document)
        if not known:
            break
        place = known[draw(st.integers(0, len(known) - 1))]
        document = changed(document, place, draw(st.sampled_from(WRONG)))
    return document


@pytest.mark.slow
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutations())
def test_a_changed_file_is_read_or_refused(tmp_path_factory, document):
    path = tmp_path_factory.getbasetemp() / "changed.json"
    path.write_text(json.dumps(document))
    with contextlib.suppress(InputError):
        record = load(path)
        check(record, path)


def check(record, path):
    """What holds of every record that is read."""
    for benchmark in record.benchmarks:
        assert bool(benchmark.samples) != (benchmark.summary is not None)
        assert 0 < benchmark.seconds < float("inf")
    again = load(save(record, path.parent / "saved"))  # a NaN in what a suite says besides becomes null
    assert [(item.key, item.samples, item.summary, item.blocks) for item in again.benchmarks] == [
        (item.key, item.samples, item.summary, item.blocks) for item in record.benchmarks
    ]
    newest([record])
