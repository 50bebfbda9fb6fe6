"""Find the small headings that stand inside paragraphs: run-in headings and the names of announced lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from chatbot.types import Span
from vectorstore.headings import (
    CLOSING,
    LISTING,
    PREAMBLE,
    RUN_IN,
    TITLE,
    WHOLE,
    Lines,
    Mark,
    opens_with,
    words,
)
from vectorstore.numbering import POINTS
from vectorstore.sentences import CLOSERS, STOPS, enclosed, sentences

LONGEST_RUN_IN = 22
LONGEST_OWN_LINE = 45
LONGEST_GLUED = 14
LONGEST_NAME = 20


def run_in_marks(lines: Lines, above: Sequence[Mark], body: int) -> tuple[Mark, ...]:
    """Run-in headings of the paragraphs that carry no other mark (`above`), and where their paragraph ends.

    A heading that fills its paragraph also covers the next one (继续加强农业基础设施建设。 / 水利建设要…).
    """
    taken = {mark.start for mark in above if mark.title not in (TITLE, PREAMBLE, WHOLE)}
    closing = next((mark.start for mark in above if mark.title == CLOSING), len(lines.text))
    marks: list[Mark] = []
    covered = headed = False
    for span in lines.spans:
        free = body <= span.start and span.start not in taken
        title, alone = _run_in(span.of(lines.text)) if free and span.start < closing else ("", False)
        title = "" if alone and headed else title
        if free and (title or not covered):
            marks.append(Mark(span.start, RUN_IN, title))
        covered = bool(title) and alone
        headed = _ends_in_heading(lines, span)
    return tuple(marks)


def _ends_in_heading(lines: Lines, span: Span) -> bool:
    """Whether the line ends in a bare numbered heading, so that the next one opens its text."""
    ends = (lines.text[o.start : o.line_end] for o in lines.openings if span.start <= o.start < span.end)
    return any("。" not in heading for heading in ends)


def glued_marks(lines: Lines, run_ins: Sequence[Mark]) -> Iterator[Mark]:
    """The first run-in heading of an item, where its paragraph was glued to the item's opening one.

    Looked for only where the next paragraph has a run-in heading: （十）…。把…。加强就业服务。扎实做好…。…
    """
    titled = {mark.start for mark in run_ins if mark.title}
    numbers = {opening.start for opening in lines.openings if opening.kind not in POINTS}
    for span, after in pairwise(lines.spans):
        if span.start in numbers and after.start in titled:
            parts = sentences(span.of(lines.text))
            for part in parts[2:4]:
                title = part.of(span.of(lines.text)).rstrip("。")
                if 4 <= len(title) <= LONGEST_GLUED and _is_heading(title) and not re.search("[，、]", title):
                    yield Mark(span.start + part.start, RUN_IN, title)
                    break


def _run_in(paragraph: str) -> tuple[str, bool]:
    """The run-in heading of a paragraph ("" for none) and whether its first sentence fills it."""
    first, *rest = sentences(paragraph)
    title = first.of(paragraph).lstrip("—- ").rstrip("".join(STOPS))
    stopped = first.of(paragraph)[-1] == "。"
    fits = 4 <= len(title) <= (LONGEST_RUN_IN if rest else LONGEST_OWN_LINE)
    return (title if stopped and fits and _is_heading(title) else ""), not rest


def _is_heading(title: str) -> bool:
    plain = opens_with(title, "plain_openers") or any(word in title for word in words("plain_words"))
    return not plain and bool(re.fullmatch(r"[\u4e00-\u9fff“‘《][^\d；：;:]*", title))


def list_marks(lines: Lines, body: int) -> Iterator[Mark]:
    """A section for each sentence that announces a list by name: 重点民生实事，包括：…；…；…。"""
    for span in lines.spans:
        if span.start < body:
            continue
        for sentence in sentences(span.of(lines.text)):
            if name := list_name(sentence.of(span.of(lines.text))):
                yield Mark(span.start + sentence.start, LISTING, name)
                end = span.start + sentence.end
                yield Mark(end if lines.text[end : span.end].strip() else span.end + 1, LISTING, "")


def list_name(sentence: str) -> str:
    """What a sentence announces (重点民生实事, 主要预期目标), or "" when it announces nothing by name."""
    mask = enclosed(sentence)
    colon = next((i for i, letter in enumerate(sentence) if letter in "：:" and not mask[i]), 0)
    verbs = "|".join(words("list_verbs"))
    announced = re.search(rf"([^，,。]*?)[，,]?(?:{verbs})[：:]$", sentence[: colon + 1])
    name = _without_lead(announced[1]) if announced else ""
    return name if 4 <= len(name) <= LONGEST_NAME and name.endswith(words("list_nouns")) else ""


def _without_lead(announcement: str) -> str:
    """接续实施一批重点民生实事 → 重点民生实事."""
    ends = [announcement.rfind(lead) + len(lead) for lead in words("list_leads") if lead in announcement[:-4]]
    return announcement[max(ends, default=0) :].strip("”" + "".join(CLOSERS))
