"""What a service of a model can do: strategies of serving searched, requests, sentences and reports of `flopwatt serve`."""

__all__ = ["best_serving", "service_scenario", "serving_goals", "serving_request", "strategy_space", "usual_service"]
