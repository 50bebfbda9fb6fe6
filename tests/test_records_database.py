"""The database itself: made once, however many open it; nothing committed is lost; what cannot be had is one line."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from filelock import FileLock
from records_postgres import DATABASES, fresh_url, opened, quick_passwords
from sqlalchemy import create_engine

from chatbot.errors import SetupError
from chatbot.records.database import MIGRATION_LOCK, Records, open_records
from chatbot.records.tables import Base
from chatbot.settings import CODE_FOLDER

OPEN = """
import sys
from chatbot.records.database import open_records
print("ready", flush=True)
sys.stdin.readline()
records = open_records(sys.argv[1])
print(len(records.accounts.list()), flush=True)
records.close()
"""
WRITE = """
import sys
from chatbot.records.database import open_records
records = open_records(sys.argv[1])
while True:
    print(records.receipts.keep("api", "问", {"answer": "答" * 5000}), flush=True)
"""

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA locking_mode = EXCLUSIVE")
connection.execute("UPDATE alembic_version SET version_num = version_num")
print("held", flush=True)
sys.stdin.readline()
connection.close()
"""


@pytest.fixture(params=DATABASES)
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    with opened(request.param, tmp_path) as records:
        yield records


def program(code: str, url: str) -> subprocess.Popen[str]:
    surroundings = os.environ | {"PYTHONPATH": str(CODE_FOLDER)}
    command = [sys.executable, "-c", code, url]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=surroundings)


@pytest.mark.parametrize("kind", DATABASES)
def test_the_migrations_make_the_tables_that_the_code_knows(kind: str, tmp_path: Path):
    url = fresh_url(kind, tmp_path)
    open_records(url, passwords=quick_passwords()).close()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


@pytest.mark.parametrize("kind", DATABASES)
def test_records_are_there_when_opened_again(kind: str, tmp_path: Path):
    url = fresh_url(kind, tmp_path)
    first = open_records(url, passwords=quick_passwords())
    kept = first.receipts.keep("page", "问", {"answer": "答"})
    first.close()
    again = open_records(url, passwords=quick_passwords())
    assert again.receipts.get(kept).answer == {"answer": "答"}
    again.close()


@pytest.mark.parametrize("kind", DATABASES)
def test_four_processes_that_open_a_fresh_database_at_once_all_succeed(kind: str, tmp_path: Path):
    url = fresh_url(kind, tmp_path)
    programs = [program(OPEN, url) for _ in range(4)]
    for each in programs:
        assert each.stdout and each.stdout.readline() == "ready\n"
    for each in programs:
        assert each.stdin
        each.stdin.write("\n")
        each.stdin.flush()
    assert [each.communicate(timeout=120) for each in programs] == [("0\n", "")] * 4


def test_who_opens_a_file_waits_for_another_and_says_so_when_it_takes_too_long(tmp_path: Path):
    url = fresh_url("sqlite", tmp_path)
    with FileLock(f"{tmp_path}/records.sqlite3.lock"), pytest.raises(SetupError, match="占用着数据库"):
        open_records(url, passwords=quick_passwords(), patience=0.01)
    assert not (tmp_path / "records.sqlite3").exists()
    open_records(url, passwords=quick_passwords()).close()


def test_who_opens_a_server_waits_for_another_and_says_so_when_it_takes_too_long(tmp_path: Path):
    url = fresh_url("postgresql", tmp_path)
    with psycopg.connect(url) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        with pytest.raises(SetupError, match="占用着数据库"):
            open_records(url, passwords=quick_passwords(), patience=0.01)
    open_records(url, passwords=quick_passwords()).close()


def test_a_file_that_another_holds_for_a_moment_is_waited_for(tmp_path: Path):
    """As the last one to close it does, while it tidies up."""
    url = fresh_url("sqlite", tmp_path)
    open_records(url, passwords=quick_passwords()).close()
    with program(HOLD, f"{tmp_path}/records.sqlite3") as holder:
        assert holder.stdin and holder.stdout and holder.stdout.readline() == "held\n"
        with ThreadPoolExecutor(1) as pool:
            opening = pool.submit(open_records, url, passwords=quick_passwords())
            with pytest.raises(TimeoutError):
                opening.result(timeout=0.5)  # an opening that does not wait has failed by then
            holder.communicate("\n")
            opening.result().close()


def test_options_of_a_sqlite_address_are_left_alone(tmp_path: Path):
    open_records(f"{fresh_url('sqlite', tmp_path)}?timeout=none&uri=true", passwords=quick_passwords()).close()
    assert (tmp_path / "records.sqlite3").is_file()


@pytest.mark.parametrize("kind", DATABASES)
def test_a_killed_writer_loses_nothing_that_was_committed(kind: str, tmp_path: Path):
    url = fresh_url(kind, tmp_path)
    with program(WRITE, url) as writer:
        assert writer.stdout
        kept = [writer.stdout.readline().strip() for _ in range(20)]
        writer.send_signal(signal.SIGKILL)
        kept += [line.strip() for line in writer.stdout if line.endswith("\n")]
    records = open_records(url, passwords=quick_passwords())
    assert [records.receipts.get(id).asked for id in kept] == ["问"] * len(kept)
    records.close()


def test_a_sqlite_file_is_made_with_its_folder_in_wal_mode_and_for_its_owner_only(tmp_path: Path):
    path = tmp_path / "政府 100%25" / "records.sqlite3"
    open_records(f"sqlite:///{str(path).replace('%', '%25')}", passwords=quick_passwords()).close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_foreign_keys_hold_in_every_connection(records: Records):
    """A rating goes with its receipt."""
    kept = records.receipts.keep("page", "问", {})
    records.feedback.rate(kept, True)
    assert records.receipts.purge(records.receipts.get(kept).at.replace(year=2099)) == 1
    assert records.feedback.list() == ()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "没有这种地址",
        "mysql://u:secret@h/d",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:////proc/none/records.sqlite3",
        "sqlite:///a\0b",
        f"sqlite:////tmp/{'x' * 300}/records",
        "postgresql://u:secret@127.0.0.1:1/d",
        "postgresql://u:secret@127.0.0.1:99999/d",
        "postgresql://u:secret@127.0.0.1:port/d",
        "postgresql://u:secret@/d?host=/nowhere&nonsense=1",
        "postgresql://u:secret@127.0.0.1:1/a\0b",
        "postgres://u:secret@127.0.0.1:1/d",
    ],
)
def test_a_database_that_cannot_be_had_is_one_line_without_the_password(url: str):
    with pytest.raises(SetupError) as caught:
        open_records(url, passwords=quick_passwords())
    line = str(caught.value)
    assert "\n" not in line and "secret" not in line and caught.value.advice


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path):
    path = tmp_path / "records.sqlite3"
    path.write_text("这不是数据库" * 1000, encoding="utf-8")
    with pytest.raises(SetupError, match="打不开数据库文件"):
        open_records(f"sqlite:///{path}", passwords=quick_passwords())
    assert path.read_text(encoding="utf-8").startswith("这不是数据库")


def test_a_database_of_a_newer_program_is_a_set_up_error(tmp_path: Path):
    url = fresh_url("sqlite", tmp_path)
    open_records(url, passwords=quick_passwords()).close()
    with closing(sqlite3.connect(tmp_path / "records.sqlite3")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(SetupError, match="请更新程序"):
        open_records(url, passwords=quick_passwords())


def test_a_database_that_fails_later_is_a_set_up_error_too(tmp_path: Path):
    with opened("sqlite", tmp_path) as records:
        with closing(sqlite3.connect(tmp_path / "records.sqlite3")) as connection:
            connection.execute("DROP TABLE accounts")
        with pytest.raises(SetupError, match="暂时用不了"):
            records.accounts.list()


def test_postgresql_in_another_encoding_is_a_set_up_error(tmp_path: Path):
    url = fresh_url("postgresql", tmp_path)
    other = create_engine(url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    other.dispose()
    with pytest.raises(SetupError, match="UTF8"):
        open_records(url.replace(url.split("@/")[1].split("?")[0], "latin"), passwords=quick_passwords())
