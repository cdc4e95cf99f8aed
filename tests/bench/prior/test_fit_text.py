"""The fit's file: what is written is read back."""

from pathlib import Path

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.prior import fit_text, store
from flopwatt.configs.mfu_fit import Evidence


@pytest.mark.parametrize("text", ['a "quoted" \\ source', "two\nlines", "[quality]"])
def test_a_fit_is_read_back_whatever_its_source_is_called(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fit = store.fitted()
    fit_text.write_fit(tmp_path / "mfu.toml", fit, text, ["a", text], {text: text})
    monkeypatch.setattr(store, "FIT", tmp_path / "mfu.toml")
    again = store.fitted.__wrapped__()
    assert store.fit_source() == text
    assert store.evidence.__wrapped__() == Evidence(fit.chips, ("a", text))
    assert (again.names, again.seen, again.practice, again.developers) == (fit.names, fit.seen, fit.practice, fit.developers)
    for field in ("coefficients", "covariance", "scale", "freedom", "centre", "spread"):
        np.testing.assert_array_equal(getattr(again.posterior, field), getattr(fit.posterior, field))


def test_writing_the_shipped_fit_again_changes_nothing(tmp_path: Path) -> None:
    written = configs.read_toml(store.FIT)
    quality, date = written["quality"], written["date"]
    fit_text.write_fit(tmp_path / "mfu.toml", store.fitted(), store.fit_source(), store.evidence().steps, quality, date=date)
    assert (tmp_path / "mfu.toml").read_text() == store.FIT.read_text()
