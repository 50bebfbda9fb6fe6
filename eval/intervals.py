"""How sure a mean is: percentile bootstrap (Efron 1979) over questions; for two runs, over the differences in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

DRAWS = 2000
SEED = 1
LEVEL = 0.95


class Interval(NamedTuple):
    """A mean of `n` values and what holds it in 95 of 100 draws; None where nothing was defined."""

    mean: float | None
    low: float | None
    high: float | None
    n: int


def interval(values: Sequence[float | None]) -> Interval:
    """Over the values that are defined. Seeded: the same values give the same interval."""
    defined = np.array([value for value in values if value is not None], np.float64)
    if not len(defined):
        return Interval(None, None, None, 0)
    chosen = np.random.default_rng(SEED).integers(0, len(defined), (DRAWS, len(defined)))
    low, high = np.quantile(defined[chosen].mean(axis=1), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(defined.mean()), float(low), float(high), len(defined))


def difference(before: Sequence[float | None], after: Sequence[float | None]) -> Interval:
    """Of `after` − `before`, pair by pair, where both are defined."""
    pairs = zip(before, after, strict=True)
    return interval([b - a for a, b in pairs if a is not None and b is not None])
