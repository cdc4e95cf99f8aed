"""The notebook in docs/ runs, and its cells show what it says."""

import os
import re
from typing import Any

import pytest
from house import ROOT

NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


def source(cell: Any) -> str:
    return "".join(cell["source"])


def test_it_is_kept_without_outputs() -> None:
    import nbformat

    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert all(
        not cell["outputs"] and cell["execution_count"] is None for cell in notebook.cells if cell["cell_type"] == "code"
    )
    assert NOTEBOOK.stat().st_size < 20_000


@pytest.mark.slow
def test_it_runs_and_shows_what_it_says() -> None:
    import nbformat
    from nbclient import NotebookClient

    pytest.importorskip("vl_convert", reason="the notebook draws a picture")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOK.parent)}}
    ).execute()
    shown = {source(cell): shown_data(cell) for cell in notebook.cells if cell["cell_type"] == "code"}

    def output(beginning: str) -> dict[str, str]:
        return next(data for text, data in shown.items() if text.startswith(beginning))

    estimated = output("result = flopwatt.estimate")
    assert estimated["text/plain"].startswith("EstimateResult: Training Llama 3.1 405B on 16,384 H100 takes ")
    assert "<table>" in estimated["text/html"]
    p10, p50, p90 = (float(number) for number in re.findall(r"p\d0=([\d.]+)", output("days = ")["text/plain"]))
    assert p10 < p50 < p90
    assert "'mfu': 0." in output("dict(list(result.drivers")["text/plain"]
    assert "GB200 NVL72 is cheapest" in output("compared = ")["text/plain"]
    assert output("frame = compared")["text/plain"].count("own cost") == 3
    assert "<svg" in output("from IPython")["image/svg+xml"]
    assert output("sets = ")["text/plain"].startswith("Run of 'quick' (Llama 3.1 405B on three chips")
    assert "xarray.Dataset" in output("run.answer")["text/plain"]
    saved = [line.split()[-1] for line in output("cheaper = ")["text/plain"].splitlines()[1:]]
    assert saved
    assert all(float(number) > 0 for number in saved)
    assert "h100-sxm-80gb" in output("(folder / ")["text/plain"]


def shown_data(cell: Any) -> dict[str, str]:
    """Return what a cell shows, by MIME type; nothing where it shows nothing."""
    data: dict[str, str] = {}
    for output in cell["outputs"]:
        assert output["output_type"] in ("execute_result", "display_data"), output
        data |= {kind: "".join(text) for kind, text in output["data"].items()}
    return data
