"""How many answers may be in work at once for those who call by machine, and how many callers may wait for theirs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chatbot.errors import ZhengwenError


class Busy(ZhengwenError):
    """So many wait already that one more is sent away."""


class Turns:
    """`at_once` in work, `waiting` behind them in the order they came. To be used in one event loop."""

    def __init__(self, at_once: int, waiting: int, busy: str) -> None:
        """`busy` is the line for those who are sent away."""
        self._free = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self._here = 0
        self._busy = busy

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Waits for a turn and keeps it. Raises Busy at once where there is no place left to wait."""
        if self._here >= self._most:
            raise Busy(self._busy)
        self._here += 1
        try:
            async with self._free:
                yield
        finally:
            self._here -= 1
