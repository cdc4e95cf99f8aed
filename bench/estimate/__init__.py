"""Estimating one training run with intervals."""

__all__ = [
    "engine_quantiles",
    "explain",
    "hf_config",
    "intervals",
    "memory_check",
    "money_words",
    "places",
    "report",
    "request",
    "scenario",
    "source",
    "stated_checks",
    "strategy_report",
    "strategy_search",
    "with_strategy",
]
