"""The prior's files: what is wrong with one is said in a line."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.bench.prior import forms, store
from flopwatt.bench.stats.distributions import DISTRIBUTIONS
from flopwatt.kernels.validation.validator import Validator


@pytest.mark.parametrize(
    ("form", "path"), [(forms.REGRESSION, store.RECIPE), (forms.DRAWS, store.DRAWS), (forms.FIT, store.FIT)]
)
def test_a_shipped_file_is_checked_here_and_trusted_later(form: Validator, path: Path) -> None:
    configs.checked(form, configs.read_toml(path), path)


def _middle(entry: store.Drawn) -> tuple[float, float]:
    """Return a distribution's most likely value and its median, the less first."""
    median = float(entry.at(np.array([0.5]))[0])
    mode = entry.parameters[1] if entry.distribution == "triangular" else median
    return min(mode, median), max(mode, median)


@pytest.mark.parametrize("entry", store.stated().entries, ids=lambda entry: f"{entry.quantity}-{'-'.join(entry.chips)}")
def test_what_is_drawn_has_its_default_amid_the_draws(entry: store.Drawn) -> None:
    """A default is what a person reads as the likeliest: between the mode and the median of what is drawn of every chip."""
    if entry.chips != ("*",) or entry.before < np.inf or entry.quantity not in configs.defaults():
        return
    low, high = _middle(entry)
    assert 0.99 * low <= configs.defaults()[entry.quantity].value <= 1.01 * high


@pytest.mark.parametrize("quantity", ["peak_network_factor", "peak_pue"])
def test_a_sites_peak_has_one_answer(quantity: str) -> None:
    """The chips of a gigawatt are the same from the defaults, which a study takes, and from the median of the draws."""
    entry = store.stated().of(quantity)
    assert entry is not None
    assert _middle(entry) == pytest.approx((configs.defaults()[quantity].value,) * 2, rel=1e-9)


def test_a_draw_may_be_of_any_distribution() -> None:
    assert {item.name for item in fields(forms.DrawEntry)} > set(DISTRIBUTIONS)


@pytest.mark.parametrize(
    ("name", "read", "old", "new", "message"),
    [
        ("RECIPE", store.recipe, "shared = 0.3", "", "noise.shared is missing"),
        ("RECIPE", store.recipe, "[practice]\nmean = 0.3", "[practice]\nmean = 'x'", "practice.mean must be a number, not 'x'"),
        ("DRAWS", store.stated, "factor = 1.2", "factors = 1.2", "hours.access: unknown key 'factors'; did you mean 'factor'?"),
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
