"""Words and search tokens of Chinese text: the one door to the segmenter and to 繁→简."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import NamedTuple

import opencc
import rjieba

_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_LATIN = re.compile(r"[a-z]+[a-z0-9+.\-]*|\d+(?:\.\d+)?")


class Word(NamedTuple):
    """A word with its part of speech in jieba's tag set (n noun, v verb, a adjective, m number, q measure word …)."""

    text: str
    pos: str


def words(text: str) -> list[Word]:
    return [Word(*pair) for pair in rjieba.tag(text)]


def tokens(text: str) -> list[str]:
    """Search tokens: words, character bigrams of Chinese runs, lower-cased Latin words and figures."""
    lowered = text.lower()
    found = [word for word in rjieba.cut(lowered) if _CHINESE.fullmatch(word)]
    for run in _CHINESE.findall(lowered):
        found += (run[i : i + 2] for i in range(len(run) - 1))
    return found + _LATIN.findall(lowered)


def bigrams(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(len(text) - 1)]


@lru_cache(maxsize=4096)
def is_county(name: str) -> bool:
    """Whether the dictionary knows `name` as a county or a district that is said without its rank: 巫山."""
    return len(name) > 1 and any(len(rjieba.cut(name + rank, False)) == 1 for rank in "区县")


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=4096)
def simplified(text: str) -> str:
    """`text` in simplified characters; same length in characters is not promised."""
    converted: str = _converter().convert(text)
    return converted
