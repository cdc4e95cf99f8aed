"""What is printed: numbers for people, tables, listings, progress, JSON; and what a signal does."""

__all__ = [
    "console",
    "file_place",
    "interrupts",
    "json",
    "laid_tables",
    "listing",
    "markdown",
    "notebook",
    "numbers",
    "progress",
    "shared_unit",
    "tables",
    "toml_text",
]
