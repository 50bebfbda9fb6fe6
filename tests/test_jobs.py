"""Many questions of one person: kept row by row, to be gone on with after any stop, and nobody else's."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import time
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from records_postgres import Watch
from web_fakes import GROWTH, SILENT

from chatbot.errors import SetupError, UnreadableFile, UsageError
from chatbot.job_runner import Runner
from chatbot.jobs import Job, Jobs, Row
from chatbot.settings import CODE_FOLDER
from chatbot.sheets import LARGEST, LONGEST, MOST_ROWS, as_csv, as_xlsx, read_questions
from chatbot.types import Answer

WANG, LI = 1, 2  # ids of accounts
ROWS = (Row("A1", "去年地区生产总值增长多少？"), Row("A2", "", "这一行没有问题"), Row("A3", "地铁票价是多少？"))


class Asked:
    """Answers what it knows, and remembers what it was asked."""

    def __init__(self) -> None:
        self.questions: list[str] = []

    def __call__(self, question: str) -> Answer:
        self.questions.append(question)
        known = {ROWS[0].question: GROWTH, ROWS[2].question: SILENT}
        if question not in known:
            raise SetupError("没有这份报告", "请重新选择")
        return known[question]


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    return Jobs(tmp_path / "jobs", Watch())


def ordered(jobs: Jobs, rows: tuple[Row, ...] = ROWS, owner: int = WANG) -> Job:
    return jobs.create(owner, "q.csv", rows, ("town-2024",))


def finished(jobs: Jobs, job: Job, ask: Asked) -> Job:
    *_, last = jobs.run(job.owner, job.id, ask)
    return last


def statuses(jobs: Jobs, job: Job) -> list[tuple[str, str]]:
    return [(answer["id"], answer["status"]) for answer in jobs.answers(job.owner, job.id)]


def test_a_job_is_what_was_ordered(jobs: Jobs):
    job = ordered(jobs)
    assert (job.owner, job.name, job.total, job.done, job.is_done) == (WANG, "q.csv", 3, 0, False)
    assert (jobs.get(WANG, job.id), jobs.rows(WANG, job.id)) == (job, ROWS)


def test_each_row_is_answered_and_a_bad_one_says_why(jobs: Jobs):
    job, ask = ordered(jobs), Asked()
    last = finished(jobs, job, ask)
    assert (last.done, last.failed, last.is_done) == (3, 1, True)
    assert statuses(jobs, job) == [("A1", "answered"), ("A2", "error"), ("A3", "refused")]
    assert jobs.answers(job.owner, job.id)[1]["reason"] == "这一行没有问题"
    assert ask.questions == [ROWS[0].question, ROWS[2].question], "what cannot be asked is not"


def test_an_answer_is_kept_with_its_citations_and_without_its_receipt(jobs: Jobs):
    job = ordered(jobs)
    finished(jobs, job, Asked())
    first = jobs.answers(job.owner, job.id)[0]
    assert [citation["quote"] for citation in first["citations"]] == [c.quote for c in GROWTH.citations]
    assert (first["question"], first["answer"], "receipt" in first) == (ROWS[0].question, GROWTH.text, False)


def test_an_error_of_ours_is_told_in_its_row_and_the_rest_goes_on(jobs: Jobs):
    job = ordered(jobs, (Row("1", "没有人教过"), ROWS[2]))
    assert finished(jobs, job, Asked()).failed == 1
    assert statuses(jobs, job) == [("1", "error"), ("A3", "refused")]
    assert jobs.answers(job.owner, job.id)[0]["reason"] == "没有这份报告。请重新选择"


def test_a_stopped_job_goes_on_where_it_stopped(jobs: Jobs):
    job, first, second = ordered(jobs), Asked(), Asked()
    run = jobs.run(job.owner, job.id, first)
    assert next(run).done == 1
    run.close()
    assert jobs.get(job.owner, job.id).done == 1
    assert finished(jobs, job, second).is_done
    assert (first.questions, second.questions) == ([ROWS[0].question], [ROWS[2].question])
    assert [id for id, _ in statuses(jobs, job)] == ["A1", "A2", "A3"]


def test_a_finished_job_asks_nothing_again(jobs: Jobs):
    job, again = ordered(jobs), Asked()
    finished(jobs, job, Asked())
    assert list(jobs.run(job.owner, job.id, again)) == [] and again.questions == []


@pytest.mark.parametrize("torn", [b'{"id":"A2","sta', b"\0\0\0\0\n", b'{"id":"A2"', b"\n"])
def test_a_line_half_written_is_answered_anew(jobs: Jobs, tmp_path: Path, torn: bytes):
    job = ordered(jobs)
    run = jobs.run(job.owner, job.id, Asked())
    next(run)
    run.close()
    with (tmp_path / "jobs" / job.id / "answers.jsonl").open("ab") as file:
        file.write(torn)
    assert jobs.get(job.owner, job.id).done == 1
    finished(jobs, job, Asked())
    assert statuses(jobs, job) == [("A1", "answered"), ("A2", "error"), ("A3", "refused")]


KILLED = """
import sys, time
from pathlib import Path
from chatbot.jobs import Jobs
from chatbot.types import Answer
jobs = Jobs(Path(sys.argv[1]))
def ask(question):
    if question == "三": print("here", flush=True); time.sleep(60)
    return Answer("refused", (question,))
for _ in jobs.run(1, sys.argv[2], ask): pass
"""


def test_a_killed_server_loses_no_answered_row(jobs: Jobs, tmp_path: Path):
    job = ordered(jobs, tuple(Row(word, word) for word in "一二三四"))
    command = [sys.executable, "-c", KILLED, str(tmp_path / "jobs"), job.id]
    with subprocess.Popen(command, cwd=CODE_FOLDER, stdout=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline() == b"here\n"
        with pytest.raises(UsageError, match="正在作答"):
            list(jobs.run(WANG, job.id, Asked()))
        process.kill()
    assert jobs.get(WANG, job.id).done == 2
    asked: list[str] = []
    *_, last = jobs.run(WANG, job.id, lambda question: asked.append(question) or SILENT)
    assert (last.is_done, asked) == (True, ["三", "四"])


def test_a_job_is_seen_by_its_owner_alone(jobs: Jobs):
    job = ordered(jobs)
    assert jobs.of(LI) == ()
    for act in (jobs.get, jobs.rows, jobs.answers, jobs.remove):
        with pytest.raises(UsageError, match="没有这个批量提问"):
            act(LI, job.id)
    with pytest.raises(UsageError):
        next(jobs.run(LI, job.id, Asked()))


@pytest.mark.parametrize("id", ["", "..", "../..", "0123456789abcdef", "x" * 16, "0123456789ABCDEF", "\0" * 16])
def test_an_id_that_is_none_is_told_in_one_line(jobs: Jobs, id: str):
    ordered(jobs)
    with pytest.raises(UsageError, match="没有这个批量提问"):
        jobs.get(WANG, id)


def test_the_newest_job_comes_first_and_a_removed_one_is_gone(tmp_path: Path):
    watch = Watch()
    jobs = Jobs(tmp_path / "jobs", watch)
    first = ordered(jobs)
    watch.go_on(minutes=1)
    second = ordered(jobs)
    assert [job.id for job in jobs.of(WANG)] == [second.id, first.id]
    jobs.remove(WANG, first.id)
    assert [job.id for job in jobs.of(WANG)] == [second.id]
    assert not (tmp_path / "jobs" / first.id).exists()


def test_a_job_without_questions_is_none(jobs: Jobs):
    with pytest.raises(UsageError, match="文件里没有问题"):
        ordered(jobs, ())


def test_a_text_that_no_encoding_has_is_kept_all_the_same(jobs: Jobs):
    job = ordered(jobs, (Row("\ud800", "半\udfff个"),))
    assert jobs.rows(WANG, job.id) == (Row("\ud800", "半\udfff个"),)
    finished(jobs, job, Asked())
    assert statuses(jobs, job) == [("\ud800", "error")]


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path: Path):
    (tmp_path / "jobs").write_text("not a folder")
    with pytest.raises(SetupError, match="读不出或写不进"):
        ordered(Jobs(tmp_path / "jobs"))


class Held(Asked):
    """Waits in its second question until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.here, self.go = threading.Event(), threading.Event()

    def __call__(self, question: str) -> Answer:
        if self.questions:
            self.here.set()
            assert self.go.wait(30)
        return super().__call__(question)


def test_the_runner_answers_in_the_background_and_one_job_at_a_time(jobs: Jobs):
    runner, held = Runner(jobs), Held()
    first, second = ordered(jobs), ordered(jobs)
    runner.start(first, held)
    assert held.here.wait(30)
    runner.start(second, Asked())
    assert (runner.state(first), runner.state(second)) == ("running", "waiting")
    held.go.set()
    for job in (first, second):
        runner.wait(job.id, 30)
        assert runner.state(jobs.get(WANG, job.id)) == "done"
    assert not runner.is_at_work()


def test_a_stopped_job_keeps_what_it_has_and_can_be_started_again(jobs: Jobs):
    runner, held = Runner(jobs), Held()
    job = ordered(jobs, (*ROWS, Row("A4", ROWS[0].question)))
    runner.start(job, held)
    assert held.here.wait(30)
    runner.stop(job.id)
    held.go.set()
    runner.wait(job.id, 30)
    stopped = jobs.get(WANG, job.id)
    assert (runner.state(stopped), stopped.done) == ("stopped", 3), "the row in work is not lost"
    runner.start(job, Asked())
    runner.wait(job.id, 30)
    assert jobs.get(WANG, job.id).is_done


def test_a_job_under_way_is_not_started_twice(jobs: Jobs):
    runner, held, again = Runner(jobs), Held(), Asked()
    job = ordered(jobs)
    runner.start(job, held)
    assert held.here.wait(30)
    runner.start(job, again)
    held.go.set()
    runner.wait(job.id, 30)
    assert again.questions == []


def test_one_that_is_told_to_go_on_before_it_has_stopped_goes_on(jobs: Jobs):
    runner, held = Runner(jobs), Held()
    job = ordered(jobs)
    runner.start(job, held)
    assert held.here.wait(30)
    runner.stop(job.id)
    runner.start(job, Asked())
    held.go.set()
    runner.wait(job.id, 30)
    assert jobs.get(WANG, job.id).is_done


def test_why_a_job_stopped_of_itself_is_told(jobs: Jobs):
    """Another program answers it."""
    runner, job = Runner(jobs), ordered(jobs)
    elsewhere = jobs.run(job.owner, job.id, Asked())
    next(elsewhere)
    runner.start(job, Asked())
    runner.wait(job.id, 30)
    assert "正在作答" in runner.fault(job.id)
    elsewhere.close()


def test_closing_ends_the_work_after_the_row(jobs: Jobs):
    runner = Runner(jobs)
    job = ordered(jobs, tuple(Row(str(n), ROWS[0].question) for n in range(2000)))

    def slowly(question: str) -> Answer:
        time.sleep(0.01)
        return GROWTH

    runner.start(job, slowly)
    runner.close()
    assert jobs.get(WANG, job.id).done < 2000 and not runner.is_at_work()


# Files of questions


def workbook(*lines: tuple[object, ...]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(file)
    return file.getvalue()


CSV = "题号,问题,备注\nA1,去年增长多少？,x\nA2,“今年”,目标？\n"
EXPECTED = (Row("A1", "去年增长多少？"), Row("A2", "“今年”"))


@pytest.mark.parametrize(
    "content",
    [
        CSV.encode(),
        CSV.encode("utf-8-sig"),
        CSV.encode("gb18030"),
        CSV.encode("utf-16"),
        CSV.replace(",", "\t").encode(),
        CSV.replace(",", ";").encode(),
        CSV.replace("\n", "\r\n").encode(),
        workbook(*(line.split(",") for line in CSV.splitlines())),
    ],
    ids=["utf-8", "with a mark", "gb18030", "utf-16", "tabs", "semicolons", "windows", "xlsx"],
)
def test_questions_are_read_from_any_usual_file(content: bytes):
    assert read_questions(content) == EXPECTED


@pytest.mark.parametrize("name", ["问题", "question", "Question ", "提问"])
def test_the_column_is_found_by_its_name(name: str):
    assert read_questions(f"a,{name}\nx,多少？\n".encode()) == (Row("1", "多少？"),)


def test_without_a_named_column_the_first_is_taken_from_its_first_line():
    assert read_questions("去年增长多少？,x\n\n今年呢？\n".encode()) == (
        Row("1", "去年增长多少？"),
        Row("2", "今年呢？"),
    )


def test_rows_that_cannot_be_asked_say_why():
    rows = read_questions(f"id,question\n1,\n2,{'长' * (LONGEST + 1)}\n3,好\n".encode())
    assert [bool(row.fault) for row in rows] == [True, True, False]
    assert len(rows[1].question) == LONGEST


def test_numbers_and_dates_in_a_sheet_are_read_as_text():
    assert [row.id for row in read_questions(workbook(("id", "question"), (7, "多少？")))] == ["7"]


def test_a_file_with_too_many_questions_is_told_so():
    assert len(read_questions("多少？\n".encode() * MOST_ROWS)) == MOST_ROWS
    with pytest.raises(UsageError, match="最多 2000 题"):
        read_questions("多少？\n".encode() * (MOST_ROWS + 1))


def test_a_file_that_is_too_large_is_told_so():
    with pytest.raises(UsageError, match="最多 5 MB"):
        read_questions(b"x" * (LARGEST + 1))


def packed(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        b"PK\x03\x04 no zip",
        packed(a=b"no sheet"),
        b"\0" * 100,
        b"%PDF\xff\xff",
    ],
    ids=["picture", "no zip", "no workbook", "zeros", "pdf"],
)
def test_a_file_of_another_kind_is_told_in_one_line(content: bytes):
    with pytest.raises(UnreadableFile) as told:
        read_questions(content)
    assert "\n" not in str(told.value)


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused():
    with pytest.raises(UsageError, match="展开后太大"):
        read_questions(packed(**{"xl/sharedStrings.xml": b"0" * (61 * 1024 * 1024)}))


def test_an_empty_file_holds_no_question():
    assert read_questions(b"") == read_questions(b"\n\n,,\n") == read_questions("题号,问题\n".encode()) == ()


# Tables as files

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_is_written_as_text(text: str):
    cell = load_workbook(io.BytesIO(as_xlsx("表", ("头",), [(text,)]))).active["A2"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    assert as_csv(("头",), [(text,)]).decode("utf-8-sig").splitlines()[1].lstrip('"').startswith("'")


def test_numbers_stay_numbers():
    cell = load_workbook(io.BytesIO(as_xlsx("表", ("头",), [(Decimal("-6.1"),)]))).active["A2"]
    assert (cell.data_type, cell.value) == ("n", -6.1)
    assert as_csv(("头",), [(Decimal("-6.1"),)]).decode("utf-8-sig") == "头\r\n-6.1\r\n"


def test_what_a_sheet_cannot_hold_is_left_out_or_cut():
    lines = [("a\x00\x01b\ud800",), ("长" * 40_000,)]
    sheet = load_workbook(io.BytesIO(as_xlsx("表", ("头",), lines))).active
    assert (sheet["A2"].value, len(sheet["A3"].value)) == ("ab", 32_767)
    assert as_csv(("头",), lines[:1])


def test_kept_lines_are_json_that_anybody_can_read(jobs: Jobs, tmp_path: Path):
    job = ordered(jobs)
    finished(jobs, job, Asked())
    lines = (tmp_path / "jobs" / job.id / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["A1", "A2", "A3"]
