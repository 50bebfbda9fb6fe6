"""Members of a list that a sentence may leave out: those with a figure of their own on which no other member leans.

Of 新增学位1.2万个、托位4万个 either may go. Of 减少贫困人口3万人、新增就业4.6万人 only the second: without
贫困人口3万人 the sentence would reduce jobs. Of 码头1个、船闸3个等设施 none, because something is said of all together.
Of 生产总值达到90亿元、增长6% the first figure may go and leave its name to the second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from chatbot.context import nameless
from chatbot.figures import LEXICON, any_of, quantities
from chatbot.indicators import indicators
from chatbot.types import Indicator, Period, Span
from chatbot.wordlists import read_toml

_ANY_PERIOD = Period("standing")


class Member(NamedTuple):
    """A member of a list.

    `start` is where its name or figure begins, `named` where its name ends, `lead` what stands before that, or the verb
    it begins with; `predicate` is what stands between name and figure and is more than 达到. One that `leans` has no
    name of its own.
    """

    span: Span
    start: int
    named: int
    lead: str
    predicate: str
    leans: bool


def removable(text: str) -> Iterator[Span]:
    """Stretches of `text`, each a member with the mark before it (the first: with the mark behind it)."""
    members = _members(text)
    for number, member in enumerate(members):
        last = _with_followers(members, number)
        behind = members[last + 1] if last + 1 < len(members) else None
        if number and not (behind and _is_needed(member, behind)):
            yield Span(member.span.start - 1, members[last].span.end)
        if not number and behind and not _is_head_needed(member, behind):
            yield Span(member.start, behind.span.start)
        follower = members[number + 1] if number + 1 < len(members) else None
        if follower and follower.leans and follower.predicate and not member.leans and not member.lead:
            yield Span(member.named, follower.span.start)


def _with_followers(members: Sequence[Member], number: int) -> int:
    """The number of the last member that leans on this one; a leaning member may go alone."""
    if members[number].leans:
        return number
    while number + 1 < len(members) and members[number + 1].leans:
        number += 1
    return number


def _is_needed(member: Member, behind: Member) -> bool:
    """Whether the member behind takes its verb from this one: 压减支出3亿元、项目5个."""
    return bool((member.lead and not behind.lead) or (member.predicate and not behind.predicate))


def _is_head_needed(head: Member, behind: Member) -> bool:
    """Whether the member behind cannot take the place of the first: what leads the first must be a verb for both."""
    led = not head.lead or (_verbs().fullmatch(head.lead) and not behind.lead)
    return not led or bool(head.predicate and not behind.predicate)


@cache
def _verbs() -> re.Pattern[str]:
    names = LEXICON["names"]
    return re.compile(f"(?:{any_of([*names['verbs'], *names['adverbs'], '了'])})+")


def _members(text: str) -> list[Member]:
    """The members of the list that `text` is; none when one of them has no figure, two, or something behind it."""
    joins = "".join(read_toml("wording.toml")["joins"])
    ends = [m.start() for m in re.finditer(f"[{joins}]", text)] + [len(text)]
    told = text.replace("平均", "")  # 平均值 is a name, 均 is said of all
    if len(ends) < 2 or any(word in told for word in read_toml("wording.toml")["said_of_all"]):
        return []
    spans = [Span(start, end) for start, end in zip([0, *(end + 1 for end in ends)], ends, strict=False)]
    pairs = indicators(text, _ANY_PERIOD)
    figures = quantities(text)
    found = [_member(text, span, [p for p in pairs if span.holds(p.quantity.span)]) for span in spans]
    alone = len(figures) == len(spans) == len(pairs)
    return [m for m in found if m] if alone and all(found) else []


def _member(text: str, span: Span, pairs: Sequence[Indicator]) -> Member | None:
    """None when there is more, or less, behind the name and its one figure."""
    if len(pairs) != 1:
        return None
    name, figure = pairs[0].name_span, pairs[0].quantity.span
    if not span.holds(name) or not nameless().sub("", name.of(text)):
        before = text[span.start : figure.start]
        return Member(span, span.start, span.start, "", before, leans=True) if figure.end == span.end else None
    start = min(name.start, figure.start)
    lead, verb = text[span.start : start], _verbs().match(text, span.start)
    figure_first = name.start > figure.start
    if max(name.end, figure.end) != span.end or (figure_first and lead and not _verbs().fullmatch(lead)):
        return None
    predicate = text[name.end : figure.start]
    said = "" if predicate in read_toml("wording.toml")["same"][0] else predicate
    return Member(span, start, name.end, lead or (verb[0] if verb else ""), said, leans=False)
