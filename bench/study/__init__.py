"""A study from its TOML file: values, axes and questions, each read right or refused by name."""

__all__ = [
    "axes",
    "bindings",
    "conditions",
    "facts_axis",
    "fields",
    "loader",
    "overrides",
    "planned_axis",
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
