"""What readers thought of an answer: one rating for each answer, the last one counts."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select

from chatbot.records.errors import Missing
from chatbot.records.limits import capped, fitting, in_utc, is_id, length_of, storable
from chatbot.records.sessions import Clock, Sessions
from chatbot.records.tables import RatingRow, ReceiptRow
from chatbot.records.values import Rating, RatingCounts


class Feedback:
    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    def rate(self, receipt_id: str, good: bool, reason: str = "", comment: str = "") -> None:
        """The comment is cut at 500 characters. Raises Missing for an answer that is not kept, and UsageError."""
        row = RatingRow(receipt_id=receipt_id, good=bool(good), reason=fitting(reason, RatingRow.reason, "理由"))
        row.comment = storable(comment, "意见")[: length_of(RatingRow.comment)]
        row.at = self._clock()
        with self._sessions.writing() as session:
            # The receipt is held, so that two ratings of one answer come one after the other.
            if not is_id(receipt_id) or not session.get(ReceiptRow, receipt_id, with_for_update=True):
                raise Missing("这份回答没有留存，不能评价", "请就新的回答评价")
            session.merge(row)

    def summary(self, since: datetime | None = None) -> RatingCounts:
        """How many ratings there were from that moment on."""
        counted = select(RatingRow.good, RatingRow.reason, func.count()).group_by(RatingRow.good, RatingRow.reason)
        with self._sessions.reading() as session:
            rows = session.execute(counted.where(RatingRow.at >= in_utc(since)) if since else counted).all()
        bad = Counter({reason: number for good, reason, number in rows if not good})
        reasons = sorted(((r, n) for r, n in bad.items() if r), key=lambda pair: (-pair[1], pair[0]))
        return RatingCounts(sum(n for good, _, n in rows if good), bad.total(), tuple(reasons))

    def list(self, good: bool | None = None, since: datetime | None = None, limit: int = 100) -> tuple[Rating, ...]:
        """Newest first, at most 200; only the good or the bad ones if wanted."""
        wanted = select(RatingRow, ReceiptRow.asked).join(ReceiptRow)
        wanted = wanted if good is None else wanted.where(RatingRow.good == good)
        wanted = wanted.where(RatingRow.at >= in_utc(since)) if since else wanted
        wanted = wanted.order_by(RatingRow.at.desc(), RatingRow.receipt_id.desc()).limit(capped(limit))
        with self._sessions.reading() as session:
            return tuple(_rating(row, asked) for row, asked in session.execute(wanted))


def _rating(row: RatingRow, asked: str) -> Rating:
    return Rating(row.receipt_id, row.good, row.reason, row.comment, row.at, asked)
