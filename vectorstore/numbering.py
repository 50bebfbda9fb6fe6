"""Find numbered openings: 一、 （一） 1. 第一， 一是 第一部分, at the start of a line or glued behind a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chatbot.types import Span
from vectorstore.sentences import enclosed

HAN = "[一二三四五六七八九十百零〇]{1,4}"
KINDS = {
    "division": re.compile(rf"第({HAN})(?:部分|章|篇)"),
    "han": re.compile(rf"({HAN})(?:[、．.](?!{HAN}[、．.])|[ \u3000])"),
    "bracketed": re.compile(rf"[（(]({HAN})[）)]"),
    "arabic": re.compile(r"(\d{1,2})[、．.](?!\d)"),
    "bracketed arabic": re.compile(r"[（(](\d{1,2})[）)]"),
    "ordinal": re.compile(rf"第({HAN})[，、,](?!第)"),
    "point": re.compile(rf"({HAN})[是要](?!不|否)"),
}
GLUED = ("division", "han", "bracketed")
POINTS = ("ordinal", "point")
PARTS = ("division", "han")
DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0}


class Numbered(NamedTuple):
    """A numbered opening: where it starts, its kind (a key of `KINDS`), its number, and where its line ends."""

    start: int
    kind: str
    number: int
    line_end: int


def numbered(text: str, lines: Sequence[Span]) -> tuple[Numbered, ...]:
    """Every numbered opening in order.

    An opening inside a line counts only behind a sentence end, and only when it carries its kind's count on
    (…更好的日子。三、全面加强…, where 二、 was the last): lines that were glued together look like that.
    """
    found: list[Numbered] = []
    last: dict[str, int] = {}
    for line in lines:
        for opening in _in_line(text, line):
            if opening.start == line.start or _carries_on(opening, last):
                found.append(opening)
                last = _counted(last, opening)
    return tuple(found)


def _carries_on(opening: Numbered, last: dict[str, int]) -> bool:
    return opening.kind in GLUED and opening.number == last.get(opening.kind, 0) + 1


def _counted(last: dict[str, int], opening: Numbered) -> dict[str, int]:
    """The last number of each kind; a new part starts the other counts afresh."""
    return {**(last if opening.kind not in PARTS else {}), opening.kind: opening.number}


def _in_line(text: str, line: Span) -> Iterator[Numbered]:
    body = line.of(text)
    mask = enclosed(body)
    indent = len(body) - len(body.lstrip())
    for place in [indent, *(m.end() for m in re.finditer(r"[。！？!?][”’）)]?", body) if not mask[m.start()])]:
        for kind, pattern in KINDS.items():
            if match := pattern.match(body, place):
                start = line.start + (0 if place == indent else place)
                yield Numbered(start, kind, _value(match[1]), line.end)
                break


def _value(numeral: str) -> int:
    """一 → 1, 十二 → 12, 二十三 → 23, 15 → 15."""
    if numeral.isdecimal():
        return int(numeral)
    tens, ten, ones = numeral.rpartition("十")
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones, 0)
