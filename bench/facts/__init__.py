"""Reading facts: names of chips, models, places, precisions and currencies, tables and cells, a system's measured file."""

__all__ = [
    "case_columns",
    "cells",
    "chip_names",
    "chip_text",
    "chips",
    "countries",
    "currencies",
    "decimal_signs",
    "delimited",
    "facts_diff",
    "models",
    "named_rows",
    "place_names",
    "plausible",
    "precisions",
    "public_csv",
    "public_kinds",
    "scaled_chips",
    "sources",
    "system_file",
]
