"""Learns the dual encoder (vectorstore/dual.py) from pairs of an everyday question and an official clause that answers.

The loss is InfoNCE (van den Oord et al. 2018): in a batch, the clause of a question must come before those of the
others and before the near misses written beside them; cosines over a learned temperature. Adam, on the touched rows of
the tables only. Pairs come from `eval/pairs/*.tsv` (question, clause, near miss, official terms) and from the bank of
sayings. None of them was written with a report or a question set in sight. Seeded: the same pairs give the same file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from chatbot.archive import Progress
from chatbot.segment import tokens
from chatbot.settings import CODE_FOLDER
from chatbot.wordlists import sayings
from vectorstore.dual import FILE, DualEncoder, Integers, Side, means, save, token_rows
from vectorstore.embed import Vectors

PAIRS = Path(__file__).parent / "pairs"
DUAL = CODE_FOLDER / "vectorstore" / FILE
DIMENSIONS = 128
EPOCHS = 25
BATCH = 256
RATE = 3e-3
DROPPED = 0.6  # share of the tokens left out at each look, so that no single one is relied on
SEEN = 2  # times a token must occur to be learned
SEED = 1
_SPREAD = 0.1  # standard deviation of the tables before learning
_LOG_SCALE = 2.5  # logarithm of what cosines are multiplied with, before learning
_DECAY, _DECAY_SQUARED, _TINY = 0.9, 0.999, 1e-8


class Pair(NamedTuple):
    """`near` is a clause that looks alike and does not answer; empty where there is none."""

    question: str
    clause: str
    near: str


def load_pairs(folder: Path = PAIRS) -> list[Pair]:
    """All pairs, files in the order of their names, then the sayings with their official terms for a clause."""
    lines = [line for path in sorted(folder.glob("*.tsv")) for line in path.read_text(encoding="utf-8").splitlines()]
    written = [Pair(*line.split("\t")[:3]) for line in lines if line and not line.startswith("#")]
    return written + [Pair(saying, "、".join(terms[:4]), "") for saying, terms in sayings()]


@dataclass(slots=True)
class Weights:
    """An array that learns by Adam."""

    value: Vectors
    _mean: Vectors = field(init=False)
    _square: Vectors = field(init=False)

    def __post_init__(self) -> None:
        self._mean, self._square = np.zeros_like(self.value), np.zeros_like(self.value)

    def step(self, slope: Vectors, rate: float, count: int, rows: Integers | slice = slice(None)) -> None:
        """One step against `slope`, the gradient at `rows`; `count` steps have been made, this one included."""
        self._mean[rows] = _DECAY * self._mean[rows] + (1 - _DECAY) * slope
        self._square[rows] = _DECAY_SQUARED * self._square[rows] + (1 - _DECAY_SQUARED) * slope**2
        mean = self._mean[rows] / (1 - _DECAY**count)
        square = self._square[rows] / (1 - _DECAY_SQUARED**count)
        self.value[rows] -= rate * mean / (np.sqrt(square) + _TINY)


class Look(NamedTuple):
    """One batch of texts as encoded, with all that the way back needs."""

    encoded: Vectors
    lengths: Vectors
    rows: Integers
    counts: Integers


class Learner:
    """One side while it learns from `texts`."""

    def __init__(self, texts: Sequence[str], random: np.random.Generator) -> None:
        seen = Counter(token for text in texts for token in set(tokens(text)))
        self.vocabulary = {t: i for i, t in enumerate(sorted(t for t, count in seen.items() if count >= SEEN))}
        rows, counts = token_rows(texts, self.vocabulary)
        self._rows = np.split(rows, np.cumsum(counts)[:-1])
        self.table = Weights(random.normal(0, _SPREAD, (len(self.vocabulary), DIMENSIONS)).astype(np.float32))

    def look(self, chosen: Integers, random: np.random.Generator) -> Look:
        """The chosen texts encoded, some of their tokens left out."""
        kept = [rows[random.random(len(rows)) >= DROPPED] for rows in (self._rows[i] for i in chosen)]
        rows, counts = np.concatenate(kept), np.array(list(map(len, kept)), np.intp)
        summed = means(self.table.value[rows], counts)
        lengths = np.linalg.norm(summed, axis=1, keepdims=True) + np.float32(_TINY)
        return Look(summed / lengths, lengths, rows, counts)

    def learn(self, look: Look, slope: Vectors, rate: float, count: int) -> None:
        """One step against the gradient of the loss with respect to what was encoded."""
        inner = (look.encoded * slope).sum(axis=1, keepdims=True)
        slope = (slope - look.encoded * inner) / look.lengths
        if len(look.rows):
            share = slope / np.maximum(look.counts, 1)[:, None]
            touched, slopes = _summed(look.rows, np.repeat(share, look.counts, axis=0))
            self.table.step(slopes, rate, count, touched)

    def side(self) -> Side:
        return Side(self.vocabulary, self.table.value)


def _summed(rows: Integers, slopes: Vectors) -> tuple[Integers, Vectors]:
    """The rows, each once, and the sums of their slopes."""
    order = np.argsort(rows, kind="stable")
    touched, starts = np.unique(rows[order], return_index=True)
    return touched, np.add.reduceat(slopes[order], starts)


def train(pairs: Sequence[Pair], tell: Progress, epochs: int = EPOCHS) -> DualEncoder:
    random = np.random.default_rng(SEED)
    clauses = [*(p.clause for p in pairs), *(p.near for p in pairs)]
    asking, telling = (Learner(texts, random) for texts in ([p.question for p in pairs], clauses))
    kinds = np.unique([p.clause for p in pairs], return_inverse=True)[1]
    near = np.array([bool(p.near) for p in pairs])
    scale = Weights(np.array([_LOG_SCALE], np.float32))
    count = 0
    for epoch in range(epochs):
        order, losses = random.permutation(len(pairs)), []
        for chosen in np.array_split(order, max(1, len(pairs) // BATCH)):
            count += 1
            rate = RATE * (1 - epoch / epochs)
            asked = asking.look(chosen, random)
            told = telling.look(np.concatenate([chosen, chosen[near[chosen]] + len(pairs)]), random)
            cosines = asked.encoded @ told.encoded.T
            loss, slope = info_nce(cosines, float(np.exp(scale.value[0])), kinds[chosen])
            losses.append(loss)
            factor = np.exp(scale.value[0])
            asking.learn(asked, factor * slope @ told.encoded, rate, count)
            telling.learn(told, factor * slope.T @ asked.encoded, rate, count)
            scale.step(np.array([factor * (slope * cosines).sum()], np.float32), rate, count)
        tell(f"第 {epoch + 1}/{epochs} 遍，损失 {np.mean(losses):.3f}")
    return DualEncoder(asking.side(), telling.side())


def info_nce(cosines: Vectors, scale: float, kinds: Integers) -> tuple[float, Vectors]:
    """The mean loss of a batch and its gradient with respect to the scaled cosines.

    Question i is answered by clause i; clauses of the same kind as its own are left out of the comparison.
    """
    size = len(kinds)
    scaled = scale * cosines
    twins = (kinds[:, None] == kinds[None, :]) & ~np.eye(size, dtype=bool)
    scaled[:, :size][twins] = -np.inf
    shares = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    own = np.arange(size)
    loss = float(-np.log(shares[own, own] + _TINY).mean())
    shares[own, own] -= 1
    slope: npt.NDArray[np.float32] = (shares / size).astype(np.float32)
    return loss, slope


def train_and_save(tell: Progress, out: Path = DUAL) -> list[Pair]:
    """`python -m eval train`: learn from all pairs and write the file the product reads. The pairs."""
    pairs = load_pairs()
    tell(f"{len(pairs)} 对问句与答句")
    save(train(pairs, tell), out)
    tell(f"已写入 {out.name}（{out.stat().st_size / 1e6:.1f} MB）；接着请执行 python -m eval calibrate")
    return pairs
