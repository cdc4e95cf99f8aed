"""How far each case of a group is off, and the group on the whole."""

import pytest
from made_findings import case, two_generations

from flopwatt.bench.pictures.error_strips import error_strips


def test_a_line_for_each_case_and_a_dot_for_each_group() -> None:
    picture = error_strips([case for case in two_generations().predicted if case.quantity == "step_time"])
    assert picture is not None
    rows = picture.spec["data"]["values"]
    dots = {row["y"]: (row["b"], row["t"]) for row in rows if "b" in row}
    assert dots == {"Hopper (generation)": (1.1, "+10.0%"), "Ampere (generation)": (0.8, "-20.0%")}
    assert [row["m"] for row in rows if "m" in row] == [1.1] * 6 + [0.8] * 6
    domain = picture.spec["layer"][1]["encoding"]["x"]["scale"]["domain"]
    assert all(domain[0] < row["m"] < domain[1] for row in rows if "m" in row)


def test_what_is_far_off_stands_at_the_edge() -> None:
    cases = [*(case(1e6) for _ in range(5)), *(case(1.0, labels={"generation": "Ampere"}) for _ in range(5))]
    picture = error_strips(cases)
    assert picture is not None
    assert max(row.get("m", 0) for row in picture.spec["data"]["values"]) == pytest.approx(10)


def test_one_group_is_none() -> None:
    assert error_strips([case(1.0) for _ in range(9)]) is None
