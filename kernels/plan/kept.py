"""What is worked out of a problem and a question is kept for a while: a plan is weighed first, and then runs."""

import functools
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from ..model.questions import Problem, Question

_MOST = 128  # results of each function: more than a study has questions, on a few machines

_Work = TypeVar("_Work", bound=Callable[..., Any])


def keep_latest(work: _Work) -> _Work:
    """Keep a function's latest results, by which problem and question they are of: the same objects, which never change.

    Parameters
    ----------
    work
        A function of a problem, a question, and what else is hashable.
    """
    kept: OrderedDict[Hashable, tuple[Any, ...]] = OrderedDict()

    @functools.wraps(work)
    def latest(problem: Problem, question: Question, *rest: Hashable) -> Any:
        key = (id(problem), id(question), *rest)
        if key not in kept:
            kept[key] = problem, question, work(problem, question, *rest)  # whose numbers stay theirs as long as they are here
            if len(kept) > _MOST:
                kept.popitem(last=False)
        return kept[key][-1]

    return cast(_Work, latest)
