"""What a service of a model can do: strategies of serving searched, requests, sentences and reports of `flopwatt serve`."""

__all__ = [
    "best_serving",
    "found_strategy",
    "packed_replicas",
    "served_strategy",
    "service_comparison",
    "service_document",
    "service_estimate",
    "service_result",
    "service_said",
    "service_scenario",
    "service_screen",
    "service_sentences",
    "serving_front",
    "serving_goals",
    "serving_keywords",
    "serving_request",
    "serving_search",
    "step_shares",
    "strategy_space",
    "usual_service",
]
