"""One question's answer as the terminal shows it, for the tests of tables."""

import io

from rich.console import Console

from flopwatt.bench.answers.answer import Answer
from flopwatt.bench.runner.answer_table import TableView, answer_lines, print_lines, wrapped
from flopwatt.bench.runner.missing_facts import missing_sentences
from flopwatt.bench.study.loader import Study


def shown_lines(answer: Answer, study: Study, width: int = 80, *, full: bool = False) -> list[str]:
    """Return the lines of an answer's table and of what facts it goes without, the empty ones left out.

    Parameters
    ----------
    answer
        What is shown.
    study
        What it answers.
    width
        Of the screen.
    full
        Whether all rows and columns are shown.
    """
    console = Console(file=io.StringIO(), width=width)
    for line in answer_lines(answer, study, TableView(width, full)):
        print_lines(console, wrapped(console, line))
    assert isinstance(console.file, io.StringIO)
    lines = [*console.file.getvalue().splitlines(), *missing_sentences(answer, study)]
    return [line.rstrip() for line in lines if line.strip()]
