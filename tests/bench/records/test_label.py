"""Labels: what may be one, that they are stored, and that records are found by them."""

from pathlib import Path

import pytest
from made_records import record, timed

from flopwatt.bench.errors import InputError
from flopwatt.bench.records.find import find
from flopwatt.bench.records.label import MAX_LENGTH, check_label
from flopwatt.bench.records.store import load, save


@pytest.mark.parametrize("text", ["before", "a b/c: 1", "größer", "x" * MAX_LENGTH, '"quoted"'])
def test_a_label_is_taken_as_it_is(text: str, tmp_path: Path) -> None:
    assert check_label(f" {text} ") == text
    path = save(record(timed("a"), label=text), tmp_path)
    assert load(path).label == text
    (labelled,) = find(f"label:{text}", tmp_path)
    assert labelled.label == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("x" * 65, "65 characters are too long; write at most 64"),
        ("a\nb", "not printed"),
        ("\x1b[31m", r"'\\x1b\[31m' has characters that are not printed"),
        ("a\u202eb", "not printed"),
    ],
)
def test_what_is_no_label_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputError, match=f"^label: .*{message}"):
        check_label(text)
