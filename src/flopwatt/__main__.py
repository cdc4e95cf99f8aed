"""``python -m flopwatt``."""

import gc
import io
import os
import sys

GARBAGE = 200_000  # objects made between two looks for circles among them: a command makes many that stay, and few circles


def main() -> None:
    """Run the command line; output that cannot be written is one line and exit code 1, a signal a line and 128 + its number."""
    gc.set_threshold(GARBAGE, *gc.get_threshold()[1:])
    from .bench.terminal import interrupts

    interrupts.catch_signals()
    _prepare_streams()
    try:
        from .bench.cli import cli

        cli(prog_name="flopwatt")
    except KeyboardInterrupt:  # before a command ran, or after it
        print(interrupts.message(), file=sys.stderr)
        interrupts.leave(interrupts.exit_code())
    except SystemExit as end:
        if interrupts.interrupted() and end.code:
            interrupts.leave(interrupts.exit_code())
        if end.code == interrupts.BROKEN_PIPE:
            _silence()
        raise
    except OSError as error:
        if error.filename is not None:  # of a file, which is not expected to get this far
            raise
        _lose_output(error)
    finally:
        interrupts.expect_the_end()


def _prepare_streams() -> None:
    """Make every terminal printable: what its encoding lacks is spelt out, and a stream that is closed swallows all."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _silence() -> None:
    """Let what is left in the buffer of stdout go nowhere when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _lose_output(error: OSError) -> None:
    """Exit with code 1 and one line where the output cannot be written (a full disk, a lost terminal)."""
    _silence()
    print(f"Error: the output could not be written: {error.strerror}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
