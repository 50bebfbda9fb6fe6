"""Search keys: what of a report is embedded. Each passage as a whole, and each clause of a passage that has several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from chatbot.types import Passage, Span
from vectorstore.passages import clauses

Kind = Literal["sentence", "clause"]


class Entry(NamedTuple):
    """A search key: a whole passage (`sentence`) or one clause of it. `passage` is its place among the passages."""

    passage: int
    kind: Kind
    span: Span
    text: str

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.passage}:{self.span.start}-{self.span.end}"


class Hit(NamedTuple):
    """A search key found; `similarity` is the cosine, from -1 to 1."""

    passage: int
    kind: Kind
    span: Span
    similarity: float


def entries(passages: Sequence[Passage]) -> list[Entry]:
    """The search keys of a report, each once."""
    keys: dict[str, Entry] = {}
    for place, passage in enumerate(passages):
        for entry in (sentence_entry(place, passage), *clause_entries(place, passage)):
            keys[entry.id] = entry
    return list(keys.values())


def sentence_entry(place: int, passage: Passage) -> Entry:
    return Entry(place, "sentence", passage.span, passage.text)


def clause_entries(place: int, passage: Passage) -> list[Entry]:
    """One entry a clause; the only clause of a passage is found by its sentence."""
    spans = clauses(passage)
    if len(spans) < 2:
        return [sentence_entry(place, passage)]
    start = passage.span.start
    return [Entry(place, "clause", span, passage.text[span.start - start : span.end - start]) for span in spans]
