"""Lines as they stand in a file → paragraphs as they were written.

Every rule looks at two neighbours: the paragraph so far and the next line. Three layouts are told apart: one line per
paragraph; paragraphs set apart by empty lines; and hard-wrapped text, cut at a width whatever the sentence says.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

STRONG_HEADING = re.compile(
    r"[一二三四五六七八九十百]{1,4}、|第[一二三四五六七八九十百]{1,4}(?:[部编章节条、，,]|部分)"
    r"|[（(][一二三四五六七八九十百]{1,4}[）)]|—{2}|-{2,}|各位代表|附[件表]|名词解释"
)
WEAK_HEADING = re.compile(  # these also stand in the middle of paragraphs
    r"[一二三四五六七八九十]{1,2}[是要](?=[\u4e00-\u9fff])|\d{1,2}(?:[、.．](?!\d)|[)）])|[（(]\d{1,2}[）)]|[①-⑳]"
)
NUMBERED = re.compile(
    r"(?:第?[一二三四五六七八九十百]{1,4}、|[（(][一二三四五六七八九十百]{1,4}[）)]|第[一二三四五六七八九十百]{1,4}[部编章节])"
)
WORD_END = re.compile(r"[A-Za-z][,.;:!?)]?$")
WORD_START = re.compile(r"[A-Za-z(]")
ENDS = "。！？；：!?;:…"
CLOSERS = "，。、；：！？）》”’」』】〉%‰"
OPENERS = "（《“‘「『【〈"
NEVER_LAST = f"，、{OPENERS}"
MIN_WRAPPED_LINES = 8
MIN_GAPS = 3
MIN_INDENT = 2  # columns
NARROWEST = 24  # columns: nobody wraps Chinese text at less than twelve characters


class Line(NamedTuple):
    """A line without its margins. `indent`: columns of leading space; `gap`: after an empty one; `turn`: a new page."""

    text: str
    indent: int = 0
    gap: bool = False
    turn: bool = False


class Wrap(NamedTuple):
    """The measures of hard-wrapped text, in columns: `full` lines and the usual `indent`.

    `indented`: paragraphs begin with an indent. `lost`: how much shorter their first lines are because the file has
    lost that indent. `gaps_count`: empty lines stand only between paragraphs.
    """

    full: float
    indent: int
    indented: bool
    lost: float
    gaps_count: bool


def width(text: str) -> int:
    """Columns: two for a Chinese character, one for a Latin one."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def join(lines: Sequence[Line]) -> list[str]:
    """The paragraphs of `lines`, in order; no character is lost but line breaks."""
    wrap = measure(lines)
    blocks = wrap is None and _set_apart(lines)
    paragraphs: list[list[Line]] = []
    for line in lines:
        if paragraphs and _continues(paragraphs[-1], line, wrap, blocks):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return [_glue(paragraph) for paragraph in paragraphs]


def measure(lines: Sequence[Line]) -> Wrap | None:
    """The measures of hard-wrapped text; None when lines are paragraphs.

    Text is hard-wrapped when many lines of one width end in the middle of a sentence.
    """
    cut = [width(line.text) for line in lines if line.text[-1] not in ENDS + "”"]
    cut = [columns for columns in cut if columns >= NARROWEST]
    if len(cut) < MIN_WRAPPED_LINES:
        return None
    full = float(Counter(columns // 2 * 2 for columns in cut).most_common(1)[0][0])
    alike = sum(abs(columns - full) <= 0.12 * full for columns in cut)
    longest = sum(width(line.text) > 1.25 * full for line in lines)
    if alike < 0.8 * len(cut) or alike < 0.35 * len(lines) or longest > 0.02 * len(lines):
        return None
    indent = Counter(line.indent for line in lines).most_common(1)[0][0]
    indented = sum(line.indent > indent + 1 for line in lines) >= 3
    return Wrap(full, indent, indented, 0.0 if indented else _lost_indent(lines, full), _gaps_count(lines, full))


def _lost_indent(lines: Sequence[Line], full: float) -> float:
    """How much shorter than others the first lines of paragraphs are, where it is plain that they are first lines."""
    firsts = [
        width(line.text)
        for before, line in pairwise(lines)
        if before.text[-1] in ENDS and width(before.text) < 0.8 * full and line.text[-1] not in ENDS
    ]
    wide = [columns for columns in firsts if columns > 0.85 * full]
    return max(0.0, full - median(wide)) if len(wide) >= 3 else 0.0


def _gaps_count(lines: Sequence[Line], full: float) -> bool:
    """Empty lines mean something unless they also stand in the middle of sentences."""
    inner = [b.gap for a, b in pairwise(lines) if a.text[-1] not in ENDS and width(a.text) > 0.9 * full]
    return sum(inner) < 0.3 * len(inner)


def _set_apart(lines: Sequence[Line]) -> bool:
    """True when empty lines divide the paragraphs, so that a line break alone need not."""
    return sum(line.gap for line in lines) > max(MIN_GAPS, 0.4 * len(lines))


def _continues(paragraph: Sequence[Line], line: Line, wrap: Wrap | None, blocks: bool) -> bool:
    before = paragraph[-1]
    if line.text[0] in CLOSERS or before.text[-1] in OPENERS:
        return True
    if wrap is not None:
        return _wraps(paragraph, line, wrap)
    broken = before.text[-1] not in ENDS + "”）" and not _starts(line) and not _is_heading(paragraph)
    return broken and (_lone_break(line) if blocks else line.turn and not line.indent and _is_prose(paragraph))


def _lone_break(line: Line) -> bool:
    return not line.gap and not line.indent


def _is_heading(paragraph: Sequence[Line]) -> bool:
    """A numbered line without a full stop: a heading, not the start of a sentence."""
    return bool(NUMBERED.match(paragraph[0].text)) and not _is_prose(paragraph)


def _is_prose(paragraph: Sequence[Line]) -> bool:
    return any("。" in line.text for line in paragraph)


def _wraps(paragraph: Sequence[Line], line: Line, wrap: Wrap) -> bool:
    """Whether `line` goes on with `paragraph` in hard-wrapped text."""
    before = paragraph[-1].text
    if line.indent > wrap.indent + 1 or (wrap.gaps_count and line.gap):
        return before[-1] in NEVER_LAST
    columns = width(before) + (max(wrap.lost, paragraph[0].indent - wrap.indent) if len(paragraph) == 1 else 0)
    if before[-1] in ENDS + "”）":
        fills = columns > (0.8 * wrap.full if wrap.indented else wrap.full - 5)
        return fills and not _starts(line, wrap) and not _looks_first(before, line, wrap)
    if _starts(line, wrap) and (_is_heading(paragraph) or columns <= 0.8 * wrap.full):
        return False
    return before[-1] in NEVER_LAST or columns > 0.8 * wrap.full or _is_prose(paragraph)


def _starts(line: Line, wrap: Wrap | None = None) -> bool:
    """Whether `line` looks like the start of an item; where indents tell, only what can be nothing else."""
    told = wrap is not None and (wrap.indented or wrap.lost >= MIN_INDENT)
    return bool(STRONG_HEADING.match(line.text) or (not told and WEAK_HEADING.match(line.text)))


def _looks_first(before: str, line: Line, wrap: Wrap) -> bool:
    """A full line that is short by the lost indent, after a sentence end: the first line of a paragraph."""
    goes_on = line.text[-1] not in ENDS and width(line.text) > 0.85 * wrap.full
    return (
        wrap.lost >= MIN_INDENT and before[-1] in "。！？" and goes_on and width(line.text) <= wrap.full - wrap.lost / 2
    )


def _glue(paragraph: Sequence[Line]) -> str:
    """The lines as one; a space only between two Latin words."""
    text = paragraph[0].text
    for line in paragraph[1:]:
        text += f" {line.text}" if WORD_END.search(text) and WORD_START.match(line.text) else line.text
    return text
