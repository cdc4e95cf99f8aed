"""A model is stated by a row, by a file or by its size, and says what it is called and what was changed of it."""

from pathlib import Path

import pytest
from stored_weights import write_config

from flopwatt import configs
from flopwatt.bench.errors import InputError, Parameter
from flopwatt.bench.estimate.request import Request, run_of
from flopwatt.bench.estimate.scenario import StatedValue
from flopwatt.bench.estimate.source import SourceKind, stated_with
from flopwatt.bench.estimate.stated_model import changed_columns, held_against, is_file, of_file, of_row, of_size
from flopwatt.bench.prior.drawn_inputs import TARGETS

ROW = configs.load("models").find("llama-3.1-8b")


def test_each_kind_of_model_says_what_it_is_called(tmp_path: Path) -> None:
    path = str(write_config(tmp_path))
    assert of_row(ROW).called == ROW.name
    assert of_file(path).called == f"the model of {path}"
    assert of_size(1e9, 2e9).called == "a model of this size"
    assert (is_file(path), is_file("gone.json"), is_file("llama-3.1-8b")) == (True, True, False)


@pytest.mark.parametrize(
    ("sets", "says"),
    [((), "one of the two"), (("training_flops=1e26",), "training_flops do not tell the model's size, which the MFU ")],
)
def test_a_run_without_a_model_is_told_why_its_size_is_asked_for(sets: tuple[str, ...], says: str) -> None:
    with pytest.raises(InputError, match=r"name the model .*, or give the argument parameters") as error:
        run_of(Request(chip="h100", sets=sets, stated={"run_time": "100"}), TARGETS)
    assert says in str(error.value)


def test_values_say_where_they_come_from(tmp_path: Path) -> None:
    kinds = [
        model.values["layers"].source.kind for model in (of_row(ROW), of_file(str(write_config(tmp_path))), of_size(1e9, 2e9))
    ]
    assert kinds == [SourceKind.FACT, SourceKind.FILE, SourceKind.SKETCHED]
    assert of_row(ROW).values["tokens"].value == ROW.values["published_tokens"]


def test_what_is_set_by_hand_is_changed_and_an_option_s_is_not() -> None:
    fixed = dict(of_row(ROW).values)
    assert changed_columns(fixed) == []
    fixed["sequence_length"] = StatedValue(4096.0, stated_with("sequence_length"))
    assert changed_columns(fixed) == []
    fixed |= {name: StatedValue(4096.0, stated_with("sets")) for name in ("layers", "active_layer_parameters", "pue")}
    assert sorted(changed_columns(fixed)) == ["active_layer_parameters", "layers"]


def test_nothing_is_checked_where_nobody_asked_and_nothing_stands_beside(tmp_path: Path) -> None:
    for model in (of_row(ROW), of_size(1e9, 2e9), of_file(str(write_config(tmp_path)))):
        assert held_against(model, model.values, None, None) == ()


def test_a_size_alone_is_held_against_nothing() -> None:
    model = of_size(1e9, 1e9)
    with pytest.raises(InputError, match="reads none") as refused:
        held_against(model, model.values, 1e9, None)
    assert refused.value.where == Parameter("parameters_check")
