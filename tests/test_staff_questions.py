"""Files of questions in the room: taken in and deleted, answered in the background, taken away, each by its owner."""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import gradio as gr
import pytest
from openpyxl import load_workbook
from staff_room import LI, LI_ID, PASSWORDS, WANG, WANG_ID, logged_in, open_room, staffed
from starlette.requests import Request
from web_fakes import GROWTH, NASTY, TOWN, FakeBot

from chatbot.errors import IndexMissing, UnknownReport, UnreadableFile, UsageError
from chatbot.jobs import Job, Row
from chatbot.sheets import LARGEST
from chatbot.types import Answer
from chatbot.web.staff.questions import Desk, JobTable, Questions
from chatbot.web.staff.staff import Staff
from chatbot.web.staff.texts import StaffTexts
from chatbot.web.texts import Texts

ZH, PAGE = StaffTexts.of("zh"), Texts.of("zh")
QUESTION, SILENT = "去年地区生产总值增长多少？", "地铁票价是多少？"
FILE = f"题号,问题\nA1,{QUESTION}\nA2,\nA3,{SILENT}\nA4,没有人教过的问题\n".encode("gb18030")


@pytest.fixture
def staff(tmp_path: Path) -> Iterator[Staff]:
    with staffed(tmp_path) as staff:
        yield staff


@pytest.fixture
def bot() -> FakeBot:
    return FakeBot()


@pytest.fixture
def questions(staff: Staff, bot: FakeBot) -> Questions:
    return Questions(bot, staff.runner, ZH, PAGE)


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    path = tmp_path / "uploads" / "问题.csv"
    path.parent.mkdir()
    path.write_bytes(FILE)
    return path


def begun(questions: Questions, staff: Staff, upload: Path, report_ids: Sequence[str] = ()) -> Job:
    """The job of that file, once it is done."""
    questions.begin(WANG_ID, str(upload), upload.name, list(report_ids))
    [job] = staff.runner.jobs.of(WANG_ID)
    staff.runner.wait(job.id, 30)
    return staff.runner.jobs.get(WANG_ID, job.id)


def request_of(staff: Staff, name: str = WANG) -> gr.Request:
    """As Gradio hands it to an event, after the guard."""
    account = staff.records.accounts.named(name)
    return gr.Request(request=Request({"type": "http", "headers": [], "zhengwen.account": account}))


def test_a_file_is_taken_in_answered_and_deleted(questions: Questions, staff: Staff, upload: Path) -> None:
    job = begun(questions, staff, upload, [TOWN.id])
    assert (job.owner, job.name, job.total, job.done, job.failed) == (WANG_ID, "问题.csv", 4, 4, 2)
    assert not upload.exists()


def test_questions_are_asked_of_the_chosen_reports(
    questions: Questions, staff: Staff, upload: Path, bot: FakeBot
) -> None:
    begun(questions, staff, upload, [TOWN.id])
    assert bot.asked[0] == (QUESTION, (), (TOWN.id,), "auto")


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"\x89PNG\0", UnreadableFile), (b"", UsageError), (b"x" * (LARGEST + 1), UsageError)],
    ids=["picture", "empty", "large"],
)
def test_a_file_that_cannot_be_taken_is_deleted_too(
    questions: Questions, staff: Staff, upload: Path, content: bytes, error: type[Exception]
) -> None:
    upload.write_bytes(content)
    with pytest.raises(error):
        questions.begin(WANG_ID, str(upload), upload.name, [])
    assert not upload.exists() and staff.runner.jobs.of(WANG_ID) == ()


def test_without_a_file_an_index_or_the_report_nothing_begins(staff: Staff, questions: Questions, upload: Path) -> None:
    with pytest.raises(UsageError, match="请先选一个"):
        questions.begin(WANG_ID, None, "", [])
    with pytest.raises(UnknownReport):
        questions.begin(WANG_ID, str(upload), "q.csv", ["nowhere"])
    upload.write_bytes(FILE)
    with pytest.raises(IndexMissing):
        Questions(IndexMissing("没有索引", "请建立"), staff.runner, ZH, PAGE).begin(WANG_ID, str(upload), "q.csv", [])
    assert staff.runner.jobs.of(WANG_ID) == ()


def test_the_answers_come_as_a_sheet_with_their_sources(questions: Questions, staff: Staff, upload: Path) -> None:
    name, content = questions.file(WANG_ID, begun(questions, staff, upload).id)
    head, first, second, third, fourth = load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    assert (name, head) == ("问题-答案.xlsx", ("题号", "问题", "状态", "答案", "引文", "出处", "页码"))
    assert first[:4] == ("A1", QUESTION, "已答", GROWTH.text)
    assert first[4].splitlines() == [f"[{c.marker}] {c.quote}" for c in GROWTH.citations]
    assert first[5].splitlines()[0] == "[1] 某市政府工作报告（2024年） 一、过去一年工作回顾"
    assert first[6].splitlines() == ["[1] 1", "[2] 2"]
    assert second[2:4] == ("出错", "这一行没有问题")
    assert third[2:4] == ("报告未提及", "报告没有提到地铁票价。\n报告提到了城镇新增就业。")
    assert fourth[2:4] == ("出错", PAGE.unexpected)


def test_what_nobody_foresaw_is_logged_and_shows_nothing_of_its_insides(
    questions: Questions, staff: Staff, upload: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        job = begun(questions, staff, upload)
    assert "unexpected question" in caplog.text
    assert "unexpected question" not in str(staff.runner.jobs.answers(WANG_ID, job.id))


def test_who_gets_a_name_that_was_another_s_gets_nothing_of_theirs(
    questions: Questions, staff: Staff, upload: Path
) -> None:
    begun(questions, staff, upload)
    staff.records.accounts.remove(WANG)
    staff.records.accounts.add(WANG, PASSWORDS[LI])
    desk = Desk(questions, PAGE)
    assert "问题.csv" not in desk.look(request_of(staff)).jobs


def test_the_files_of_others_are_not_there(staff: Staff, questions: Questions, upload: Path) -> None:
    job = begun(questions, staff, upload)
    with open_room(staff) as url, logged_in(url, WANG) as wang, logged_in(url, LI) as li:
        mine, others = (each.get(f"/staff/jobs/{job.id}.xlsx") for each in (wang, li))
    assert (mine.status_code, others.status_code) == (200, 404)
    assert others.text == "没有这个批量提问。它可能已被删除；请刷新页面"
    assert "%E9%97%AE%E9%A2%98-%E7%AD%94%E6%A1%88.xlsx" in mine.headers["content-disposition"]


class SlowBot(FakeBot):
    """Waits at its second question until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.here, self.go = threading.Event(), threading.Event()

    def ask(self, message: str, *rest: object, **more: object) -> Answer:
        if self.asked:
            self.here.set()
            assert self.go.wait(30)
        return super().ask(message, *rest, **more)  # type: ignore[arg-type]


def test_a_person_can_stop_a_job_go_on_and_delete_it(staff: Staff, upload: Path) -> None:
    bot = SlowBot()
    questions = Questions(bot, staff.runner, ZH, PAGE)
    upload.write_bytes(f"问题\n{QUESTION}\n{SILENT}\n{QUESTION}\n".encode())
    questions.begin(WANG_ID, str(upload), "q.csv", [])
    [job] = staff.runner.jobs.of(WANG_ID)
    assert bot.here.wait(30) and questions.is_at_work(WANG_ID) and not questions.is_at_work(LI_ID)
    assert "作答中" in questions.listed(WANG_ID) and 'data-act="stop"' in questions.listed(WANG_ID)
    questions.act(WANG_ID, "stop", job.id)
    bot.go.set()
    staff.runner.wait(job.id, 30)
    assert "已停下" in questions.listed(WANG_ID) and 'data-act="resume"' in questions.listed(WANG_ID)
    questions.act(WANG_ID, "resume", job.id)
    staff.runner.wait(job.id, 30)
    assert "已完成" in questions.listed(WANG_ID) and [asked[0] for asked in bot.asked] == [QUESTION, SILENT, QUESTION]
    questions.act(WANG_ID, "remove", job.id)
    assert staff.runner.jobs.of(WANG_ID) == ()


@pytest.mark.parametrize("act", ["stop", "resume", "remove", "", "explode"])
def test_nobody_acts_on_the_jobs_of_others(questions: Questions, staff: Staff, upload: Path, act: str) -> None:
    job = begun(questions, staff, upload)
    with pytest.raises(UsageError, match="没有这个批量提问"):
        questions.act(LI_ID, act, job.id)
    assert staff.runner.jobs.get(WANG_ID, job.id).is_done


def test_a_job_of_a_server_that_was_killed_is_listed_and_can_go_on(staff: Staff, questions: Questions) -> None:
    from_before = staff.runner.jobs.create(WANG_ID, "q.csv", staff.runner.jobs.rows(WANG_ID, _one(staff).id))
    html = questions.listed(WANG_ID)
    assert f'data-act="resume" data-job="{from_before.id}"' in html and "0 / 1 题" in html


def _one(staff: Staff) -> Job:
    return staff.runner.jobs.create(WANG_ID, "q.csv", (Row("1", QUESTION),))


def test_names_of_files_are_shown_as_text(staff: Staff, questions: Questions, upload: Path) -> None:
    questions.begin(WANG_ID, str(upload), NASTY, [])
    html = questions.listed(WANG_ID)
    assert "<img" not in html and "&lt;img" in html


def test_every_action_says_which_file_it_is_for(staff: Staff) -> None:
    html = JobTable(staff.runner, ZH).html((_one(staff),))
    assert 'aria-label="继续：q.csv"' in html and 'aria-label="删除：q.csv"' in html
    assert '<progress value="0" max="1" aria-label="q.csv">' in html


def test_an_event_tells_in_one_line_what_went_wrong(questions: Questions, staff: Staff) -> None:
    screen = Desk(questions, PAGE).start(None, None, request_of(staff))
    assert screen.line == f'<p class="zw-line" role="alert">{ZH.questions.no_file}</p>'
    assert ZH.questions.none in screen.jobs


def test_the_page_looks_on_only_while_there_is_work(staff: Staff, upload: Path) -> None:
    bot = SlowBot()
    desk = Desk(Questions(bot, staff.runner, ZH, PAGE), PAGE)
    upload.write_bytes(f"问题\n{QUESTION}\n{SILENT}\n".encode())
    assert desk.start(str(upload), [], request_of(staff)).timer.active
    assert bot.here.wait(30)
    assert desk.look(request_of(staff)).timer.active and not desk.look(request_of(staff, LI)).timer.active
    bot.go.set()
    staff.runner.wait(staff.runner.jobs.of(WANG_ID)[0].id, 30)
    assert not desk.look(request_of(staff)).timer.active


def test_the_lines_of_the_room_say_the_limits() -> None:
    for language in ("zh", "en"):
        lead = StaffTexts.of(language).questions.lead.format(rows=2000, megabytes=5)
        assert "2000" in lead and "5 MB" in lead
