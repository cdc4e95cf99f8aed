"""Which flopwatt runs, as documents say it."""

from flopwatt import __version__
from flopwatt.bench.records.running_version import flopwatt_entry


def test_the_version_is_named_and_the_commit_where_there_is_one() -> None:
    entry = flopwatt_entry()
    assert entry["version"] == __version__
    assert set(entry) == {"version", "commit", "changed"}
    assert entry["commit"] is None or len(entry["commit"]) == 40
