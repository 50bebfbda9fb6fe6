"""Cut a report into passages, one sentence each, and a passage into clauses."""

from __future__ import annotations

from collections.abc import Iterator

from chatbot.types import Passage, Period, Report, Section, Span
from vectorstore.headings import TITLE
from vectorstore.periods import period_of
from vectorstore.sections import sections
from vectorstore.sentences import cut_at, enclosed, entries, sentences

SHORTEST_CLAUSE = 4
BREAKS = frozenset("，；：。！？,;:!?")


def passages(report: Report) -> tuple[Passage, ...]:
    """Every sentence in order, headings too; an enumeration is cut into its entries.

    Each non-blank character of the text stands in exactly one passage; a passage lies in one section.
    """
    return tuple(passage for section in sections(report) for passage in _in_section(report, section))


def _in_section(report: Report, section: Section) -> Iterator[Passage]:
    for sentence in sentences(section.span.of(report.text)):
        whole = Span(section.span.start + sentence.start, section.span.start + sentence.end)
        period = _period(report, section, whole)
        for part in entries(report.text, whole):
            yield _passage(report, section, part, period)


def _period(report: Report, section: Section, span: Span) -> Period:
    """What its opening words say, else what the section says; the date in the title block names no period."""
    if section.path == (TITLE,):
        return section.period
    return period_of(span.of(report.text), section.period, report.year)


def _passage(report: Report, section: Section, span: Span, period: Period) -> Passage:
    text = span.of(report.text)
    return Passage(
        id=f"{report.id}:{span.start}-{span.end}",
        report_id=report.id,
        span=span,
        path=section.path,
        page=report.page_at(span.start),
        period=period if section.path == (TITLE,) else period_of(text, period, report.year),
        text=text,
    )


def clauses(passage: Passage) -> tuple[Span, ...]:
    """Spans into `Report.text` of the clauses of a passage, without the mark that ends them.

    Cut at ，；：。 and ——, never inside quotes or brackets, inside a number, or at 、 (甲、乙分别增长1%、2% is one
    clause). A clause of fewer than 4 characters goes with the next one, the last with the one before.
    """
    text = passage.text
    parts = _joined(cut_at(text, Span(0, len(text)), _clause_ends(text)))
    return tuple(_shifted(part, text, passage.span.start) for part in parts)


def _shifted(part: Span, text: str, offset: int) -> Span:
    """A clause in the report, without the mark that ends it (unless it is nothing but marks)."""
    body = part.of(text).rstrip("".join(BREAKS) + "—") or part.of(text)
    return Span(offset + part.start, offset + part.start + len(body.rstrip()))


def _clause_ends(text: str) -> list[int]:
    mask = enclosed(text)
    return [i + 1 for i in range(1, len(text)) if not mask[i] and _breaks(text, i)]


def _breaks(text: str, place: int) -> bool:
    if text[place] == "—":
        return text[place - 1] == "—" and text[place + 1 : place + 2] != "—" and place > 1
    in_number = text[place - 1].isdigit() and text[place + 1 : place + 2].isdigit() and text[place] in ",:："
    return text[place] in BREAKS and not in_number


def _joined(parts: tuple[Span, ...]) -> list[Span]:
    """`parts` with those too short for a search key joined to the next one, the last to the one before."""
    joined: list[Span] = []
    for part in parts:
        short = joined and joined[-1].end - joined[-1].start < SHORTEST_CLAUSE
        start = joined.pop().start if short else part.start
        joined.append(Span(start, part.end))
    if len(joined) > 1 and joined[-1].end - joined[-1].start < SHORTEST_CLAUSE:
        last = joined.pop()
        joined.append(Span(joined.pop().start, last.end))
    return joined
