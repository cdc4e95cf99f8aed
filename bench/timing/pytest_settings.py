"""What a session of pytest keeps of its settings: all of the project's, but for those that would time nothing, or in vain."""

import argparse
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from ..errors import InputError, Parameter

# pytest's name of an option -> the value at which it leaves the timing alone. Projects set them in addopts, for their tests:
# spread over processes, traced for coverage, with benchmarks left out, or ended at the first failure.
HARMLESS: Mapping[str, Any] = {
    "numprocesses": None,
    "dist": "no",
    "distload": False,
    "looponfail": False,
    "tx": [],
    "cov_source": [],
    "benchmark_skip": False,
    "benchmark_disable": False,
    "benchmark_only": False,  # only benchmarks are timed anyway, and it does not go with what xdist turns off
    "benchmark_json": None,
    "benchmark_autosave": False,
    "benchmark_save": None,
    "benchmark_compare": None,
    "benchmark_compare_fail": [],
    "benchmark_cprofile": None,
    "benchmark_histogram": None,
    "collectonly": False,
    "setuponly": False,
    "setupplan": False,
    "usepdb": False,
    "trace": False,
    "maxfail": 0,
    "stepwise": False,
    "lf": False,
}
# Options of flopwatt's own conftest, which another project's may have too -> the argument that asks for each.
OPTIONS = {"--engine": "engines", "--dtype": "dtypes", "--threads": "threads"}


@dataclass(eq=False)
class PytestSettings:
    """A pytest plugin that makes settings harmless, and gives a suite's conftest the options that it knows.

    Attributes
    ----------
    options
        As the command line has them: ``--engine=numba``, ``--quick``; where a conftest does not know the latter it is
        not given.
    refused
        Why one could not be given.
    """

    options: Sequence[str] = ()
    refused: InputError | None = field(default=None, init=False)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_load_initial_conftests(
        self, early_config: pytest.Config, parser: pytest.Parser, args: list[str]
    ) -> Generator[None, Any, Any]:
        """Make the settings harmless before plugins act on them, and add options once the conftests have told theirs.

        Parameters
        ----------
        early_config
            Pytest's settings, as far as they are read.
        parser
            Knows the options of the conftests afterwards.
        args
            The command line, which is read for good afterwards.

        Raises
        ------
        pytest.UsageError
            Where the conftests do not know an option that was asked for.
        """
        _make_harmless(early_config.known_args_namespace)
        result = yield
        for option in self.options:
            name = option.partition("=")[0]
            if not parser.parse_known_and_unknown_args([option])[1]:
                args.append(option)
            elif name in OPTIONS:
                self.refused = InputError(
                    Parameter(OPTIONS[name]), f" is for suites whose conftest.py defines {name}, as flopwatt's own does"
                )
                raise pytest.UsageError(str(self.refused))
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> Generator[None, Any, Any]:
        """Make the settings harmless after all of them were read."""
        _make_harmless(config.option)
        return (yield)


def _make_harmless(options: argparse.Namespace) -> None:
    for name, value in HARMLESS.items():
        if hasattr(options, name):
            setattr(options, name, value)
