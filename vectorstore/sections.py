"""Cut a report into its leaves: part, item, run-in heading, named list. The leaves tile the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from chatbot.types import Period, Report, Section, Span
from vectorstore.headings import Lines, Mark, body_start, heading_marks
from vectorstore.numbering import numbered
from vectorstore.periods import STANDING, heading_period, period_of, sub_heading_period
from vectorstore.runins import glued_marks, list_marks, run_in_marks
from vectorstore.sentences import paragraphs

OPENING = 100


def sections(report: Report) -> tuple[Section, ...]:
    """The leaves in order: their spans, joined, are `report.text`. A text without headings is one leaf."""
    lines = _lines(report.text)
    marks = [mark for mark in _marks(lines) if mark.start < len(report.text)]
    leaves = [*_leaves(marks), (len(report.text), ())]
    found = [
        Section(_path(trail), Span(start, end), _period(report, trail)) for (start, trail), (end, _) in pairwise(leaves)
    ]
    return tuple(_with_review(found, report))


def _with_review(found: list[Section], report: Report) -> list[Section]:
    """In a report without a part that looks back, what stands before the first plan reviews the year before."""
    kinds = [section.period.kind for section in found]
    if report.year is None or "review" in kinds or "plan" not in kinds:
        return found
    review = Period("review", report.year - 1)
    opening = (replace(s, period=review) if s.path[0] == "引言" else s for s in found[: kinds.index("plan")])
    return [*opening, *found[kinds.index("plan") :]]


def _lines(text: str) -> Lines:
    spans = paragraphs(text)
    return Lines(text, spans, numbered(text, spans))


def _marks(lines: Lines) -> list[Mark]:
    """All marks by place; at one place the higher in the tree comes first."""
    body = body_start(lines)
    above = heading_marks(lines)
    run_ins = run_in_marks(lines, above, body)
    marks = [*above, *run_ins, *glued_marks(lines, run_ins), *list_marks(lines, body)]
    return sorted(marks, key=lambda mark: (mark.start, mark.rank, mark.title != ""))


def _leaves(marks: Sequence[Mark]) -> list[tuple[int, tuple[Mark, ...]]]:
    """Start and trail (the open marks, highest first) of each leaf; neighbours with one trail are one leaf."""
    trail: tuple[Mark, ...] = ()
    leaves: list[tuple[int, tuple[Mark, ...]]] = []
    for start, here in groupby(marks, key=lambda mark: mark.start):
        for mark in here:
            kept = tuple(open_mark for open_mark in trail if open_mark.rank < mark.rank)
            trail = (*kept, mark) if mark.title else kept
        if not leaves or leaves[-1][1] != trail:
            leaves.append((start, trail))
    return leaves


def _path(trail: Sequence[Mark]) -> tuple[str, ...]:
    return tuple(mark.title for mark in trail)


def _period(report: Report, trail: Sequence[Mark]) -> Period:
    if not trail:
        return STANDING
    top, *below = trail
    period = heading_period(top.title, report.year) or _opening_period(report, top)
    for mark in below:
        period = sub_heading_period(mark.title, period, report.year)
    return period


def _opening_period(report: Report, mark: Mark) -> Period:
    """For a part whose heading names no period (（一）关于经济形势): what the first sentence below it names."""
    below = report.text[mark.start + len(mark.title) :][:OPENING].lstrip("。\n ")
    return period_of(below, STANDING, report.year)
