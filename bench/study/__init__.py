"""A study from its TOML file: values, axes and questions, each read right or refused by name."""

__all__ = [
    "axes",
    "bindings",
    "conditions",
    "facts_axis",
    "fields",
    "loader",
    "mfu_basis",
    "overrides",
    "planned_axis",
    "prior_axis",
    "provenance",
    "questions",
    "ranges",
    "resolution",
    "schema",
    "statistic_text",
    "user_code",
    "user_quantities",
    "weighting",
]
