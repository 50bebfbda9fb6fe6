"""Briefings on their way from draft to approval: versions are only added, and a verdict belongs to one of them."""

from __future__ import annotations

import json
import secrets
from typing import Any, cast

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, selectinload

from chatbot.records.errors import Missing, NotAllowed, Outdated
from chatbot.records.limits import capped, check_json, fitting, is_id, json_text, storable
from chatbot.records.sessions import Clock, Sessions
from chatbot.records.tables import AccountRow, BriefingRow, VerdictRow, VersionRow
from chatbot.records.values import Account, Briefing, Order, State, Step, Verdict, Version, VersionHead

STATES: dict[State, str] = {"draft": "草稿", "submitted": "待审", "approved": "已批准", "returned": "已退回"}
_FIRST = "请先打开最新一版看过"


class Briefings:
    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    def create(self, order: Order, by: Account) -> Briefing:
        """A draft without a version yet. Raises UsageError for a field that is empty or too long."""
        row = BriefingRow(id=secrets.token_urlsafe(12), state="draft", newest=0, **_fields(order))
        row.created_by = row.changed_by = by.name
        row.created_at = row.changed_at = self._clock()
        with self._sessions.writing() as session:
            session.add(row)
            session.flush()
            return _briefing(row)

    def get(self, id: str) -> Briefing:
        """Raises Missing."""
        with self._sessions.reading() as session:
            return _briefing(_row(session, id))

    def list(self, state: State | None = None, text: str = "", limit: int = 100) -> tuple[Briefing, ...]:
        """Those in `state` whose title, topic or audience holds `text`, changed last first; at most 200."""
        wanted = select(BriefingRow).where(*_filters(state, text)).options(*_WHOLE)
        newest_first = wanted.order_by(BriefingRow.changed_at.desc(), BriefingRow.id.desc())
        with self._sessions.reading() as session:
            return tuple(map(_briefing, session.scalars(newest_first.limit(capped(limit)))))

    def version(self, id: str, number: int) -> Version:
        """Raises Missing."""
        with self._sessions.reading() as session:
            row = _row(session, id)
            if not 1 <= number <= row.newest:
                raise Missing(f"这份简报没有第 {number} 版", f"最新的是第 {row.newest} 版")
            found = session.get_one(VersionRow, (id, number))
            return Version(id, found.number, found.content, found.by, found.at)

    def save_version(self, id: str, base_number: int, content: str, by: Account) -> Version:
        """The next version, made from `base_number` (0 for the first); the briefing is a draft again.

        Raises Outdated, and keeps all as it is, when `base_number` is not the newest any more; UsageError for content
        that is no JSON or too long.
        """
        check_json(fitting(content, VersionRow.content, "简报内容", 1), "简报内容")
        with self._sessions.writing() as session:
            row = _row(session, id, changing=True)
            _check_newest(session, row, base_number)
            saved = VersionRow(briefing_id=id, number=row.newest + 1, content=content, by=by.name, at=self._clock())
            session.add(saved)
            row.newest, row.state = saved.number, "draft"
            row.changed_by, row.changed_at = saved.by, saved.at
            return Version(id, saved.number, content, saved.by, saved.at)

    def submit(self, id: str, number: int, by: Account) -> Briefing:
        """Hand the newest version in. Raises Outdated, NotAllowed, Missing."""
        return self._step(id, number, "submitted", by, "")

    def approve(self, id: str, number: int, by: Account, note: str = "") -> Briefing:
        """Raises Outdated; NotAllowed unless an approver does it who did not save that version (four eyes)."""
        return self._step(id, number, "approved", by, note)

    def return_(self, id: str, number: int, by: Account, note: str = "") -> Briefing:
        """Raises Outdated; NotAllowed unless an approver does it."""
        return self._step(id, number, "returned", by, note)

    def delete(self, id: str) -> None:
        """Raises NotAllowed for all but drafts, and for a draft of which a version was once approved; Missing."""
        with self._sessions.writing() as session:
            row = _row(session, id, changing=True)
            if row.state != "draft":
                raise NotAllowed(f"这份简报是“{STATES[cast(State, row.state)]}”", "只有草稿可以删除")
            if any(verdict.step == "approved" for verdict in row.verdicts):
                raise NotAllowed("这份简报有批准过的版本，要留存", "不能删除")
            session.delete(row)

    def _step(self, id: str, number: int, step: Step, by: Account, note: str) -> Briefing:
        fitting(note, VerdictRow.note, "审核意见")
        with self._sessions.writing() as session:
            row = _row(session, id, changing=True)
            _check_newest(session, row, number)
            _check_state(row, step)
            if step != "submitted":
                _check_judge(session, row, step, by)
            verdict = VerdictRow(number=number, step=step, by=by.name, note=note, at=self._clock())
            row.verdicts.append(verdict)
            row.state, row.changed_by, row.changed_at = step, by.name, verdict.at
            session.flush()
            return _briefing(row)


def _check_newest(session: Session, row: BriefingRow, number: int) -> None:
    if number == row.newest:
        return
    if not 0 <= number <= row.newest:
        raise Missing(f"这份简报没有第 {number} 版", _FIRST)
    saved = session.get_one(VersionRow, (row.id, row.newest))
    raise Outdated(f"{saved.by} 已另存了第 {saved.number} 版", "请打开新版，把您的改动并进去再保存或审核", row.newest)


def _check_state(row: BriefingRow, step: Step) -> None:
    before: tuple[State, ...] = ("draft", "returned") if step == "submitted" else ("submitted",)
    if row.state not in before:
        needed = "”或“".join(STATES[state] for state in before)
        raise NotAllowed(f"这份简报是“{STATES[cast(State, row.state)]}”", f"只有“{needed}”的简报可以这样做")
    if row.newest == 0:
        raise NotAllowed("这份简报还没有内容", "请先保存一版")


def _check_judge(session: Session, row: BriefingRow, step: Step, by: Account) -> None:
    """What counts is the role that the account has now."""
    account = session.get(AccountRow, by.id)
    if account is None or account.role != "approver":
        raise NotAllowed("只有审核人可以批准或退回", "请交给审核人处理")
    if step == "approved" and session.get_one(VersionRow, (row.id, row.newest)).by == account.name:
        raise NotAllowed("这一版是您自己保存的", "请交给另一位审核人批准")


def _fields(order: Order) -> dict[str, Any]:
    reports = [storable(report, "报告编号") for report in order.report_ids]
    return {
        "title": fitting(order.title.strip(), BriefingRow.title, "标题", 1),
        "topic": fitting(order.topic.strip(), BriefingRow.topic, "主题", 1),
        "audience": fitting(order.audience.strip(), BriefingRow.audience, "读者"),
        "length": fitting(order.length.strip(), BriefingRow.length, "篇幅"),
        "report_ids": json_text(reports, BriefingRow.report_ids, "报告编号"),
    }


def _filters(state: State | None, text: str) -> list[ColumnElement[bool]]:
    fitting(text, BriefingRow.title, "查找的文字")
    columns = (BriefingRow.title, BriefingRow.topic, BriefingRow.audience)
    holding = [or_(*(column.icontains(text, autoescape=True) for column in columns))] if text else []
    return holding + ([BriefingRow.state == storable(state, "状态")] if state else [])


_WHOLE = (selectinload(BriefingRow.versions), selectinload(BriefingRow.verdicts))


def _row(session: Session, id: str, changing: bool = False) -> BriefingRow:
    row = session.get(BriefingRow, id, with_for_update=changing) if is_id(id) else None
    if row is None:
        raise Missing("没有这份简报", "它可能已被删除；请在列表中重新选择")
    return row


def _briefing(row: BriefingRow) -> Briefing:
    return Briefing(
        id=row.id,
        order=Order(row.title, row.topic, row.audience, row.length, tuple(json.loads(row.report_ids))),
        state=cast(State, row.state),
        newest=row.newest,
        created_by=row.created_by,
        created_at=row.created_at,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
        versions=tuple(VersionHead(v.number, v.by, v.at) for v in row.versions),
        verdicts=tuple(Verdict(v.number, cast(Step, v.step), v.by, v.note, v.at) for v in row.verdicts),
    )
