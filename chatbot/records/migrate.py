"""The migrations, run by Alembic as a library inside the caller's transaction."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from chatbot.errors import SetupError

_ONE_AT_A_TIME = threading.Lock()  # Alembic has one context for the whole process
FOLDER = Path(__file__).parent / "migrations"


def migrate(connection: Connection, revision: str = "head") -> None:
    """Bring the database to `revision`; nothing is done where it is there already.

    Raises SetupError for a database that a newer version of the program has made.
    """
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        with _ONE_AT_A_TIME:
            command.upgrade(config, revision)
    except CommandError as error:
        raise SetupError("记录数据库不是这个版本的程序建的", "请更新程序，或在 DATABASE_URL 换一个数据库") from error
