"""Answers that were given, as they were given. Who asked is not kept."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, delete, or_, select, tuple_
from sqlalchemy.engine import CursorResult

from chatbot.records.errors import Missing
from chatbot.records.limits import capped, fitting, in_utc, is_id, json_text, length_of, read_object, storable
from chatbot.records.sessions import Clock, Sessions
from chatbot.records.tables import ReceiptRow
from chatbot.records.values import Door, Receipt


class Receipts:
    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    def keep(self, door: Door, asked: str, answer: Mapping[str, Any], setting: Mapping[str, Any] | None = None) -> str:
        """The id, 96 bits at random, of the answer as kept.

        `answer` is the contract's object (`present.as_json`), `setting` what else a replay needs: earlier messages,
        report ids, the mode asked for. Raises UsageError for what is too long or cannot be stored.
        """
        row = ReceiptRow(
            id=secrets.token_urlsafe(12),
            at=self._clock(),
            door=fitting(door, ReceiptRow.door, "入口", 1),
            asked=fitting(asked, ReceiptRow.asked, "问题"),
            mode=fitting(answer.get("mode", ""), ReceiptRow.mode, "方式"),
            status=fitting(answer.get("status", ""), ReceiptRow.status, "状态"),
            told=_told(answer),
            answer=json_text(dict(answer), ReceiptRow.answer, "回答"),
            setting=json_text(dict(setting or {}), ReceiptRow.setting, "提问的条件"),
        )
        with self._sessions.writing() as session:
            session.add(row)
            session.flush()
            return row.id

    def find(
        self,
        text: str = "",
        status: str = "",
        since: datetime | None = None,
        limit: int = 50,
        before: str = "",
    ) -> tuple[Receipt, ...]:
        """Newest first, at most 200: those of `status` whose question or answer holds `text`.

        The next page is what comes before the last receipt of this one: give its id as `before`.
        """
        wanted = select(ReceiptRow).where(*_filters(text, status, since))
        with self._sessions.reading() as session:
            if before:
                last = session.get(ReceiptRow, before) if is_id(before) else None
                if last is None:
                    raise Missing("翻页的位置已经不在了", "请从第一页重新查起")
                wanted = wanted.where(tuple_(ReceiptRow.at, ReceiptRow.id) < (last.at, last.id))
            return tuple(map(_receipt, session.scalars(_newest_first(wanted).limit(capped(limit)))))

    def get(self, id: str) -> Receipt:
        """Raises Missing."""
        with self._sessions.reading() as session:
            row = session.get(ReceiptRow, id) if is_id(id) else None
            if row is None:
                raise Missing("没有这份回答的存根", "它可能已过保存期；请重新查找")
            return _receipt(row)

    def purge(self, older_than: datetime) -> int:
        """How many were given before that moment and are now gone, each with its rating."""
        gone = delete(ReceiptRow).where(ReceiptRow.at < in_utc(older_than))
        with self._sessions.writing() as session:
            return cast(CursorResult[Any], session.execute(gone)).rowcount


def _told(answer: Mapping[str, Any]) -> str:
    """The beginning of the text, to be searched; what cannot be stored of it is left out here, not in the answer."""
    text = str(answer.get("answer", "")).replace("\0", "")
    return text.encode("utf-8", "ignore").decode("utf-8")[: length_of(ReceiptRow.told)]


def _filters(text: str, status: str, since: datetime | None) -> list[ColumnElement[bool]]:
    fitting(text, ReceiptRow.asked, "查找的文字")
    columns = (ReceiptRow.asked, ReceiptRow.told)
    filters = [or_(*(column.icontains(text, autoescape=True) for column in columns))] if text else []
    filters += [ReceiptRow.status == storable(status, "状态")] if status else []
    return filters + ([ReceiptRow.at >= in_utc(since)] if since else [])


def _newest_first(wanted: Select[ReceiptRow]) -> Select[ReceiptRow]:
    return wanted.order_by(ReceiptRow.at.desc(), ReceiptRow.id.desc())


def _receipt(row: ReceiptRow) -> Receipt:
    return Receipt(
        id=row.id,
        at=row.at,
        door=cast(Door, row.door),
        asked=row.asked,
        mode=row.mode,
        status=row.status,
        answer=read_object(row.answer),
        setting=read_object(row.setting),
    )
