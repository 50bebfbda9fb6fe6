"""Find the headings of a report: numbered ones, unnumbered ones on a line of their own, and the fixed places.

A heading is a `Mark`. The section tree is the marks in order: a mark closes every open mark of its own rank or a
higher one. A mark without a title only closes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from chatbot.types import MASTHEAD, Span
from vectorstore.numbering import PARTS, POINTS, Numbered
from vectorstore.sentences import enclosed

APPENDIX, PART, BELOW_PART, PLAIN, POINT, RUN_IN, LISTING = 0, 10, 11, 35, 60, 80, 90
TITLE = MASTHEAD
PREAMBLE, WHOLE, PROBLEMS, CLOSING = "引言", "正文", "困难和问题", "结束语"
LONGEST_TITLE = 60
LONGEST_LINE = 30
LONGEST_WRAP = 20
ENDED = "。！？；：!?;:"
HAN_LINE = re.compile(r"[\d“”《》（）()、，,·—-]*[\u4e00-\u9fff〇][\u4e00-\u9fff〇○\d“”《》（）()、，,·—-]*")
ORNAMENT = re.compile(r"[ \u3000]*([★☆◆◇●◎■□▲△▶►※❖✦【〖])[★☆◆◇●◎■□▲△▶►※❖✦]*[ \u3000]*")
BRACKETS = "【〖"


class Mark(NamedTuple):
    """Where a heading starts, its rank (low = high in the tree) and the title it adds to the path ("" adds none)."""

    start: int
    rank: int
    title: str


class Lines(NamedTuple):
    """What the finders share: the text, the spans of its lines, and the numbered openings."""

    text: str
    spans: tuple[Span, ...]
    openings: tuple[Numbered, ...]


@cache
def words(name: str) -> tuple[str, ...]:
    """One word list of headings.toml."""
    lists = tomllib.loads(Path(__file__).with_name("headings.toml").read_text(encoding="utf-8"))
    return tuple(lists[name])


def opens_with(line: str, name: str) -> bool:
    return line.lstrip(" \u3000—-“").startswith(words(name))


def heading_marks(lines: Lines) -> tuple[Mark, ...]:
    """All marks above the run-in headings, in order."""
    body = body_start(lines)
    first = next((o.start for o in lines.openings if o.start >= body), None)
    unnumbered = tuple(_standing_lines(lines, body))
    preamble = WHOLE if first is None and not unnumbered else PREAMBLE
    parts = (m for m in unnumbered if APPENDIX < m.rank < PLAIN and m.title != CLOSING)
    above = max((m.rank for m in parts if m.start <= (first or 0)), default=0)
    marks = [Mark(0, PART, TITLE), Mark(body, PART, preamble), *_numbered_marks(lines, body, above), *unnumbered]
    marks += [*_returns(lines, body), *_closing(lines, body)]
    return tuple(sorted(marks, key=lambda mark: mark.start))


def body_start(lines: Lines) -> int:
    """Where the title block ends: behind 各位代表：, or before the first line that is a sentence or a heading."""
    salutation = re.compile(rf"^[ \u3000]*(?:{'|'.join(words('salutations'))})[：:！!，,]?[ \u3000]*", re.MULTILINE)
    if found := salutation.search(lines.text, 0, 1500):
        return found.end() + lines.text.startswith("\n", found.end())
    numbers = {opening.start for opening in lines.openings}
    for line in lines.spans:
        if line.start in numbers or "。" in line.of(lines.text) or len(line.of(lines.text)) > LONGEST_TITLE:
            return line.start
    return 0


def title_of(line: str) -> str:
    """The heading a line opens with: up to the first 。；： outside quotes, or the first ， if too long."""
    mask = enclosed(line)
    for stops in ("。！？!?；;：:", "，,"):
        end = next((i for i, letter in enumerate(line) if letter in stops and not mask[i]), len(line))
        if end <= LONGEST_TITLE:
            return line[:end].strip()
    return line[:LONGEST_TITLE].strip()


def _numbered_marks(lines: Lines, body: int, above: int) -> Iterator[Mark]:
    """Numbered headings; `above` is the rank of the unnumbered ones right over them, 0 without such."""
    entries = _entries(lines)
    openings = [o for o in lines.openings if o.start >= body and o.start not in entries]
    ranks = _ranks([opening.kind for opening in openings], 1 + above // PART)
    for opening in openings:
        whole = Span(opening.start, opening.line_end)
        title = title_of(whole.of(lines.text))
        if opening.kind in PARTS and len(title) == len(whole.of(lines.text).strip()):
            title += _wrapped(lines, whole)
        yield Mark(opening.start, ranks[opening.kind], title)


def _entries(lines: Lines) -> set[int]:
    """Starts of lines counted in digits that are entries of a list, no headings: neighbours, mostly one sentence."""
    place = {span.start: i for i, span in enumerate(lines.spans)}
    counted = [opening for opening in lines.openings if "arabic" in opening.kind]
    rows = groupby(enumerate(counted), key=lambda pair: (pair[1].kind, place[pair[1].start] - pair[0]))
    lists = [[opening for _, opening in row] for _, row in rows]
    told = [row for row in lists if len(row) > 1 and 2 * sum(_is_sentence(lines.text, o) for o in row) > len(row)]
    return {opening.start for row in told for opening in row}


def _is_sentence(text: str, opening: Numbered) -> bool:
    line = text[opening.start : opening.line_end].strip()
    return line[-1] in "。；;" and len(title_of(line)) == len(line) - 1


def _ranks(kinds: Sequence[str], first: int) -> dict[str, int]:
    """Rank by order of first appearance (some reports count parts with （一）); 第一， and 一是 are always lowest."""
    order = [kind for kind in dict.fromkeys(kinds) if kind not in POINTS]
    return {kind: PART * place for place, kind in enumerate(order, first)} | dict.fromkeys(POINTS, POINT)


def _wrapped(lines: Lines, line: Span) -> str:
    """The second line of a heading that was broken over two, or ""."""
    place = next((i for i, span in enumerate(lines.spans) if span.start >= line.end), None)
    if place is None or not _stands_alone(lines, place, LONGEST_WRAP) or not _begins_text(lines, place + 1):
        return ""
    body = lines.spans[place].of(lines.text).strip()
    return "" if any(word in body for word in words("parts")) else body


def _begins_text(lines: Lines, place: int) -> bool:
    """Whether a line below a heading can be its text: a long line or a numbered one."""
    if place >= len(lines.spans):
        return False
    span = lines.spans[place]
    return span.end - span.start > LONGEST_LINE or any(opening.start == span.start for opening in lines.openings)


def _stands_alone(lines: Lines, place: int, longest: int) -> bool:
    """Whether a line can be a heading by its look: short, Chinese, unnumbered, without a stop at its end."""
    span = lines.spans[place]
    body = unadorned(span.of(lines.text))
    free = all(opening.start != span.start for opening in lines.openings)
    return free and 2 <= len(body) <= longest and body[-1] not in ENDED + "，、,《" and bool(HAN_LINE.fullmatch(body))


def _standing_lines(lines: Lines, body: int) -> Iterator[Mark]:
    """Unnumbered headings on a line of their own, and appendices."""
    ornaments = _ornaments(lines, body)
    numbered = any(opening.kind in PARTS for opening in lines.openings if opening.start >= body)
    rank = PLAIN if numbered or next(iter(ornaments), "") else PART
    for place, span in enumerate(lines.spans):
        line = unadorned(span.of(lines.text))
        if span.start < body or not _stands_alone(lines, place, LONGEST_LINE):
            continue
        if ornament := _ornament(lines, place):
            if not _is_bullet(lines, place):
                yield Mark(span.start, ornaments.get(ornament, PLAIN), line)
        elif line.startswith(words("appendices")):
            yield Mark(span.start, APPENDIX, " ".join(filter(None, [line, _wrapped(lines, span)])))
        elif line == CLOSING:
            yield Mark(span.start, PART, CLOSING)
        elif _between_sentences(lines, place) and (any(w in line for w in words("parts")) or rank == PLAIN):
            yield Mark(span.start, rank, line)


def unadorned(line: str) -> str:
    """A line without the ornament it opens with (★ 回顾) and the brackets around it (【回顾】)."""
    return ORNAMENT.sub("", line, count=1).strip().rstrip("】〗")


def _ornament(lines: Lines, place: int) -> str:
    """The ornament that the line at `place` opens with, or ""."""
    found = ORNAMENT.match(lines.spans[place].of(lines.text)) if 0 <= place < len(lines.spans) else None
    return found[1] if found else ""


def _is_bullet(lines: Lines, place: int) -> bool:
    """Whether the line is an entry of a list, no heading: one beside it opens with the same ornament."""
    beside = (_ornament(lines, place - 1), _ornament(lines, place + 1))
    return (kind := _ornament(lines, place)) not in BRACKETS and kind in beside


def _ornaments(lines: Lines, body: int) -> dict[str, int]:
    """Ornament that headings open with → rank, by order of appearance; "" are unnumbered parts without one.

    Where numbers make the parts, only those that stand above them: before the first and again behind it.
    """
    first = next((o.start for o in lines.openings if o.start >= body and o.kind in PARTS), len(lines.text))
    heads = [i for i, span in enumerate(lines.spans) if span.start >= body and _is_head(lines, i)]
    before = dict.fromkeys(_ornament(lines, i) for i in heads if lines.spans[i].start < first)
    behind = {_ornament(lines, i) for i in heads if lines.spans[i].start > first}
    kinds = [kind for kind in before if first == len(lines.text) or (kind and kind in behind)]
    return {kind: min(PART * place, PLAIN) for place, kind in enumerate(kinds, 1)}


def _is_head(lines: Lines, place: int) -> bool:
    """Whether a line is a heading by its ornament or, without one, by the words of a part."""
    if not _stands_alone(lines, place, LONGEST_LINE):
        return False
    if _ornament(lines, place):
        return not _is_bullet(lines, place)
    named = any(word in lines.spans[place].of(lines.text) for word in words("parts"))
    return named and _between_sentences(lines, place)


def _between_sentences(lines: Lines, place: int) -> bool:
    """Whether a line stands behind a finished sentence or an ornamented heading, before a longer or a numbered line."""
    before = lines.spans[place - 1].of(lines.text).rstrip() if place else "。"
    headed = place > 0 and bool(_ornament(lines, place - 1)) and _stands_alone(lines, place - 1, LONGEST_LINE)
    return (headed or before[-1] in "。！？：!?:”") and _begins_text(lines, place + 1)


def _returns(lines: Lines, body: int) -> Iterator[Mark]:
    """Paragraphs that no longer belong to the item before: salutations, reviews of the whole, problems."""
    numbers = {opening.start for opening in lines.openings}
    for span in lines.spans:
        line = span.of(lines.text)
        if span.start < body or span.start in numbers:
            continue
        if opens_with(line, "salutations") or opens_with(line, "returns"):
            yield Mark(span.start, BELOW_PART, "")
        if any(word in line[:40] for word in words("problems")):
            yield Mark(span.start, BELOW_PART, "")
            yield Mark(span.start, RUN_IN, PROBLEMS)


def _closing(lines: Lines, body: int) -> Iterator[Mark]:
    """The last salutation, when what follows it is the closing words."""
    annex = (
        s.start for s in lines.spans if s.start > body and s.of(lines.text).strip().startswith(words("appendices"))
    )
    end = next(annex, len(lines.text))
    called = [s for s in lines.spans if body <= s.start < end and opens_with(s.of(lines.text), "salutations")]
    if called and any(word in lines.text[called[-1].start : end] for word in words("closings")):
        yield Mark(called[-1].start, PART, CLOSING)
