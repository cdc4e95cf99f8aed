"""Studies of one question on axes of draws and of weighted prices, for the tests of what a question means there."""

from fractions import Fraction
from pathlib import Path

from written_studies import study

from flopwatt.bench.study.loader import Study
from flopwatt.kernels.model.questions import Question

HEAD = """title = "t"
quantities = ["mine.py"]
[given]
notice = "30 day"
chip_price = 30000
server_rating = 1200
tdp = 700
training_flops = 1e24
peak_flops = 1e15
goodput = 1
[axes.chip_count]
values = [1024, 2048, 4096]
[axes.assumptions]
draws = 8
columns.mfu = { uniform = [0.3, 0.5] }
columns.pue = { uniform = [1.1, 1.4] }
[axes.price]
quantity = "electricity_price"
values = [0.06, 0.10]
uncertain = true
weights = [1, 3]
"""
MINE = '''from flopwatt import given, quantity
given("notice", "s", "How long before a run its end is known.")
@quantity(unit="s", source="us")
def limit(notice):
    """What a contract allows."""
    return notice * 1
@quantity(unit="s", source="us")
def drawn_limit(notice, mfu):
    """What a contract allows, of a chip's speed."""
    return notice * mfu
'''
DAY, HALF = 86400.0, Fraction(1, 2)


def loaded(folder: Path, question: str, *sets: str, head: str = HEAD) -> Study:
    (folder / "mine.py").write_text(MINE)
    return study(folder, f'{head}\n[[questions]]\nname = "q"\n{question}\n', *sets, allow_code=True)


def asked(folder: Path, question: str, *sets: str) -> tuple[Question, tuple[str, ...]]:
    result = loaded(folder, question, *sets)
    notes = tuple(note for note in result.notes if "changes no answer" not in note)
    return result.questions[0], notes
