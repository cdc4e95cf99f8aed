"""``python -m flopwatt.bench.serving_fit``: prints the fit and how far off it is, and writes only where it is asked to."""

from pathlib import Path

import numpy as np
import pytest

from flopwatt.bench.serving_fit import __main__ as command
from flopwatt.bench.serving_fit import serving_constants, serving_left_out
from flopwatt.bench.serving_fit.serving_constants import ConstantFit


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> dict[Path, bytes]:
    """What is written, by path; no fit is made, what was believed beforehand stands for it."""
    files: dict[Path, bytes] = {}

    def believed(self: ConstantFit, keep: object = None, start: object = None) -> dict[str, float]:
        return dict(zip(self.names, np.exp(self.middle).tolist(), strict=True))

    monkeypatch.setattr(ConstantFit, "fit", believed)
    monkeypatch.setattr(command, "write_whole", lambda path, data: files.__setitem__(path, data))
    return files


def test_it_prints_constants_and_errors_and_writes_nothing(
    written: dict[Path, bytes], file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command.main(["--rows", str(file)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:4] == ["serving_weight_share", "0.85", "known", "to"]
    assert {"throughput, fitted", "latency, each model left out", "power, each source left out"} <= set(lines)
    assert lines[-1].startswith("not predicted: 1 rows; the first: a day: ")
    assert written == {}


def test_it_writes_constants_software_and_fits_without_a_model_or_source(written: dict[Path, bytes], file: Path) -> None:
    command.main(["--rows", str(file), "--write"])
    assert set(written) == {serving_constants.RESULT, serving_constants.SOFTWARE, serving_left_out.LEFT_OUT}
    text = written[serving_constants.RESULT].decode()
    assert "# throughput, fitted: 24 rows, median error " in text
