"""A throw-away PostgreSQL for the tests of the records, on a socket in a temporary folder; and the same for SQLite.

Each test module makes its fixture from `opened`, once for each of `DATABASES`.
"""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import psycopg
import pytest
from argon2 import PasswordHasher

from chatbot.records.database import Records, open_records
from chatbot.records.passwords import Passwords

DATABASES = ("sqlite", "postgresql")
_OWNER = "postgres"  # the user that Debian's package makes; PostgreSQL refuses to run as root
_numbers = itertools.count(1)


class Watch:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = datetime(2031, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **time: float) -> None:
        self.now += timedelta(**time)


def quick_passwords(time_cost: int = 1) -> Passwords:
    """The real hashing, with the least of work."""
    return Passwords(PasswordHasher(time_cost=time_cost, memory_cost=8, parallelism=1))


@contextmanager
def opened(kind: str, folder: Path, clock: Callable[[], datetime] | None = None) -> Iterator[Records]:
    """The records in a fresh database of that kind."""
    records = open_records(fresh_url(kind, folder), clock or Watch(), quick_passwords())
    yield records
    records.close()


def fresh_url(kind: str, folder: Path) -> str:
    """An empty database; skips the test where there is no PostgreSQL."""
    if kind == "sqlite":
        return f"sqlite:///{folder}/records.sqlite3"
    name, socket = f"test{next(_numbers)}", _server()
    with psycopg.connect(f"host={socket} user={_OWNER} dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    return f"postgresql://{_OWNER}@/{name}?host={socket}"


def _server() -> Path:
    """The folder of the server's socket."""
    programs = _programs()
    if not programs:
        pytest.skip("PostgreSQL is not installed")
    if os.geteuid() == 0 and not _unprivileged():
        pytest.skip("PostgreSQL does not run as root, and there is no user to run it as")
    return _started(programs)


def _programs() -> Path | None:
    found = shutil.which("initdb")
    installed = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(installed) if (folder / "initdb").is_file()), None)


def _unprivileged() -> bool:
    asked = subprocess.run(["id", _OWNER], capture_output=True)
    return asked.returncode == 0 and shutil.which("runuser") is not None


@cache
def _started(programs: Path) -> Path:
    """Started once for all tests, and stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="zhengwen-postgres-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if os.geteuid() == 0:
        shutil.chown(folder, _OWNER, _OWNER)
    data = folder / "data"
    _run(programs / "initdb", "-D", data, "-U", _OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c max_connections=50"
    control = programs / "pg_ctl"
    _run(control, "start", "-w", "-D", data, "-l", folder / "log", "-o", options)
    atexit.register(_run, control, "stop", "-D", data, "-m", "immediate")
    return folder


def _run(*command: object) -> None:
    """As the owner, when we are root. Output goes to a file: a server would hold a pipe open, and we would wait."""
    as_owner = ["runuser", "-u", _OWNER, "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryFile() as output:
        arguments = [*as_owner, *map(str, command)]
        done = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/")
        output.seek(0)
        assert done.returncode == 0, output.read().decode("utf-8", "replace")
