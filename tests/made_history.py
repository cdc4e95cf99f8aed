"""Records of a benchmark over time, made up for the tests of histories."""

import random
from collections.abc import Sequence

from made_records import record, timed

from flopwatt.bench.records.commit import Commit
from flopwatt.bench.records.record import Record


def history_of(medians: Sequence[float], name: str = "a", spread: float = 0.0, **changes) -> list[Record]:
    """A record a day, one of each commit, of a benchmark with these medians (s)."""
    draw = random.Random(name)
    return [
        record(
            timed(name, median * draw.gauss(1, spread), seed=day),
            timed("steady", draw.gauss(1, 0.02), seed=day),
            created=f"2026-10-{day + 1:02d}T09:30:00.000+00:00",
            commit=Commit(f"{day:02d}ab" * 10),
            **changes,
        )
        for day, median in enumerate(medians)
    ]


SLOWER = [0.010] * 9 + [0.0134] * 5  # 1.34 times slower since the tenth day
SLOWER_COMMIT = "09ab09ab09ab"
