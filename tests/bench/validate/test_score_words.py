"""Scores in sentences and in the cells of tables."""

import pytest
from made_findings import case, flat, two_generations

from flopwatt.bench.validate.results import Findings, Predicted, summary_of
from flopwatt.bench.validate.score_words import percent, score_cells, sentences, signed
from flopwatt.bench.validate.scores import with_hindsight


def test_a_sentence_for_each_quantity_with_its_peers_on_the_same_cases() -> None:
    assert sentences(two_generations().predicted) == [
        "Step time: off by 15% in the median of 12 steps (mean 15%), 50% inside P10 to P90. "
        "Peer on 6 of these by 50% (mean 50%), flopwatt there by 20% (mean 20%).",
        "Energy: off by 20% in 1 measurement.",
    ]


def test_flat_mfus_are_said_together_and_hindsight_says_that_it_has_seen_the_runs() -> None:
    runs = Findings([flat(hours, 28.0) for hours in (90, 95, 100, 105, 110)])
    (said,) = sentences(with_hindsight(runs).predicted)
    assert said.startswith("Step time: off by less than 0.1% in the median of 5 steps (mean less than 0.1%), 5 of 5 inside")
    flat_mfus = "A flat MFU of 30% is off by 6.7% (mean 7.7%), 35% by 20% (mean 20%) and 40% by 30% (mean 30%)."
    best = "28%, the best flat MFU in hindsight, is chosen on these very cases: its mean |ln| is 0.060, flopwatt's 0.000."
    assert said.endswith(f"{flat_mfus} {best}")


def test_of_one_run_it_is_said_whether_it_is_inside() -> None:
    (said,) = sentences([flat(100, 28.0)])
    assert said.startswith(
        "Step time: off by less than 0.1% in 1 step, inside P10 to P90. A flat MFU of 30% is off by 6.7%, 35% by"
    )


def test_a_quantity_without_words_of_its_own_is_named_by_itself() -> None:
    assert sentences([Predicted("a", "idle_power", "W", 100.0, 150.0)]) == ["Idle power: off by 50% in 1 case."]


@pytest.mark.parametrize(("share", "said"), [(0.0712, "7.1%"), (0.0996, "10%"), (0.4, "40%"), (0.0003, "less than 0.1%")])
def test_errors_in_percent(share: float, said: str) -> None:
    assert percent(share) == said


@pytest.mark.parametrize(("bias", "said"), [(0.0953, "+10.0%"), (-0.2231, "-20.0%"), (-1e-9, "0.0%")])
def test_a_bias_has_its_sign(bias: float, said: str) -> None:
    assert signed(bias) == said


def test_cells_say_of_how_many_intervals_a_coverage_is() -> None:
    cells = score_cells(summary_of([case(1.1), case(1.5), case(1.1, low=None)]))
    assert cells == ("3", "10.0%", "23.3%", "0.199", "+22.0%", "1 of 2")
    many = summary_of([*(case(1.1) for _ in range(10)), case(1.1, low=None)])
    assert score_cells(many)[-1] == "100% of 10"
