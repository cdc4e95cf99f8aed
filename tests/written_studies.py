"""Studies written as TOML by the tests of loading them."""

from pathlib import Path

from flopwatt.bench.study.loader import Study, load_study

HEAD = """
title = "A test"
[given]
training_flops = 1e24
peak_flops = "1000 GFLOP/s"
goodput = 1
"""
ASK = """
[[questions]]
name = "fastest"
minimize = "run_time"
"""


def study(folder: Path, text: str, *sets: str, allow_code: bool = False) -> Study:
    """Load a study of this text, written into the folder."""
    path = folder / "test.toml"
    path.write_text(text)
    return load_study(path, sets, allow_code=allow_code)
