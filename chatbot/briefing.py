"""A briefing that can be edited: lines under headings, each with its quotes, and what is wrong with it if anything.

    answer → Briefing → edited, added, removed, moved → checked line by line → JSON, file

A line is believed only as far as its quotes bear it out (`chatbot/verify.py`); one that they do not is marked with the
reason, and neither kept in silence nor dropped.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from chatbot.brief import ABOVE, part_of
from chatbot.brief import LENGTHS as LENGTHS  # what `Briefing.length` may be
from chatbot.errors import UnknownReport, UsageError
from chatbot.figure_table import FigureRow, figure_rows
from chatbot.types import Answer, Citation, DraftSentence, Evidence, Passage, Question, Report, Span
from chatbot.verify import fault

NO_QUOTE = "没有引文"
GONE = "引文在现有的报告里找不到"
_SENTENCE = re.compile(r"(?:【([^\n]*)】\n)?(.*?)((?:\[\d+\])*)", re.DOTALL)  # as `present.py` puts them together
_ANY = Question(asked="", text="")  # a line is checked by what it says, not by what was asked
_MOST_RUNS = 200  # stretches of one passage that are tried as its quote


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence under its headings, without markers. `fault`: why it may not be shown as it stands; empty when it may.

    The markers of its citations are those of the answer it came from; `numbers` gives those of the text as it is now.
    """

    heading_path: tuple[str, ...]
    text: str
    citations: tuple[Citation, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Briefing:
    """`audience` may be empty; `length` is one of `LENGTHS`."""

    title: str
    topic: str
    audience: str
    length: str
    lines: tuple[Line, ...]


class Desk(Protocol):
    """What a table of figures needs: the bot, or whatever stands in for it."""

    @property
    def reports(self) -> tuple[Report, ...]: ...

    def passages(self, report_id: str) -> tuple[Passage, ...]: ...


def of_answer(answer: Answer, title: str, topic: str = "", audience: str = "", length: str = "full") -> Briefing:
    """The sentences of a brief as lines; one without a heading stands under that of the sentence before."""
    return Briefing(title, topic or title, audience, length, tuple(_lines(answer)))


def _lines(answer: Answer) -> Iterator[Line]:
    cited = {citation.marker: citation for citation in answer.citations}
    path: tuple[str, ...] = ()
    for sentence in answer.sentences:
        heading, text, markers = _SENTENCE.fullmatch(sentence).groups()  # type: ignore[union-attr]  # fits any text
        path = tuple(heading.split(ABOVE)) if heading else path
        found = (cited.get(int(marker)) for marker in re.findall(r"\d+", markers))
        yield Line(path, text, tuple(citation for citation in found if citation))


# JSON


def as_json(briefing: Briefing) -> str:
    return json.dumps(asdict(briefing), ensure_ascii=False)


def from_json(content: str) -> Briefing:
    """The briefing that `as_json` wrote. Raises UsageError for anything else, a surplus field too."""
    try:
        briefing = _ADAPTER.validate_json(content, strict=True)
    except (ValidationError, ValueError) as error:
        raise _unreadable() from error
    if briefing.length not in LENGTHS or json.loads(content) != json.loads(as_json(briefing)):
        raise _unreadable()
    return briefing


def _unreadable() -> UsageError:
    return UsageError("这份简报的内容读不出来", "请打开它的上一版")


_ADAPTER = TypeAdapter(Briefing)


# editing


def edited(briefing: Briefing, i: int, text: str) -> Briefing:
    """With that text in line `i`, whose citations stay until it is checked. Raises UsageError, as all of these do."""
    line = _line(briefing, i)
    return _with(briefing, (*briefing.lines[:i], replace(line, text=_tidy(text)), *briefing.lines[i + 1 :]))


def added(briefing: Briefing, i: int, text: str) -> Briefing:
    """With one line more at place `i`, under the headings of the line above it (at the top: below it); no quote yet."""
    lines = briefing.lines
    if not 0 <= i <= len(lines):
        raise _no_such_line()
    path = lines[max(0, i - 1)].heading_path if lines else ()
    return _with(briefing, (*lines[:i], Line(path, _tidy(text), fault=NO_QUOTE), *lines[i:]))


def removed(briefing: Briefing, i: int) -> Briefing:
    _line(briefing, i)
    return _with(briefing, (*briefing.lines[:i], *briefing.lines[i + 1 :]))


def moved(briefing: Briefing, i: int, to: int) -> Briefing:
    """With line `i` at place `to`, under the headings of the line whose place it takes."""
    line, there = _line(briefing, i), _line(briefing, to)
    rest = (*briefing.lines[:i], *briefing.lines[i + 1 :])
    return _with(briefing, (*rest[:to], replace(line, heading_path=there.heading_path), *rest[to:]))


def _line(briefing: Briefing, i: int) -> Line:
    if not 0 <= i < len(briefing.lines):
        raise _no_such_line()
    return briefing.lines[i]


def _no_such_line() -> UsageError:
    return UsageError("没有这一句", "请刷新后再试")


def _tidy(text: str) -> str:
    """One line without control and invisible characters; full-width marks stay, unlike in `guard.clean`."""
    shown = (c if unicodedata.category(c)[0] != "C" else " " * c.isspace() for c in text)
    sentence = " ".join("".join(shown).split())
    if not sentence:
        raise UsageError("句子不能为空", "要去掉一句，请把它删除")
    return sentence


def _with(briefing: Briefing, lines: tuple[Line, ...]) -> Briefing:
    return replace(briefing, lines=lines)


# checking

Find = Callable[[str], Sequence[Evidence]]  # a sentence → passages that may bear it out, best first


def checked(line: Line, passages: Sequence[Passage], places: Sequence[str], find: Find | None = None) -> Line:
    """The line held against its own quotes; where they do not bear it out, with a quote that does, or with the reason.

    `passages` are at least those of the reports it cites, as they are today; `places` the regions these are about.
    """
    own = [_cited(citation, passages) for citation in line.citations]
    cited = [pair for pair in own if pair]
    reason = NO_QUOTE if not own else GONE if len(cited) < len(own) else _fault(line.text, cited, places)
    if not reason:
        return replace(line, fault=_misplaced(line, cited))
    for offered in find(line.text) if find else ():
        for quotes in ([], cited):
            if not _fault(line.text, [*quotes, (offered.passage, offered.passage.span)], places):
                found = [*quotes, _shortest(line.text, offered, quotes, places)]
                return replace(_quoting(line, found), fault=_misplaced(line, found))
    return replace(line, fault=reason)


Quote = tuple[Passage, Span]


def _cited(citation: Citation, passages: Sequence[Passage]) -> Quote | None:
    """Where the quote of a citation stands today; None where it does not."""
    span = Span(citation.start, citation.end)
    for passage in passages:
        if passage.report_id == citation.report_id and passage.span.holds(span):
            return (passage, span) if passage.slice(span) == citation.quote else None
    return None


def _fault(text: str, quotes: Sequence[Quote], places: Sequence[str]) -> str:
    offered = {f"E{i}": Evidence(f"E{i}", passage, 0.0) for i, (passage, _) in enumerate(quotes)}
    sentence = DraftSentence(text, tuple(offered), tuple(span for _, span in quotes))
    return fault(_ANY, sentence, offered, places)


def _shortest(text: str, offered: Evidence, others: Sequence[Quote], places: Sequence[str]) -> Quote:
    """The shortest run of clauses of a passage that bears the text out as the whole passage does."""
    spans = [clause.span for clause in offered.clauses]
    runs = [Span(first.start, last.end) for i, first in enumerate(spans) for last in spans[i:]]
    for run in sorted(runs, key=lambda run: run.end - run.start)[:_MOST_RUNS]:
        if not _fault(text, [*others, (offered.passage, run)], places):
            return offered.passage, run
    return offered.passage, offered.passage.span


def _quoting(line: Line, quotes: Sequence[Quote]) -> Line:
    citations = tuple(
        Citation(i, p.slice(span), p.report_id, p.path, p.page, span.start, span.end)
        for i, (p, span) in enumerate(quotes, 1)
    )
    return replace(line, citations=citations)


def _misplaced(line: Line, quotes: Sequence[Quote]) -> str:
    """Why a line does not belong under its part: what is planned is no result, and what is done no task."""
    part = part_of(line.heading_path[0]) if line.heading_path else ""
    told = {passage.period.kind for passage, _ in quotes}
    if part == "review" and "plan" in told:
        return "放在“主要成效”之下，引文说的却是目标或安排"
    if part == "plan" and "review" in told:
        return "放在“重点任务”之下，引文说的却是已经完成的事"
    return ""


# what stands beside the text


def numbers(lines: Iterable[Line]) -> dict[tuple[str, int, int], int]:
    """Place of each quote (report, start, end) → its number from 1, in the order of the lines."""
    found: dict[tuple[str, int, int], int] = {}
    for citation in (citation for line in lines for citation in line.citations):
        found.setdefault(place_of(citation), len(found) + 1)
    return found


def place_of(citation: Citation) -> tuple[str, int, int]:
    return citation.report_id, citation.start, citation.end


def figures(briefing: Briefing, desk: Desk) -> tuple[tuple[FigureRow, int], ...]:
    """The indicators that stand in the quotes, each once, with the number of the quote, in the order of the lines.

    Of a report that is no longer there, nothing is told.
    """
    rows: dict[tuple[str, Span], tuple[FigureRow, int]] = {}
    tables: dict[str, tuple[FigureRow, ...]] = {}
    for (report_id, start, end), number in numbers(briefing.lines).items():
        if report_id not in tables:
            tables[report_id] = _table(report_id, desk)
        for row in tables[report_id]:
            if Span(start, end).holds(row.mark):
                rows.setdefault((report_id, row.mark), (row, number))
    return tuple(rows.values())


def _table(report_id: str, desk: Desk) -> tuple[FigureRow, ...]:
    report = next((report for report in desk.reports if report.id == report_id), None)
    if report is None:
        return ()
    try:
        return figure_rows(desk.passages(report_id), report)
    except UnknownReport:  # withdrawn between the two
        return ()
