"""An estimate as a person reads it: what drives a spread is named where it is above its error."""

import io
from dataclasses import replace

from rich.console import Console

from flopwatt.bench.estimate.intervals import estimate
from flopwatt.bench.estimate.report import document, print_estimate
from flopwatt.bench.estimate.request import Request, scenario_of

TARGETS = ("run_time", "energy")
REQUEST = Request(model="llama-3.1-8b", chip="h100", stated={"tokens": "1e12", "chip_count": "256"})


def test_a_share_below_its_error_is_in_the_document_and_not_in_the_table() -> None:
    scenario = scenario_of(REQUEST, TARGETS)
    found = estimate(scenario, TARGETS, 1024)
    unsure = {"mfu": 0.1, **dict.fromkeys(list(found.shares["energy"])[1:], 2.0)}
    found = replace(found, share_errors={"run_time": dict.fromkeys(found.shares["run_time"], 2.0), "energy": unsure})
    console = Console(file=io.StringIO(), width=120)
    print_estimate(console, found, scenario)
    assert isinstance(console.file, io.StringIO)
    printed = console.file.getvalue().splitlines()
    assert printed[0].startswith("Read: Llama 3.1 8B, ")
    lines = {line.split()[0]: line for line in printed if line.startswith(("run_time", "energy"))}
    assert lines["run_time"].count("%") == 0
    assert lines["energy"].count("%") == lines["energy"].count("mfu") == 1
    entry = document(found, scenario, None)
    assert entry["variance_shares"]["run_time"] == found.shares["run_time"]
    assert entry["variance_share_errors"]["energy"] == unsure


def test_what_drives_a_spread_is_left_out_where_it_has_no_room_on_its_line() -> None:
    scenario = scenario_of(REQUEST, TARGETS)
    result = estimate(scenario, TARGETS, 1024)
    result = replace(result, shares={"run_time": {"m" * 30: 0.9}}, share_errors={"run_time": {"m" * 30: 0.0}})
    for width, said in ((72, False), (120, True)):
        console = Console(file=io.StringIO(), width=width)
        print_estimate(console, result, scenario)
        assert isinstance(console.file, io.StringIO)
        table = console.file.getvalue().partition("quantity ")[2]
        assert ("m" * 30 in table) is said
        assert ("columns have room for what drives the spread." in table) is not said
        assert table.splitlines()[1].startswith("run_time")  # below a heading of one line
