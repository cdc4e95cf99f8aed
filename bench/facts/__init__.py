"""Reading facts: names of chips, models, precisions and currencies, tables and their cells, a system's measured file."""

__all__ = [
    "case_columns",
    "cells",
    "chip_names",
    "chip_text",
    "chips",
    "currencies",
    "decimal_signs",
    "delimited",
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
