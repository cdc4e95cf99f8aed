"""The prior's files: what is written is read back, and what is wrong with one is said in a line."""

from pathlib import Path

import numpy as np
import pytest

from flopwatt.bench.estimate.prior import store


@pytest.mark.parametrize("text", ['a "quoted" \\ source', "two\nlines", "[quality]"])
def test_a_fit_is_read_back_whatever_its_source_is_called(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fit = store.fitted()
    store.write_fit(tmp_path / "mfu.toml", fit, text, {text: text})
    monkeypatch.setattr(store, "FIT", tmp_path / "mfu.toml")
    again = store.fitted.__wrapped__()
    assert store.fit_source() == text
    assert (again.names, again.ranges) == (fit.names, fit.ranges)
    for field in ("coefficients", "covariance", "scale", "freedom", "centre", "spread"):
        np.testing.assert_array_equal(getattr(again.posterior, field), getattr(fit.posterior, field))


def test_writing_the_shipped_fit_again_changes_nothing(tmp_path: Path) -> None:
    quality = store.configs.read_toml(store.FIT)["quality"]
    store.write_fit(tmp_path / "mfu.toml", store.fitted(), store.fit_source(), quality)
    assert (tmp_path / "mfu.toml").read_text() == store.FIT.read_text()
