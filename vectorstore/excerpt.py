"""What of a long sentence a brief quotes: the parts that say a member of its topic, not what it says beside."""

from __future__ import annotations

from collections.abc import Iterator

from chatbot.topic import Member, spoken
from chatbot.types import Passage, Span
from vectorstore.passages import clauses
from vectorstore.sentences import enclosed

SAID = 0.6  # share of a member from which a text says it
_MANY = 3  # clauses up to which a part is quoted whole


def focus(member: Member, passage: Passage) -> float:
    """The share of its clauses that say the member, in the part between semicolons where they say it most."""
    shares = []
    for part in _semicolons(passage):
        said = [spoken(member, passage.slice(span)) >= SAID for span in clauses(passage) if part.holds(span)]
        shares.append(1.0 if said[:1] == [True] else sum(said) / max(1, len(said)))
    return max(shares, default=0.0) or 1.0  # what is said by several clauses together


def excerpt(member: Member, passage: Passage) -> tuple[Span, ...]:
    """The parts between semicolons that say the member, or all of a sentence that it opens."""
    parts = list(_semicolons(passage))
    saying = [part for part in parts if spoken(member, passage.slice(part)) >= SAID]
    if not saying or _opens(member, passage, parts[0]):
        return (passage.span,)
    quotes = tuple(quote for part in saying for quote in _narrowed(member, passage, part))
    whole = sum(quote.end - quote.start for quote in quotes) >= len(passage.text) - 1
    return (passage.span,) if whole else quotes


def _narrowed(member: Member, passage: Passage, part: Span) -> list[Span]:
    """A short part, or one that the member opens; of any other the clauses that say it."""
    inside = [span for span in clauses(passage) if part.holds(span)]
    said = [spoken(member, passage.slice(span)) >= SAID for span in inside]
    if len(inside) <= _MANY or said[0] or not any(said):
        return [part]
    return [span for span, told in zip(inside, said, strict=True) if told]


def _opens(member: Member, passage: Passage, part: Span) -> bool:
    return spoken(member, passage.slice(part).split("，", 1)[0]) >= SAID


def _semicolons(passage: Passage) -> Iterator[Span]:
    """The parts of a sentence between its semicolons, without them; none is cut inside quotes or brackets."""
    text, mask, start = passage.text, enclosed(passage.text), 0
    for end in [*(i for i, mark in enumerate(text) if mark in "；;" and not mask[i]), len(text)]:
        if text[start:end].strip():
            yield Span(passage.span.start + start, passage.span.start + end)
        start = end + 1
