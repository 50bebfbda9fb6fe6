"""The word lists in `words/`: read once, kept as plain values. An official can mend them without any Python."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from chatbot.types import Span

_CHANGE = re.compile("(?:增长|增速|增幅|涨幅|增加)$")
_FOLDER = files("chatbot") / "words"


@cache
def read_toml(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


def read_tsv(name: str) -> list[list[str]]:
    """The rows of a TSV file; empty lines and lines that start with `#` are comments."""
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]


@cache
def asking(table: str, name: str) -> re.Pattern[str]:
    """An expression of `asking.toml`."""
    return re.compile(read_toml("asking.toml")[table][name], re.IGNORECASE)


@cache
def filler() -> frozenset[str]:
    """Words without content, in lower case."""
    return frozenset(word.lower() for word in read_toml("question_words.toml")["filler"])


@cache
def filler_phrases() -> re.Pattern[str]:
    """The Chinese fillers of two characters and more, longest first; a single character may be part of a word."""
    phrases = sorted((w for w in filler() if len(w) > 1 and not w.isascii()), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, phrases)))


@cache
def lexicon() -> dict[str, tuple[str, ...]]:
    """Everyday word → the official words for it; Latin letters in lower case."""
    return {row[0].lower(): _with_stems(row[1].split("|")) for row in read_tsv("lexicon.tsv")}


@cache
def glossary() -> dict[str, tuple[str, ...]]:
    """English phrase (lower case) → Chinese words for it."""
    return {row[0]: _with_stems(row[1].split("|")) for row in read_tsv("english.tsv")}


def _with_stems(words: list[str]) -> tuple[str, ...]:
    """`words`, and those that end in a change without it: 地区生产总值增长 → 地区生产总值."""
    stems = [_CHANGE.sub("", word) for word in words]
    return tuple(dict.fromkeys([*words, *(stem for stem in stems if len(stem) > 2)]))


def longest(text: str, entries: Collection[str], longest_entry: int = 14) -> Iterator[Span]:
    """Where entries (lower case) stand in `text`: at each place the longest, never one inside another."""
    lowered, start = "".join(c.lower() if len(c.lower()) == 1 else c for c in text), 0
    while start < len(lowered):
        size = next((n for n in range(longest_entry, 1, -1) if lowered[start : start + n] in entries), 0)
        if size:
            yield Span(start, min(start + size, len(text)))
        start += size or 1


@cache
def official_words() -> frozenset[str]:
    """The vocabulary of work reports as far as our lists hold it: official words of three characters and more."""
    lists = (*lexicon().values(), *(terms for _, terms in sayings()), *glossary().values())
    return frozenset(word for words in lists for word in words if len(word) > 2)


@cache
def sayings() -> list[tuple[str, tuple[str, ...]]]:
    """What people say → the official terms it is about, in the order of the file."""
    return [(row[0], tuple(row[1].split("|"))) for row in read_tsv("sayings.tsv")]


@cache
def places_in_letters() -> dict[str, tuple[str, ...]]:
    """What a place is called in English texts (chengdu) → its short names in Chinese."""
    named: dict[str, tuple[str, ...]] = {}
    for short, _, _, _, slug in read_tsv("places.tsv"):
        named[slug] = (*named.get(slug, ()), short)
    return named


@cache
def place_names() -> frozenset[str]:
    """The provinces, cities and districts of `places.tsv`, by their short and their full names."""
    return frozenset(name for row in read_tsv("places.tsv") for name in row[:2] if name != "全国")
