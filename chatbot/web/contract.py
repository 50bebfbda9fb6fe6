"""What the web room needs of a bot. It is handed one and never asks how it works."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from chatbot.types import Answer, Report

History = Sequence[tuple[str, str]]


class AskableBot(Protocol):
    """Answers questions; `history` holds (question, answer) pairs, the oldest first."""

    @property
    def reports(self) -> tuple[Report, ...]: ...

    def text_of(self, report_id: str) -> str: ...

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
