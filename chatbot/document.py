"""The document of a brief: what stands in it, in order, and the file of it.

Title, the line that says how it came about, the sentences under the report's own headings, and every quote with its
place at the end. How it looks is said in `official.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from chatbot.official import Block, written
from chatbot.types import Answer, Citation, Report

AI_LINE = "本材料由程序自动整理，引文均可与报告原文核对"
KEYWORDS = "政府工作报告；AI自动整理"  # the label in the file's properties, beside the visible line
SOURCES = "出处"

_SENTENCE = re.compile(r"(?:【([^\n]*)】\n)?(.*?)((?:\[\d+\])*)", re.DOTALL)  # as `present.py` puts them together
_HAN = "[一二三四五六七八九十百零〇]+"
_NUMBERS = (
    re.compile(rf"{_HAN}[、．. \u3000]|第{_HAN}(?:部分|章|篇)"),
    re.compile(rf"[（(]{_HAN}[）)]|第{_HAN}节"),
    re.compile(r"\d{1,2}[、．.](?!\d)"),
    re.compile(r"[（(]\d{1,2}[）)]"),
)


class _Told(NamedTuple):
    """A sentence of a brief with the report it is from and the headings above it."""

    report_id: str
    path: tuple[str, ...]
    text: str
    markers: str


def document(title: str, answer: Answer, reports: Sequence[Report], at: datetime) -> bytes:
    """The docx file of a brief made `at` that time; `reports` are at least those that it cites."""
    names = {report.id: _name(report) for report in reports}
    return written(" ".join(title.split()), blocks(answer, names), (AI_LINE, KEYWORDS), at)


def _name(report: Report) -> str:
    told = report.year is None or str(report.year) in report.title
    return f"《{report.title}》" + ("" if told else f"（{report.year}年）")


def blocks(answer: Answer, names: Mapping[str, str]) -> Iterator[Block]:
    """The paragraphs below the title. The reports are told apart where several are cited."""
    cited = list(dict.fromkeys(citation.report_id for citation in answer.citations))
    several = len(cited) > 1
    yield Block("line", AI_LINE)
    yield Block("line", "")
    told = [_Told("", (), "", ""), *_told(answer)]
    for before, here in pairwise(told):
        if several and here.report_id != before.report_id:
            yield Block("line", names[here.report_id])
        yield from _headings(before, here)
        yield Block("text", here.text, here.markers)
    if answer.note:
        yield Block("text", answer.note)
    yield Block("heading 1", SOURCES)
    yield Block("source", f"引自{'、'.join(names[report_id] for report_id in cited)}。")
    yield from (Block("source", _source(c, names[c.report_id] if several else "")) for c in answer.citations)


def _told(answer: Answer) -> Iterator[_Told]:
    """The sentences taken apart. One without a heading stands under that of the sentence before."""
    report_of = {f"[{citation.marker}]": citation.report_id for citation in answer.citations}
    report_id = ""
    path: tuple[str, ...] = ()
    for sentence in answer.sentences:
        heading, text, markers = _SENTENCE.fullmatch(sentence).groups()  # type: ignore[union-attr]  # fits any text
        path = tuple(heading.split(" › ")) if heading else path
        report_id = report_of.get(markers[markers.rfind("[") :], report_id)
        yield _Told(report_id, path, text, markers)


def _headings(before: _Told, here: _Told) -> Iterator[Block]:
    """The headings that are new at `here`; back from a sub-heading, the heading above it comes once more."""
    if (before.report_id, before.path) == (here.report_id, here.path):
        return
    shared = _shared(before.path, here.path) if before.report_id == here.report_id else 0
    level = 0
    for depth, heading in enumerate(here.path):
        level = _level(heading) or min(level + 1, len(_NUMBERS))
        if depth >= min(shared, len(here.path) - 1):
            yield Block(f"heading {level}", heading)


def _shared(before: Sequence[str], here: Sequence[str]) -> int:
    """How many headings from the top are the same."""
    same = [a == b for a, b in zip(before, here, strict=False)]
    return [*same, False].index(False)


def _level(heading: str) -> int:
    """一、 is 1, （一） 2, 1. 3 and （1） 4, as GB/T 9704 orders them; 0 without a number."""
    return next((level for level, number in enumerate(_NUMBERS, 1) if number.match(heading)), 0)


def _source(citation: Citation, name: str) -> str:
    page = f"，第{citation.page}页" if citation.page else ""
    place = " › ".join(citation.path) + page
    return f"[{citation.marker}] {name}{place}：“{citation.quote}”"
