"""The bot in use, which can be changed for another while it is asked: a report is published without a restart."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from chatbot.bot import Bot
from chatbot.briefing import Line
from chatbot.types import Answer, Passage, Report, Section


def _nothing() -> None:
    """There is nothing to close."""


class _Held:
    """A bot, how many requests it has under way, and how to close it once it is out of use and they are done."""

    def __init__(self, bot: Bot, close: Callable[[], None]) -> None:
        self.bot, self.close = bot, close
        self.under_way = 0
        self.retired = False


class Live:
    """Answers as the bot it holds now; a request goes on with the one it began with.

    A bot is closed when it has been changed for another and its last request is done.
    """

    def __init__(self, bot: Bot, close: Callable[[], None] = _nothing) -> None:
        self._lock = threading.Lock()
        self._now = _Held(bot, close)

    def change(self, bot: Bot, close: Callable[[], None] = _nothing) -> None:
        """From now on requests go to `bot`."""
        with self._lock:
            before, self._now = self._now, _Held(bot, close)
            before.retired = True
            done = before.under_way == 0
        if done:
            before.close()

    @contextmanager
    def held(self) -> Iterator[Bot]:
        """The bot of now, kept open as long."""
        with self._lock:
            held = self._now
            held.under_way += 1
        try:
            yield held.bot
        finally:
            with self._lock:
                held.under_way -= 1
                done = held.retired and held.under_way == 0
            if done:
                held.close()

    @property
    def reports(self) -> tuple[Report, ...]:
        return self._now.bot.reports

    def text_of(self, report_id: str) -> str:
        return self._now.bot.text_of(report_id)

    def passages(self, report_id: str) -> tuple[Passage, ...]:
        with self.held() as bot:
            return bot.passages(report_id)

    def sections(self, report_id: str) -> tuple[Section, ...]:
        with self.held() as bot:
            return bot.sections(report_id)

    def check(self, mode: str) -> None:
        self._now.bot.check(mode)

    def ask(
        self,
        message: str,
        history: Sequence[tuple[str, str]] = (),
        report_ids: Sequence[str] = (),
        mode: str = "auto",
    ) -> Answer:
        with self.held() as bot:
            return bot.ask(message, history, report_ids, mode)

    def stages(
        self,
        message: str,
        history: Sequence[tuple[str, str]] = (),
        report_ids: Sequence[str] = (),
        mode: str = "auto",
    ) -> Iterator[tuple[str, Answer | None]]:
        with self.held() as bot:
            yield from bot.stages(message, history, report_ids, mode)

    def brief(self, topic: str, report_ids: Sequence[str] = (), mode: str = "auto", length: str = "full") -> Answer:
        with self.held() as bot:
            return bot.brief(topic, report_ids, mode, length)

    def checked(self, line: Line, report_ids: Sequence[str] = ()) -> Line:
        with self.held() as bot:
            return bot.checked(line, report_ids)
