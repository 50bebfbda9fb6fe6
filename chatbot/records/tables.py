"""The tables. A text column's length is the limit that `limits.fitting` checks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from sqlalchemy import DateTime, ForeignKey, Index, MetaData, String
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

DOCUMENT = 1_000_000  # characters of the longest JSON text
NAMES = {  # so that constraints are called the same in every database, and migrations can name them
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """Aware in, aware UTC out. SQLite forgets the zone of a time, so what it holds is always UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


Id = Annotated[str, mapped_column(String(16), primary_key=True)]
Name = Annotated[str, mapped_column(String(40))]
Word = Annotated[str, mapped_column(String(20))]
Document = Annotated[str, mapped_column(String(DOCUMENT), deferred=True)]
Time = Annotated[datetime, mapped_column(Moment)]


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


class AccountRow(Base):
    __tablename__ = "accounts"
    __table_args__ = ({"sqlite_autoincrement": True},)  # else SQLite gives a removed account's id again

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    role: Mapped[Word]
    password_hash: Mapped[str] = mapped_column(String(255))
    password_at: Mapped[Time]
    created_at: Mapped[Time]
    failures: Mapped[int]
    locked_until: Mapped[datetime | None] = mapped_column(Moment)


class LoginRow(Base):
    """`token_hash` is SHA-256 in hex: who reads the database cannot log in with what stands there."""

    __tablename__ = "logins"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[Time]


class BriefingRow(Base):
    """People are kept by name, not by account: the history outlives accounts. `report_ids` is a JSON list."""

    __tablename__ = "briefings"

    id: Mapped[Id]
    title: Mapped[str] = mapped_column(String(200))
    topic: Mapped[str] = mapped_column(String(500))
    audience: Mapped[str] = mapped_column(String(100))
    length: Mapped[str] = mapped_column(String(20))
    report_ids: Mapped[str] = mapped_column(String(4000))
    state: Mapped[Word]
    newest: Mapped[int]
    created_by: Mapped[Name]
    created_at: Mapped[Time]
    changed_by: Mapped[Name]
    changed_at: Mapped[datetime] = mapped_column(Moment, index=True)
    versions: Mapped[list[VersionRow]] = relationship(order_by="VersionRow.number", passive_deletes="all")
    verdicts: Mapped[list[VerdictRow]] = relationship(order_by="VerdictRow.id", passive_deletes="all")


class VersionRow(Base):
    __tablename__ = "versions"

    briefing_id: Mapped[str] = mapped_column(ForeignKey("briefings.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[Document]
    by: Mapped[Name]
    at: Mapped[Time]


class VerdictRow(Base):
    __tablename__ = "verdicts"

    id: Mapped[int] = mapped_column(primary_key=True)
    briefing_id: Mapped[str] = mapped_column(ForeignKey("briefings.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    step: Mapped[Word]
    by: Mapped[Name]
    note: Mapped[str] = mapped_column(String(1000))
    at: Mapped[Time]


class ReceiptRow(Base):
    """`told` is the beginning of the answer's text, to search in; nothing says who asked."""

    __tablename__ = "receipts"
    __table_args__ = (Index(None, "at", "id"),)

    id: Mapped[Id]
    at: Mapped[Time]
    door: Mapped[Word]
    asked: Mapped[str] = mapped_column(String(4000))
    mode: Mapped[Word]
    status: Mapped[Word]
    told: Mapped[str] = mapped_column(String(4000))
    answer: Mapped[str] = mapped_column(String(DOCUMENT))
    setting: Mapped[str] = mapped_column(String(40_000))


class RatingRow(Base):
    __tablename__ = "ratings"

    receipt_id: Mapped[str] = mapped_column(ForeignKey("receipts.id", ondelete="CASCADE"), primary_key=True)
    good: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(40))
    comment: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(Moment, index=True)
