"""Shares of a site's time that are more than all of it are refused where the rest is asked for."""

import pytest

from flopwatt import InputError
from flopwatt.bench.study.loader import load_study


def test_more_than_all_of_a_sites_time_is_refused() -> None:
    with pytest.raises(InputError, match=r"final_run_share = 0.9 and research_share = 0.3 are more than the whole of a site's"):
        load_study("planner-600mw", ["final_run_share=0.9"])


def test_all_of_it_leaves_nothing_to_serve_and_is_taken() -> None:
    assert load_study("planner-600mw", ["final_run_share=0.7"]).problem.given["final_run_share"] == 0.7


def test_of_draws_the_least_counts() -> None:
    """Research is drawn from 25% on: with 70% of final runs some draws leave something, with 80% none does."""
    load_study("nvidia-openai-buildout", ["final_run_share=0.7"])
    with pytest.raises(InputError, match="are more than the whole"):
        load_study("nvidia-openai-buildout", ["final_run_share=0.8"])
