"""Logistic regression with a ridge, by Newton's method: how likely something is, given a few numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
RIDGE = 1.0  # the cost of a squared weight, in units of one example's loss; the bias costs nothing
STEPS = 60
_CLOSE = 1e-9
_FLOOR = 1e-6  # keeps the system solvable where no example leaves a doubt


class Logistic(NamedTuple):
    """`weights`: shape (features,)."""

    weights: Matrix
    bias: float

    def likelihood(self, features: Matrix) -> Matrix:
        """From 0 to 1, for each row; shape (rows,)."""
        return _squashed(features @ self.weights + self.bias)


def fit(features: Matrix, holds: npt.NDArray[np.bool_], ridge: float = RIDGE) -> Logistic:
    """`features`: shape (examples, features); `holds`: shape (examples,)."""
    rows = np.column_stack([features, np.ones(len(features))])
    cost = np.append(np.full(features.shape[1], ridge), 0.0)
    weights = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        likely = _squashed(rows @ weights)
        slope = rows.T @ (likely - holds) + cost * weights
        bend = (rows * (likely * (1 - likely))[:, None]).T @ rows + np.diag(cost + _FLOOR)
        step = np.linalg.solve(bend, slope)
        weights = weights - step
        if np.abs(step).max() < _CLOSE:
            break
    return Logistic(weights[:-1], float(weights[-1]))


def _squashed(scores: Matrix) -> Matrix:
    likely: Matrix = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
    return likely
