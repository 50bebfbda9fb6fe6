"""Late interaction: how near in meaning each word of a question comes to the words of each clause.

A sentence vector blurs what a long clause lists; the words themselves do not. Each content word of a report has a
vector; a clause scores by the best match it holds for each term of the question.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from chatbot.segment import words
from vectorstore.embed import Vectors

_CONTENT = "nvajlib"  # first letters of the parts of speech that carry meaning


def content_words(text: str) -> list[str]:
    """Words of two characters and more that carry meaning, each once, in order."""
    found = (word.text for word in words(text) if word.pos[:1] in _CONTENT and len(word.text) > 1)
    return list(dict.fromkeys(found))


class Vocabulary:
    """The content words of a report's clauses: `vectors` in the order of `vocabulary`, clauses as given."""

    def __init__(self, clauses: Sequence[str], vocabulary: Sequence[str], vectors: Vectors) -> None:
        place = {word: i for i, word in enumerate(vocabulary)}
        held = [[place[word] for word in content_words(clause) if word in place] for clause in clauses]
        self._flat = np.array([i for ids in held for i in ids], np.intp)
        self._starts = np.array([0, *accumulate(len(ids) for ids in held)][:-1], np.intp)
        self._empty = np.array([not ids for ids in held], bool)
        self._vectors = vectors

    def nearest(self, terms: Vectors) -> npt.NDArray[np.float32]:
        """For each term and clause the best cosine among the words of the clause; shape (terms, clauses)."""
        if not len(terms) or not len(self._flat):
            return np.zeros((len(terms), len(self._empty)), np.float32)
        similar = (terms @ self._vectors.T)[:, self._flat]
        padded = np.pad(similar, ((0, 0), (0, 1)))  # so that a last clause without words starts inside
        best: npt.NDArray[np.float32] = np.maximum.reduceat(padded, self._starts, axis=1)
        best[:, self._empty] = 0.0
        return best


def likeness(nearest: npt.NDArray[np.float32], weights: Sequence[float]) -> npt.NDArray[np.float32]:
    """For each clause the weighted mean over the terms of their nearness, from 0 to 1; `nearest`: (terms, clauses)."""
    share = np.asarray(weights, np.float32)
    mean: npt.NDArray[np.float32] = np.clip(share @ nearest / (share.sum() or 1.0), 0.0, 1.0)
    return mean
