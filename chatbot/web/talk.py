"""From what a person types to what the page shows. Holds no turns: those are in the browser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from chatbot.types import Answer
from chatbot.web.cards import Cards
from chatbot.web.contract import AskableBot, Ledger
from chatbot.web.edge import reason
from chatbot.web.keeper import Keeper
from chatbot.web.kept import Kept, Turn, from_browser, to_browser
from chatbot.web.texts import Texts
from chatbot.web.transcript import conversation, drawn, earlier, working

# Values for the box, the conversation, what the browser keeps, the welcome and the earlier turns, in this order.
Screen = tuple[Any, Any, Any, Any, Any]
_SAME: Screen = (gr.skip(), gr.skip(), gr.skip(), gr.skip(), gr.skip())


@dataclass(frozen=True)
class Conversation:
    """`ledger` keeps answers so that they can be rated; without one nothing is kept."""

    bot: AskableBot
    cards: Cards
    texts: Texts
    mode: str
    ledger: Ledger | None = None

    def ask(self, message: str, stored: object, report_ids: Sequence[str] | None) -> Iterator[Screen]:
        """The screens from question to answer; none at all for an empty message."""
        question = _plain(message)
        if not question:
            yield _SAME
            return
        kept, box = from_browser(stored), ""
        before = self._drawn(kept)
        for step in self._steps(question, kept, tuple(report_ids or ())):
            if isinstance(step, str):
                yield box, conversation((*before, step)), gr.skip(), gr.update(visible=False), gr.skip()
                box = gr.skip()  # what is typed while an answer is in work stays
            else:
                kept = kept.with_turn(step)
                yield gr.skip(), conversation(self._drawn(kept)), to_browser(kept), gr.skip(), gr.skip()

    def again(self, stored: object) -> Screen:
        """The screen after a reload: what the browser has kept. Nothing kept changes nothing: it may come in late."""
        kept = from_browser(stored)
        if not kept.turns:
            return _SAME
        welcome = gr.update(visible=not kept.present)
        return gr.skip(), conversation(self._drawn(kept)), gr.skip(), welcome, self._earlier(kept)

    def anew(self, stored: object) -> Screen:
        """A new conversation; the one so far is among the earlier ones."""
        kept = from_browser(stored).anew()
        return "", conversation(()), to_browser(kept), gr.update(visible=True), self._earlier(kept)

    def erased(self) -> Screen:
        return "", conversation(()), None, gr.update(visible=True), ""

    def _drawn(self, kept: Kept) -> list[str]:
        return [drawn(number, turn, self.cards, self.texts) for number, turn in enumerate(kept.present, kept.begun + 1)]

    def _earlier(self, kept: Kept) -> str:
        return earlier(kept.earlier, self.cards, self.texts)

    def _steps(self, question: str, kept: Kept, report_ids: tuple[str, ...]) -> Iterator[str | Turn]:
        """HTML for each stage and each sentence that stands, then the turn."""
        so_far: Answer | None = None
        try:
            for stage, answer in self.bot.stages(question, kept.history, report_ids, self.mode):
                if answer and stage == "done":
                    yield Turn(question, answer, receipt_id=self._entered(question, answer, kept, report_ids))
                else:
                    so_far = answer or so_far
                    yield working(question, stage, self.texts, so_far)
        except Exception as error:  # the edge: a person gets a line to read, never a traceback
            yield Turn(question, error=reason(error, self.texts))

    def _entered(self, question: str, answer: Answer, kept: Kept, report_ids: tuple[str, ...]) -> str:
        """The id to rate it by; empty where it is not kept."""
        return Keeper("page", self.ledger).keep(question, answer, kept.history, report_ids, self.mode)


def _plain(message: object) -> str:
    """What was typed, without what is no text (half characters, which no encoding has)."""
    return message.encode("utf-8", "replace").decode("utf-8").strip() if isinstance(message, str) else ""
