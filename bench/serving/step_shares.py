"""What takes the time of a decoding step: reading weights, reading the cache, products, links between chips, overheads.

Where reading and computing overlap in part, their time is the root of the sum of their squares: each has its square's share.
"""

from dataclasses import replace

from ...kernels.model.questions import Problem
from ..estimate.known_values import known_values

STEP = "decode_step"
_DENSE, _EXPERTS, _ATTENTION = "decode_dense_time", "decode_expert_time", "decode_attention_time"
_OVERLAPPING = (_DENSE, _EXPERTS, _ATTENTION)
_APART = {"decode_exchange_time": "links between chips", "decode_overhead": "overheads of software"}
_READING = {_DENSE: "reading weights", _EXPERTS: "reading weights", _ATTENTION: "reading the cache"}
_PRODUCTS = "products"
_ENDLESS = 1e30  # byte/s, at which reading takes no time


def step_shares(problem: Problem) -> dict[str, float]:
    """Compute the shares (0 to 1) of a step of decoding, by what takes them; nothing where that is not known.

    Parameters
    ----------
    problem
        A service at one point.
    """
    given = {name: value for name, value in problem.given.items() if name != "memory_bandwidth"}
    at_once = replace(problem, given={**given, "memory_bandwidth": _ENDLESS})
    times, computed = known_values(problem, (*_OVERLAPPING, *_APART)), known_values(at_once, _OVERLAPPING)
    if not {*_OVERLAPPING, *_APART} <= set(times) or not set(_OVERLAPPING) <= set(computed):
        return {}
    parts = dict.fromkeys((*dict.fromkeys(_READING.values()), _PRODUCTS, *_APART.values()), 0.0)
    for name in _OVERLAPPING:
        if times[name] > 0:
            own = computed[name] ** 2 / times[name]
            parts[_PRODUCTS] += own
            parts[_READING[name]] += times[name] - own
    parts |= {words: times[name] for name, words in _APART.items()}
    whole = sum(parts.values())
    return {words: time / whole for words, time in parts.items()} if whole > 0 else {}
