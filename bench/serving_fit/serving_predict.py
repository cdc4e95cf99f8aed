"""What the model predicts of measured serving, all rows at once: the batch that a row's software decodes, then its figures.

Where a row states no batch it is the largest that memory, the software's own limit, the benchmark's requests and a limit of
latency allow. Requests of a finite benchmark run in waves: full batches, and a last one of what is left.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import configs
from ...kernels.quantities import MODEL
from .measured import ServedFigure
from .serving_rows import ServingCase

Floats = NDArray[np.float64]
_NEEDED = ("inter_token_latency", "decode_step", "prefill_time", "prefill_occupancy")
_LATE = math.log(100)  # waiting that 1% of requests exceed, over the mean, where it is spread exponentially
_BISECTIONS = 40
_ROOM = 1.3  # memory of a replica over its weights, where a row says nothing of its chips
TARGETS = tuple(measured.value for measured in ServedFigure)


class Served:
    """Rows as arrays of inputs, with what no fitted constant reaches computed once.

    Parameters
    ----------
    cases
        The rows.
    free
        Inputs that `predict` is given: those that are fitted.
    """

    def __init__(self, cases: Sequence[ServingCase], free: Sequence[str] = ()):
        self.cases, self.free = tuple(cases), frozenset(free)
        names = [name for name in MODEL.inputs((*TARGETS, "largest_batch")) if name not in self.free]
        defaults = {name: default.value for name, default in configs.defaults().items()}
        own = [{**defaults, **case.inputs} for case in cases]
        self.given: dict[str, Any] = {name: np.array([row.get(name, math.nan) for row in own]) for name in names}
        for name in {name for case in cases for name in case.inputs} - set(names):
            if name in MODEL and not MODEL[name].given:  # held in place of its formula, where a row says so
                self._hold(name)
        how = [case.strategy for case in cases]
        self.chips = np.array([strategy.replica_chips for strategy in how])
        self.stated = np.array([strategy.sequences for strategy in how])
        self.waits = np.array([case.waits for case in cases])
        self.most = np.array([strategy.max_sequences for strategy in how])
        self.requests = np.array([strategy.requests for strategy in how])
        self.limit = np.array([strategy.step_limit for strategy in how])
        self.first = np.array([strategy.first_limit for strategy in how])
        self.given["replica_chips"] = np.where(np.isnan(self.chips), self._least_chips(), self.chips)
        self.given["concurrent_sequences"] = np.ones(len(cases))
        self._known = self._constants()

    def _hold(self, name: str) -> None:
        formula = MODEL.compute([name], self.given)[name]
        said = np.array([case.inputs.get(name, math.nan) for case in self.cases])
        self.given[name] = np.where(np.isnan(said), formula, said)

    def _least_chips(self) -> Floats:
        """As few chips, a power of two and no more than there are, as hold the weights and some caches."""
        weights = MODEL.compute(["serving_weight_bytes"], {**self.given, "replica_chips": 1.0})["serving_weight_bytes"]
        least = np.maximum(2.0 ** np.ceil(np.log2(weights * _ROOM / self.given["memory_capacity"])), 1.0)
        return np.asarray(np.minimum(least, [case.strategy.system_chips for case in self.cases]))

    def _constants(self) -> dict[str, Any]:
        """Compute what neither a fitted constant nor the batch reaches."""
        values = {name: value for name, value in self.given.items() if name != "concurrent_sequences"}
        with np.errstate(all="ignore"):
            for item in MODEL.order((*TARGETS, "largest_batch"), self.given):
                if item.name not in values and not item.given and all(p in values for p in item.parameters):
                    values[item.name] = item(*(values[p] for p in item.parameters))
        return values

    def evaluate(self, fitted: Mapping[str, Any], sequences: Floats, targets: Sequence[str]) -> dict[str, Any]:
        """Compute quantities of every row at a batch.

        Parameters
        ----------
        fitted
            The constants that are free, by name.
        sequences
            Decoded at once, by row.
        targets
            The quantities.
        """
        with np.errstate(all="ignore"):
            return MODEL.compute(targets, {**self._known, **fitted, "concurrent_sequences": sequences})

    def batch(self, fitted: Mapping[str, Any]) -> Floats:
        """Find the sequences that each row's replica decodes at once, at least 1."""
        fits = self.evaluate(fitted, np.ones(len(self.cases)), ["largest_batch"])["largest_batch"]
        free = np.minimum(np.minimum(np.maximum(fits, 1.0), self.most), self.requests)
        room = np.where(self.waits, np.maximum(fits, 1.0), math.inf)
        batch: Floats = np.where(np.isfinite(self.stated), np.minimum(self.stated, room), free)
        limited = np.isfinite(self.limit) | np.isfinite(self.first)
        if limited.any():
            batch = np.where(limited, self._within(fitted, batch), batch)
        return np.maximum(batch, 1.0)

    def _within(self, fitted: Mapping[str, Any], most: Floats) -> Floats:
        """Bisect for the largest batch whose tokens, and first tokens, come within the limits."""
        low, high = np.zeros_like(most), np.log(most)
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            late = self._late(fitted, np.exp(middle))
            low, high = np.where(late, low, middle), np.where(late, middle, high)
        return np.exp(low)

    def _late(self, fitted: Mapping[str, Any], batch: Floats) -> NDArray[np.bool_]:
        """Tell which rows' tokens, or first tokens, come later than their limits at a batch."""
        values = self.evaluate(fitted, batch, _NEEDED)
        busy = values["prefill_occupancy"]
        with np.errstate(all="ignore"):
            waiting = values["prefill_time"] * busy / (2 * (1 - busy))
            first = values["prefill_time"] + _LATE * waiting + values["decode_step"]
        return np.asarray((values["inter_token_latency"] > self.limit) | (first > self.first))

    def too_slow(self, fitted: Mapping[str, Any]) -> NDArray[np.bool_]:
        """Tell which rows' limits of latency even one sequence at a time does not keep."""
        return np.broadcast_to(self._late(fitted, np.ones(len(self.cases))), (len(self.cases),))

    def lacks_room(self, fitted: Mapping[str, Any]) -> NDArray[np.bool_]:
        """Tell which rows' chips have no room for one sequence beside the weights, where requests would wait for it."""
        fits = self.evaluate(fitted, np.ones(len(self.cases)), ["largest_batch"])["largest_batch"]
        return np.asarray((fits < 1) & (self.waits | ~np.isfinite(self.stated)))

    def lacks_memory(self) -> Floats:
        """Bytes by which the weights of each row's replica are more than all memory of its chips; 0 where they are not."""
        with np.errstate(all="ignore"):
            weights = MODEL.compute(["serving_weight_bytes"], self.given)["serving_weight_bytes"]
            over = np.maximum(weights - self.given["replica_chips"] * self.given["memory_capacity"], 0.0)
        return np.asarray(np.broadcast_to(over, (len(self.cases),)), dtype=np.float64)

    def predict(self, fitted: Mapping[str, Any], sequences: Floats | None = None) -> Floats:
        """Predict what each row measured, in base units.

        Parameters
        ----------
        fitted
            The constants that are free, by name.
        sequences
            Decoded at once, by row; None to find them.
        """
        batch = self.batch(fitted) if sequences is None else sequences
        values = self.evaluate(fitted, batch, TARGETS)
        result = np.select(
            [np.array([case.counted.measured is measured for case in self.cases]) for measured in ServedFigure],
            [np.broadcast_to(values[measured.value], batch.shape) for measured in ServedFigure],
            math.nan,
        )
        finite = np.isfinite(self.requests) & np.array([c.counted.measured is ServedFigure.THROUGHPUT for c in self.cases])
        return np.where(finite, self._waves(fitted, batch), result) if finite.any() else result

    def _waves(self, fitted: Mapping[str, Any], batch: Floats) -> Floats:
        """Tokens out a second per chip of a finite benchmark, whose requests run in waves."""
        requests = np.where(np.isfinite(self.requests), self.requests, batch)
        full = np.floor(requests / batch)
        rest = requests - full * batch
        names = ("decode_step", "prefill_time", "steps_per_token")
        step = self.evaluate(fitted, batch, names)
        last = self.evaluate(fitted, np.maximum(rest, 1.0), ("decode_step",))["decode_step"]
        tokens = self.given["serving_output_tokens"]
        steps = tokens * step["steps_per_token"]
        seconds = steps * (full * step["decode_step"] + np.where(rest >= 1, last, 0.0)) + requests * step["prefill_time"]
        return np.asarray(requests * tokens / seconds / self.given["replica_chips"])


def measured_values(cases: Sequence[ServingCase]) -> Floats:
    """Collect what the rows measured, in base units."""
    return np.array([case.counted.value for case in cases])
