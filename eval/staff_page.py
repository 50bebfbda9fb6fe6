"""Pictures of the staff's briefings and reports for the docs, in a home of their own that is gone afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.types import ASGIApp

from app import open_live
from chatbot.archive import Progress
from chatbot.job_runner import Runner
from chatbot.jobs import Jobs
from chatbot.settings import CODE_FOLDER, Settings, keep_uploads_in
from eval.page import SIZES, chromium, serving
from vectorstore.embed import open_embedder
from vectorstore.index import build

_FIGURE = re.compile("[1-9][0-9.]*")
NAMES = {"editor": "王编辑", "approver": "李审核"}
PASSWORD = "only-for-these-pictures"
TOPIC, UPLOAD = "教育工作", CODE_FOLDER / "eval" / "reports" / "yunxi-2023.txt"


def staff_page(settings: Settings, out: Path, tell: Progress) -> None:
    """Write the pictures to `out` as PNG. Raises SetupError without browser or model file."""
    with TemporaryDirectory() as folder:
        apart = settings.model_copy(update={"home": Path(folder)})
        build(apart, open_embedder(apart), lambda _: None)
        with serving_room(apart) as address, chromium() as browser:
            for size, (width, height) in SIZES.items():
                tell(f"拍摄工作台：{width} × {height}")
                pages = {}
                for role, name in NAMES.items():
                    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
                    pages[role] = _come_in(context.new_page(), address, name)
                _pictures(pages, out, size)
                for page in pages.values():
                    page.context.close()


@contextmanager
def serving_room(settings: Settings) -> Iterator[str]:
    """The whole site with the room, as app.py puts it together, and the two people who may come in."""
    # Gradio and SQLAlchemy take seconds to import; no other command of the evaluation needs them.
    from chatbot.records.database import open_records

    keep_uploads_in(settings.home / "uploads")
    url = f"sqlite:///{settings.home}/records.sqlite3"
    with closing(open_records(url)) as records, closing(Runner(Jobs(settings.home / "jobs"))) as runner:
        records.accounts.add(NAMES["editor"], PASSWORD)
        records.accounts.add(NAMES["approver"], PASSWORD, "approver")
        with serving(lambda: _app(settings, records, runner)) as address:
            yield address


def _app(settings: Settings, records: Any, runner: Runner) -> ASGIApp:
    # See above.
    from chatbot.web.server import Doors, create_app
    from chatbot.web.staff.briefing import add_briefing_files, briefing_tab
    from chatbot.web.staff.reports import reports_tab
    from chatbot.web.staff.staff import Staff

    live, archive = open_live(settings, {})
    staff = Staff(
        records,
        runner,
        before=[lambda texts: briefing_tab(live, records.briefings, texts)],
        after=[lambda texts: reports_tab(archive, texts)],
        files=[lambda app: add_briefing_files(app, live, records.briefings)],
    )
    return create_app(live, doors=Doors(staff=staff))


def _come_in(page: Any, address: str, name: str) -> Any:
    page.goto(f"{address}/staff/")
    page.fill("#zw-name", name)
    page.fill("#zw-password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#zw-brief-list :is(p, table)")
    return page


def _pictures(pages: Mapping[str, Any], out: Path, size: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, (role, step) in STATES.items():
        step(pages[role])
        pages[role].wait_for_timeout(900)  # scrolling comes to rest
        pages[role].screenshot(path=out / f"{size}-staff-{name}.png")


def _draft(page: Any) -> None:
    page.fill("#zw-brief-topic :is(input, textarea)", TOPIC)
    page.fill("#zw-brief-audience :is(input, textarea)", "市政府办公室")
    page.click("#zw-brief-draft")
    page.wait_for_selector(".zw-briefing")


def _edit_wrongly(page: Any) -> None:
    """A figure that no quote states, in the first sentence that has one."""
    sentence = page.locator(".zw-sentence", has_text=_FIGURE).first
    sentence.locator("summary").first.click()
    typed = sentence.locator(".zw-typed")
    typed.fill(_FIGURE.sub(lambda found: f"9{found[0]}", typed.input_value(), count=1))
    sentence.locator("[data-act=edit]").click()
    page.wait_for_selector(".zw-unsupported")
    page.locator(".zw-unsupported").evaluate("line => line.scrollIntoView({ block: 'center' })")


def _look_at_the_evidence(page: Any) -> None:
    page.click(".zw-evidence summary")
    page.locator(".zw-evidence").evaluate("evidence => evidence.scrollIntoView()")


def _hand_in(page: Any) -> None:
    sentence = page.locator(".zw-unsupported")
    sentence.locator("summary").first.click()
    sentence.locator("[data-act=remove]").click()
    page.wait_for_selector(".zw-unsupported", state="detached")
    for act, told in (("save", "已存为"), ("submit", "已提交审核")):
        page.click(f"[data-act={act}]")
        page.wait_for_selector(f"#zw-brief-line:has-text('{told}')")


def _approve(page: Any) -> None:
    page.click("#zw-brief-find")
    page.locator("#zw-brief-list button").first.click()
    page.fill("#zw-note", "同意")
    page.click("[data-act=approve]")
    page.wait_for_selector("#zw-brief-line:has-text('已批准')")


def _upload(page: Any) -> None:
    page.goto(page.url)  # on a phone the tabs at the end are behind a button
    page.wait_for_selector("#zw-brief-list :is(p, table)")
    wide = page.viewport_size
    page.set_viewport_size({"width": SIZES["desk"][0], "height": wide["height"]})
    page.get_by_role("tab", name="报告管理").click()
    page.set_input_files("#zw-report-file input[type=file]", UPLOAD)
    page.wait_for_selector("#zw-report-sheet article")
    page.set_viewport_size(wide)


def _publish(page: Any) -> None:
    page.click("#zw-report-publish")
    page.wait_for_selector("#zw-report-line:has-text('已发布')")


STATES: Mapping[str, tuple[str, Callable[[Any], None]]] = {
    "draft": ("editor", _draft),
    "unsupported": ("editor", _edit_wrongly),
    "evidence": ("editor", _look_at_the_evidence),
    "submitted": ("editor", _hand_in),
    "approved": ("approver", _approve),
    "report": ("approver", _upload),
    "published": ("approver", _publish),
}
