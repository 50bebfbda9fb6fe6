"""Many questions of one person, answered row by row: each answer is kept as it comes, so that what stops can go on.

A job is a folder: `job.json` (what it is), `rows.jsonl` (the questions), `answers.jsonl` (one line for each row that is
done, in the same order), `lock` (one at a time may answer it). Nothing of it changes but that answers are added.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from chatbot.errors import SetupError, UsageError, ZhengwenError
from chatbot.present import as_json
from chatbot.types import Answer

LISTED = 50  # jobs of one person, the newest
_ID = re.compile("[0-9a-f]{16}")
_ERROR = b'"status":"error"'  # inside a text its quotation marks would be escaped

Ask = Callable[[str], Answer]
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Row:
    """A question with the id it came with; `fault` says why it cannot be asked, empty if it can."""

    id: str
    question: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """What was ordered, and how far it is. `owner` is an account's id: its name may one day be another's; `at`: UTC."""

    id: str
    owner: int
    name: str
    at: datetime
    total: int
    report_ids: tuple[str, ...] = ()
    mode: str = "auto"
    done: int = 0
    failed: int = 0

    @property
    def is_done(self) -> bool:
        return self.done >= self.total


class Jobs:
    """All jobs, each to be seen by its owner alone. Several threads and processes may use it at once."""

    def __init__(self, folder: Path, clock: Clock = lambda: datetime.now(UTC)) -> None:
        self._folder = folder
        self._clock = clock

    def create(
        self, owner: int, name: str, rows: Sequence[Row], report_ids: Sequence[str] = (), mode: str = "auto"
    ) -> Job:
        """A job that waits to be run. Raises UsageError without rows, SetupError where it cannot be kept."""
        if not rows:
            raise UsageError("文件里没有问题", "请把问题写在第一列，或取名为“问题”的一列")
        job = Job(secrets.token_hex(8), owner, name[:100], self._clock(), len(rows), tuple(report_ids), mode)
        with _told():
            folder = self._folder / job.id
            folder.mkdir(parents=True, mode=0o700)
            (folder / "rows.jsonl").write_bytes(b"".join(_line(asdict(row)) for row in rows))
            _write(folder / "job.json", _head(job))  # last: without it there is no job
        return job

    def of(self, owner: int) -> tuple[Job, ...]:
        """The newest first, at most 50."""
        with _told():
            found = [job for path in self._folder.glob("*/job.json") if (job := _read(path)) and job.owner == owner]
            newest = sorted(found, key=lambda job: (job.at, job.id), reverse=True)[:LISTED]
            return tuple(map(self._counted, newest))

    def get(self, owner: int, id: str) -> Job:
        """Raises UsageError for a job that there is none of, or that is somebody else's."""
        with _told():
            job = _read(self._folder / id / "job.json") if _ID.fullmatch(id) else None
            if job is None or job.owner != owner:
                raise UsageError("没有这个批量提问", "它可能已被删除；请刷新页面")
            return self._counted(job)

    def rows(self, owner: int, id: str) -> tuple[Row, ...]:
        with _told():
            text = (self._folder / self.get(owner, id).id / "rows.jsonl").read_bytes()
            return tuple(Row(**json.loads(line)) for line in text.splitlines())

    def answers(self, owner: int, id: str) -> tuple[Mapping[str, Any], ...]:
        """One object for each row that is done: the contract's, with the row's `id` and `question`, less its receipt.

        A row that could not be answered has status `error` and a `reason`.
        """
        with _told():
            return tuple(map(json.loads, self._kept(self.get(owner, id).id)))

    def run(self, owner: int, id: str, ask: Ask) -> Iterator[Job]:
        """Answers what is not answered yet; gives the job after each row.

        A ZhengwenError of `ask` is told in its row and the rest goes on. Raises UsageError if the job is being
        answered elsewhere.
        """
        job, rows = self.get(owner, id), self.rows(owner, id)
        with _told(), self._held(id):
            kept = self._kept(id)
            _write(self._answers(id), b"".join(kept))  # without what a killed run left half written
            job = self._counted(job)
            with self._answers(id).open("ab") as file:
                for row in rows[len(kept) :]:
                    line = _line(_answered(row, ask))
                    file.write(line)
                    file.flush()
                    job = replace(job, done=job.done + 1, failed=job.failed + (_ERROR in line))
                    yield job

    def remove(self, owner: int, id: str) -> None:
        """Questions and answers. Raises UsageError while the job is being answered."""
        self.get(owner, id)
        with _told():
            with self._held(id):
                (self._folder / id / "job.json").unlink()
            shutil.rmtree(self._folder / id)

    def _answers(self, id: str) -> Path:
        return self._folder / id / "answers.jsonl"

    def _kept(self, id: str) -> list[bytes]:
        """The whole lines, up to the first that is none."""
        path = self._answers(id)
        lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        broken = next((place for place, line in enumerate(lines) if not _is_whole(line)), len(lines))
        return lines[:broken]

    def _counted(self, job: Job) -> Job:
        kept = self._kept(job.id)
        return replace(job, done=len(kept), failed=sum(_ERROR in line for line in kept))

    @contextmanager
    def _held(self, id: str) -> Iterator[None]:
        try:
            with FileLock(self._folder / id / "lock", timeout=0):
                yield
        except Timeout as error:
            raise UsageError("这个批量提问正在作答", "请等它完成，或先让它停下") from error


def _answered(row: Row, ask: Ask) -> dict[str, Any]:
    head = {"id": row.id, "question": row.question}
    if row.fault:
        return head | {"status": "error", "reason": row.fault}
    try:
        answer = as_json(ask(row.question))
    except ZhengwenError as error:
        return head | {"status": "error", "reason": str(error)}
    return head | {name: value for name, value in answer.items() if name not in ("receipt", "dropped")}


def _line(value: Mapping[str, Any]) -> bytes:
    """One line of JSON; what no encoding has (half characters) is written as an escape."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _is_whole(line: bytes) -> bool:
    return line.endswith(b"}\n") and line.startswith(b"{")


def _head(job: Job) -> bytes:
    return _line(asdict(job) | {"at": job.at.isoformat()})


def _read(path: Path) -> Job | None:
    """The job of that file; None where there is none: it is being made or deleted, or the machine failed meanwhile."""
    try:
        told = json.loads(path.read_bytes())
        return Job(**told | {"at": datetime.fromisoformat(told["at"]), "report_ids": tuple(told["report_ids"])})
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing."""
    aside = path.with_suffix(".new")
    aside.write_bytes(content)
    aside.replace(path)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = "批量提问的文件读不出或写不进"
        raise SetupError(what, "请检查 ZHENGWEN_HOME 所在磁盘的空间与权限，再点“继续”") from error
