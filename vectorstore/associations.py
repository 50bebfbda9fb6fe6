"""From everyday speech to official terms by likeness: which sayings sound like the question, and what they point to.

The bank in `chatbot/words/sayings.tsv` holds what people say beside what reports call it. A question is embedded as a
whole and clause by clause; the sayings nearest to it lend their official terms, each as strong as the likeness.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import numpy as np

from chatbot.wordlists import sayings
from vectorstore.embed import Embedder, Vectors

_NEAREST = 12  # sayings asked for each stretch of the question
_LIKE = 0.45  # cosine from which a saying counts; below it, likeness is chance
_PIECES = re.compile(r"[，。？！、；：,.?!;:\s]+")
_SHORTEST_PIECE = 4


class Associations:
    """The bank of sayings with their vectors: float32, shape (sayings, dimensions)."""

    def __init__(self, vectors: Vectors, terms: list[tuple[str, ...]]) -> None:
        self._vectors = vectors
        self._terms = terms

    def hints(self, pieces: Vectors) -> Mapping[str, float]:
        """Official term → strength from 0 to 1, for the vectors of the pieces of a question."""
        found: dict[str, float] = {}
        if not len(self._terms):
            return found
        likeness = (pieces @ self._vectors.T).max(axis=0)
        for place in np.argsort(-likeness)[:_NEAREST]:
            strength = (float(likeness[place]) - _LIKE) / (1 - _LIKE)
            if strength <= 0:
                break
            for term in self._terms[place]:
                found[term] = max(found.get(term, 0.0), strength)
        return found


def open_associations(folder: Path, embedder: Embedder) -> Associations:
    """The bank, embedded on first use and kept in `folder` under a name that changes with bank and embedder."""
    bank = sayings()
    digest = sha256("\n".join((embedder.name, *(saying for saying, _ in bank))).encode()).hexdigest()[:12]
    path = folder / f"sayings-{digest}.npy"
    vectors = _saved(path, len(bank))
    if vectors is None:
        vectors = embedder.embed_array([saying for saying, _ in bank])
        _save(vectors, path)
    return Associations(vectors, [terms for _, terms in bank])


def _saved(path: Path, size: int) -> Vectors | None:
    """The vectors in `path`, or None when they are not there in full."""
    try:
        vectors: Vectors = np.load(path)
    except (OSError, ValueError, EOFError):
        return None
    return vectors if len(vectors) == size else None


def _save(vectors: Vectors, path: Path) -> None:
    """Written aside and renamed, so that a killed program leaves no half file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".tmp.npy")
    np.save(aside, vectors)
    aside.replace(path)


def pieces(text: str) -> list[str]:
    """The whole question and, where it has several, its clauses."""
    parts = [part for part in _PIECES.split(text) if len(part) >= _SHORTEST_PIECE]
    return [text, *parts] if len(parts) > 1 else [text]
