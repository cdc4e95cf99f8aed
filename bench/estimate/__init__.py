"""Estimating one training run with intervals."""

__all__ = [
    "explain",
    "hf_config",
    "intervals",
    "prior",
    "report",
    "request",
    "scenario",
    "source",
    "strategy_report",
    "strategy_search",
    "with_strategy",
]
