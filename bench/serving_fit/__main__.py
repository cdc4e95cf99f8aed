"""Fit the constants of serving and their spread to measured rows, and print how far off they are.

python -m flopwatt.bench.serving_fit --rows FILE.csv            # fit, leave out, print
python -m flopwatt.bench.serving_fit --rows FILE.csv --write    # and write configs/serving_efficiency.toml and two more
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...kernels.files import write_whole
from . import serving_constants, serving_intervals, serving_left_out, serving_rows
from .measured import ServedFigure
from .serving_constants import ConstantFit
from .serving_intervals import POWERS, Held
from .serving_left_out import BY_CHIP, BY_MODEL, BY_SOURCE, Floats

_TITLES = {BY_MODEL: "each model left out", BY_SOURCE: "each source left out", BY_CHIP: "each chip left out"}
_KINDS = {
    "throughput": (ServedFigure.THROUGHPUT, ServedFigure.DECODE_THROUGHPUT),
    "latency": (ServedFigure.LATENCY, ServedFigure.TOKEN_TIME),
    "power": POWERS,
    "energy": (ServedFigure.CHIP_ENERGY,),
}


def _table(title: str, kind: str, rows: Sequence[Held]) -> None:
    print(f"{kind}, {title}")
    for row in rows:
        print(f"  {row.group:20s} n {row.n:4d}  median error {row.median:6.1%}  inside P10 to P90 {row.inside:4.0%}")


def _said(off: Mapping[str, Floats], fit: ConstantFit, parts: Mapping[str, float]) -> list[str]:
    """Say in sentences how far off predictions are."""
    lines = []
    for title, own in off.items():
        for kind, kinds in _KINDS.items():
            rows = serving_intervals.held(fit, own, parts, kinds)
            if rows:
                every = rows[0]
                lines.append(
                    f"{kind}, {title}: {every.n} rows, median error {every.median:.1%}, P10 to P90 holds {every.inside:.0%}"
                )
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit the constants of serving to measured rows, leave out models, sources and chips, print, and write where asked to."""
    parser = argparse.ArgumentParser(description="Fit the constants of serving to measured rows.")
    parser.add_argument("--rows", type=Path, action="append", required=True, help="A CSV file of measured serving.")
    parser.add_argument("--write", action="store_true", help="Write configs/serving_efficiency.toml and two more.")
    parser.add_argument("--date", default="2026-11", help="Month of the newest rows, as facts write dates.")
    flags = parser.parse_args(arguments)
    rows = [row for path in flags.rows for row in serving_rows.read_csv(path)]
    cases, unread = serving_rows.cases(rows)
    fit = ConstantFit(cases)
    constants = fit.fit()
    errors = fit.uncertainty(constants)
    for name, value in constants.items():
        print(f"{name:40s} {value:10.4g}  known to {errors[name]:.0%}")
    fits = {by: serving_left_out.fits_without(fit, by, constants) for by in _TITLES}
    off = {"fitted": fit.off(constants)} | {
        title: serving_left_out.off_without(fit, by, fits[by]) for by, title in _TITLES.items()
    }
    parts = serving_intervals.spread_parts(fit, [off[_TITLES[BY_MODEL]], off[_TITLES[BY_SOURCE]]])
    for name, value in parts.items():
        print(f"{name:40s} {value:10.3g}")
    for title, own in off.items():
        for kind, kinds in _KINDS.items():
            _table(title, kind, serving_intervals.held(fit, own, parts, kinds))
    print(f"not predicted: {len(unread)} rows; the first: {'; '.join(f'{item.name}: {item.reason}' for item in unread[:3])}")
    if flags.write:
        n = int(fit.fitted_on.sum())
        lines = _said(off, fit, parts)
        text = serving_constants.render(constants, errors, parts, n, lines, flags.date)
        write_whole(serving_constants.RESULT, text.encode())
        write_whole(serving_constants.SOFTWARE, serving_constants.render_software(constants, errors, n, flags.date).encode())
        stored = {by: fits[by] for by in (BY_MODEL, BY_SOURCE)}
        write_whole(serving_left_out.LEFT_OUT, serving_left_out.render(stored, serving_left_out.chips_fitted_on(fit)).encode())


if __name__ == "__main__":
    main()
