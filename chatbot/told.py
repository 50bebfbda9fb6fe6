"""The clauses of quotes, each with its place in its passage: what a sentence is held against."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from chatbot.types import Passage, Period, Span

_MARKS = "，；。：！？,;:!?\n"
_OPEN, _CLOSE = "“《（(", "”》）)"
_SPACE = re.compile(r"\s+")


class Part(NamedTuple):
    """A clause and the mark behind it."""

    text: str
    mark: str


class Told(NamedTuple):
    """A clause of a quote: its passage and that one's period, all clauses of the passage, and its place among them."""

    passage: str
    period: Period
    parts: tuple[Part, ...]
    place: int

    @property
    def text(self) -> str:
        return self.parts[self.place].text


def told(quotes: Iterable[tuple[Passage, Span]]) -> list[Told]:
    """The clauses of all quotes."""
    return [clause for passage, span in quotes for clause in _of_quote(passage, span)]


def _of_quote(passage: Passage, span: Span) -> Iterator[Told]:
    """What is not quoted is cut by itself: a quote may end in the middle of a clause."""
    start, end = (edge - passage.span.start for edge in span)
    before, quoted = parts(passage.text[:start]), parts(passage.text[start:end])
    every = (*before, *quoted, *parts(passage.text[end:].lstrip(_MARKS)))
    yield from (Told(passage.id, passage.period, every, len(before) + i) for i in range(len(quoted)))


def clauses(text: str) -> list[str]:
    """The clauses of `text` without the marks between them; nothing is cut inside quotation marks or numbers."""
    return [part.text for part in parts(text)]


def parts(text: str) -> list[Part]:
    """The clauses of `text`, each with the mark behind it, without blanks."""
    found, start, depth = [], 0, 0
    for i, character in enumerate(text):
        depth += (character in _OPEN) - (character in _CLOSE)
        inside_number = text[i - 1 : i].isdigit() and text[i + 1 : i + 2].isdigit() and character in ",:："
        if character in _MARKS and depth <= 0 and not inside_number:
            found.append(Part(_SPACE.sub("", text[start:i]), character))
            start = i + 1
    found.append(Part(_SPACE.sub("", text[start:]), ""))
    return [part for part in found if part.text]
