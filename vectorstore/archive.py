"""`chatbot.archive.Archive` over the library and the index: taking reports in and out while they are asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from chatbot.archive import Held, Progress, Recognised, Told, Warned
from chatbot.errors import SetupError, UnknownReport, UnreadableFile, UsageError, ZhengwenError
from chatbot.indicators import indicators
from chatbot.settings import Settings
from chatbot.types import Report
from vectorstore.embed import Embedder
from vectorstore.files import Source, read_all
from vectorstore.headings import CLOSING, PREAMBLE, TITLE, WHOLE
from vectorstore.index import build, live_manifests
from vectorstore.library import Files, Holding, Library
from vectorstore.metadata import describe
from vectorstore.passages import passages
from vectorstore.reports import open_report, report_id
from vectorstore.sections import sections

WAITING = "另一份报告正在处理，等它完成…"
GONE = "请刷新列表再选"
_NO_HEADINGS = {(TITLE,), (PREAMBLE,), (WHOLE,), (CLOSING,)}  # paths that a text without a heading of its own has


class ReportArchive:
    """`take_up` brings the index as it stands into use; it may raise, and then nothing is to have changed."""

    def __init__(self, settings: Settings, embedder: Embedder, take_up: Callable[[], None]) -> None:
        self._settings, self._embedder, self._take_up = settings, embedder, take_up
        self._library = Library(settings)
        self._turn = threading.Lock()

    def held(self) -> tuple[Held, ...]:
        indexed = live_manifests(self._settings)
        return tuple(
            Held(r.id, r.title, r.region, r.year, True, shipped, m.passages, m.indicators)
            if (m := indexed.get(r.id))
            else Held(r.id, r.title, r.region, r.year, False, shipped)
            for r, shipped in self._readable()
        )

    def recognise(self, path: Path) -> tuple[Recognised | UnreadableFile, ...]:
        held = [report for report, _ in self._readable()]
        return tuple(_read(source, held) for source in read_all(path))

    def opened(self, report_id: str) -> Recognised:
        held = [report for report, _ in self._readable()]
        found = next((report for report in held if report.id == report_id), None)
        if found is None:
            raise UnknownReport(f"没有编号为“{report_id}”的报告", GONE)
        return _recognised(found, [report for report in held if report.id != report_id])

    def corrected(self, recognised: Recognised, told: Told) -> Recognised:
        held = [report for report, _ in self._readable()]
        report = _described(recognised.report, told, own_id=recognised.report.id not in {r.id for r in held})
        return _recognised(report, [other for other in held if other.id != report.id])

    def publish(self, reports: Sequence[Report], progress: Progress) -> tuple[str, ...]:
        ids: list[str] = []
        with self._changing(progress) as changed:
            for report in reports:
                kept = self._library.keep(report)
                changed.append(kept.before)
                ids.append(kept.report.id)
            self._build(ids, progress)
        return tuple(dict.fromkeys(ids))

    def withdraw(self, report_id: str, progress: Progress) -> None:
        with self._changing(progress) as changed:
            if len(self._library.holdings()) == 1:
                raise UsageError("至少要留一份报告", "请先发布另一份，再撤下这一份")
            changed.append(self._library.remove(report_id).before)
            self._build((), progress)

    def _build(self, wanted: Sequence[str], progress: Progress) -> None:
        """Raises UnreadableFile where one of those wanted did not come into the index."""
        summary = build(self._settings, self._embedder, progress)
        if not set(wanted) <= {shard.report_id for shard in summary.shards}:
            raise next(iter(summary.failures), UnreadableFile("报告没有编入索引", "请检查文件内容"))
        self._take_up()

    @contextmanager
    def _changing(self, progress: Progress) -> Iterator[list[Files]]:
        """One change at a time; one that fails is undone, in the library and in the index."""
        with self._our_turn(progress):
            changed: list[Files] = []
            try:
                yield changed
            except BaseException as error:
                self._undo(changed)
                if isinstance(error, OSError):
                    what = f"读写失败：{error.strerror or type(error).__name__}"
                    raise SetupError(what, "请检查磁盘空间和权限；原有的报告没有变动") from error
                raise

    @contextmanager
    def _our_turn(self, progress: Progress) -> Iterator[None]:
        if not self._turn.acquire(blocking=False):
            progress(WAITING)
            self._turn.acquire()
        try:
            yield
        finally:
            self._turn.release()

    def _undo(self, changed: Sequence[Files]) -> None:
        """The index is built only where it was switched already; then nothing of it has to be made anew."""
        if not changed:
            return
        for before in reversed(changed):
            self._library.undo(before)
        with suppress(ZhengwenError, OSError):  # what went wrong first is what is told
            build(self._settings, self._embedder, lambda _: None)

    def _readable(self) -> Iterator[tuple[Report, bool]]:
        """The reports held, each with whether it came with the program."""
        for holding in self._library.holdings():
            with suppress(UnreadableFile):  # `build` reports it; it must not bar the others
                yield self._library.open(holding), _is_shipped(holding)


def _is_shipped(holding: Holding) -> bool:
    return holding.entry is not None


def _read(source: Source | UnreadableFile, held: Sequence[Report]) -> Recognised | UnreadableFile:
    if isinstance(source, UnreadableFile):
        return source
    try:
        return _recognised(open_report(source), held)
    except UnreadableFile as error:
        return error


def _described(report: Report, told: Told, own_id: bool) -> Report:
    """`report` with what is told of it; where that is silent, what its text says."""
    known = describe(report.text, report.source, told.region, told.year)
    before = describe(report.text, report.source, report.region, report.year)
    left = told.title == report.title == before.title  # made of place and year, maybe: then it follows them
    return replace(
        report,
        id=report_id(known, report.text) if own_id else report.id,
        title=known.title if left else told.title or known.title,
        region=known.region,
        level=known.level,
        year=known.year,
    )


def _recognised(report: Report, others: Sequence[Report]) -> Recognised:
    parts, told = sections(report), passages(report)
    figures = sum(len(indicators(passage.text, passage.period, passage.span.start)) for passage in told)
    doubts = {
        "no_year": report.year is None,
        "no_region": not report.region,
        "no_sections": {part.path for part in parts} <= _NO_HEADINGS,
        "no_figures": figures == 0,
    }
    warnings = [Warned(doubt) for doubt, holds in doubts.items() if holds]  # type: ignore[arg-type]  # the keys are Doubts
    return Recognised(report, parts, len(told), figures, (*warnings, *_likenesses(report, others)))


def _likenesses(report: Report, others: Sequence[Report]) -> Iterator[Warned]:
    """Held reports of the same text, which it would replace; else of the same place and year."""
    same = [other for other in others if other.sha256 == report.sha256 or other.text == report.text]
    if same:
        yield Warned("duplicate", same[0].title)
    elif report.region and report.year:
        near = [other for other in others if (other.region, other.year) == (report.region, report.year)]
        yield from (Warned("same_year", other.title) for other in near[:1])
