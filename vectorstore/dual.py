"""The dual encoder: the words of everyday questions and of official clauses in one space, learned from pairs of them.

A text is the mean of the learned vectors of its tokens; likeness is the cosine. There is one side for questions and one
for clauses, since they speak different languages. It knows words only, not their order: that is what the sentence
encoder is for, and the two together find more than either. Learned by `python -m eval train` (eval/train.py) from the
pairs in `eval/pairs`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from itertools import accumulate
from pathlib import Path

import numpy as np
import numpy.typing as npt

from chatbot.segment import tokens
from vectorstore.embed import Vectors, unit

FILE = "dual.npz"
LONGEST = 60  # tokens of a text that are read
_BATCH = 4096  # texts encoded at once: their rows take 30 kB each

Integers = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Side:
    """The questions' side or the clauses'.

    `vocabulary`: token → row of `table`; `table`: float32, shape (tokens, dimensions).
    """

    vocabulary: dict[str, int]
    table: Vectors

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of shape (texts, dimensions); zeros for a text without a known token."""
        vectors = np.zeros((len(texts), self.table.shape[1]), np.float32)
        for start in range(0, len(texts), _BATCH):
            rows, lengths = token_rows(texts[start : start + _BATCH], self.vocabulary)
            vectors[start : start + _BATCH] = means(self.table[rows], lengths)
        return unit(vectors)


@dataclass(frozen=True, slots=True)
class DualEncoder:
    questions: Side
    clauses: Side


def token_rows(texts: Sequence[str], vocabulary: dict[str, int]) -> tuple[Integers, Integers]:
    """The rows of the known tokens of all texts, one text after the other, and how many each text has."""
    held = [[vocabulary[t] for t in dict.fromkeys(tokens(text)) if t in vocabulary][:LONGEST] for text in texts]
    return np.array([row for rows in held for row in rows], np.intp), np.array(list(map(len, held)), np.intp)


def means(vectors: Vectors, lengths: Integers) -> Vectors:
    """Means of runs of rows: `lengths` rows each, zeros for a run of none. Shape (runs, dimensions)."""
    summed = np.zeros((len(lengths), vectors.shape[1]), np.float32)
    filled = lengths > 0
    if filled.any():
        starts = np.array([0, *accumulate(lengths.tolist())][:-1], np.intp)
        summed[filled] = np.add.reduceat(vectors, starts[filled]) / lengths[filled, None]
    return summed


def save(dual: DualEncoder, path: Path) -> None:
    """Tables in 8 bits with a scale a row: a quarter of the size and the same ranking."""
    arrays: dict[str, npt.NDArray[np.generic]] = {}
    for name, side in (("questions", dual.questions), ("clauses", dual.clauses)):
        scale = np.maximum(np.abs(side.table).max(axis=1, keepdims=True), 1e-8) / 127
        arrays[f"{name}_tokens"] = _bytes("\n".join(side.vocabulary))
        arrays[f"{name}_table"] = np.round(side.table / scale).astype(np.int8)
        arrays[f"{name}_scale"] = scale.astype(np.float16)
    with path.open("wb") as out:
        np.savez_compressed(out, **arrays)  # type: ignore[arg-type]  # its stub takes the names for its own options


def _bytes(text: str) -> npt.NDArray[np.generic]:
    return np.frombuffer(text.encode(), np.uint8)


@cache
def shipped() -> DualEncoder:
    """The one beside this module."""
    return load(BytesIO((files("vectorstore") / FILE).read_bytes()))


def load(file: BytesIO | Path) -> DualEncoder:
    with np.load(file) as arrays:
        return DualEncoder(*(_side(name, arrays) for name in ("questions", "clauses")))


def _side(name: str, arrays: dict[str, npt.NDArray[np.generic]]) -> Side:
    words = arrays[f"{name}_tokens"].tobytes().decode().split("\n")
    table = arrays[f"{name}_table"].astype(np.float32) * arrays[f"{name}_scale"].astype(np.float32)
    return Side({word: i for i, word in enumerate(words)}, table)
