"""An estimate as an object."""

import copy
import json
import math
import pickle
from pathlib import Path

import numpy as np
import pytest

import flopwatt
from flopwatt.bench.errors import InputError, UnknownNameError
from flopwatt.bench.estimate.estimate_result import EstimateResult
from flopwatt.bench.estimate.shown_quantities import shown_quantities
from flopwatt.kernels.quantities import MODEL


@pytest.fixture(scope="module")
def result() -> EstimateResult:
    return flopwatt.estimate("llama-3.1-8b", "h100", 256, tokens=1e12, draws=1000, seed=3)


def test_quantiles_are_those_of_the_draws(result: EstimateResult) -> None:
    for name, own in result.quantiles.items():
        draws = result.draws[name]
        assert draws.shape == (1000,)
        assert [own.p10, own.p50, own.p90] == pytest.approx(np.quantile(draws, [0.1, 0.5, 0.9]).tolist(), rel=1e-9), name
        assert [result.quantile(name, share) for share in (0.1, 0.5, 0.9)] == pytest.approx(
            [own.p10, own.p50, own.p90], rel=1e-9
        )
        assert own.unit == MODEL[name].unit


def test_draws_hold_what_was_drawn_and_cannot_be_changed(result: EstimateResult) -> None:
    assert {"mfu", "chip_price", "pue", "carbon_intensity"} <= set(result.draws)
    np.testing.assert_allclose(result.draws["electricity_cost"], result.draws["energy"] * result.draws["electricity_price"])
    with pytest.raises(ValueError, match="read-only"):
        result.draws["cost"][0] = 0.0
    with pytest.raises(TypeError):
        result.draws["cost"] = np.zeros(1)  # type: ignore[index]


def test_any_quantity_that_the_run_tells_has_quantiles(result: EstimateResult) -> None:
    assert result.quantile("tdp", 0.5) == 700.0
    assert result.quantile("sustained_flops", 0.9) > result.quantile("sustained_flops", 0.1)
    with pytest.raises(UnknownNameError, match="there is no quantity 'costt'; did you mean 'cost'") as error:
        result.quantile("costt", 0.5)
    assert isinstance(error.value, KeyError)
    with pytest.raises(InputError, match="share: must be from 0 to 1, not 10"):
        result.quantile("cost", 10)


def test_what_is_not_known_is_nan() -> None:
    norway = flopwatt.estimate("llama-3.1-8b", "h100", 256, tokens=1e12, country="norway", draws=16)
    assert math.isnan(norway.quantiles["cost"].p50)
    assert math.isnan(norway.quantile("cost", 0.5))
    assert math.isnan(norway.to_frame().loc["cost", "P50"])


def test_drivers_are_shares_largest_first(result: EstimateResult) -> None:
    shares = list(result.drivers["cost"].values())
    assert next(iter(result.drivers["cost"])) == "mfu"
    assert shares == sorted(shares, reverse=True)


def test_a_frame_has_a_row_per_quantity_with_its_words_and_unit(result: EstimateResult) -> None:
    frame = result.to_frame()
    assert list(frame.columns) == ["name", "P10", "P50", "P90", "unit"]
    assert list(frame.index) == list(result.quantiles)
    assert frame.loc["cost", "name"] == "own cost"
    assert frame.loc["cost", "P90"] == result.quantiles["cost"].p90


def test_the_document_is_json(result: EstimateResult) -> None:
    document = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert document["sentence"] == result.sentence
    assert document["quantities"]["cost"]["median"] == result.quantiles["cost"].p50
    assert document["best_possible"]["quantities"]["run_time"]["value"] < document["quantities"]["run_time"]["median"]


def test_it_shows_itself_in_a_line_and_in_a_small_table(result: EstimateResult) -> None:
    text = repr(result)
    assert text == f"EstimateResult: {result.sentence}"
    assert "array" not in text
    html = result._repr_html_()
    assert len(html) < 8000
    assert html.count("<tr>") == 1 + len(shown_quantities(result.estimate, result.scenario)) <= 12
    assert "Best strategy could reach: " in html


def test_text_of_a_file_is_no_markup(tmp_path: Path) -> None:
    folder = tmp_path / "<script>alert(1)<"
    folder.mkdir()
    sizes = {"hidden_size": 64, "intermediate_size": 256, "num_attention_heads": 4, "num_hidden_layers": 2}
    config = {"model_type": "llama", "vocab_size": 1000, "max_position_embeddings": 128, **sizes}
    (folder / "config.json").write_text(json.dumps(config))
    html = flopwatt.estimate(folder / "config.json", "h100", 8, tokens=1e9, draws=16, unusual=True)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_result_is_pickled_and_copied_with_and_without_its_draws() -> None:
    result = flopwatt.estimate("llama-3.1-8b", "h100", 256, tokens="1e12", draws=256, currency="EUR")
    for _ in range(2):
        again = pickle.loads(pickle.dumps(result))
        assert again.quantiles == result.quantiles
        assert copy.deepcopy(result).sentence == again.sentence == result.sentence
        assert (again.draws["cost"] == result.draws["cost"]).all()  # from here on the result holds them
    assert pickle.loads(pickle.dumps(result.scenario.model)).quantities == result.scenario.model.quantities
