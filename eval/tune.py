"""Learns the upper layers of the sentence encoder anew, from the pairs of `eval/pairs`, and writes `encoder.npz`.

The loss is that of the dual encoder (eval/train.py): in a batch, the clause of a question must come before those of the
others and before the near misses. Adam, a few rounds, part of the tokens left out at each look. Needs
requirements-tune.txt (torch, onnx), which users do not. Seeded.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from chatbot.errors import SetupError
from eval.layers import Array, Layers, Source, Tensor, encode, layers, packed, read, token_ids
from eval.train import Pair, load_pairs
from vectorstore.embed import TUNED
from vectorstore.model import Progress

ROUNDS = 4
BATCH = 256
RATE = 8e-4
WARM_UP = 50  # steps until the full rate
DROPPED = 0.15  # share of the tokens left out at each look
LONGEST = 48  # tokens of a text that are read
SEED = 1
_LOG_SCALE = 3.0  # logarithm of what cosines are multiplied with, before learning
_SCALE_RATE = 1e-2
_FAR = -1e4  # a cosine that no softmax sees


def tune_and_save(model: Path, tell: Progress, out: Path = TUNED) -> None:
    """`python -m eval tune`: learn from all pairs and write the file the product reads."""
    if not all(importlib.util.find_spec(name) for name in ("torch", "onnx")):
        advice = "请执行 .venv/bin/python -m pip install -r requirements-tune.txt"
        raise SetupError("重新学习编码器需要 torch 和 onnx，还没有安装", advice)
    source, pairs = read(model), load_pairs()
    tell(f"{len(pairs)} 对问句与答句")
    arrays = packed(tuned(source, pairs, tell), source)
    with out.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # its stub takes the names for its own options
    tell(f"已写入 {out.name}（{out.stat().st_size / 1e6:.1f} MB）；接着请执行 make setup 和 python -m eval calibrate")


class Texts:
    """The texts of one side as numbers of tokens, encoded with the layers as far as they have learned."""

    def __init__(self, source: Source, texts: Sequence[str], table: Tensor, learned: Layers) -> None:
        self._ids = [ids[:LONGEST] for ids in token_ids(source, [text or " " for text in texts])]
        self._table, self._learned = table, learned

    def encoded(self, chosen: Array, random: np.random.Generator) -> Tensor:
        """The chosen texts, some of their tokens left out, never the first and the last: those mark the ends."""
        # Not at the top: users never need it.
        import torch

        kept = [_thinned(self._ids[place], random) for place in chosen]
        longest = max(map(len, kept))
        ids, there = np.zeros((len(kept), longest), np.int64), np.zeros((len(kept), longest), np.float32)
        for row, tokens in enumerate(kept):
            ids[row, : len(tokens)], there[row, : len(tokens)] = tokens, 1
        return encode(self._learned, self._table[torch.tensor(ids)], torch.tensor(there))


def _thinned(ids: Array, random: np.random.Generator) -> Array:
    kept = random.random(len(ids)) >= DROPPED
    kept[[0, -1]] = True
    return ids[kept]


def tuned(source: Source, pairs: Sequence[Pair], tell: Progress, rounds: int = ROUNDS) -> Layers:
    """The layers after `rounds` rounds over the pairs."""
    # Not at the top: users never need it.
    import torch

    random, learned, table = np.random.default_rng(SEED), layers(source), torch.tensor(source.token_table())
    asked = Texts(source, [pair.question for pair in pairs], table, learned)
    told = Texts(source, [*(pair.clause for pair in pairs), *(pair.near for pair in pairs)], table, learned)
    kinds = np.unique([pair.clause for pair in pairs], return_inverse=True)[1]
    near = np.array([bool(pair.near) for pair in pairs])
    scale = torch.tensor(_LOG_SCALE, requires_grad=True)
    steps = max(1, len(pairs) // BATCH)
    adam, pace = _optimiser(learned, scale, rounds * steps)
    for round in range(rounds):
        losses = []
        for chosen in np.array_split(random.permutation(len(pairs)), steps):
            clauses = np.concatenate([chosen, chosen[near[chosen]] + len(pairs)])
            cosines = asked.encoded(chosen, random) @ told.encoded(clauses, random).T
            loss = _loss(cosines * scale.exp(), kinds[chosen])
            adam.zero_grad()
            loss.backward()
            adam.step()
            pace.step()
            losses.append(loss.item())
        tell(f"第 {round + 1}/{rounds} 遍，损失 {np.mean(losses):.3f}")
    return learned


def _optimiser(learned: Layers, scale: Tensor, steps: int) -> tuple[Any, Any]:
    """Adam, and its pace: up to the full rate, then down to nothing at the last step."""
    # Not at the top: users never need it.
    import torch

    groups = [{"params": list(learned.values()), "lr": RATE}, {"params": [scale], "lr": _SCALE_RATE}]
    adam = torch.optim.Adam(groups)
    return adam, torch.optim.lr_scheduler.LambdaLR(adam, lambda step: min(1, (step + 1) / WARM_UP) * (1 - step / steps))


def _loss(scaled: Any, kinds: Array) -> Any:
    """InfoNCE: question i is answered by clause i; clauses of the same kind are left out of the comparison."""
    # Not at the top: users never need it.
    import torch

    size = len(kinds)
    twins = np.zeros(tuple(scaled.shape), bool)
    twins[:, :size] = (kinds[:, None] == kinds[None, :]) & ~np.eye(size, dtype=bool)
    return torch.nn.functional.cross_entropy(scaled.masked_fill(torch.tensor(twins), _FAR), torch.arange(size))
