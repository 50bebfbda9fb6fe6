"""The ledger over the records: answers that were given and what readers thought of them, and when they go."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from chatbot.errors import ZhengwenError
from chatbot.records.database import Records
from chatbot.records.receipts import Receipts
from chatbot.records.values import Door
from chatbot.web.contract import Ledger

DAILY = 24 * 3600.0  # seconds
_log = logging.getLogger(__name__)


class RecordsLedger:
    """Keeps answers in the records. Both raise ZhengwenErrors; whoever asked has the answer all the same."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def keep(self, door: Door, asked: str, answer: Mapping[str, Any], setting: Mapping[str, Any] | None = None) -> str:
        return self._records.receipts.keep(door, asked, answer, setting)

    def rate(self, receipt_id: str, good: bool, reason: str = "", comment: str = "") -> None:
        self._records.feedback.rate(receipt_id, good, reason, comment)


def ledger_for(records: Records, days: int) -> Ledger | None:
    """None where answers are kept for 0 days: then nothing is kept."""
    return RecordsLedger(records) if days else None


@contextmanager
def purging(
    receipts: Receipts, days: int, now: Callable[[], datetime] = lambda: datetime.now(UTC), every: float = DAILY
) -> Iterator[None]:
    """Inside it, answers older than `days` go: at once, and again every `every` seconds."""
    ended = threading.Event()
    purge(receipts, now() - timedelta(days=days))

    def go_on() -> None:
        while not ended.wait(every):
            purge(receipts, now() - timedelta(days=days))

    thread = threading.Thread(target=go_on, name="purging", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def purge(receipts: Receipts, older_than: datetime) -> None:
    """A database that is out of order now is tried again the next time."""
    try:
        receipts.purge(older_than)
    except ZhengwenError as error:
        _log.error("old answers were not deleted: %s", error)
