"""How often intervals held: by group with what chance allows, and at every nominal share."""

from made_findings import case, two_generations

from flopwatt.bench.pictures.coverage import MIN_INTERVALS, coverage_by_group, reliability
from flopwatt.bench.validate.scores import grouped


def test_a_row_for_each_group_with_the_interval_of_its_share() -> None:
    groups = {"generation": grouped(two_generations().predicted, "generation")["step_time"]}
    picture = coverage_by_group("step_time", groups)
    assert picture is not None
    rows = {row["y"]: row for row in picture.spec["data"]["values"]}
    assert list(rows) == ["Hopper (generation)", "Ampere (generation)"]
    assert (rows["Ampere (generation)"]["m"], rows["Ampere (generation)"]["t"]) == (0.0, "0% of 6")
    assert rows["Hopper (generation)"]["l"] < 0.8 < rows["Hopper (generation)"]["h"] == 1.0
    assert picture.caption.endswith("Beyond what chance explains: Ampere (generation).")


def test_small_groups_and_those_without_intervals_or_a_name_are_left_out() -> None:
    few = [case(1.0, labels={"generation": "Volta"}) for _ in range(3)]
    without = [*(case(1.0, low=None) for _ in range(9)), *(case(1.0, labels={}) for _ in range(9))]
    assert coverage_by_group("step_time", {"generation": grouped([*few, *without], "generation")["step_time"]}) is None


def test_intervals_of_every_width_hold_the_share_of_deviates_within() -> None:
    """Half of the cases at their P50, half at their P90: 50% inside every interval narrower than 80%, all from there on."""
    assert reliability([case(1.0) for _ in range(MIN_INTERVALS - 1)]) is None
    cases = [case(1.0 if i % 2 else 1 / 1.19) for i in range(MIN_INTERVALS)]
    picture = reliability(cases)
    assert picture is not None
    shares = {row["x"]: row["m"] for row in picture.spec["data"]["values"]}
    assert shares[0.1] == shares[0.7] == 0.5
    assert shares[0.8] == shares[0.95] == 1.0
