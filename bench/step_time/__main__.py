"""Fit the step-time model and its spread to the published step times, and print how far off they are.

python -m flopwatt.bench.step_time            # fit, cross-validate, print
python -m flopwatt.bench.step_time --write    # and write configs/efficiency.toml, and the spread and fits without a source
"""

import argparse
from collections.abc import Mapping, Sequence

from ... import configs
from ...kernels.files import write_whole
from . import fit, left_out, predict, spread_fit

_GROUPS = ("", "source", "chip", "precision", "framework")


def _table(title: str, rows: Sequence[predict.GroupErrors]) -> None:
    print(title)
    for row in rows:
        print(
            f"  {row.group:45s} n {row.n:3d}  median {row.median_absolute:6.1%}  mean {row.mean_absolute:6.1%}"
            f"  |ln| {row.log:5.3f}  bias {row.bias:+6.1%}"
        )


def _tables(title: str, predictions: Sequence[predict.Prediction], groups: Sequence[str]) -> None:
    """Print the errors of all predictions, and by fields of their cases."""
    for by in groups:
        _table(f"the same, by {by}" if by else title, predict.summarise(predictions, by))


def _coverage_table(title: str, rows: Sequence[spread_fit.Coverage]) -> None:
    print(title)
    for row in rows:
        print(
            f"  {row.group:45s} n {row.n:3d}  inside {row.inside:4.0%}  width {row.width:.3f}  interval score {row.score:.3f}"
        )


def _over(values: left_out.Parameters, fits: Mapping[str, left_out.Parameters]) -> dict[str, left_out.Parameters]:
    """Put the parameters of fits in place of those of the same name."""
    return {name: {**values, **own} for name, own in fits.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit the step-time model and its spread to the published step times, print them, and write them where asked to."""
    parser = argparse.ArgumentParser(description="Fit the step-time model and its spread to the published step times.")
    parser.add_argument("--write", action="store_true", help="Write configs/efficiency.toml and two files of configs/prior.")
    write = parser.parse_args(arguments).write
    published, skipped = predict.cases(predict.published_rows())
    values = fit.fit(published)
    fits = left_out.fits_without(published)
    residuals = spread_fit.residuals(published, fits)
    spreads = spread_fit.fit_spreads(residuals)
    values |= spreads.whole
    for name, value in values.items():
        print(f"{name:22s} {value:.4g}")
    _tables("fitted", predict.predict(published, values), _GROUPS)
    crossed = left_out.predict_without(published, _over(values, fits))
    _tables("each source left out of the fit that predicts it", crossed, _GROUPS)
    frameworks = _over(values, left_out.fits_without(published, "framework"))
    without = left_out.predict_without(published, frameworks, "framework")
    _tables("each framework left out of the fit that predicts it", without, ("", "framework"))
    _coverage_table(
        "P10 to P90 around each without its source", spread_fit.coverages(residuals, dict.fromkeys(fits, spreads.whole))
    )
    _coverage_table("the same, the source left out of the spread's fit too", spread_fit.coverages(residuals, spreads.without))
    print(f"not predicted: {', '.join(sorted({item.name for item in skipped}))}")
    if write:
        date = fit.newest(published)
        write_whole(fit.RESULT, fit.render(values, published, crossed).encode())
        write_whole(configs.STEP_SPREAD, spread_fit.render(spreads, residuals, date).encode())
        write_whole(left_out.LEFT_OUT, left_out.render(fits).encode())


if __name__ == "__main__":
    main()
