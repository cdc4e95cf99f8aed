"""Reading facts: names of chips, models, places, precisions, currencies, cells of public tables, a measured system's file."""

__all__ = [
    "cells",
    "chips",
    "countries",
    "currencies",
    "facts_diff",
    "models",
    "place_names",
    "precisions",
    "public_csv",
    "public_kinds",
    "sources",
    "system_file",
]
