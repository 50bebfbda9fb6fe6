"""Learns the sentence encoder from the pairs of `eval/pairs`, and writes `encoder.onnx` and its tokeniser.

The loss is that of the dual encoder (eval/train.py): in a batch, the clause of a question must come before those of the
others and before the near misses; and the question of a clause before those of the others, at less weight. AdamW, a few
rounds, the pace falling in half a cosine. Needs requirements-tune.txt (torch, onnx, the base), which users do not.
Seeded, but torch does not promise the same bits on another machine.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer

from chatbot.archive import Progress
from eval.base import Array, Base, chosen_pieces, read_base
from eval.encoder import Encoder, Tensor, encoder_from, tokeniser_of
from eval.export import SAMPLE, write_model
from eval.train import Pair, load_pairs
from vectorstore.embed import MODEL, padded

ROUNDS = 6
BATCH = 192
RATE, SLOW_RATE = 3e-4, 5e-5  # of the layers; of the vectors of tokens and places
WARM_UP = 60  # steps until the full rate
LONGEST = 48  # tokens of a text that are read while learning
SEED = 1
_PARTS = 4  # a batch is encoded in so many parts, short texts first: less padding
_BACKWARDS = 0.3  # what finding the question of a clause counts beside finding the clause of a question
_LOG_SCALE, _LARGEST_SCALE = 3.0, 60.0  # logarithm of what cosines are multiplied with, before learning; its bound
_STEEPEST = 1.0  # length of the gradient that a step may have
_FAR = -1e4  # a cosine that no softmax sees


def tune_and_save(tell: Progress) -> None:
    """`python -m eval tune`: learn from all pairs and write the files that the product reads."""
    base, pairs = read_base(), load_pairs()
    chosen = chosen_pieces(base, _counts(base, pairs))
    tokeniser = tokeniser_of([base.pieces[number] for number in chosen])
    tell(f"{len(pairs)} 对问句与答句，{len(chosen)} 个词元")
    encoder = tuned(encoder_from(base, chosen), tokeniser, pairs, tell)
    write_model(encoder, _sample(pairs, tokeniser), MODEL)
    tokeniser.save(str(MODEL.with_suffix(".tokens.json")))
    tell(
        f"已写入 {MODEL.name}（{MODEL.stat().st_size / 1e6:.1f} MB）；接着请执行 make setup 和 python -m eval calibrate"
    )


def _counts(base: Base, pairs: Sequence[Pair]) -> list[int]:
    """How often each piece of the base occurs in the pairs."""
    found = tokeniser_of(base.pieces).encode_batch([text for pair in pairs for text in pair])
    counts = Counter(number for encoding in found for number in encoding.ids)
    return [counts[number] for number in range(len(base.pieces))]


def _sample(pairs: Sequence[Pair], tokeniser: Tokenizer) -> list[list[int]]:
    """Questions and clauses from all over the pairs, as numbers of tokens."""
    taken = pairs[:: max(1, len(pairs) // SAMPLE)]
    return list(texts_of(taken, tokeniser).ids)


@dataclass(frozen=True, slots=True)
class Texts:
    """All texts of the pairs, each once, as numbers of tokens; `places` tells which row a text is."""

    ids: tuple[list[int], ...]
    places: dict[str, int]

    def encoded(self, encoder: Encoder, texts: Sequence[str]) -> Tensor:
        """Unit vectors of shape (texts, dimensions), with the encoder as far as it has learned."""
        rows = [self.ids[self.places[text]] for text in texts]
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        vectors = []
        for part in np.array_split(order, _PARTS):
            fed = {name: torch.tensor(array) for name, array in padded([rows[i] for i in part]).items()}
            with torch.autocast("cpu", torch.bfloat16):
                vectors.append(encoder(**fed))
        return torch.cat(vectors)[torch.tensor(np.argsort(order))]


def texts_of(pairs: Sequence[Pair], tokeniser: Tokenizer) -> Texts:
    texts = sorted({text for pair in pairs for text in pair if text})
    tokeniser.enable_truncation(LONGEST)
    ids = tuple(encoding.ids for encoding in tokeniser.encode_batch(texts))
    tokeniser.no_truncation()
    return Texts(ids, {text: place for place, text in enumerate(texts)})


def tuned(
    encoder: Encoder, tokeniser: Tokenizer, pairs: Sequence[Pair], tell: Progress, rounds: int = ROUNDS
) -> Encoder:
    """The encoder after ROUNDS rounds over the pairs."""
    torch.manual_seed(SEED)
    random, texts = np.random.default_rng(SEED), texts_of(pairs, tokeniser)
    answers = _answers(pairs)
    scale = torch.nn.Parameter(torch.tensor(_LOG_SCALE))
    steps = max(1, len(pairs) // BATCH)
    adam, pace = _optimiser(encoder, scale, ROUNDS * steps)
    encoder.train()
    for round in range(ROUNDS):
        losses = []
        for batch in _batches(pairs, steps, random):
            told = [*(pair.clause for pair in batch), *(pair.near for pair in batch if pair.near)]
            vectors = texts.encoded(encoder, [*(pair.question for pair in batch), *told])
            cosines = vectors[: len(batch)] @ vectors[len(batch) :].T
            loss = _loss(cosines * scale.exp().clamp(max=_LARGEST_SCALE), _also_right(batch, told, answers))
            adam.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_([*encoder.parameters(), scale], _STEEPEST)
            adam.step()
            pace.step()
            losses.append(loss.item())
        tell(f"第 {round + 1}/{ROUNDS} 遍，损失 {np.mean(losses):.3f}")
    return encoder


def _batches(pairs: Sequence[Pair], steps: int, random: np.random.Generator) -> Iterator[list[Pair]]:
    for chosen in np.array_split(random.permutation(len(pairs)), steps):
        yield [pairs[place] for place in chosen]


def _answers(pairs: Sequence[Pair]) -> dict[str, set[str]]:
    """Every clause that is known to answer a question."""
    found: dict[str, set[str]] = {}
    for pair in pairs:
        found.setdefault(pair.question, set()).add(pair.clause)
    return found


def _also_right(batch: Sequence[Pair], told: Sequence[str], answers: dict[str, set[str]]) -> Array:
    """Which other clauses of the batch answer a question, too: bool, shape (questions, clauses)."""
    right = np.array([[clause in answers[pair.question] for clause in told] for pair in batch])
    np.fill_diagonal(right, False)
    return right


def _optimiser(encoder: Encoder, scale: Tensor, steps: int) -> tuple[Any, Any]:
    """AdamW and its pace: up to the full rate, then down in half a cosine."""
    tables = [encoder.words.weight, encoder.places.weight]
    rest = [each for name, each in encoder.named_parameters() if not name.startswith(("words", "places"))]
    groups = [
        {"params": [each for each in rest if each.ndim == 2], "lr": RATE, "weight_decay": 0.01},
        {"params": [*(each for each in rest if each.ndim == 1), scale], "lr": RATE, "weight_decay": 0.0},
        {"params": tables, "lr": SLOW_RATE, "weight_decay": 0.0},
    ]
    adam = torch.optim.AdamW(groups, betas=(0.9, 0.98), eps=1e-6)

    def pace(step: int) -> float:
        return min(1.0, (step + 1) / WARM_UP) * (0.02 + 0.49 * (1 + math.cos(math.pi * step / steps)))

    return adam, torch.optim.lr_scheduler.LambdaLR(adam, pace)


def _loss(scaled: Tensor, also_right: Array) -> Tensor:
    """InfoNCE both ways: question i is answered by clause i; other clauses that answer it are left out of it."""
    scaled = scaled.masked_fill(torch.tensor(also_right), _FAR)
    own = torch.arange(len(scaled))
    forwards = torch.nn.functional.cross_entropy(scaled, own)
    return forwards + _BACKWARDS * torch.nn.functional.cross_entropy(scaled[:, : len(own)].T, own)
