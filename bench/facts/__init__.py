"""Reading facts: names of chips, models, precisions and currencies, columns and cells of published tables, a system's measured file."""

__all__ = [
    "case_columns",
    "cells",
    "chips",
    "currencies",
    "decimal_signs",
    "delimited",
    "facts_diff",
    "models",
    "precisions",
    "public_csv",
    "public_kinds",
    "sources",
    "system_file",
]
