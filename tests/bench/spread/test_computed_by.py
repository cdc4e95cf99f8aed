"""What a state was computed by, and in what that can differ."""

from dataclasses import replace

import pytest

from flopwatt.bench.spread.computed_by import code_digest, computed_here, from_entry

HERE = computed_here("numba")


def test_it_names_code_libraries_and_instructions() -> None:
    assert len(code_digest()) == 64
    assert "numpy " in HERE.libraries
    assert "llvmlite " in HERE.libraries
    assert from_entry(vars(HERE)) == HERE
    with pytest.raises((TypeError, ValueError)):
        from_entry({"version": 1})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ""),
        ({"commit": "another, of the same code"}, ""),
        ({"code": "0" * 64, "version": "9.9"}, "by flopwatt 9.9 ("),
        ({"libraries": "numpy 1.0"}, "with numpy 1.0, not with numpy "),
        ({"instructions": "vax"}, "on vax, not on "),
    ],
)
def test_a_difference_is_named(changes: dict[str, str], told: str) -> None:
    difference = replace(HERE, **changes).difference(HERE)
    assert difference.startswith(told)
    assert bool(difference) == bool(told)


def test_an_environment_that_takes_instructions_away_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CPU_FEATURES", "+avx2,-avx512f")
    assert "on " in computed_here("numba").difference(HERE)
