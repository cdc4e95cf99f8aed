"""``python -m tests.fuzz``: try many inputs, print what they came to, and each failure with what tries it again."""

import argparse
import faulthandler
import os
import sys
import time
from pathlib import Path

from .campaign import campaign, peak_bytes, try_one
from .seeds import KINDS

MAX_PEAK = 10**9  # bytes
SHOWN = 40  # failures


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=2_000, help="inputs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", action="append", choices=KINDS, help="only this kind of file; repeatable")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="when to stop")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="one input of one --kind; its files are kept")
    chosen = parser.parse_args()
    os.environ["COLUMNS"] = "120"
    kinds = tuple(chosen.kind or KINDS)
    if chosen.only is not None:
        return _try_again(kinds[0], chosen.only, chosen.seed)
    faulthandler.enable()
    start = time.monotonic()
    counts = campaign(chosen.count, chosen.seed, kinds, chosen.seconds)
    for kind in kinds:
        codes = {code: number for (name, code), number in sorted(counts.codes.items()) if name == kind}
        print(
            f"{kind:12}", "  ".join(f"{'loaded' if code < 0 else f'exit {code}'}: {number:,}" for code, number in codes.items())
        )
    total, peak = sum(counts.codes.values()), peak_bytes()
    print(f"{total:,} inputs in {time.monotonic() - start:.0f} s; at most {peak / 1e6:.0f} MB", end="; ")
    print(f"the slowest took {counts.slowest[0]:.2f} s ({counts.slowest[1]} {counts.slowest[2]})")
    for kind, number, fault in counts.failures[:SHOWN]:
        print(f"python -m tests.fuzz --seed {chosen.seed} --kind {kind} --only {number}: {fault}")
    print(f"{len(counts.failures)} failures")
    return 1 if counts.failures or peak > MAX_PEAK else 0


def _try_again(kind: str, number: int, seed: int) -> int:
    folder = Path(f"fuzz-{kind}-{number}")
    folder.mkdir(exist_ok=True)
    outcome = try_one(kind, number, seed, folder)
    print(f"exit {outcome.code} after {outcome.seconds:.2f} s; files in {folder}: {outcome.fault or 'fine'}")
    return 1 if outcome.fault else 0


if __name__ == "__main__":
    sys.exit(main())
