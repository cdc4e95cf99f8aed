"""``python -m flopwatt.bench.step_time``: prints the fit and how far off it is, and writes only where it is asked to."""

from pathlib import Path

import pytest

from flopwatt import configs
from flopwatt.bench.step_time import __main__ as command
from flopwatt.bench.step_time import fit, left_out, spread_fit


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> dict[Path, bytes]:
    """What is written, by path; no fit is made, what was believed beforehand stands for it."""
    files: dict[Path, bytes] = {}
    values = {belief.name: belief.guess for belief in fit.beliefs()[1]}
    spreads = {name: belief.guess for name, belief in spread_fit.beliefs().items()}
    monkeypatch.setattr(fit, "fit", lambda cases: values)
    monkeypatch.setattr(spread_fit, "most_likely", lambda rows, start=None: spreads)
    monkeypatch.setattr(command, "write_whole", lambda path, data: files.__setitem__(path, data))
    return files


def test_it_prints_parameters_and_errors_and_writes_nothing(
    written: dict[Path, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    command.main([])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("matmul_share ")
    assert {"fitted", "the same, by chip", "each source left out of the fit that predicts it", "the same, by framework"} <= set(
        lines
    )
    assert "each framework left out of the fit that predicts it" in lines
    assert lines[-1].startswith("not predicted: ")
    assert written == {}


def test_it_writes_the_efficiencies_the_spread_and_the_fits_without_a_source(written: dict[Path, bytes]) -> None:
    command.main(["--write"])
    assert set(written) == {fit.RESULT, configs.STEP_SPREAD, left_out.LEFT_OUT}
    for path, data in written.items():  # with the heads of those that are shipped
        assert data.decode().splitlines()[0] == path.read_text().splitlines()[0]
        assert data.endswith(b"\n")
