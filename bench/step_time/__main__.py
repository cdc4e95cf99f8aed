"""Fit the efficiencies of the step-time model to the published step times, and print how far off it is.

python -m flopwatt.bench.step_time            # fit, cross-validate, print
python -m flopwatt.bench.step_time --write    # and write configs/efficiency.toml and configs/prior/step_time_spread.toml
"""

import argparse
from collections.abc import Sequence

from ...kernels.files import write_whole
from ..prior.step_error import SPREAD
from . import fit, predict


_GROUPS = ("", "source", "chip", "precision", "framework")


def _table(title: str, rows: Sequence[predict.GroupErrors]) -> None:
    print(title)
    for row in rows:
        print(
            f"  {row.group:45s} n {row.n:3d}  median {row.median_absolute:6.1%}  mean {row.mean_absolute:6.1%}"
            f"  |ln| {row.log:5.3f}  bias {row.bias:+6.1%}"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit the step-time model's efficiencies to the published step times, print them, and write them where asked to."""
    parser = argparse.ArgumentParser(description="Fit the step-time model's efficiencies to the published step times.")
    parser.add_argument("--write", action="store_true", help="Write configs/efficiency.toml.")
    write = parser.parse_args(arguments).write
    published, skipped = predict.cases(predict.published_rows())
    values = fit.fit(published)
    crossed = fit.cross_validated(published)
    for name, value in values.items():
        print(f"{name:20s} {value:.4g}")
    predictions = predict.predict(published, values)
    for by in _GROUPS:
        _table(f"fitted{', by ' + by if by else ''}", predict.summarise(predictions, by))
    for by in _GROUPS:
        title = f"the same, by {by}" if by else "each source left out of the fit that predicts it"
        _table(title, predict.summarise(crossed, by))
    without = fit.cross_validated(published, "framework")
    for by in ("", "framework"):
        title = f"the same, by {by}" if by else "each framework left out of the fit that predicts it"
        _table(title, predict.summarise(without, by))
    print(f"not predicted: {', '.join(sorted({item.name for item in skipped}))}")
    if write:
        write_whole(fit.RESULT, fit.render(values, published, crossed).encode())
        write_whole(SPREAD, fit.render_spread(crossed).encode())


if __name__ == "__main__":
    main()
