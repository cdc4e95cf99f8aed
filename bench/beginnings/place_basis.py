"""What a place's carbon and price of electricity count, in the words of its table."""

from .plan import FirstPlan
from .study_parts import quoted


def carbon_words(plan: FirstPlan) -> str:
    """Say what the carbon of a study counts."""
    counted = _counted(plan, "carbon_intensity")
    return f"of that electricity, {counted}" if counted else "of that electricity"


def place_lines(plan: FirstPlan) -> list[str]:
    """Say what carbon and price of the place count, and of when they are; nothing where no place is said.

    Parameters
    ----------
    plan
        What the study is of.
    """
    if plan.place is None:
        return []
    row, lines = plan.place[1], []
    for column, words in (
        ("carbon_intensity", f"Carbon is that of electricity{plan.where}"),
        ("electricity_price", "Electricity costs what is paid"),
    ):
        counted, date = _counted(plan, column), row.fact_source(column).date
        if column in plan.place_columns and counted:
            lines.append(_inside(f"{words}: {counted}{f' ({date})' if date else ''}."))
    return lines


def _counted(plan: FirstPlan, column: str) -> str:
    return "" if plan.place is None else plan.place[1].fact_source(column).method


def _inside(text: str) -> str:
    return quoted(text)[1:-1]
