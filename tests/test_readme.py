"""What README shows is what its commands print."""

import re

import pytest
from readme import PART, README, missing_line, output_of, shown

TEXT = README.read_text(encoding="utf-8")
TIMED = re.compile(r"flopwatt (bench|compare|history|plan|doctor|calibrate)\b|make |pip |python3 ")  # differ by machine
PARTS = {part[2]: part[3] for part in PART.finditer(TEXT)}
SHOWN = {command: lines for command, lines in shown(TEXT) if any(lines) and not TIMED.match(command)}


@pytest.mark.slow
@pytest.mark.parametrize("command", PARTS)
def test_a_generated_part_is_what_its_command_prints(command: str) -> None:
    assert PARTS[command].rstrip() == output_of(command).rstrip(), "python tests/readme.py writes README anew"


@pytest.mark.slow
@pytest.mark.parametrize("command", SHOWN)
def test_what_a_console_block_shows_is_printed(command: str) -> None:
    assert missing_line(SHOWN[command], output_of(command)) is None


def test_readme_shows_commands_and_generated_parts() -> None:
    assert any("estimate" in command for command in SHOWN)
    assert any("run quick" in command for command in SHOWN)


def test_a_line_that_is_not_printed_is_told() -> None:
    output = "one\ntwo\nthree\n"
    assert missing_line(["one", "...", "three"], output) is None
    assert missing_line(["one", "three"], output) == "three"
    assert missing_line(["two", "one"], output) == "two"
    assert missing_line(["...", "four"], output) == "four"
