"""The tab of reports: what its events do, over an archive that only knows so much."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import gradio as gr
import pytest
from starlette.requests import Request
from web_fakes import NASTY, TOWN

from chatbot.archive import Held, Progress, Recognised, Told, Warned
from chatbot.errors import IndexMissing, UnknownReport, UnreadableFile, UpstreamError
from chatbot.records.values import Account, Role
from chatbot.types import Report
from chatbot.web.staff.report_html import Leaflet
from chatbot.web.staff.reports import Desk, Reports, Screen, Tray, Typed, fields, followed
from chatbot.web.staff.texts import StaffTexts
from chatbot.web.texts import Texts
from vectorstore.sections import sections

TEXTS = StaffTexts.of()
TOLD = Typed(TOWN.title, TOWN.region, "2024")


def item(report: Report = TOWN, *warnings: Warned) -> Recognised:
    return Recognised(report, sections(report), 9, 6, warnings)


class FakeArchive:
    """Recognises the reports it is given in any file, and remembers what it was told to do."""

    def __init__(self, *found: Recognised | UnreadableFile, error: Exception | None = None) -> None:
        self.found, self.error = found, error
        self.published: list[tuple[Report, ...]] = []
        self.withdrawn: list[str] = []

    def held(self) -> tuple[Held, ...]:
        return (Held(TOWN.id, TOWN.title, TOWN.region, TOWN.year, True, True, 9, 6),)

    def recognise(self, path: Path) -> tuple[Recognised | UnreadableFile, ...]:
        assert path.is_file()
        return self.found

    def opened(self, report_id: str) -> Recognised:
        if report_id != TOWN.id:
            raise UnknownReport("没有这份报告")
        return item()

    def corrected(self, recognised: Recognised, told: Told) -> Recognised:
        report = replace(recognised.report, title=told.title, region=told.region, year=told.year)
        return replace(recognised, report=report, warnings=())

    def publish(self, reports: Sequence[Report], progress: Progress) -> tuple[str, ...]:
        progress("已编入 3/9")
        if self.error:
            raise self.error
        self.published.append(tuple(reports))
        return tuple(report.id for report in reports)

    def withdraw(self, report_id: str, progress: Progress) -> None:
        if self.error:
            raise self.error
        self.withdrawn.append(report_id)


def desk(archive: FakeArchive | IndexMissing) -> Desk:
    return Desk(Reports(archive, TEXTS), TEXTS, Texts.of())


@pytest.fixture
def upload(tmp_path: Path) -> str:
    path = tmp_path / "upload.txt"
    path.write_text("x", encoding="utf-8")
    return str(path)


def acting(**data: str) -> gr.EventData:
    return gr.EventData(None, data)


def as_one(role: Role) -> gr.Request:
    """An event of a person with that role, after the guard."""
    account = Account(1, "王芳", role, datetime(2031, 3, 1, tzinfo=UTC), datetime(2031, 3, 1, tzinfo=UTC))
    return gr.Request(request=Request({"type": "http", "headers": [], "zhengwen.account": account}))


APPROVER, EDITOR = as_one("approver"), as_one("editor")
NO_YEAR = item(replace(TOWN, year=None), Warned("no_year"))


def test_an_upload_is_shown_as_it_was_recognised_and_its_file_is_gone(upload: str):
    screen = desk(FakeArchive(NO_YEAR)).take(upload)
    assert (screen.title, screen.region, screen.year) == (TOWN.title, TOWN.region, "")
    assert "没有认出年份" in screen.sheet and "9 句，6 项指标" in screen.sheet
    assert "二、今年主要任务" in screen.sheet
    assert not Path(upload).exists()


def test_a_file_that_holds_no_report_is_one_line_and_gone(upload: str):
    screen = desk(FakeArchive(UnreadableFile("《upload.txt》里没有成句的中文", "请检查"))).take(upload)
    assert 'role="alert"' in screen.line and "没有成句的中文" in screen.line
    assert screen.tray == gr.skip()
    assert not Path(upload).exists()


def test_nothing_uploaded_is_one_line():
    assert "请先上传" in desk(FakeArchive()).take(None).line


def test_of_several_files_the_unread_are_told_beside_the_others(upload: str):
    other = item(replace(TOWN, id="b", title="另一份"))
    screen = desk(FakeArchive(item(), UnreadableFile("《b.txt》打不开"), other)).take(upload)
    assert "《b.txt》打不开" in screen.sheet
    assert screen.which["choices"] == [(TOWN.title, 0), ("另一份", 1)] and screen.which["visible"]
    assert screen.publish["value"] == "发布这 2 份报告"


def test_what_is_typed_is_taken_over(upload: str):
    screen = desk(FakeArchive()).correct(Tray((NO_YEAR,)), "新标题", "某市", "2031")
    assert fields(screen.tray.item) == ("新标题", "某市", "2031")
    assert "没有发现问题" in screen.sheet


def test_a_wrong_year_is_one_line_and_what_was_typed_stays():
    screen = desk(FakeArchive()).correct(Tray((NO_YEAR,)), "新标题", "某市", "明年")
    assert "不是年份" in screen.line
    assert screen == Screen(line=screen.line)


def test_turning_to_another_report_keeps_what_was_typed_of_the_one_before():
    tray = Tray((NO_YEAR, item(replace(TOWN, title="另一份"))))
    screen = desk(FakeArchive()).turn(1, tray, *TOLD)
    assert screen.tray.at == 1 and screen.title == "另一份"
    assert screen.tray.items[0].report.year == 2024


@pytest.mark.parametrize("which", [7, -1, None, "x"])
def test_a_report_that_is_not_there_cannot_be_turned_to(which):
    assert desk(FakeArchive()).turn(which, Tray((item(),)), *TOLD).tray.at == 0


def test_publishing_takes_over_what_is_typed_and_tells_how_far_it_is():
    archive = FakeArchive()
    screens = list(desk(archive).publish(Tray((NO_YEAR,)), *TOLD, APPROVER))
    assert "已编入 3/9" in screens[0].line
    assert "已发布《某市政府工作报告》" in screens[-1].line
    assert [[report.year for report in reports] for reports in archive.published] == [[2024]]
    assert screens[-1].tray == Tray() and screens[-1].form["visible"] is False


def test_a_publication_that_fails_is_one_line_and_the_report_stays_open():
    archive = FakeArchive(error=UpstreamError("嵌入服务没有回应", "请稍后再试"))
    screens = list(desk(archive).publish(Tray((item(),)), *TOLD, APPROVER))
    assert "嵌入服务没有回应。请稍后再试" in screens[-1].line
    assert screens[-1].tray == gr.skip() and screens[-1].form == gr.skip()


def test_an_unforeseen_fault_shows_nothing_of_its_insides():
    archive = FakeArchive(error=RuntimeError("secret path /home/x"))
    screens = list(desk(archive).publish(Tray((item(),)), *TOLD, APPROVER))
    assert 'role="alert"' in screens[-1].line and "secret" not in screens[-1].line


def test_nothing_open_is_nothing_published():
    archive = FakeArchive()
    screens = list(desk(archive).publish(Tray(), "", "", "", APPROVER))
    assert "请先上传" in screens[-1].line and archive.published == []


def test_a_held_report_is_opened_to_be_corrected():
    (screen,) = desk(FakeArchive()).act(EDITOR, acting(act="correct", report=TOWN.id))
    assert (screen.title, screen.year) == (TOWN.title, "2024")


def test_a_report_is_withdrawn():
    archive = FakeArchive()
    screens = list(desk(archive).act(APPROVER, acting(act="withdraw", report=TOWN.id)))
    assert archive.withdrawn == [TOWN.id] and "已撤下" in screens[-1].line


NEEDED = ("发布和撤下报告，要由审核人来做", "is for an approver to do")


def test_an_editor_cannot_publish_and_the_report_stays_open():
    archive = FakeArchive()
    (screen,) = desk(archive).publish(Tray((item(),)), *TOLD, EDITOR)
    assert 'role="alert"' in screen.line and NEEDED[0] in screen.line and screen.tray == gr.skip()
    assert archive.published == []


def test_an_editor_cannot_withdraw():
    archive = FakeArchive()
    (screen,) = desk(archive).act(EDITOR, acting(act="withdraw", report=TOWN.id))
    assert 'role="alert"' in screen.line and NEEDED[0] in screen.line and TOWN.title in screen.held
    assert archive.withdrawn == []


@pytest.mark.parametrize(("language", "needed"), [("zh", NEEDED[0]), ("en", NEEDED[1])], ids=["zh", "en"])
def test_where_the_buttons_stand_an_editor_reads_who_must_do_it(language: str, needed: str):
    texts = StaffTexts.of(language)
    screen = Desk(Reports(FakeArchive(), texts), texts, Texts.of(language)).look(EDITOR)
    assert not screen.publish["visible"] and needed in screen.needed
    assert needed in screen.held and 'data-act="withdraw"' not in screen.held and 'data-act="correct"' in screen.held


def test_an_approver_has_the_buttons_and_no_such_line():
    screen = desk(FakeArchive()).look(APPROVER)
    assert screen.publish["visible"] and screen.needed == ""
    assert NEEDED[0] not in screen.held and 'data-act="withdraw"' in screen.held


@pytest.mark.parametrize("data", [{}, {"act": "delete", "report": TOWN.id}, {"act": "withdraw ", "report": ""}])
def test_what_is_no_action_of_ours_does_nothing(data):
    archive = FakeArchive()
    assert list(desk(archive).act(APPROVER, acting(**data))) == [] and archive.withdrawn == []


def test_an_unknown_report_is_one_line():
    (screen,) = desk(FakeArchive()).act(EDITOR, acting(act="correct", report="../x"))
    assert "没有这份报告" in screen.line


def test_without_an_index_every_event_says_so():
    lost = desk(IndexMissing("还没有建立索引", "请执行 python -m vectorstore build"))
    assert "还没有建立索引" in lost.look(EDITOR).held
    assert "还没有建立索引" in list(lost.act(APPROVER, acting(act="withdraw", report="x")))[-1].line


def test_everything_from_a_file_is_escaped():
    evil = replace(TOWN, id=NASTY, title=NASTY, region=NASTY, source=NASTY, speaker=NASTY, text=f"一、{NASTY}\n好的。")
    drawn = Leaflet(TEXTS).sheet(item(evil, Warned("duplicate", NASTY)), [NASTY])
    drawn += Leaflet(TEXTS).held((Held(NASTY, NASTY, NASTY, None, False, False),), True)
    assert "<img" not in drawn and "&lt;img" in drawn


def test_the_sections_are_nested_with_what_the_parts_speak_of():
    drawn = Leaflet(TEXTS).sheet(item(), ())
    assert "一、过去一年工作回顾 <span" in drawn and "2023年，已完成的" in drawn and "2024年，目标或安排" in drawn
    assert drawn.count("<ol>") == drawn.count("</ol>") and drawn.count("<li>") == drawn.count("</li>")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_doubt_and_period_has_words(language: str):
    words = StaffTexts.of(language).reports
    assert set(words.doubts) == {"no_year", "no_region", "no_sections", "no_figures", "duplicate", "same_year"}
    assert set(words.periods) == {"review", "plan", "standing"}


def test_work_goes_on_when_nobody_listens_any_more():
    go_on, done = threading.Event(), threading.Event()

    def work(progress: Progress) -> None:
        progress("begun")
        assert go_on.wait(10)
        done.set()

    lines = followed(work)
    next(lines)
    lines.close()
    go_on.set()
    assert done.wait(10)
