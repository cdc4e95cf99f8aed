"""Reading facts: names of chips, models, precisions and currencies, cells of published tables, a system's measured file."""

__all__ = [
    "cells",
    "chip_names",
    "chip_text",
    "chips",
    "currencies",
    "facts_diff",
    "models",
    "plausible",
    "precisions",
    "public_csv",
    "public_kinds",
    "scaled_chips",
    "sources",
    "system_file",
]
