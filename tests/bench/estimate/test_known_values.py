"""What is known is computed; what lacks an input, or is no number, is left out."""

import math

from flopwatt import configs
from flopwatt.bench.estimate.known_values import known_values, values_of_model
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Problem
from flopwatt.kernels.quantities import MODEL


def test_what_lacks_an_input_is_left_out() -> None:
    problem = Problem(MODEL, Grid(()), {"tokens": 2.0, "flops_per_token": 3.0})
    assert known_values(problem, ["training_flops", "run_time", "tokens"]) == {"training_flops": 6.0, "tokens": 2.0}
    assert known_values(problem, ["run_time"]) == {}


def test_what_is_no_number_is_left_out() -> None:
    problem = Problem(MODEL, Grid(()), {"tokens": math.nan, "flops_per_token": 3.0})
    assert known_values(problem, ["training_flops", "flops_per_token"]) == {"flops_per_token": 3.0}


def test_it_is_the_first_point_that_counts() -> None:
    axis = Axis("draws", {"tokens": [5.0, 7.0]})
    assert known_values(Problem(MODEL, Grid((axis,)), {"flops_per_token": 2.0}), ["training_flops"]) == {"training_flops": 10.0}


def test_a_model_has_the_defaults_beside_its_columns() -> None:
    row = configs.load("models").find("llama-3.1-8b").values
    columns = {name: value for name, value in row.items() if name in MODEL}
    values = values_of_model(columns, ["parameters", "flops_per_token", "run_time"])
    assert values["parameters"] == row["published_parameters"]
    assert "run_time" not in values
    full = values_of_model(columns | {"flops_convention": 1.0}, ["flops_per_token"])
    assert full["flops_per_token"] > values["flops_per_token"]
