"""First studies: whatever a planner says in earnest makes a study that loads and runs as it is."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import flopwatt
from flopwatt.bench.beginnings.study_text import study_text
from flopwatt.bench.beginnings.wishes import Wishes, read_wishes
from flopwatt.bench.runner.sentences import headlines
from flopwatt.bench.study.loader import load_study

SIZES = st.sampled_from(
    [
        {}, {"power": "600 MW"}, {"power": "1.5 GW"}, {"power": "20 MW"}, {"chip_count": "20,000"}, {"chip_count": "100k"},
        {"budget": "2 billion USD"}, {"budget": "$500B"},
    ]
)  # fmt: skip
CHIPS = st.lists(st.sampled_from(["h100", "b200", "gb200", "H100 500W", "tpu-v5p", "mi300x"]), max_size=3, unique=True)
TRAINED = st.sampled_from(
    [
        {}, {"model": "deepseek-v3"}, {"model": "llama-3.1-405b", "tokens": "15.6T"}, {"parameters": "7B", "tokens": "2T"},
        {"parameters": "1e12", "active_parameters": "5e10", "tokens": "20e12"},
    ]
)  # fmt: skip
PLACES = st.sampled_from([None, "france", "usa", "TX", "Virginia", "Iceland", "Japan"])
DAYS = st.sampled_from([None, "30", "90 days", "2 weeks", "0.5 year", "1e2"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SIZES, CHIPS, TRAINED, PLACES, DAYS)
@example({}, [], {}, None, "2 weeks")  # so many chips that some draws have no answer, for no lack of a fact
def test_whatever_is_said_makes_a_study_that_loads(
    tmp_path: Path, size: dict[str, str], chips: list[str], trained: dict[str, str], country: str | None, days: str | None
) -> None:
    wishes = Wishes(**size, chips=tuple(chips), **trained, country=country, days=days)
    path = tmp_path / "first.toml"
    path.write_text(study_text(read_wishes(wishes), "first"), encoding="utf-8")
    study = load_study(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert max(len(line) for line in lines if not line.startswith('    "')) < 200  # a sentence is one line
    assert {fact.row for fact in study.missing} <= {"mi300x", "tpu-v5p"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "wishes",
    [
        Wishes(power="600 MW", chips=("b200", "gb200"), country="france"),
        Wishes(chip_count="20000", parameters="7e10", tokens="15T"),
        Wishes(budget="2 billion USD", country="usa"),
        Wishes(model="deepseek-v3", days="60", country="france"),
    ],
)
def test_it_runs_and_says_what_it_found(tmp_path: Path, wishes: Wishes) -> None:
    path = tmp_path / "first.toml"
    path.write_text(study_text(read_wishes(wishes), "first"), encoding="utf-8")
    run = flopwatt.run_study(load_study(path, ["axes.assumptions.draws=64"]), engines="numpy")
    for answer in run.answers:
        first = next(iter(answer.values.values())).data
        assert (first == first).all(), answer.name
    told = headlines(run)
    assert len(told) == 5
    names = [row.shown for row in read_wishes(wishes).chips]
    for text in told[:1] if wishes.budget else told[1:]:  # no chip that was asked for is left out
        assert all(name in text for name in names), text


@pytest.mark.slow
def test_energy_of_a_run_is_that_of_the_chips_that_have_it_done_in_time(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text(study_text(read_wishes(Wishes(chips=("gb200",))), "run"), encoding="utf-8")
    run = flopwatt.run_study(load_study(path), engines="numpy")
    asked = {answer.name: answer for answer in run.answers}
    estimate = flopwatt.estimate(model="llama-3.1-405b", chip="gb200", days="90 days")
    for name, quantity in (("energy", "energy"), ("own cost", "cost"), ("rented", "rental_cost")):
        median = float(asked[name].values[quantity].data[0, 1])
        # an estimate searches the run's best strategy, a study takes what published runs alone lead to expect
        assert median == pytest.approx(estimate.quantile(quantity, 0.5), rel=0.25), name


def test_a_site_of_so_many_chips_holds_them(tmp_path: Path) -> None:
    path = tmp_path / "first.toml"
    path.write_text(study_text(read_wishes(Wishes(chip_count="20000", chips=("h100",))), "first"), encoding="utf-8")
    assert load_study(path).problem.given["site_chips"] == 20000


def test_text_of_a_planner_stays_text(tmp_path: Path) -> None:
    wishes = Wishes(power="600   MW", country="france", model="Llama 3.1 405B", days="90\n days")
    text = study_text(read_wishes(wishes), 'a"\n\x1b[2J')
    path = tmp_path / "first.toml"
    path.write_text(text, encoding="utf-8")
    load_study(path)
    assert 'site_power = "600 MW"' in text
    assert text.startswith("# Run it with: flopwatt run 'a\" \\x1b[2J.toml'\n")


def test_a_study_says_what_its_numbers_count(tmp_path: Path) -> None:
    site = study_text(read_wishes(Wishes(budget="2 billion USD", country="france", chips=("gb200",))), "site")
    assert "A chip is one package as it is sold: 72 in a rack of GB200 NVL72." in site
    assert "Carbon is that of electricity in France: life cycle (2024)." in site
    assert "Electricity costs what is paid: " in site
    assert "# of that electricity, life cycle" in site
    assert "set both here, such as pue = 1.2 and peak_pue = 1.3" in site
    assert "At published prices of a watt 2 billion USD build " in site
    assert "Added up from the prices of its parts that site would cost " in site
