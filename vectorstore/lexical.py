"""BM25 over the passages of one report. Each passage is seen together with its headings and the report's title."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt

from chatbot.segment import tokens
from chatbot.types import Passage

Scores = npt.NDArray[np.float32]
TEXT_WEIGHT = 2  # how often a passage's own words are counted; those of its headings and title count once
K1, B = 1.5, 0.75  # the usual BM25 constants
NOTHING = ""  # stands in a passage of punctuation only; no query holds it


def tokenize(text: str) -> list[str]:
    """Words and character bigrams of Chinese runs, lower-cased Latin words and figures."""
    return tokens(text)


class LexicalIndex:
    """Scores of all passages for a query, in the order of the passages given to `build`."""

    def __init__(self, bm25: bm25s.BM25) -> None:
        self._bm25 = bm25
        self._vocabulary: dict[str, int] = bm25.vocab_dict
        self._frequencies: npt.NDArray[np.int32] = np.diff(bm25.scores["indptr"])
        self.size = int(bm25.scores["num_docs"])

    @classmethod
    def build(cls, passages: Sequence[Passage], title: str = "") -> LexicalIndex:
        """An index of at least one passage."""
        bm25 = bm25s.BM25(k1=K1, b=B, method="lucene")
        bm25.index([_seen(passage, title) for passage in passages], show_progress=False)
        return cls(bm25)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """What `save` wrote. Raises OSError or ValueError when it is damaged."""
        try:
            return cls(bm25s.BM25.load(folder, show_progress=False))
        except (KeyError, EOFError) as error:
            raise ValueError(f"damaged lexical index: {error}") from error

    def save(self, folder: Path) -> None:
        self._bm25.save(folder, show_progress=False)

    def scores(self, query: str | Sequence[str]) -> Scores:
        """BM25 scores, float32 of shape (passages,); all zero when no token of the query is known."""
        wanted = tokenize(query) if isinstance(query, str) else query
        ids = [self._vocabulary[token] for token in wanted if token and token in self._vocabulary]
        if not ids:
            return np.zeros(self.size, np.float32)
        found: Scores = self._bm25.get_scores_from_ids(ids)
        return found

    def idf(self, token: str) -> float:
        """Lucene's inverse document frequency: ln(1 + (N - n + ½) / (n + ½)); the largest for an unknown token."""
        place = self._vocabulary.get(token) if token else None
        n = 0 if place is None else int(self._frequencies[place])
        return log(1 + (self.size - n + 0.5) / (n + 0.5))


def _seen(passage: Passage, title: str) -> list[str]:
    around = tokenize(" ".join((title, *passage.path)))
    return (tokenize(passage.text) * TEXT_WEIGHT + around) or [NOTHING]
