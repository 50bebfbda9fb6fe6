"""A URL → the records. The only place that knows what SQLite and PostgreSQL each need."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError

from chatbot.errors import SetupError
from chatbot.records.accounts import Accounts
from chatbot.records.briefings import Briefings
from chatbot.records.feedback import Feedback
from chatbot.records.migrate import migrate
from chatbot.records.passwords import Passwords
from chatbot.records.receipts import Receipts
from chatbot.records.sessions import WRITING, Clock, Sessions, told, utc_now

PATIENCE = 10  # seconds to wait for a connection or for another writer
MIGRATION_LOCK = 0x7A686E67  # PostgreSQL's advisory lock, "zhng"

URL_ADVICE = (
    "请在 .env 中改正 DATABASE_URL：sqlite:///文件 或 postgresql://用户:密码@主机/库名；留空即用 ZHENGWEN_HOME 下的文件"
)
SERVER_ADVICE = "请检查数据库服务是否已启动，以及 DATABASE_URL 中的主机、库名、用户和密码"
BUSY = ("另一个程序一直占用着数据库", "请等它完成或先关闭它，再试一次")
FILE_ADVICE = "请检查文件与所在文件夹的权限和磁盘空间，或在 DATABASE_URL 换一个位置"


@dataclass(frozen=True, slots=True)
class Records:
    """All that is kept. May be used from several threads at once, and by several processes."""

    accounts: Accounts
    briefings: Briefings
    receipts: Receipts
    feedback: Feedback
    _sessions: Sessions

    def close(self) -> None:
        self._sessions.close()


def open_records(
    url: str, clock: Clock = utc_now, passwords: Passwords | None = None, patience: float = 120
) -> Records:
    """The records at `url`, made or migrated if need be; raises SetupError for a database that cannot be had.

    `patience`: seconds to wait for another process that is doing the same.
    """
    engine = _opened(_parsed(url), patience)
    sessions = Sessions(engine)
    accounts = Accounts(sessions, passwords or Passwords(), clock)
    return Records(accounts, Briefings(sessions, clock), Receipts(sessions, clock), Feedback(sessions, clock), sessions)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError) as error:
        raise SetupError("看不懂数据库地址", URL_ADVICE) from error
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:" and "\0" not in parsed.database:
        return parsed.set(drivername="sqlite+pysqlite", query={})
    if backend in ("postgres", "postgresql") and "\0" not in url:
        return parsed.set(drivername="postgresql+psycopg")
    raise SetupError("数据库地址只能是 SQLite 文件或 PostgreSQL", URL_ADVICE)


def _opened(url: URL, patience: float) -> Engine:
    is_file = url.get_backend_name() == "sqlite"
    engine = _sqlite(url) if is_file else _postgresql(url)
    try:
        _prepare_sqlite(engine, patience) if is_file else _prepare_postgresql(engine, patience)
    except BaseException:
        engine.dispose()
        raise
    return engine


# SQLite


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": PATIENCE})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: DBAPIConnection, _: object) -> None:
    """Transactions begin where we say, not where Python's driver guesses; foreign keys hold."""
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON").close()


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its turn at once: one that has read first could be refused in the middle."""
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _prepare_sqlite(engine: Engine, patience: float) -> None:
    path = Path(engine.url.database or "")
    with _file_told(path), _only_one(path, patience):
        path.touch(mode=0o600)  # it holds password hashes
        with closing(sqlite3.connect(path, timeout=PATIENCE)) as plain:
            _use_wal(plain)
        with engine.execution_options(**{WRITING: True}).begin() as connection:
            migrate(connection)


def _use_wal(connection: sqlite3.Connection) -> None:
    """Readers no longer wait for a writer; it stays with the file. Asking for it anew may fail while others close."""
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # waits, as the pragma does not
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        connection.execute("PRAGMA journal_mode = WAL")


@contextmanager
def _file_told(path: Path) -> Iterator[None]:
    what = f"打不开数据库文件 {path}"
    try:
        with told(what, FILE_ADVICE):
            yield
    except (OSError, sqlite3.Error) as error:
        raise SetupError(what, FILE_ADVICE) from error


@contextmanager
def _only_one(path: Path, patience: float) -> Iterator[None]:
    """One process at a time: changing to WAL does not wait for others as a transaction does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(f"{path}.lock", timeout=patience):
            yield
    except Timeout as error:
        raise SetupError(*BUSY) from error


# PostgreSQL


def _postgresql(url: URL) -> Engine:
    arguments: dict[str, Any] = {} if "connect_timeout" in url.query else {"connect_timeout": PATIENCE}
    with _server_told():
        engine = create_engine(url, connect_args=arguments, pool_pre_ping=True, pool_timeout=PATIENCE)
        event.listen(engine, "begin", _begin_postgresql)
        return engine


def _begin_postgresql(connection: Connection) -> None:
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}s'")


def _prepare_postgresql(engine: Engine, patience: float) -> None:
    with _server_told(), engine.begin() as connection:
        if connection.scalar(text("SHOW server_encoding")) != "UTF8":
            raise SetupError("PostgreSQL 的这个库不是 UTF8 编码", "请另建一个 UTF8 编码的库")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{round(patience * 1000)}ms'")
        with told(*BUSY):
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        migrate(connection)


@contextmanager
def _server_told() -> Iterator[None]:
    try:
        with told("连不上 PostgreSQL 数据库，或没有建表的权限", SERVER_ADVICE):
            yield
    except (OSError, ValueError) as error:  # psycopg's, for a host name that is none
        raise SetupError("连不上 PostgreSQL 数据库", SERVER_ADVICE) from error
