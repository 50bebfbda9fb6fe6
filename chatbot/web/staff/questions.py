"""批量提问: a file of questions is answered in the background, row by row; the answers are there to be taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from chatbot.errors import SetupError, UsageError, ZhengwenError
from chatbot.job_runner import Runner
from chatbot.jobs import Ask, Job
from chatbot.sheets import LARGEST, MOST_ROWS, Cell, as_xlsx, read_questions
from chatbot.types import Answer
from chatbot.web.cards import report_title
from chatbot.web.contract import AskableBot
from chatbot.web.edge import reason
from chatbot.web.staff.files import attached
from chatbot.web.staff.login import account_in
from chatbot.web.staff.room import QUIET, Tab, html, whose
from chatbot.web.staff.texts import StaffTexts
from chatbot.web.texts import Texts

TICK = 1.0  # seconds between two looks at the work
_ACTS = """
zwKeepFocus(element, watch);
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-act]");
  if (!button || (button.dataset.sure && !confirm(button.dataset.sure))) return;
  trigger("click", { act: button.dataset.act, job: button.dataset.job });
});
"""

Bound = AskableBot | ZhengwenError


class Questions:
    """What a person does with files of questions; every job belongs to the name of an account."""

    def __init__(self, bot: Bound, runner: Runner, texts: StaffTexts, page: Texts) -> None:
        self._bot, self._runner, self._texts, self._page = bot, runner, texts, page

    def reports(self) -> list[tuple[str, str]]:
        """(title, id) of what can be searched."""
        reports = () if isinstance(self._bot, ZhengwenError) else self._bot.reports
        return [(report_title(report, self._page), report.id) for report in reports]

    def begin(self, owner: int, path: str | None, name: str, report_ids: list[str] | None) -> str:
        """Takes in the file, deletes it, and has its questions answered; gives the line to be told. Raises
        ZhengwenErrors."""
        if not path:
            raise UsageError(self._texts.questions.no_file)
        try:
            content = _content(Path(path))
        finally:
            Path(path).unlink(missing_ok=True)
        bot, chosen = self._there(), tuple(report_ids or ())
        for report_id in chosen:
            bot.text_of(report_id)  # raises UnknownReport
        job = self._runner.jobs.create(owner, name, read_questions(content), chosen)
        self._runner.start(job, self._asking(job))
        return self._texts.questions.begun.format(count=job.total)

    def act(self, owner: int, act: str, id: str) -> None:
        """`resume`, `stop` or `remove` a job of one's own. Raises ZhengwenErrors."""
        job = self._runner.jobs.get(owner, id)
        if act == "resume":
            self._there()
            self._runner.start(job, self._asking(job))
        elif act == "stop":
            self._runner.stop(job.id)
        elif act == "remove":
            self._runner.jobs.remove(owner, id)

    def listed(self, owner: int) -> str:
        """The jobs of that person as HTML."""
        return JobTable(self._runner, self._texts).html(self._runner.jobs.of(owner))

    def is_at_work(self, owner: int) -> bool:
        return self._runner.is_at_work() and any(
            self._runner.state(job) in ("waiting", "running") for job in self._runner.jobs.of(owner)
        )

    def file(self, owner: int, id: str) -> tuple[str, bytes]:
        """The name of the answers' file and what is in it, as far as the job is. Raises UsageError."""
        job, words = self._runner.jobs.get(owner, id), self._texts.questions
        lines = (self._line(answer) for answer in self._runner.jobs.answers(owner, id))
        return f"{Path(job.name).stem}-{words.sheet}.xlsx", as_xlsx(words.sheet, words.columns, lines)

    def _line(self, answer: Mapping[str, Any]) -> tuple[Cell, ...]:
        citations = answer.get("citations", ())
        titles = {id: title for title, id in self.reports()}
        quotes = "\n".join(f"[{c['marker']}] {c['quote']}" for c in citations)
        places = "\n".join(
            f"[{c['marker']}] {titles.get(c['report_id'], c['report_id'])} {' › '.join(c['path'])}" for c in citations
        )
        pages = "\n".join(f"[{c['marker']}] {c['page']}" for c in citations if c["page"])
        told = answer.get("answer") or answer.get("reason", "")
        status = self._texts.questions.statuses[answer["status"]]
        return (answer["id"], answer["question"], status, told, quotes, places, pages)

    def _there(self) -> AskableBot:
        if isinstance(self._bot, ZhengwenError):
            raise self._bot
        return self._bot

    def _asking(self, job: Job) -> Ask:
        """Asks as the page does. What nobody foresaw is logged, and told in the row without its insides."""

        def ask(question: str) -> Answer:
            try:
                return self._there().ask(question, (), job.report_ids, job.mode)
            except ZhengwenError:
                raise
            except Exception as error:  # the edge: the row says so, the rest goes on
                raise SetupError(reason(error, self._page)) from error

        return ask


def _content(path: Path) -> bytes:
    """Raises UsageError for a file that is too large, before it is read."""
    if path.stat().st_size > LARGEST:
        raise UsageError(f"文件太大：最多 {LARGEST // 1024 // 1024} MB", "请分成几份")
    return path.read_bytes()


class JobTable:
    """Draws jobs with what can be done with each."""

    def __init__(self, runner: Runner, texts: StaffTexts) -> None:
        self._runner, self._texts, self._words = runner, texts, texts.questions

    def html(self, jobs: tuple[Job, ...]) -> str:
        words = self._words
        head = f"<h2>{escape(words.jobs)}</h2>"
        if not jobs:
            return f'{head}<p class="zw-line">{escape(words.none)}</p>'
        columns = "".join(f'<th scope="col">{escape(column)}</th>' for column in words.job_columns)
        lines = "".join(map(self._row, jobs))
        table = f'<table class="zw-table"><thead><tr>{columns}</tr></thead><tbody>{lines}</tbody></table>'
        return (
            f'{head}<div class="zw-scroll" role="region" tabindex="0" aria-label="{escape(words.jobs)}">{table}</div>'
        )

    def _row(self, job: Job) -> str:
        state, fault = self._runner.state(job), self._runner.fault(job.id)
        told = self._words.states[state] + (f"：{fault}" if fault else "")
        return (
            f'<tr><th scope="row">{escape(job.name)}</th><td>{_local(job.at)}</td><td>{self._progress(job)}</td>'
            f"<td>{escape(told)}</td><td>{''.join(self._actions(job, state))}</td></tr>"
        )

    def _progress(self, job: Job) -> str:
        words = self._words
        told = words.progress.format(done=job.done, total=job.total)
        told += words.failed.format(failed=job.failed) if job.failed else ""
        bar = f'<progress value="{job.done}" max="{job.total}" aria-label="{escape(job.name)}"></progress>'
        return f"{bar} <span>{escape(told)}</span>"

    def _actions(self, job: Job, state: str) -> Iterator[str]:
        words = self._words
        if job.done:
            label = escape(words.label.format(action=words.download, name=job.name))
            there = f"{self._texts.root}jobs/{job.id}.xlsx?lang={self._texts.lang[:2]}"
            key = f'data-key="file-{job.id}"'
            yield f'<a href="{there}" download {key} aria-label="{label}">{escape(words.download)}</a>'
        if state in ("waiting", "running"):
            yield self._button(job, "stop", words.stop)
        else:
            yield self._button(job, "resume", words.resume) if state == "stopped" else ""
            yield self._button(job, "remove", words.remove, f'data-sure="{escape(words.sure)}"')

    def _button(self, job: Job, act: str, name: str, more: str = "") -> str:
        label = escape(self._words.label.format(action=name, name=job.name))
        data = f'data-act="{act}" data-job="{job.id}" data-key="{act}-{job.id}" {more}'
        return f'<button type="button" class="zw-do" {data} aria-label="{label}">{escape(name)}</button>'


def _local(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def questions_tab(bot: Bound, runner: Runner, texts: StaffTexts) -> Tab:
    """The tab of many questions at once."""
    questions = Questions(bot, runner, texts, Texts.of(texts.lang[:2]))
    return Tab(texts.questions.tab, lambda room: _build(questions, texts, room))


class Screen(NamedTuple):
    """What an event changes, in the order of the outputs."""

    file: Any
    line: str
    jobs: str
    timer: Any


def _build(questions: Questions, texts: StaffTexts, room: gr.Blocks) -> None:
    words = texts.questions
    lead = words.lead.format(rows=MOST_ROWS, megabytes=LARGEST // 1024 // 1024)
    html(f'<p class="zw-lead">{escape(lead)}</p>')
    with gr.Row():
        file = gr.File(label=words.file, file_types=[".csv", ".xlsx"], elem_id="zw-questions-file", height=140)
        reports = gr.Dropdown(
            [], label=words.reports, info=words.reports_hint, multiselect=True, elem_id="zw-questions-scope"
        )
    start = gr.Button(words.start, variant="primary", elem_id="zw-questions-start")
    line = html(elem_id="zw-questions-line")
    jobs = html(elem_id="zw-jobs", js_on_load=_ACTS)
    timer = gr.Timer(TICK, active=False)
    desk = Desk(questions, Texts.of(texts.lang[:2]))
    shown = [file, line, jobs, timer]
    start.click(desk.start, [file, reports], shown, **QUIET)
    jobs.click(desk.act, None, shown, **QUIET)
    timer.tick(desk.look, None, shown, queue=False, **QUIET)
    room.load(desk.look, None, shown, **QUIET)
    room.load(lambda: gr.update(choices=questions.reports()), None, reports, **QUIET)


class Desk:
    """The events of the tab: each tells in one line what went wrong, and shows the jobs as they stand."""

    def __init__(self, questions: Questions, page: Texts) -> None:
        self._questions, self._page = questions, page

    def start(self, file: str | None, report_ids: list[str] | None, request: gr.Request) -> Screen:
        owner = whose(request).id
        name = Path(file).name if file else ""
        return self._told(owner, lambda: self._questions.begin(owner, file, name, report_ids))._replace(file=None)

    def act(self, request: gr.Request, event: gr.EventData) -> Screen:
        owner, told = whose(request).id, event._data or {}
        act, id = str(told.get("act", "")), str(told.get("job", ""))
        return self._told(owner, lambda: self._questions.act(owner, act, id))

    def look(self, request: gr.Request) -> Screen:
        return self._told(whose(request).id, lambda: None)._replace(line=gr.skip())

    def _told(self, owner: int, do: Callable[[], str | None]) -> Screen:
        try:
            line = f'<p class="zw-line" role="status">{escape(do() or "")}</p>'
        except Exception as error:  # the edge: a person gets a line to read, never a traceback
            line = f'<p class="zw-line" role="alert">{escape(reason(error, self._page))}</p>'
        try:
            at_work = self._questions.is_at_work(owner)  # first: the last look is taken after the end, not before it
            listed = self._questions.listed(owner)
        except ZhengwenError as error:
            listed, at_work = f'<p class="zw-line" role="alert">{escape(str(error))}</p>', False
        return Screen(gr.skip(), line, listed, gr.Timer(active=at_work))


def add_answer_files(app: FastAPI, bot: Bound, runner: Runner) -> None:
    """`/staff/jobs/{id}.xlsx`, behind the guard: the answers of a job of one's own, as far as it is."""

    def download(request: Request, id: str) -> Response:
        language = "en" if request.query_params.get("lang") == "en" else "zh"
        questions = Questions(bot, runner, StaffTexts.of(language), Texts.of(language))
        try:
            name, content = questions.file(account_in(request.scope).id, id)
        except ZhengwenError as error:
            return Response(str(error), 404, media_type="text/plain; charset=utf-8")
        return attached(content, name)

    app.add_api_route("/staff/jobs/{id}.xlsx", download, include_in_schema=False)
