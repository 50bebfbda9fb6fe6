"""The conversation as the browser keeps it: the server is handed it with each question and holds on to nothing.

What comes from a browser may be anything. What is not of this shape counts as no conversation, and whatever a turn says
is escaped when it is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError

from chatbot.types import Answer, Dropped
from chatbot.web.receipt import told

MOST = 30  # turns that are kept, of all conversations
LONGEST_QUESTION = 600  # characters kept of a question; longer ones are not answered


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it: an answer, or the line of an error. `receipt_id` is empty where none is kept."""

    question: str
    answer: Answer | None = None
    error: str = ""
    receipt_id: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """All turns, the oldest first; the present conversation are those from `begun` on."""

    turns: tuple[Turn, ...] = ()
    begun: int = 0

    @property
    def earlier(self) -> tuple[Turn, ...]:
        return self.turns[: self.begun]

    @property
    def present(self) -> tuple[Turn, ...]:
        return self.turns[self.begun :]

    @property
    def history(self) -> list[tuple[str, str]]:
        """The present conversation as the bot wants it."""
        return [(turn.question, turn.answer.text) for turn in self.present if turn.answer]

    def anew(self) -> Kept:
        """The same turns, none of them of the present conversation."""
        return replace(self, begun=len(self.turns))

    def with_turn(self, turn: Turn) -> Kept:
        return Kept((*self.turns, _slim(turn)), self.begun)._capped()

    def _capped(self) -> Kept:
        over = max(len(self.turns) - MOST, 0)
        return Kept(self.turns[over:], min(max(self.begun - over, 0), len(self.turns) - over))


def _slim(turn: Turn) -> Turn:
    """As much of the turn as is shown again: of a sentence that did not stand, the kind of fault without its words."""
    answer = turn.answer
    if answer:
        dropped = tuple(Dropped("", dropped.reason.split("：")[0]) for dropped in answer.dropped)
        answer = replace(answer, dropped=dropped, receipt=told(answer))
    return replace(turn, question=turn.question[:LONGEST_QUESTION], answer=answer)


_KEPT = TypeAdapter(Kept)


def to_browser(kept: Kept) -> object:
    """Plain JSON."""
    return _KEPT.dump_python(kept, mode="json")


def from_browser(value: object) -> Kept:
    try:
        kept = _KEPT.validate_python(value)
        return replace(kept, turns=tuple(map(_slim, kept.turns)))._capped()
    except ValidationError:
        return Kept()
