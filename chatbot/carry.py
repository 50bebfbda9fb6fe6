"""Whether the report carries what a sentence says: clause by clause, each said whole by one clause of a quote.

A clause may differ from the report's only as `words/wording.toml` allows (了 added, 全市 left out, 达到 for 为), by a
figure written otherwise (1.7万个, 17000个), and by leaving out members of a list that have figures of their own. Nothing
else may be added, left out or put elsewhere. So no threshold is needed: any share of words said would let a 未 or one
name slip through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from chatbot.figures import LEXICON, any_of, quantities, same_amount
from chatbot.indicators import indicators
from chatbot.types import Period, Quantity, Span
from chatbot.wordlists import read_toml

_MARKS = "，；。：！？,;!?\n"
_OPEN, _CLOSE = "“《（(", "”》）)"
_SPACE = re.compile(r"\s+")
_YEAR_AHEAD = re.compile(r"(?:到|在|截至)?((?:19|20)\d{2})年(?:底|末)?(?:全市|全年)?")
_ANY_PERIOD = Period("standing")
_ITEM_MARKS = "、和与及"


class Told(NamedTuple):
    """A clause of a quote: its text, the quote it stands in, its place there, and the period it speaks of."""

    text: str
    quote: int
    place: int
    period: Period


def told(quotes: Iterable[tuple[str, Period]]) -> list[Told]:
    """The clauses of all quotes."""
    return [
        Told(text, number, place, period)
        for number, (quoted, period) in enumerate(quotes)
        for place, text in enumerate(clauses(quoted))
    ]


def clauses(text: str) -> list[str]:
    """The clauses of `text` without the marks between them; nothing is cut inside quotation marks or numbers."""
    found, start, depth = [], 0, 0
    for i, character in enumerate(text):
        depth += (character in _OPEN) - (character in _CLOSE)
        inside_number = text[i - 1 : i].isdigit() and text[i + 1 : i + 2].isdigit() and character in ",:："
        if character in _MARKS and depth <= 0 and not inside_number:
            found.append(text[start:i])
            start = i + 1
    return [part for part in (_SPACE.sub("", piece) for piece in (*found, text[start:])) if part]


def uncarried(body: str, sources: Sequence[Told], places: Sequence[str] = ()) -> str:
    """Why `body` is not carried by the clauses of its quotes; empty when it is.

    `places` are the names of the regions the reports are about: to say them adds nothing.
    """
    before: list[Told] = []
    year: str | None = None
    for clause in clauses(body):
        year = ((m := _YEAR_AHEAD.match(clause)) and m[1]) or year
        if _is_opening(clause, places):
            continue
        carriers = [source for source in sources if _carries(source, clause, places)]
        if not carriers:
            return f"引文里没有这样说：{clause}"
        carriers = [s for s in carriers if _timely(s, year)]
        if not carriers:
            return f"年份与原文不符：{year}"
        if before and _leans(clause):
            carriers = [
                s for s in carriers if any(b.quote == s.quote and b.place in (s.place, s.place - 1) for b in before)
            ]
            if not carriers:
                return f"没有说明是什么的数字：{clause}"
        before = carriers
    return ""


def _timely(source: Told, year: str | None) -> bool:
    """Whether the clause speaks of the year named last, or names it itself."""
    return year is None or source.period.year is None or str(source.period.year) == year or year in source.text


def _leans(clause: str) -> bool:
    """Whether a clause has a figure and not what it measures, which must stand in the clause before: 同比增长6.1%."""
    rest = clause
    for figure in reversed(quantities(clause)):
        rest = rest[: figure.span.start] + rest[figure.span.end :]
    return rest != clause and not _nameless().sub("", rest)


@cache
def _nameless() -> re.Pattern[str]:
    """Words around a figure that name nothing: 同比增长, 达到."""
    ways = (word for way in ("up", "down", "level", "link") for word in LEXICON["direction"][way])
    return re.compile(any_of([*ways, *_wording("nameless"), *_wording("added"), *_wording("same", 0), *_ITEM_MARKS]))


def _is_opening(clause: str, places: Sequence[str]) -> bool:
    rest = _opening(tuple(places)).match(clause)
    return bool(rest) and rest.end() == len(clause)  # type: ignore[union-attr]


@cache
def _opening(places: tuple[str, ...]) -> re.Pattern[str]:
    """What may stand at the head of a clause without being in the report, in any number."""
    regions = [form for place in places if place for form in (place, f"{place}市", f"{place}省", f"{place}区")]
    words = any_of([*_wording("openings"), *regions])
    return re.compile(rf"(?:{words}|{_YEAR_AHEAD.pattern})*")


def _carries(source: Told, clause: str, places: Sequence[str]) -> bool:
    """Whether `source` says the clause whole."""
    opening = _opening(tuple(places)).match(clause)
    starts = {0, opening.end() if opening else 0}
    rests = [clause[start:] for start in starts if clause[start:]]
    aligned = "分别" in source.text and any(_aligned(source, rest) for rest in rests)
    return aligned or any(_Match(rest, source).holds() for rest in rests)


def _aligned(source: Told, clause: str) -> bool:
    """Whether a clause gives figures of a 分别-list, each beside its own name, and nothing more."""
    stated, pairs = indicators(source.text, _ANY_PERIOD), indicators(clause, _ANY_PERIOD)
    names = [pair.name for pair in pairs if stands_alone(pair.name)]
    known = all(any(p.name == s.name and same(p.quantity, s.quantity) for s in stated) for p in pairs)
    rest = clause
    for pair in reversed(pairs):
        rest = rest[: pair.quantity.span.start] + rest[pair.quantity.span.end :]
    for pair in pairs:
        rest = rest.replace(pair.name, "", 1)
    left = re.sub(any_of([*_added(source.period), *_wording("same", 0), *_wording("same", 1)]), "", rest)
    return bool(names) and len(set(names)) == len(pairs) and known and left in source.text


def stands_alone(name: str) -> bool:
    """Whether a name of a 分别-list says what is measured without the names beside it."""
    return name.endswith(_wording("measures"))


def _added(period: Period) -> list[str]:
    """What may be added to a clause of this period."""
    kinds = {"review": ("added", "added_done"), "plan": ("added", "added_plan"), "standing": ("added",)}
    return [word for kind in kinds[period.kind] for word in _wording(kind)]


class _Match:
    """A clause held against one of a quote, character by character, with the moves that `wording.toml` allows."""

    def __init__(self, clause: str, source: Told) -> None:
        self._clause, self._source = clause, source.text
        self._figures = {q.span.start: q for q in quantities(clause)}
        self._stated = {q.span.start: q for q in quantities(source.text)}
        self._items = list(_items(source.text))
        self._added = _added(source.period)
        self._seen: set[tuple[int, int]] = set()

    def holds(self) -> bool:
        return self._from(0, 0)

    def _from(self, i: int, j: int) -> bool:
        """Whether the clause from i on is said by the source from j on."""
        if i == len(self._clause) and j == len(self._source):
            return True
        if (i, j) in self._seen:
            return False
        self._seen.add((i, j))
        return any(self._from(*step) for step in self._steps(i, j))

    def _steps(self, i: int, j: int) -> Iterator[tuple[int, int]]:
        clause, source = self._clause[i:], self._source[j:]
        if clause and source and clause[0] == source[0]:
            yield i + 1, j + 1
        figure, stated = self._figures.get(i), self._stated.get(j)
        if figure and stated and same(figure, stated):
            yield figure.span.end, stated.span.end
        for group in _groups():
            said, meant = (next((w for w in group if text.startswith(w)), "") for text in (clause, source))
            if said and meant:
                yield i + len(said), j + len(meant)
        yield from ((i + len(word), j) for word in self._added if clause.startswith(word))
        yield from ((i, j + len(word)) for word in _wording("dropped") if source.startswith(word))
        yield from ((i, item.end) for item in self._items if item.start == j)


def _items(source: str) -> Iterator[Span]:
    """Members of a list, with the mark before or after, where each member has a figure of its own: 、托位4万个."""
    figures = quantities(source)
    ends = [m.start() for m in re.finditer(f"[{_ITEM_MARKS}]", source)] + [len(source)]
    members = [Span(start, end) for start, end in zip([0, *(end + 1 for end in ends)], ends, strict=False)]
    if len(members) > 1 and all(any(m.start <= f.span.start < m.end for f in figures) for m in members):
        yield from (Span(member.start - 1, member.end) for member in members[1:])
        yield from _heads(source, members)


def _heads(source: str, members: Sequence[Span]) -> Iterator[Span]:
    """The first member without the verb that leads the whole list: 新增|三级医院23家、|三甲医院8家."""
    for pair in indicators(source, _ANY_PERIOD):
        if pair.name_span.start < pair.quantity.span.start and pair.quantity.span.end == members[0].end:
            yield Span(pair.name_span.start, members[0].end + 1)


def same(figure: Quantity, stated: Quantity) -> bool:
    """Whether two figures say the same: amount, unit, direction and hedge."""
    direction = figure.direction in ("", stated.direction)
    return same_amount(figure, stated) and direction and figure.qualifier == stated.qualifier


def says_plan(text: str) -> bool:
    """Whether a sentence tells that a plan is meant."""
    return any(word in text for word in _wording("plan"))


@cache
def _groups() -> tuple[tuple[str, ...], ...]:
    """Words that stand for one another, the longest of a group first."""
    return tuple(tuple(sorted(group, key=len, reverse=True)) for group in read_toml("wording.toml")["same"])


def _wording(name: str, group: int | None = None) -> tuple[str, ...]:
    found = read_toml("wording.toml")[name]
    return tuple(found if group is None else found[group])
