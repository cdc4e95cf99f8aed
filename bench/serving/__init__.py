"""Serving a model: what a service is asked for, the best way to serve it, and what that takes, with intervals."""

__all__ = ["serving_request", "usual_service"]
