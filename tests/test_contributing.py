"""CONTRIBUTING.md names files and names that there are, and every room in its order."""

import re

import pytest
from house import ORDER, ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
QUOTED = re.findall(r"`([^`\n]+)`", TEXT)
PATHS = sorted({name for name in QUOTED if "/" in name and "NAME" not in name and " " not in name})
NAMES = re.findall(r"`(\w+)`(?: in each\n?table)? (?:of|in) `([\w./]+\.py)`", TEXT)


def test_paths_are_found_in_it() -> None:
    assert {"kernels/quantities/power.py", "tests/strategies.py", "configs/defaults.toml"} <= set(PATHS)
    assert ("COMMANDS", "bench/cli.py") in NAMES
    assert ("TABLES", "tests/test_kinds.py") in NAMES


@pytest.mark.parametrize("path", PATHS)
def test_a_path_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize(("name", "path"), NAMES)
def test_a_name_is_in_its_file(name: str, path: str) -> None:
    assert re.search(rf"^(?:def |class )?{name}\b", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


def test_targets_of_make_are_there() -> None:
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"check", "house", "lint", "test"} <= set(targets)
    assert {name.removeprefix("make ") for name in QUOTED if name.startswith("make ")} <= set(targets)


def test_every_room_is_in_its_order() -> None:
    section = TEXT.partition("## The house")[2]
    for half in ("kernels", "bench"):
        named = re.findall(r"`(\w+)`", section.partition(f"- `{half}/`")[2].partition("\n- ")[0].partition("\n\n")[0])
        rooms = [
            room.partition(".")[2] for room in ORDER if room.startswith(f"{half}.") and (ROOT / room.replace(".", "/")).is_dir()
        ]
        assert named == rooms
