"""``flopwatt``: the group of commands. Each command's module is imported only when it runs, so that help is quick.

What the library refuses ends here: its error becomes one line that names the command's flag, and the exit code.
"""

import contextlib
import importlib
from collections.abc import Iterator
from typing import Any

import click
from click.shell_completion import add_completion_class

from .. import __version__
from ..kernels.errors import FlopwattError
from .commands import completion, flags
from .errors import one_line
from .terminal import interrupts

# command -> (module under commands/, one line of help)
COMMANDS = {
    "run": ("run", "Answer a study: sentences, the rows that matter, what moves them."),
    "merge": ("merge", "Merge the shards of a study, computed apart, into its answers."),
    "estimate": ("estimate", "Estimate one training run: time, power, energy, cost, carbon."),
    "serve": ("serve", "Serve a model: queries a day, latency, Wh and cost of a query, chips."),
    "report": ("report", "Write a study's answers, or records, as one page of HTML."),
    "init": ("init", "Write a first study, from a few questions or flags."),
    "validate": ("validate", "Predict published runs and fleets, and compare."),
    "plan": ("plan", "Show how a study is computed: loop order, depth, operations, roofline."),
    "kernels": ("kernels", "Compile a study's GPU kernels and print registers and spills."),
    "bench": ("bench", "Time the benchmark suites and write a record."),
    "compare": ("compare", "Compare two records: faster, same, slower, wrong."),
    "diff": ("diff", "Put two studies side by side: inputs that differ, answers that moved."),
    "history": ("history", "Show a benchmark's times over all records, and where they changed."),
    "calibrate": ("calibrate", "Measure this GPU machine for the step-time model."),
    "show": ("show", "List hardware, models, grids, studies, quantities, engines or sources."),
    "facts": ("facts", "Hold public tables against the facts in configs/."),
    "doctor": ("doctor", "Describe this machine and say which engines it has, and why not the others."),
}


@contextlib.contextmanager
def _quiet_pipe() -> Iterator[None]:
    """End as other programs do where the reader of the output has gone: without a word."""
    try:
        yield
    except BrokenPipeError:
        raise SystemExit(interrupts.BROKEN_PIPE) from None


class Commands(click.Group):
    """A group that loads a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names in the order of help, none of them loaded."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command by its name; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f".commands.{COMMANDS[cmd_name][0]}", __package__)
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that the command line names.

        Raises
        ------
        RefusalError
            For what the library refuses: one line in the command's words.
        click.UsageError
            For what click refuses: one line, without usage.
        InterruptionError
            Where a signal ended the command, whatever was made of it on the way: Numba's compiler turns it into a RuntimeError.
        """
        try:
            return self._invoke(ctx)
        except BaseException as error:
            done = isinstance(error, (SystemExit, click.exceptions.Exit)) and not _code(error)
            if isinstance(error, KeyboardInterrupt) or (interrupts.interrupted() and not done):
                raise flags.InterruptionError(interrupts.message()) from None
            raise

    def _invoke(self, ctx: click.Context) -> Any:
        try:
            with _quiet_pipe():
                return super().invoke(ctx)
        except FlopwattError as error:
            raise flags.refusal(error, self.get_command(ctx, ctx.invoked_subcommand or "")) from None
        except (OSError, MemoryError, ImportError, SystemError) as error:
            raise flags.failure(error) from None
        except click.UsageError as error:  # bad input is one line: without its context no usage is printed above it
            command = error.ctx.command_path if error.ctx is not None else ctx.command_path
            raise click.UsageError(f"{one_line(error.format_message())} ({command} --help says more)") from None

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the arguments before the command, of which ``--help`` prints already.

        Parameters
        ----------
        info_name, args, parent, **extra
            As click has them.
        """
        with _quiet_pipe():
            return super().make_context(info_name, args, parent, **extra)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments begin with.

        Raises
        ------
        click.UsageError
            Where there is no command of that name, with the nearest one.
        """
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from ..kernels.text import nearest

            raise click.UsageError(f"no such command {args[0]!r}{nearest(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands' lines of help from `COMMANDS`, none of them loaded."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _code(error: BaseException) -> Any:
    """Return the exit code that an exit carries."""
    return error.code if isinstance(error, SystemExit) else getattr(error, "exit_code", 1)


add_completion_class(completion.WholeWords)


@click.group(
    cls=Commands,
    help="What training AI models takes: FLOPs, time, power, energy, cost and carbon, over billions of scenarios.",
)
@click.version_option(__version__, prog_name="flopwatt")
def cli() -> None:
    """Run one of flopwatt's commands."""
