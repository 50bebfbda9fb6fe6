"""The word lists in `words/`: read once, kept as plain values. An official can mend them without any Python."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

_FOLDER = files("chatbot") / "words"


@cache
def read_toml(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


def read_tsv(name: str) -> list[list[str]]:
    """The rows of a TSV file; empty lines and lines that start with `#` are comments."""
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]


@cache
def question_words(name: str) -> tuple[str, ...]:
    """One list of `question_words.toml`, longest words first."""
    return tuple(sorted(read_toml("question_words.toml")[name], key=len, reverse=True))


@cache
def any_of(name: str) -> re.Pattern[str]:
    """A pattern that finds any word of a list of `question_words.toml`; Latin words only as whole words."""
    parts = (rf"\b{re.escape(w)}\b" if w.isascii() else re.escape(w) for w in question_words(name))
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)


@cache
def lexicon() -> dict[str, tuple[str, ...]]:
    """Everyday word → the official words for it; Latin letters in lower case."""
    return {row[0].lower(): tuple(row[1].split("|")) for row in read_tsv("lexicon.tsv")}


@cache
def lexicon_pattern() -> re.Pattern[str]:
    keys = sorted(lexicon(), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, keys)), re.IGNORECASE)


@cache
def glossary() -> dict[str, tuple[str, ...]]:
    """English phrase (lower case) → Chinese words for it."""
    return {row[0]: tuple(row[1].split("|")) for row in read_tsv("english.tsv")}


@cache
def glossary_pattern() -> re.Pattern[str]:
    keys = sorted(glossary(), key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, keys)) + r")\b", re.IGNORECASE)
