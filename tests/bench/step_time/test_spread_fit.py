"""The fit of the spreads: finds those that made the data, counts a source as one, and its shipped result has its form."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.step_time import left_out, predict, spread_fit
from flopwatt.bench.step_time.spread_fit import BASE, SHARES, SOURCE, Residuals


def made(sources: int, rows: int, seed: int = 3, **parts: float) -> Residuals:
    """Residuals of so many sources, rows each, with scales of these parts."""
    generator = np.random.default_rng(seed)
    shares = generator.uniform(0, 0.5, (sources * rows, len(SHARES))) * (generator.random((sources * rows, len(SHARES))) < 0.5)
    names = np.repeat(np.arange(sources), rows)
    all_parts = {BASE: 0.04, SOURCE: 0.0, **dict.fromkeys(SHARES, 0.0), **parts}
    own = np.sqrt(all_parts[BASE] ** 2 + shares**2 @ np.array([all_parts[name] for name in SHARES]) ** 2)
    logs = (
        own * generator.standard_t(spread_fit.FREEDOM, len(own)) + all_parts[SOURCE] * generator.standard_normal(sources)[names]
    )
    return Residuals(logs, shares, np.ones(len(logs)), tuple(f"s{name}" for name in names))


def test_spreads_that_made_the_data_are_fitted() -> None:
    truth = {BASE: 0.05, SOURCE: 0.1, **dict.fromkeys(SHARES, 0.1), "step_spread_attention": 0.5, "step_spread_sync": 0.4}
    values = spread_fit.most_likely(made(20, 40, **truth))
    for name in (BASE, SOURCE, "step_spread_attention", "step_spread_sync"):
        assert values[name] == pytest.approx(truth[name], rel=0.25), name


def test_intervals_hold_four_fifths_of_what_made_them() -> None:
    rows = made(10, 12, **{BASE: 0.05, SOURCE: 0.1, **dict.fromkeys(SHARES, 0.3)})
    fitted = spread_fit.fit_spreads(rows)
    (every, *by_source) = spread_fit.coverages(rows, fitted.without)
    assert every.n == 120
    assert sum(row.n for row in by_source) == every.n
    assert 0.72 <= every.inside <= 0.88
    (same, *_) = spread_fit.coverages(rows, dict.fromkeys(fitted.without, fitted.whole))
    assert 0.72 <= same.inside <= 0.88
    assert every.score > every.width


def test_sixty_rows_of_a_source_count_as_one_source() -> None:
    """Their common deviation is one draw of what sources share: that of the fit stays near what all sources say."""
    rows = made(8, 6, **{BASE: 0.04, SOURCE: 0.05})
    values = []
    for count in (12, 60):
        far = 0.2 + 0.04 * np.tile([-1.5, -0.7, 0.0, 0.0, 0.7, 1.5], count // 6)
        logs, shares = np.concatenate([rows.logs, far]), np.vstack([rows.shares, np.zeros((count, len(SHARES)))])
        values.append(spread_fit.most_likely(Residuals(logs, shares, np.ones(len(logs)), (*rows.sources, *("far",) * count))))
    assert values[1][SOURCE] == pytest.approx(values[0][SOURCE], rel=0.05)
    assert values[1][SOURCE] < 0.2


def test_the_model_computes_the_fitted_spread() -> None:
    """Shares and spread of the fit are those that the quantities compute."""
    cases, _ = predict.cases(predict.published_rows())
    some = cases[::9]
    fits = left_out.stored_fits()
    rows = spread_fit.residuals(some, fits)
    crossed = left_out.predict_without(some, fits)
    own = spread_fit.spreads(rows, {name: configs.defaults()[name].value for name in (BASE, SOURCE, *SHARES)})
    for i, item in enumerate(crossed):
        assert item.spread == pytest.approx(own[i], rel=1e-9)
        assert np.log(item.case.seconds / item.seconds) == pytest.approx(rows.logs[i], abs=1e-9)


def test_the_shipped_spreads_are_written_as_they_are() -> None:
    written = tomllib.loads(configs.STEP_SPREAD.read_text())
    assert set(written) == set(spread_fit.beliefs()) == {BASE, SOURCE, *SHARES}
    cases, _ = predict.cases(predict.published_rows())
    fits = left_out.stored_fits()
    rows = spread_fit.residuals(cases, fits)
    whole = {name: entry["value"] for name, entry in written.items()}
    fitted = spread_fit.FittedSpreads(whole, dict.fromkeys(fits, whole))
    text = spread_fit.render(fitted, rows, written[BASE]["date"])
    assert tomllib.loads(text) == written
    assert text.splitlines()[:3] == configs.STEP_SPREAD.read_text().splitlines()[:3]


def test_belief_of_a_wrong_form_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "beliefs.toml"
    path.write_text(spread_fit.BELIEFS.read_text().replace("guess", "gues", 2))
    monkeypatch.setattr(spread_fit, "BELIEFS", path)
    with pytest.raises(configs.FactError, match=r"beliefs.toml: step_spread_base: unknown key 'gues'; did you mean 'guess'"):
        spread_fit.beliefs()
