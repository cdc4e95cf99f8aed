"""``python -m flopwatt``."""


def main() -> None:
    from .bench.cli import cli

    cli(prog_name="flopwatt")


if __name__ == "__main__":
    main()
