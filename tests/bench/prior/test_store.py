"""The prior's files: what is written is read back, and what is wrong with one is said in a line."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.prior import forms, store
from flopwatt.bench.stats.distributions import DISTRIBUTIONS
from flopwatt.configs.mfu_fit import Evidence
from flopwatt.kernels.validation.validator import Validator


@pytest.mark.parametrize("text", ['a "quoted" \\ source', "two\nlines", "[quality]"])
def test_a_fit_is_read_back_whatever_its_source_is_called(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fit = store.fitted()
    store.write_fit(tmp_path / "mfu.toml", fit, text, ["a", text], {text: text})
    monkeypatch.setattr(store, "FIT", tmp_path / "mfu.toml")
    again = store.fitted.__wrapped__()
    assert store.fit_source() == text
    assert store.evidence.__wrapped__() == Evidence(fit.chips, ("a", text))
    assert (again.names, again.seen) == (fit.names, fit.seen)
    for field in ("coefficients", "covariance", "scale", "freedom", "centre", "spread"):
        np.testing.assert_array_equal(getattr(again.posterior, field), getattr(fit.posterior, field))


def test_writing_the_shipped_fit_again_changes_nothing(tmp_path: Path) -> None:
    written = configs.read_toml(store.FIT)
    quality, date = written["quality"], written["date"]
    store.write_fit(tmp_path / "mfu.toml", store.fitted(), store.fit_source(), store.evidence().steps, quality, date=date)
    assert (tmp_path / "mfu.toml").read_text() == store.FIT.read_text()


@pytest.mark.parametrize(
    ("form", "path"), [(forms.REGRESSION, store.RECIPE), (forms.DRAWS, store.DRAWS), (forms.FIT, store.FIT)]
)
def test_a_shipped_file_is_checked_here_and_trusted_later(form: Validator, path: Path) -> None:
    configs.checked(form, configs.read_toml(path), path)


def test_a_draw_may_be_of_any_distribution() -> None:
    assert {item.name for item in fields(forms.DrawEntry)} > set(DISTRIBUTIONS)


@pytest.mark.parametrize(
    ("name", "read", "old", "new", "message"),
    [
        ("RECIPE", store.recipe, "shared = 0.3", "", "noise.shared is missing"),
        ("RECIPE", store.recipe, "sd = 0.225", "sd = 'x'", "features.fp4.sd must be a number, not 'x'"),
        ("DRAWS", store.stated, "head_size = 128", "", "sketch.head_size is missing"),
        (
            "DRAWS",
            store.stated,
            "most_days = 100",
            "max_days = 100",
            "run_time: unknown key 'max_days'; did you mean 'most_days'",
        ),
        ("DRAWS", store.stated, 'unit = "token"', "", "draws[1].unit is missing"),
        ("DRAWS", store.stated, "head_size = 128", "head_size = nan", "sketch.head_size must be a number, not nan"),
        ("DRAWS", store.stated, "head_size = 128", 'head_size = "x"', "sketch.head_size must be a number, not 'x'"),
        ("DRAWS", store.stated, 'unit = "token"', 'unit = "token"\nsource_ = 3', "draws[1]: unknown key 'source_'"),
        ("FIT", store.fitted, "scale = ", "source_ = 3\nscale = ", "unknown key 'source_'; did you mean 'source'?; `flopwatt"),
        ("DRAWS", store.stated, "[0.0, 0.0, 0.15]", "[0.0, 0.15]", "other_losses: triangular takes [low, mode, high], not 2"),
        ("DRAWS", store.stated, '"other_losses"', '"other_loses"', "other_loses: is no quantity of the model"),
        (
            "FIT",
            store.fitted,
            "scale = ",
            "scales = ",
            "unknown key 'scales'; did you mean 'scale'?; `flopwatt validate`",
        ),
        (
            "FIT",
            store.evidence,
            "chips_with_step_times = ",
            "chips_with_step_time = ",
            "unknown key 'chips_with_step_time'; did you mean 'chips_with_step_times'?; `flopwatt validate` can fit it anew",
        ),
        ("FIT", store.fitted, '"moe"', '"moa"', "is not complete: KeyError('moa'); `flopwatt validate`"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    name: str, read: Any, old: str, new: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = getattr(store, name).read_text()
    assert old in text
    (tmp_path / "broken.toml").write_text(text.replace(old, new, 1))
    monkeypatch.setattr(store, name, tmp_path / "broken.toml")
    with pytest.raises(store.PriorError) as caught:
        read.__wrapped__()
    assert str(caught.value).startswith(f"{tmp_path / 'broken.toml'}: ")
    assert message in str(caught.value)
