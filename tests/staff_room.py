"""A staff room for tests: two people with accounts, and the server around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import httpx
from records_postgres import opened
from web_fakes import FakeBot
from web_server import serving

from chatbot.errors import ZhengwenError
from chatbot.job_runner import Runner
from chatbot.jobs import Jobs
from chatbot.records.sessions import utc_now
from chatbot.web.contract import AskableBot
from chatbot.web.server import Doors
from chatbot.web.staff.staff import Staff

WANG, LI = "王芳", "li.ming"  # an editor and an approver
WANG_ID, LI_ID = 1, 2  # in the order they are added
PASSWORDS = {WANG: "春眠不觉晓处处闻啼鸟", LI: "夜来风雨声花落知多少"}


@contextmanager
def staffed(folder: Path, clock: Callable[[], datetime] = utc_now) -> Iterator[Staff]:
    """The room's records and jobs in that folder, with both accounts."""
    with opened("sqlite", folder, clock) as records, closing(Runner(Jobs(folder / "jobs"))) as runner:
        records.accounts.add(WANG, PASSWORDS[WANG])
        records.accounts.add(LI, PASSWORDS[LI], "approver")
        yield Staff(records, runner)


@contextmanager
def open_room(staff: Staff, bot: AskableBot | ZhengwenError | None = None) -> Iterator[str]:
    """The address of the site with the room."""
    with serving(bot or FakeBot(), Doors(staff=staff)) as url:
        yield url


def enter(client: httpx.Client, name: str = WANG, password: str = "", **more: str) -> httpx.Response:
    """Log in as a form without a script would."""
    return client.post("/login", data={"name": name, "password": password or PASSWORDS[name], **more})


@contextmanager
def logged_in(url: str, name: str = WANG) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url) as client:
        assert enter(client, name).status_code == 303
        yield client
