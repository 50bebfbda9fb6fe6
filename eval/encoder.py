"""The sentence encoder in torch: the lowest layers of the base, and its tokeniser.

The layers are those of BERT (Devlin et al. 2019), a text is the mean of its tokens' vectors (Wang et al. 2022). Needs
requirements-tune.txt; learned by eval/tune.py, written for the product by eval/export.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import nn

from eval.base import END, HEADS, INNER, START, WIDTH, Array, Base, Piece
from vectorstore.embed import LONGEST_TEXT

LAYERS = 6
DROPOUT = 0.1
_EPSILON = 1e-12  # of the layer norms, as in the base
_FAR = -1e4  # what keeps attention from padding
_CONTROLS = Regex(r"[\u0000-\u0008\u000b\u000e-\u001f\u007f\u008f\u009f]")
_BLANKS = Regex(r"[\s\u200b-\u200f\ufeff\ufffd]+")

Tensor = Any  # torch.Tensor


class Layer(nn.Module):  # type: ignore[misc]  # torch is not there when types are checked
    """Self-attention and a perceptron, a sum and a norm after each."""

    def __init__(self) -> None:
        super().__init__()
        self.attended, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.norms = nn.ModuleList([nn.LayerNorm(WIDTH, _EPSILON), nn.LayerNorm(WIDTH, _EPSILON)])
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, given: Tensor, bias: Tensor) -> Tensor:
        texts, longest, _ = given.shape
        heads = self.attended(given).view(texts, longest, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        asked, found, told = heads.unbind(0)
        shares = torch.softmax(asked @ found.transpose(-1, -2) * (WIDTH // HEADS) ** -0.5 + bias, dim=-1)
        heard = (shares @ told).transpose(1, 2).reshape(texts, longest, WIDTH)
        given = self.norms[0](given + self.dropout(self.out(heard)))
        return self.norms[1](given + self.dropout(self.outer(nn.functional.gelu(self.inner(given)))))


class Encoder(nn.Module):  # type: ignore[misc]
    """Token numbers and their mask, shape (texts, longest), → unit vectors, shape (texts, WIDTH)."""

    def __init__(self, tokens: int) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(tokens, WIDTH), nn.Embedding(LONGEST_TEXT, WIDTH)
        self.norm, self.dropout = nn.LayerNorm(WIDTH, _EPSILON), nn.Dropout(DROPOUT)
        self.layers = nn.ModuleList([Layer() for _ in range(LAYERS)])

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        there = mask.float()[..., None]
        found = self.dropout(self.norm(self.words(ids) + self.places.weight[: ids.shape[1]]))
        bias = (1 - there.transpose(1, 2))[:, None] * _FAR
        for layer in self.layers:
            found = layer(found, bias)
        mean = (found.float() * there).sum(1) / there.sum(1)
        return mean / mean.norm(dim=1, keepdim=True).clamp(min=_EPSILON)


def encoder_from(base: Base, chosen: Sequence[int]) -> Encoder:
    """With the chosen tokens and the lowest layers of the base."""
    encoder = Encoder(len(chosen))
    state = {
        "words.weight": base.matrix("emb.word", WIDTH)[list(chosen)],
        "places.weight": (base.vector("emb.pos").reshape(-1, WIDTH) + base.vector("emb.type")[:WIDTH])[:LONGEST_TEXT],
        "norm.weight": base.vector("emb.ln.w"),
        "norm.bias": base.vector("emb.ln.b"),
    }
    for number in range(LAYERS):
        state |= {f"layers.{number}.{name}": array for name, array in _layer(base, f"l{number}").items()}
    encoder.load_state_dict({name: torch.tensor(array) for name, array in state.items()})
    return encoder


def _layer(base: Base, name: str) -> dict[str, Array]:
    """One layer under the names of its parts here."""
    parts = {"out": ("ao", WIDTH), "inner": ("fi", WIDTH), "outer": ("fo", INNER)}
    found = {f"{ours}.weight": base.matrix(f"{name}.{theirs}.w", width) for ours, (theirs, width) in parts.items()}
    found |= {f"{ours}.bias": base.vector(f"{name}.{theirs}.b") for ours, (theirs, _) in parts.items()}
    for place, theirs in enumerate(("aln", "oln")):
        found[f"norms.{place}.weight"] = base.vector(f"{name}.{theirs}.w")
        found[f"norms.{place}.bias"] = base.vector(f"{name}.{theirs}.b")
    found["attended.weight"] = np.concatenate([base.matrix(f"{name}.{part}.w", WIDTH) for part in "qkv"])
    found["attended.bias"] = np.concatenate([base.vector(f"{name}.{part}.b") for part in "qkv"])
    return found


def tokeniser_of(pieces: Sequence[Piece]) -> Tokenizer:
    """SentencePiece's unigram tokeniser over these pieces, with the clean-up of characters that the base knows."""
    tokeniser = Tokenizer(
        models.Unigram([(piece.text, piece.score) for piece in pieces], unk_id=3, byte_fallback=False)
    )
    tokeniser.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(_CONTROLS, ""),
            normalizers.Replace(_BLANKS, " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
            normalizers.Strip(left=True, right=True),
        ]
    )
    tokeniser.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    ends = [(START, 0), (END, 2)]
    tokeniser.post_processor = processors.TemplateProcessing(single=f"{START} $A {END}", special_tokens=ends)
    return tokeniser
