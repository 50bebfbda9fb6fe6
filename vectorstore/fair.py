"""Fair questions: how likely a message asks for something that a government work report could tell at all.

A logistic sum over the sentence vector, learned by `python -m eval train` (eval/fairness.py) from questions of our
pairs and from demands that no report can meet. It says nothing of whether this report tells it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import numpy as np

from vectorstore.embed import Embedder, Vectors

FILE = "fair.npz"


@dataclass(frozen=True, slots=True)
class Fairness:
    """`weights`: float32, shape (dimensions of the encoder,); `encoder` names the one it was learned on."""

    encoder: str
    weights: Vectors
    bias: float

    def of(self, vector: Vectors) -> float:
        """From -1 (a demand) to 1 (a question for a report), for a sentence vector."""
        return float(np.tanh((vector @ self.weights + self.bias) / 2))


def save(fairness: Fairness, path: Path) -> None:
    name = np.frombuffer(fairness.encoder.encode(), np.uint8)
    with path.open("wb") as out:
        np.savez_compressed(out, encoder=name, weights=fairness.weights.astype(np.float16), bias=fairness.bias)


@cache
def shipped() -> Fairness:
    """The one beside this module."""
    with np.load(BytesIO((files("vectorstore") / FILE).read_bytes())) as arrays:
        weights = arrays["weights"].astype(np.float32)
        return Fairness(arrays["encoder"].tobytes().decode(), weights, float(arrays["bias"]))


def fairness_of(vector: Vectors, embedder: Embedder) -> float:
    """0, which says nothing, beside another encoder than the one it was learned on."""
    return shipped().of(vector) if shipped().encoder == embedder.name else 0.0
