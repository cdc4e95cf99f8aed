"""Tables on narrow and wide screens: nothing is cut off."""

from flopwatt.bench.terminal.tables import break_heading, count_fitting, max_width, wrap_text


def test_headings_are_broken_only_where_their_cells_are_narrower() -> None:
    assert break_heading("memory_bandwidth", ["3.35 TB/s", "-"]) == "memory_\nbandwidth"
    assert break_heading("name", ["long enough"]) == "name"
    assert break_heading("peak_bf16", ["989 TFLOP/s"]) == "peak_bf16"
    assert break_heading("draws with\nrun_time\n<= 9 days", ["5%"]) == "draws with\nrun_time\n<= 9 days"
    assert break_heading("draws with\nfacility_power\n<= 9 MW", ["5%"]) == "draws with\nfacility_\npower\n<= 9 MW"


def test_columns_that_fit() -> None:
    columns = [("key", ["abc"]), ("a_\nlonger", ["1"]), ("x", ["12345"])]
    assert max_width(["a_\nlonger", "1"]) == 6
    assert [count_fitting(columns, width) for width in (2, 3, 10, 11, 17, 18, 100)] == [0, 1, 1, 2, 2, 3, 3]
    assert max_width([]) == 0


def test_text_is_wrapped_at_blanks_alone() -> None:
    address = "example.org/a-very-long/path-to-a-page"
    lines = wrap_text(f"one two three {address} four", 12, "  ")
    assert lines == ["  one two", "  three", f"  {address}", "  four"]
    assert wrap_text("", 12) == []
