"""Fits that leave a source out: which rows they are for, and that they do not know what was measured."""

from dataclasses import replace

import pytest

from flopwatt import configs
from flopwatt.bench.step_time import left_out, predict
from flopwatt.bench.step_time.rows import StepCase


@pytest.fixture(scope="module")
def published() -> list[StepCase]:
    return predict.cases(predict.published_rows())[0]


def test_every_published_row_is_predicted_without_its_source(published: list[StepCase]) -> None:
    assert left_out.sources_fitted_on(published) == [case.source for case in published]
    unseen = left_out.predict_unseen(published)
    fits = left_out.stored_fits()
    assert set(fits) == {case.source for case in published}
    crossed = left_out.predict_without(published, fits)
    assert [item.seconds for item in unseen] == [item.seconds for item in crossed]
    assert [item.spread for item in unseen] == [item.spread for item in crossed]
    assert all(f"fitted without {item.case.source}" in item.case.notes for item in unseen)
    whole = predict.predict(published)
    assert sum(a.seconds != b.seconds for a, b in zip(unseen, whole, strict=True)) > 0.9 * len(whole)


def test_a_row_is_known_by_its_inputs_and_never_by_its_result(published: list[StepCase]) -> None:
    first = published[0]
    scaled = replace(first, seconds=3 * first.seconds, source="somebody else", name="another")
    other = replace(first, inputs={**first.inputs, "batch_size": 2 * first.inputs["batch_size"]})
    assert left_out.sources_fitted_on([scaled, other, first]) == [first.source, "", first.source]
    predicted = left_out.predict_unseen([first, scaled, other])
    assert predicted[0].seconds == predicted[1].seconds
    assert predicted[2].seconds == predict.predict([other])[0].seconds
    assert predicted[2].case.notes == other.notes
    assert left_out.predict_unseen([]) == []


def test_fits_leave_out_what_they_are_named_after(published: list[StepCase], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(left_out.fit, "fit", lambda cases: {"step_overhead": float(len(cases))})
    for by in ("source", "framework"):
        for group, values in left_out.fits_without(published, by).items():
            assert values["step_overhead"] == sum(getattr(case, by) != group for case in published)


def test_what_is_written_is_read_back(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "left_out.toml"
    fits = {'A "b" [c]': {"step_overhead": 0.0123456}, "D": {"step_overhead": 1.0}}
    path.write_text(left_out.render(fits))
    monkeypatch.setattr(left_out, "LEFT_OUT", path)
    assert left_out.stored_fits.__wrapped__() == {'A "b" [c]': {"step_overhead": 0.01235}, "D": {"step_overhead": 1.0}}
    path.write_text("[A]\nstep_overhead = 'x'\n")
    with pytest.raises(configs.FactError, match=r"left_out.toml: A.step_overhead must be a number, not 'x'"):
        left_out.stored_fits.__wrapped__()
