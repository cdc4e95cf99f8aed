"""A small study of decisions whose answers can be worked out by hand, for the tests of how they are told.

A run takes 46.3 days on 1,000 chips of the site a at the lower MFU, which has a weight of 1, and half of that at the higher,
which has a weight of 3; 2.5 times as long on the site b.
"""

from pathlib import Path

from flopwatt.bench.answers.answer import Answer, Computation, answer_of
from flopwatt.bench.study.loader import Study, load_study
from flopwatt.kernels.engines import Settings, get
from flopwatt.kernels.model.questions import Result

TEXT = """title = "t"
[given]
training_flops = 1e24
goodput = 1
[axes.site]
labels = ["a", "b"]
columns.peak_flops = [1e15, 4e14]
[axes.chip_count]
values = [1000, 2000, 4000]
[axes.mfu]
values = [0.25, 0.5]
uncertain = true
weights = [1, 3]
[[questions]]
name = "fewest"
minimize = "chip_count"
where = ["P80(run_time) <= 25 day", "chip_hours <= 1e7 h"]
by = ["site"]
[[questions]]
name = "surer"
minimize = "chip_count"
where = ["run_time <= 25 day"]
by = ["site"]
at = ["50%", "95%"]
[[questions]]
name = "fastest"
minimize = "mean(run_time)"
where = ["chip_count <= 2000", "share(run_time <= 15 day and chip_hours <= 1e6 h) >= 50%"]
[[questions]]
name = "median"
minimize = "run_time"
by = ["site"]
[[questions]]
name = "never"
minimize = "P50(run_time)"
where = ["P80(run_time) <= 5 day", "chip_count >= 3000", "share(run_time <= 10 day) >= 95%"]
"""
FAST = 1e24 / (1000 * 1e15 * 0.5)  # s, on 1,000 chips of the site a at the higher MFU
DAY = 86400.0


def study_of(folder: Path, text: str = TEXT) -> Study:
    """Write the study and read it."""
    path = folder / "decided.toml"
    path.write_text(text)
    return load_study(path)


def result_of(study: Study, name: str, dtype: str = "float64") -> Result:
    """Answer the question of that name by the reference, in base units."""
    question = next(question for question in study.questions if question.name == name)
    return get("reference").prepare(study.problem, question, Settings(dtype)).run()


def answer_to(study: Study, name: str, dtype: str = "float64") -> Answer:
    """Answer the question of that name."""
    question = next(question for question in study.questions if question.name == name)
    return answer_of(study.problem, question, result_of(study, name, dtype), Computation("numpy", dtype, study.sources))
