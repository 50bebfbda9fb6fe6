"""What the web room needs of a bot. It is handed one and never asks how it works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from chatbot.records.values import Door
from chatbot.types import Answer, Passage, Report, Section

History = Sequence[tuple[str, str]]


class AskableBot(Protocol):
    """Answers questions; `history` holds (question, answer) pairs, the oldest first."""

    @property
    def reports(self) -> tuple[Report, ...]: ...

    def text_of(self, report_id: str) -> str: ...

    def passages(self, report_id: str) -> tuple[Passage, ...]: ...

    def sections(self, report_id: str) -> tuple[Section, ...]: ...

    def ask(
        self, message: str, history: History = (), report_ids: Sequence[str] = (), mode: str = "auto"
    ) -> Answer: ...

    def stages(
        self, message: str, history: History = (), report_ids: Sequence[str] = (), mode: str = "auto"
    ) -> Iterator[tuple[str, Answer | None]]:
        """Yields (name of the stage now begun, None) for each stage, then ("done", answer).

        While a model writes, ("draft", answer) holds the sentences that stand so far, in their final order.
        """
        ...

    def brief(self, topic: str, report_ids: Sequence[str] = (), mode: str = "auto") -> Answer: ...


class Ledger(Protocol):
    """Keeps answers that were given, and what readers thought of them. Both raise a ZhengwenError."""

    def keep(self, door: Door, asked: str, answer: Mapping[str, Any], setting: Mapping[str, Any] | None = None) -> str:
        """The id, not to be guessed, of the answer as kept.

        `answer` is the contract's object (`present.as_json`), which holds its mode and status; `setting` is what else a
        replay needs: earlier messages, report ids, the mode asked for.
        """
        ...

    def rate(self, receipt_id: str, good: bool, reason: str = "", comment: str = "") -> None:
        """A second rating of an answer replaces the first."""
        ...
