"""What else a sentence must say when it says one clause of a passage: time, status, condition, place, subject.

到2035年，建成公园60个，改造小区80个 does not say that 80 are renovated this year, and 居全省第一 says nothing without
the clause ahead of it. The words to know all this by stand in `words/wording.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache
from typing import Literal, NamedTuple

from chatbot.figures import LEXICON, any_of, quantities
from chatbot.told import Part, Told
from chatbot.types import Period
from chatbot.wordlists import place_names, read_toml

_YEAR = re.compile(r"(?:19|20)\d\d(?=年)")
_SENTENCE_ENDS = "；;。"


class Head(NamedTuple):
    """A clause that speaks for those after it: where it stands, how it speaks for them, and the year if it names it."""

    passage: str
    place: int
    kind: Literal["time", "condition", "place", "wish"]
    year: str = ""


class Said(NamedTuple):
    """What a sentence has said so far.

    `year` is the year named last, and `planned` whether it has told a plan since. `carried` are the clauses it has told
    (passage and place), `before` those that carry the last one, `heads` those that speak for all after them. `body` is
    the whole sentence; a `mixed` one rests on passages of several periods; `regions` name what the reports are about.
    """

    body: str
    mixed: bool = False
    regions: tuple[str, ...] = ()
    year: str = ""
    planned: bool = False
    carried: frozenset[tuple[str, int]] = frozenset()
    before: tuple[Told, ...] = ()
    heads: tuple[Head, ...] = ()

    def timed(self, opening: str, clause: str) -> Said:
        """With what a clause and the words at its head say of year and status."""
        years = _YEAR.findall(opening)
        if not years:
            return self._replace(planned=self.planned or says_plan(clause))
        heads = tuple(head for head in self.heads if head.kind != "time")
        return self._replace(year=years[-1], planned=says_plan(clause), heads=heads)

    def after(self, carriers: Sequence[Told]) -> Said:
        """With a clause that these carry."""
        now = {(source.passage, source.place) for source in carriers}
        heads = (*self.heads, *_heads_at(carriers[0], carriers[0].place, self.regions))
        return self._replace(before=tuple(carriers), carried=self.carried | now, heads=heads)


class Rule(NamedTuple):
    """What must hold of a clause that would carry, and what is wrong where it does not."""

    fault: str
    holds: Callable[[Told, Said], bool]


def is_timely(source: Told, said: Said) -> bool:
    """Whether the clause speaks of the year named last; of several periods the year must be named."""
    own = str(source.period.year or "")
    if not said.year:
        return not said.mixed or not own
    if words := _pattern("times").match(source.text):
        return _is_free(words[0], source) and said.year in (own, _year_of(words[0]))
    head = next((head for head in heads_over(source, said.regions) if head.kind == "time"), None)
    return said.year == (own if head is None or (head.passage, head.place) in said.carried else head.year)


def _is_free(words: str, source: Told) -> bool:
    """Whether a time that a clause names may stand under the year of its period: 今年 not under the last."""
    return not _relative_year(words) or _is_own_time(words, source.place, source.period)


def is_of_status(source: Told, said: Said) -> bool:
    """Whether what is planned is told as planned and what is done as done, where the one can be taken for the other."""
    if source.period.kind == "plan" and _pattern("done").match(source.text):
        return not said.planned
    known = not said.mixed or source.period.year is None
    return known or said.planned == (source.period.kind == "plan") or says_plan(source.text)


def is_headed(source: Told, said: Said) -> bool:
    """Whether all is said that clauses ahead of this one say for it too."""
    return all(
        (head.passage, head.place) in said.carried
        or (head.kind == "time" and head.year == said.year != "")
        or (head.kind == "wish" and said.planned)
        for head in heads_over(source, said.regions)
    )


def is_free(source: Told, said: Said) -> bool:
    """Whether nothing told before speaks for this clause in the sentence that does not in the report."""
    over = set(heads_over(source, said.regions))
    timed = bool(_pattern("times").match(source.text))
    spoken_for = {"time": not timed, "condition": True, "place": _has_no_subject(source.text), "wish": True}
    return all(head in over for head in said.heads if spoken_for[head.kind])


def has_subject(source: Told, said: Said) -> bool:
    """Whether a clause that leans on the one ahead of it follows that one, or is told together with it."""
    named = _pattern("leaning_named").match(source.text) and said.before
    if not source.place or not (named or leans(source.text)):
        return True
    if said.year and _pattern("times").fullmatch(source.parts[source.place - 1].text):
        return True  # 2030年，是…的一年
    near = (source.place, source.place - 1)
    return any(b.passage == source.passage and b.place in near for b in said.before)


def is_upheld(source: Told, said: Said) -> bool:
    """Whether what takes the clause back later in its passage is told too."""
    behind = (part.text for part in source.parts[source.place + 1 :])
    return all(text in said.body for text in behind if _pattern("retractions").match(text))


RULES = (
    Rule("年份与原文不符", is_timely),
    Rule("没有说明是目标还是完成", is_of_status),
    Rule("没有说明时间或条件", is_headed),
    Rule("时间或条件与原文不符", is_free),
    Rule("没有说明说的是什么", has_subject),
    Rule("没有说明后来的情况", is_upheld),
)


def heads_over(source: Told, regions: Collection[str]) -> Iterator[Head]:
    """The clauses ahead that speak for this one: the last that names a time, and those of its part of the sentence."""
    ahead = source.parts[: source.place]
    names_time = [bool(_pattern("times").match(part.text)) for part in source.parts[: source.place + 1]]
    time = max((place for place, named in enumerate(names_time) if named), default=-1)
    start = max((place + 1 for place, part in enumerate(ahead) if part.mark in _SENTENCE_ENDS), default=0)
    for head in (head for place in range(source.place) for head in _heads_at(source, place, regions)):
        near = head.place >= start
        reaches = {"time": head.place == time, "condition": near, "place": near and _has_no_subject(source.text)}
        if reaches.get(head.kind, True):
            yield head


def _heads_at(source: Told, place: int, regions: Collection[str]) -> Iterator[Head]:
    """How the clause at this place of the passage speaks for those after it."""
    part, period = source.parts[place], source.period
    if (words := _pattern("times").match(part.text)) and not _is_own_time(words[0], place, period):
        yield Head(source.passage, place, "time", _year_of(words[0]))
    if _is_condition(part):
        yield Head(source.passage, place, "condition")
    if _is_elsewhere(part.text, regions):
        yield Head(source.passage, place, "place")
    if period.kind != "plan" and _pattern(f"wishes_{period.kind}").match(part.text):
        yield Head(source.passage, place, "wish")


def _is_own_time(words: str, place: int, period: Period) -> bool:
    """Whether these words name the year of `period`, which was made from those at the head of the passage."""
    if year := _year_of(words):
        return year == str(period.year) and not words.endswith(("以来", "起"))
    relative = _relative_year(words)
    return bool(relative) and (relative in own_time(period) or place == 0)


def _year_of(words: str) -> str:
    return next(iter(_YEAR.findall(words)[-1:]), "")


def own_time(period: Period) -> tuple[str, ...]:
    """Words for the year of a period: 去年 where last year is reviewed, 今年 in a plan."""
    found: dict[str, list[str]] = read_toml("wording.toml")["own_time"]
    return tuple(found.get(period.kind, ()))


def _relative_year(words: str) -> str:
    """去年 in 到去年底; empty where there is none."""
    found: dict[str, list[str]] = read_toml("wording.toml")["own_time"]
    return next((word for listed in found.values() for word in listed if word in words), "")


def _is_condition(part: Part) -> bool:
    """如果…, 对困难家庭, 其中; and before a colon what is wrong or is not to be."""
    announced = part.mark in ("：", ":") and _pattern("bad_news").search(part.text)
    return bool(announced or _pattern("conditions").match(part.text))


def _has_no_subject(text: str) -> bool:
    """Whether a clause begins with what was done: 全面新建, 5所学校."""
    return bool(_deed().match(text))


@cache
def _deed() -> re.Pattern[str]:
    names = LEXICON["names"]
    return re.compile(rf"(?:{any_of(names['adverbs'])})*(?:{any_of(names['verbs'])}|\d)")


def _is_elsewhere(text: str, regions: Collection[str]) -> bool:
    """Whether the clause tells what a place did that is not the whole region of the report: 青石区新建学校3所."""
    if text.startswith((*regions, *_verbs())):
        return False
    place = _pattern("places").match(text)
    return bool(place and text.startswith(_verbs(), place.end())) or text.startswith(_places())


@cache
def _places() -> tuple[str, ...]:
    return tuple(place_names())


@cache
def _verbs() -> tuple[str, ...]:
    return tuple(LEXICON["names"]["verbs"])


def leans(text: str) -> bool:
    """Whether a clause does not say what it is about: 居全省第一, 同比增长6.1%."""
    rest = text
    for figure in reversed(quantities(text)):
        rest = rest[: figure.span.start] + rest[figure.span.end :]
    return bool(_pattern("leaning").match(text)) or (rest != text and not nameless().sub("", rest))


@cache
def nameless() -> re.Pattern[str]:
    """Words around a figure that name nothing: 同比增长, 达到."""
    wording = read_toml("wording.toml")
    ways = [word for way in ("up", "down", "level", "link") for word in LEXICON["direction"][way]]
    return re.compile(any_of([*ways, *wording["nameless"], *wording["added"], *wording["same"][0], *wording["joins"]]))


def says_plan(text: str) -> bool:
    """Whether words of `text` tell that a plan is meant."""
    return bool(_pattern("plan").search(text))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    """The expressions of `wording.toml` under this name, as one."""
    return re.compile("|".join(f"(?:{expression})" for expression in read_toml("wording.toml")[name]))
