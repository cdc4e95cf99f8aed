"""How a question is computed: the order of the axes, the depth of each quantity, what is skipped and what is shared."""

__all__ = [
    "arrays",
    "blocks",
    "collapse",
    "conditions",
    "cut",
    "deciding",
    "decision_planner",
    "kept",
    "kinds",
    "order",
    "plan",
    "planner",
    "schedule",
    "sensitivity",
    "sharing",
]
