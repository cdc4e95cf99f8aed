"""Reading facts: names of chips, models, places, precisions, currencies, cells of public tables, a measured system's file."""

__all__ = [
    "cells",
    "chip_names",
    "chip_text",
    "chips",
    "countries",
    "currencies",
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
