"""Transactions: one for reading, one for writing. What goes wrong in a database becomes a SetupError here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from chatbot.errors import SetupError

Clock = Callable[[], datetime]  # aware
WRITING = "zhengwen_writing"  # the execution option that marks a transaction that will write

ADVICE = "请检查磁盘空间与数据库服务，稍后再试；设置见 .env 中的 DATABASE_URL"


class Sessions:
    """Hands out sessions; a block is one transaction, committed at its end and rolled back when it raises."""

    def __init__(self, engine: Engine) -> None:
        self._reader = engine
        self._writer = engine.execution_options(**{WRITING: True})

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with told(), Session(self._reader) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """SQLite waits for other writers here, at the beginning, so that what is read then still holds at the end."""
        with told(), Session(self._writer) as session, session.begin():
            yield session

    def close(self) -> None:
        self._reader.dispose()


@contextmanager
def told(what: str = "记录数据库暂时用不了", advice: str = ADVICE) -> Iterator[None]:
    """A database error becomes a SetupError of these words; what the driver says may hold secrets and is not shown."""
    try:
        yield
    except SQLAlchemyError as error:
        raise SetupError(what, advice) from error


def utc_now() -> datetime:
    return datetime.now(UTC)
