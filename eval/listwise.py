"""Learning to rank: weights under which a right clause comes first, by a softmax over all clauses of a question.

The loss of a question is −log of the share that its right clauses have in the softmax of the scores (ListNet with one
choice, Cao et al. 2007, summed over the right ones); minimised by Adam over all questions at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
RIDGE = 1e-3  # what a squared weight costs beside the mean loss of a question
STEPS = 300
RATE = 0.1
_DECAY, _DECAY_SQUARED, _TINY = 0.9, 0.99, 1e-9


@dataclass(frozen=True, slots=True)
class Lists:
    """The clauses of several questions, one below the other.

    `features`: shape (clauses, features); `right`: shape (clauses,); `starts`: the first clause of each question;
    `owners`: the question of each clause.
    """

    features: Matrix
    right: Flags
    starts: Places
    owners: Places


def stacked(questions: Sequence[tuple[Matrix, Flags]]) -> Lists:
    """Each question is (features, right); one without a right clause teaches nothing and is left out."""
    taught = [(features, right) for features, right in questions if right.any()]
    sizes = np.array([len(right) for _, right in taught], np.intp)
    return Lists(
        features=np.concatenate([features for features, _ in taught]),
        right=np.concatenate([right for _, right in taught]),
        starts=np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp),
        owners=np.repeat(np.arange(len(taught)), sizes),
    )


def learn(lists: Lists, steps: int = STEPS) -> Matrix:
    """One weight a feature. The same lists give the same weights."""
    weights = np.zeros(lists.features.shape[1])
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, steps + 1):
        slope = gradient(lists, weights)
        mean = _DECAY * mean + (1 - _DECAY) * slope
        square = _DECAY_SQUARED * square + (1 - _DECAY_SQUARED) * slope**2
        stride = (mean / (1 - _DECAY**step)) / (np.sqrt(square / (1 - _DECAY_SQUARED**step)) + _TINY)
        weights = weights - RATE * stride
    return weights


def gradient(lists: Lists, weights: Matrix) -> Matrix:
    """Of the mean loss and the ridge; shape (features,)."""
    chosen = softmax(lists, weights)
    among_right = np.where(lists.right, chosen, 0.0)
    among_right /= np.maximum(_sums(lists, among_right), _TINY)[lists.owners]
    pull: Matrix = (chosen - among_right) @ lists.features
    return pull / len(lists.starts) + RIDGE * weights


def softmax(lists: Lists, weights: Matrix) -> Matrix:
    """The share of each clause among those of its question; shape (clauses,)."""
    scores = lists.features @ weights
    raised = np.exp(scores - np.maximum.reduceat(scores, lists.starts)[lists.owners])
    shares: Matrix = raised / _sums(lists, raised)[lists.owners]
    return shares


def _sums(lists: Lists, values: Matrix) -> Matrix:
    total: Matrix = np.add.reduceat(values, lists.starts)
    return total
