"""What the study of ChatGPT says: published energies of a query lie inside, chips and lengths are in order."""

import pytest

from flopwatt import configs
from flopwatt.bench.runner.run import Run, run_study
from flopwatt.bench.runner.sentences import headlines
from flopwatt.bench.study.loader import load_study
from flopwatt.kernels.model.units import factor

CHIPS = ("h100-sxm-80gb", "gb200-nvl72", "vr200-nvl72")
TWH, DAYS = factor("TWh"), 365

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def chat() -> Run:
    return run_study(load_study("serving-chatgpt"), "numpy", budget_seconds=0)


def _of(run: Run, question: str, goal: str = "20 tokens/s", **place: str) -> tuple[float, float, float]:
    """P10, median and P90 of a question's objective at a place along the axes that it keeps."""
    data = run.answer(question).dataset().sel(goal=goal, **place)
    target = next(str(name) for name in data.data_vars if str(name).startswith("P50("))[4:-1]
    return (float(data[f"P10({target})"]), float(data[f"P50({target})"]), float(data[f"P90({target})"]))


def test_it_is_told_in_five_sentences_that_have_their_numbers(chat: Run) -> None:
    told = headlines(chat)
    assert len(told) == 5
    assert not [text for text in told if "nan" in text or "∞" in text]


@pytest.mark.parametrize("published", configs.load("query_energies").rows)
def test_what_was_published_lies_inside_of_what_a_model_like_deepseek_v3_takes_on_h100(published: str, chat: Run) -> None:
    place = {"model": "deepseek-v3", "chip": "h100-sxm-80gb"}
    low, _, high = _of(chat, "energy of a query over what was published", published=published, **place)
    assert low < 1 < high
    said = configs.load("query_energies").rows[published].values["published_energy_per_query"]
    assert _of(chat, "energy of a query", length="500 out", **place)[1] / said == pytest.approx(
        _of(chat, "energy of a query over what was published", published=published, **place)[1], rel=1e-9
    )


@pytest.mark.parametrize("model", ["gpt-oss-120b", "llama-3.1-70b", "llama-3.1-405b", "deepseek-v3"])
def test_a_later_chip_and_a_shorter_answer_take_less(model: str, chat: Run) -> None:
    for length in ("300 out", "500 out", "reasoning"):
        energies = [_of(chat, "energy of a query", model=model, chip=chip, length=length)[1] for chip in CHIPS]
        assert energies == sorted(energies, reverse=True)
    for chip in CHIPS:
        energies = [
            _of(chat, "energy of a query", model=model, chip=chip, length=length)[1]
            for length in ("300 out", "500 out", "reasoning")
        ]
        assert energies == sorted(energies)


def test_who_wants_more_tokens_a_second_takes_more(chat: Run) -> None:
    for chip in CHIPS:
        place = {"model": "deepseek-v3", "chip": chip, "length": "500 out"}
        assert _of(chat, "energy of a query", "40 tokens/s", **place)[1] > _of(chat, "energy of a query", **place)[1]


def test_a_year_is_what_its_queries_take_and_the_share_is_of_the_sites_chips(chat: Run) -> None:
    place = {"model": "deepseek-v3", "chip": "gb200-nvl72", "length": "500 out"}
    query = _of(chat, "energy of a query", **place)[1]
    year = _of(chat, "energy of a year of 2.5 billion prompts a day", **place)[1]
    assert year == pytest.approx(query * 2.5e9 * DAYS / TWH, rel=1e-3)
    peak, share = (_of(chat, name, **place)[1] for name in ("peak power for 2.5 billion prompts a day", "share of 10 GW"))
    assert share == pytest.approx(peak / 10e9, rel=1e-3)
    assert share < 0.05  # today's prompts, not reasoning, are a small part of 10 GW
