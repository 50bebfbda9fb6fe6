"""What every door for machines is handed: the bot, the words to tell errors in, and the turns that callers take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

from chatbot.errors import ZhengwenError
from chatbot.web.contract import AskableBot, Ledger
from chatbot.web.keeper import Keeper
from chatbot.web.texts import Texts
from chatbot.web.turns import Turns

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Service:
    """`bot` may be the error that kept it from being made: then that is every answer. `ledger` None keeps nothing."""

    bot: AskableBot | ZhengwenError
    texts: Texts
    turns: Turns
    ledger: Ledger | None = None

    @property
    def keeper(self) -> Keeper:
        return Keeper("api", self.ledger)

    def askable(self) -> AskableBot:
        if isinstance(self.bot, ZhengwenError):
            raise self.bot
        return self.bot

    async def in_turn(self, work: Callable[[AskableBot], T]) -> T:
        """What `work` makes of the bot, in a thread, when it is this caller's turn. Raises Busy."""
        bot = self.askable()
        async with self.turns.taken():
            return await run_in_threadpool(work, bot)
