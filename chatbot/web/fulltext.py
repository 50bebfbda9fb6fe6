"""The text of a report as HTML: its sections as headings, its pages numbered, one stretch of it marked.

Between the tags stands every character of `report.text` in order and nothing else: what is of ours (page numbers, names
of sections that the text does not spell out) stands in attributes, and `<mark>` holds `report.text[start:end]` exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby, pairwise
from typing import NamedTuple

from chatbot.types import MASTHEAD, Report, Section, Span

_AFTER_HEADING = "。：:；;"  # belongs to a heading that the text runs on from
_LINE_END = re.compile(r"\n+")
_DEEPEST = 6


class Heading(NamedTuple):
    """Where a section begins. `span` is empty where the text does not spell its name out there; `level` is from 1."""

    span: Span
    level: int
    name: str
    id: str


def headings(text: str, sections: Sequence[Section]) -> tuple[Heading, ...]:
    """A heading for each new step of the sections' paths, in the order of the text; none for the masthead."""
    return tuple(_headings(text, sections))


def _headings(text: str, sections: Sequence[Section]) -> Iterator[Heading]:
    before: tuple[str, ...] = ()
    count = 0
    for section in sections:
        at = section.span.start
        for level, name in _new_steps(before, section.path):
            end = at + len(name) if text.startswith(name, at) else at
            count += 1
            yield Heading(Span(at, _with_stop(text, end) if end > at else at), level, name, f"zw-s-{count}")
            at = _past_line_end(text, end)
        before = section.path


def _new_steps(before: Sequence[str], path: Sequence[str]) -> Iterator[tuple[int, str]]:
    same = 0
    while same < min(len(before), len(path)) and before[same] == path[same]:
        same += 1
    return ((level, name) for level, name in enumerate(path, 1) if level > same and name != MASTHEAD)


def _with_stop(text: str, end: int) -> int:
    return end + (text[end : end + 1] in tuple(_AFTER_HEADING))


def _past_line_end(text: str, at: int) -> int:
    return at + (text[at : at + 1] == "\n")


class Leaf:
    """Draws one report with one stretch marked (an empty one: nothing). `page` is the word for a page number."""

    def __init__(self, report: Report, found: Sequence[Heading], mark: Span, page: str) -> None:
        self._text = report.text
        self._headings = {heading.span.start: heading for heading in found if heading.span.start < heading.span.end}
        self._mark = mark
        self._points = [
            *((start, _page_mark(number, page)) for number, start in enumerate(report.page_starts, 1)),
            *((h.span.start, f'<span id="{h.id}"></span>') for h in found if h.span.start == h.span.end),
        ]

    def html(self) -> str:
        """Headings and paragraphs. The first that is marked has the id `zw-mark`."""
        drawn = "".join(map(self._block, self._tiles()))
        return drawn.replace("<mark>", '<mark id="zw-mark" tabindex="-1">', 1)

    def _tiles(self) -> Iterator[Span]:
        """The lines of the text, cut again around headings; together they are the whole text."""
        ends = (match.end() for match in _LINE_END.finditer(self._text))
        around = (offset for heading in self._headings.values() for offset in heading.span)
        start = 0
        for cut in sorted({*ends, *around, len(self._text)}):
            # The line end behind a heading goes with the heading.
            if cut == len(self._text) or (self._text[start:cut].strip() and self._text[cut] != "\n"):
                yield Span(start, cut)
                start = cut

    def _block(self, tile: Span) -> str:
        inside, before = "".join(self._inline(tile)), self._at(tile.start)
        heading = self._headings.get(tile.start)
        if not heading:
            return f"<p>{before}{inside}</p>"
        tag = f"h{min(heading.level + 1, _DEEPEST)}"
        return f'{before}<{tag} id="{heading.id}" tabindex="-1">{inside}</{tag}>'

    def _inline(self, tile: Span) -> Iterator[str]:
        """The text of a tile with what stands inside it; neighbouring pieces that are marked are one mark."""
        offsets = (*self._mark, *(offset for offset, _ in self._points))
        cuts = sorted({*tile, *(offset for offset in offsets if tile.start < offset < tile.end)})
        pieces = [Span(*pair) for pair in pairwise(cuts)]
        for marked, group in groupby(pieces, lambda piece: self._mark.holds(piece)):
            drawn = "".join(self._piece(piece, piece.start > tile.start) for piece in group)
            yield f"<mark>{drawn}</mark>" if marked else drawn

    def _piece(self, piece: Span, within: bool) -> str:
        return (self._at(piece.start) if within else "") + escape(piece.of(self._text))

    def _at(self, offset: int) -> str:
        return "".join(html for place, html in self._points if place == offset)


def _page_mark(number: int, page: str) -> str:
    label = escape(page.format(page=number))
    return f'<span class="zw-page" id="zw-page-{number}" role="separator" aria-label="{label}" title="{label}"></span>'


def tree(found: Sequence[Heading], mark: Span) -> str:
    """Nested lists of links to the headings; the section that holds the mark is the current one."""
    here = max((h.span.start for h in found if mark.start < mark.end and h.span.start <= mark.start), default=None)
    current = [h.id for h in found if h.span.start == here][-1:]
    html, depth = "", 0
    for heading in found:
        html += "<ol>" if heading.level > depth else "</li>" + "</ol></li>" * (depth - heading.level)
        now = ' aria-current="true"' if heading.id in current else ""
        html += f'<li><a href="#{heading.id}"{now}>{escape(heading.name)}</a>'
        depth = heading.level
    return html + "</li></ol>" * depth
