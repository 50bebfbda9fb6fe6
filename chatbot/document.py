"""The document of a briefing: what stands in it, in order, as an official document (docx) or as Markdown.

Title, the line that says how it came about, for whom; the sentences under their headings with markers; a table of the
figures; what its words mean; every quote with its place. How the file looks is said in `official.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from chatbot.briefing import Briefing, Line, numbers, of_answer, place_of
from chatbot.figure_table import FigureRow
from chatbot.official import Block, Table, written
from chatbot.types import Answer, Citation, Report
from chatbot.wordlists import read_toml

AI_LINE = "本材料由 AI 辅助生成、程序自动整理，引文均可与报告原文核对"
KEYWORDS = "政府工作报告；AI自动整理"  # the label in the file's properties, beside the visible line

Rows = Sequence[tuple[FigureRow, int]]  # figures with the number of their quote, as `briefing.figures` gives them

_HAN = "[一二三四五六七八九十百零〇]+"
_DIGITS = "零一二三四五六七八九"
_NUMBERS = (
    re.compile(rf"{_HAN}[、．. \u3000]|第{_HAN}(?:部分|章|篇)"),
    re.compile(rf"[（(]{_HAN}[）)]|第{_HAN}节"),
    re.compile(r"\d{1,2}[、．.](?!\d)"),
    re.compile(r"[（(]\d{1,2}[）)]"),
)


def document(title: str, answer: Answer, reports: Sequence[Report], at: datetime, rows: Rows = ()) -> bytes:
    """The docx file of a brief as it was answered; see `briefing_document`."""
    return briefing_document(of_answer(answer, title), reports, at, rows, answer.note)


def briefing_document(
    briefing: Briefing, reports: Sequence[Report], at: datetime, rows: Rows = (), note: str = ""
) -> bytes:
    """The docx file of a briefing made `at` that time; `reports` are at least those that it cites.

    A line with a fault stands in it marked as such, and then the file is called a draft.
    """
    return written(" ".join(briefing.title.split()), blocks(briefing, reports, rows, note), (AI_LINE, KEYWORDS), at)


def as_markdown(briefing: Briefing, reports: Sequence[Report], rows: Rows = (), note: str = "") -> str:
    """The same as Markdown."""
    head = Block("title", " ".join(briefing.title.split()))
    return "\n\n".join(
        _as_markdown(block) for block in (head, *blocks(briefing, reports, rows, note)) if block != _EMPTY
    )


# what stands in it

_EMPTY = Block("line", "")


def blocks(briefing: Briefing, reports: Sequence[Report], rows: Rows = (), note: str = "") -> Iterator[Block | Table]:
    """The paragraphs below the title, their headings counted. The reports are told apart where several are cited."""
    yield from counted(_blocks(briefing, reports, rows, note))


def counted(blocks: Iterable[Block | Table]) -> Iterator[Block | Table]:
    """Headings with numbers of their own, as GB/T 9704 orders them: 一、（一）1.（1）.

    Those of the report go: a part of its headings is told, so that its numbers would leave gaps; the sources have them.
    """
    part, above = "", list[tuple[int, str]]()  # level as it comes, and name, of the headings above
    told: dict[tuple[tuple[int, str], ...], list[str]] = {}
    for block in blocks:
        if isinstance(block, Table) or not block.form.startswith("heading"):
            part = block.text if isinstance(block, Block) and block.form == "line" else part
            yield block
            continue
        rank, bare = int(block.form[-1]), _bare(block.text)
        above = [(higher, name) for higher, name in above if higher < rank]
        beside = told.setdefault(tuple(above), [])
        name = bare if above else f"{part}\n{bare}"  # of two reports each has headings of its own
        if name not in beside:  # one that is told again keeps its number
            beside.append(name)
        above.append((rank, name))
        yield Block(f"heading {len(above)}", _number(len(above), beside.index(name) + 1) + bare, block.markers)


def _bare(heading: str) -> str:
    """Without its number."""
    level = _level(heading)
    return _NUMBERS[level - 1].sub("", heading, count=1).strip() if level else heading


def _number(level: int, count: int) -> str:
    tens, ones = divmod(count, 10)  # fewer than a hundred headings stand under one
    han = _DIGITS[tens] * (tens > 1) + "十" * (tens > 0) + _DIGITS[ones] * (ones > 0)
    return (f"{han}、", f"（{han}）", f"{count}.", f"（{count}）")[level - 1]


def _blocks(briefing: Briefing, reports: Sequence[Report], rows: Rows, note: str) -> Iterator[Block | Table]:
    places = numbers(briefing.lines)
    cited = list(dict.fromkeys(report_id for report_id, *_ in places))
    names = {report.id: _name(report) for report in reports}
    several = names if len(cited) > 1 else {}
    yield from _head(briefing)
    yield from _body(briefing.lines, places, several)
    if note:
        yield Block("text", note)
    if rows:
        yield Block("heading 1", _words()["table"])
        yield Table(tuple(_words()["columns"]), tuple(_row(row, number) for row, number in rows))
        yield Block("heading 1", _words()["notes"])
        yield from (Block("text", text) for text in _words()["explained"])
    yield from _sources(briefing.lines, places, [report for report in reports if report.id in cited], several)


def _head(briefing: Briefing) -> Iterator[Block]:
    """How it came about, that it is a draft, and for whom."""
    faults = sum(bool(line.fault) for line in briefing.lines)
    yield Block("line", AI_LINE)
    if faults:
        yield Block("line", _words()["draft"].format(count=faults))
    if briefing.audience.strip():
        yield Block("line", _words()["audience"].format(name=" ".join(briefing.audience.split())))
    yield _EMPTY


def _body(
    lines: Sequence[Line], places: Mapping[tuple[str, int, int], int], several: Mapping[str, str]
) -> Iterator[Block]:
    report_id, path = "", tuple[str, ...]()
    for line in lines:
        here = line.citations[0].report_id if line.citations else report_id
        if here != report_id:
            report_id, path = here, ()
            if several:
                yield Block("line", several.get(here, here))
        yield from _headings(path, line.heading_path)
        path = line.heading_path
        markers = "".join(f"[{places[place_of(citation)]}]" for citation in line.citations)
        yield Block("text", line.text + (_words()["unsupported"] if line.fault else ""), markers)


def _headings(before: Sequence[str], here: Sequence[str]) -> Iterator[Block]:
    """The headings that are new at `here`; back from a sub-heading, the heading above it comes once more."""
    if tuple(before) == tuple(here):
        return
    shared = _shared(before, here)
    level = 0
    for depth, heading in enumerate(here):
        level = _level(heading) or min(level + 1, len(_NUMBERS))
        if depth >= min(shared, len(here) - 1):
            yield Block(f"heading {level}", heading)


def _shared(before: Sequence[str], here: Sequence[str]) -> int:
    """How many headings from the top are the same."""
    same = [a == b for a, b in zip(before, here, strict=False)]
    return [*same, False].index(False)


def _level(heading: str) -> int:
    """一、 is 1, （一） 2, 1. 3 and （1） 4, as GB/T 9704 orders them; 0 without a number."""
    return next((level for level, number in enumerate(_NUMBERS, 1) if number.match(heading)), 0)


def _row(row: FigureRow, number: int) -> tuple[str, ...]:
    """Name, figure as it stands with the direction it is told with, year, status, number of the quote."""
    way = {"up": _words()["up"], "down": _words()["down"]}.get(row.direction, "")
    return row.name, way * (not row.stated.startswith(way)) + row.stated, str(row.year or ""), row.status, f"[{number}]"


def _sources(
    lines: Sequence[Line],
    places: Mapping[tuple[str, int, int], int],
    reports: Sequence[Report],
    several: Mapping[str, str],
) -> Iterator[Block]:
    """The reports with their dates, and each quote with its place, by its number."""
    if not places:
        return
    yield Block("heading 1", _words()["sources"])
    if reports:
        yield Block("source", _words()["from"].format(reports="、".join(map(_dated, reports))))
    quotes = {place_of(citation): citation for line in lines for citation in line.citations}
    for place, number in places.items():
        yield Block("source", _source(quotes[place], number, several.get(place[0], "")))


def _source(citation: Citation, number: int, name: str) -> str:
    page = f"，第{citation.page}页" if citation.page else ""
    place = " › ".join(citation.path) + page
    return f"[{number}] {name}{place}：“{citation.quote}”"


def _name(report: Report) -> str:
    told = report.year is None or str(report.year) in report.title
    return f"《{report.title}》" + ("" if told else f"（{report.year}年）")


def _dated(report: Report) -> str:
    """The name with the day on which the report was given, where that is known."""
    day = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", report.date)
    return f"《{report.title}》（{int(day[1])}年{int(day[2])}月{int(day[3])}日）" if day else _name(report)


def _words() -> dict[str, Any]:
    words: dict[str, Any] = read_toml("briefing.toml")["file"]
    return words


# Markdown

_MARKS = {"title": "# ", "heading 1": "## ", "heading 2": "### ", "heading 3": "#### ", "heading 4": "##### "}


def _as_markdown(block: Block | Table) -> str:
    if isinstance(block, Table):
        rows = (block.columns, ("---",) * len(block.columns), *(tuple(map(_inert, row)) for row in block.rows))
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)
    text = _inert(block.text) + block.markers
    return f"*{text}*" if block.form == "line" else _MARKS.get(block.form, "") + text


def _inert(text: str) -> str:
    """Text that Markdown and HTML show as it is; a line's beginning cannot make it a list or a heading."""
    escaped = re.sub(r"([\\`*_<>#|\[\]])", r"\\\1", " ".join(text.split()))
    return re.sub(r"^(\d+)([.)])|^([-+])(?= )", lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", escaped)
