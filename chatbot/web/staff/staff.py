"""The staff room put together: login, guard, files and the tabs, from what it is handed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chatbot.errors import ZhengwenError
from chatbot.job_runner import Runner
from chatbot.records.database import Records
from chatbot.web.contract import AskableBot
from chatbot.web.staff.figures import add_figure_files, figures_tab
from chatbot.web.staff.login import ROOM, add_login
from chatbot.web.staff.questions import add_answer_files, questions_tab
from chatbot.web.staff.receipts import receipts_tab
from chatbot.web.staff.room import Tab, build_room, mount_room
from chatbot.web.staff.texts import StaffTexts

MakeTab = Callable[[StaffTexts], Tab]
LANGUAGES = ("en", "zh")  # `/staff/en` comes before `/staff`, which answers for all that is left


@dataclass(frozen=True, slots=True)
class Staff:
    """What the room needs. `before` and `after` make the tabs that stand before and after those of this room's own.

    `files` add what those tabs give away under `/staff`. The owner closes `records` and `runner` when the server has
    ended.
    """

    records: Records
    runner: Runner
    before: Sequence[MakeTab] = ()
    after: Sequence[MakeTab] = ()
    files: Sequence[Callable[[FastAPI], None]] = ()


def add_staff(app: FastAPI, bot: AskableBot | ZhengwenError, staff: Staff) -> None:
    """To be added before anything that answers for all paths."""
    add_login(app, staff.records.accounts)
    add_figure_files(app, bot)
    add_answer_files(app, bot, staff.runner)
    for add_files in staff.files:
        add_files(app)
    app.add_api_route(ROOM, _to_the_room, include_in_schema=False)
    for language in LANGUAGES:
        texts = StaffTexts.of(language)
        mount_room(app, build_room(_tabs(bot, staff, texts), texts), texts)


def _to_the_room(request: Request) -> Response:
    """`/staff` → `/staff/`; relative, as behind a proxy's path."""
    return RedirectResponse(f".{ROOM}/", 303)


def _tabs(bot: AskableBot | ZhengwenError, staff: Staff, texts: StaffTexts) -> list[Tab]:
    return [
        *(make(texts) for make in staff.before),
        figures_tab(bot, texts),
        questions_tab(bot, staff.runner, texts),
        receipts_tab(bot, staff.records, texts),
        *(make(texts) for make in staff.after),
    ]
