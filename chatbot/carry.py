"""Whether the report carries what a sentence says: clause by clause, each said whole by one clause of a quote.

A clause may differ from the report's only as `words/wording.toml` allows (了 added, 全市 left out, 达到 for 为), by a
figure written otherwise (1.7万个, 17000个), and by leaving out members of a list (`members.py`). Nothing else may be
added, left out or put elsewhere. So no threshold is needed: any share of words said would let a 未 or one name slip
through. What the passage says for a clause elsewhere, its time or its subject, must be said too (`context.py`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate, product
from typing import NamedTuple, TypeVar

from chatbot.context import RULES, Said, own_time
from chatbot.figures import LEXICON, UNITS, any_of, quantities, same_amount
from chatbot.indicators import indicators
from chatbot.members import removable
from chatbot.segment import words
from chatbot.told import Told, clauses
from chatbot.types import Indicator, Period, Quantity, Span
from chatbot.wordlists import read_toml

_YEAR_AHEAD = r"在?(?:19|20)\d{2}年(?:全年)?"
_REGION = ("{}", "{}市", "{}省", "{}区")
_ANY_PERIOD = Period("standing")


def uncarried(body: str, sources: Sequence[Told], places: Sequence[str] = (), frame: Period | None = None) -> str:
    """Why `body` is not carried by the clauses of its quotes; empty when it is.

    `places` are the names of the regions the reports are about: to say them adds nothing. `frame` is what words around
    `body` say of its year and status.
    """
    regions = _regions(tuple(filter(None, places)))
    said = Said(body, mixed=len({source.period for source in sources}) > 1, regions=regions)
    if frame:
        said = said._replace(year=str(frame.year or ""), planned=frame.kind == "plan")
    for clause in clauses(body):
        opening = _opening(regions).match(clause)
        head = opening[0] if opening else ""
        said = said.timed(head, clause)
        if head == clause:
            continue
        fault, carriers = _carriers(clause, head, sources, said)
        if fault:
            return f"{fault}：{clause}"
        said = said.after(carriers)
    return "" if said.carried else "没有内容"


def _carriers(clause: str, head: str, sources: Sequence[Told], said: Said) -> tuple[str, list[Told]]:
    """The clauses that carry `clause` after what was said before it; where there are none, why."""
    rests = {clause, clause.removeprefix(head)}
    found = [source for source in sources if any(carries(source, rest) for rest in rests)]
    fault = "引文里没有这样说"
    for rule in RULES:
        if not found:
            break
        fault, found = rule.fault, [source for source in found if rule.holds(source, said)]
    return ("" if found else fault), found


@cache
def _opening(regions: tuple[str, ...]) -> re.Pattern[str]:
    """What may stand at the head of a clause without being in the report, in any number."""
    return re.compile(rf"(?:{any_of([*_wording('openings'), *regions])}|{_YEAR_AHEAD})*")


@cache
def _regions(places: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the one region that all reports are about; none where a name could be put before another's deeds."""
    return tuple(form.format(place) for place in places for form in _REGION) if len(places) == 1 else ()


def carries(source: Told, clause: str) -> bool:
    """Whether `source` says `clause` whole."""
    if clause == source.text:
        return True
    if not clause or set(clause) - set(source.text) - _free():
        return False
    return _Match(clause, source).holds() or ("分别" in source.text and _aligned(source, clause))


@cache
def _free() -> frozenset[str]:
    """Characters that a clause may have and its source not: those of words that may be added, and of figures."""
    groups = (word for group in read_toml("wording.toml")["same"] for word in group)
    added = (*_wording("added"), *_wording("added_done"), *_wording("added_plan"))
    return frozenset("".join((*groups, *added, *UNITS, "0123456789,.零〇一二两三四五六七八九十百千万亿点分之")))


def _aligned(source: Told, clause: str) -> bool:
    """Whether a clause gives figures of a 分别-list, each beside its own name, and nothing more or less beside them."""
    stated, pairs = indicators(source.text, _ANY_PERIOD), indicators(clause, _ANY_PERIOD)
    names = {pair.name for pair in pairs if stands_alone(pair.name)}
    known = all(any(p.name == s.name and same(p.quantity, s.quantity) for s in stated) for p in pairs)
    if not pairs or len(names) != len(pairs) or not known:
        return False
    beside = _beside(source.text, stated, source.period)
    return _beside(clause, pairs, source.period) in (beside, beside * len(pairs))  # 增长 once or with each figure


def _beside(text: str, pairs: Sequence[Indicator], period: Period) -> str:
    """What `text` says beside names and figures, without what may be added or left out."""
    free = [*_added(period), *_dropped(period), *_wording("dropped_ahead"), *own_time(period), *_wording("same", 1)]
    for span in sorted((s for p in pairs for s in (p.name_span, p.quantity.span)), reverse=True):
        text = text[: span.start] + "\0" + text[span.end :]
    return re.sub(any_of([*free, *_wording("same", 0), "其中", "\0"]), "", text)


def stands_alone(name: str) -> bool:
    """Whether a name of a 分别-list says what is measured without the names beside it."""
    return name.endswith(_wording("measures"))


def _added(period: Period) -> tuple[str, ...]:
    """What may be added to a clause of this period."""
    more = {"review": "added_done", "plan": "added_plan"}.get(period.kind)
    return (*_wording("added"), *(_wording(more) if more else ()))


def _dropped(period: Period) -> tuple[str, ...]:
    """What may be left out of a clause of this period, wherever it stands."""
    return (*_wording("dropped"), *(_wording("dropped_plan") if period.kind == "plan" else ()))


class _Exchangeable(NamedTuple):
    """A word that stands for the others of its group."""

    start: int
    end: int
    group: int


_Placed = TypeVar("_Placed", Span, _Exchangeable)


class _Match:
    """A clause held against one of a quote, character by character, with the moves that `wording.toml` allows."""

    def __init__(self, clause: str, source: Told) -> None:
        self._clause, self._source = clause, source.text
        self._figures = {q.span.start: q for q in quantities(clause)}
        self._stated = {q.span.start: q for q in quantities(source.text)}
        self._says, self._means = _by_start(_exchangeable(clause)), _by_start(_exchangeable(source.text))
        self._added = _by_start(_words_of(clause, _addable(source)))
        droppable = _words_of(source.text, _dropped(source.period))
        self._dropped = _by_start((*droppable, *_ahead(source), *removable(source.text)))

    def holds(self) -> bool:
        """Whether some row of moves leads through both clauses to their ends."""
        waiting, seen = [(0, 0)], {(0, 0)}
        while waiting:
            place = waiting.pop()
            if place == (len(self._clause), len(self._source)):
                return True
            steps = set(self._steps(*place)) - seen
            seen |= steps
            waiting += steps
        return False

    def _steps(self, i: int, j: int) -> Iterator[tuple[int, int]]:
        """The places in clause and source that may be reached from i and j at once."""
        if self._clause[i : i + 1] == self._source[j : j + 1]:
            yield min(i + 1, len(self._clause)), min(j + 1, len(self._source))
        figure, stated = self._figures.get(i), self._stated.get(j)
        if figure and stated and same(figure, stated):
            yield figure.span.end, stated.span.end
        for said, meant in product(self._says[i], self._means[j]):
            if said.group == meant.group:
                yield said.end, meant.end
        yield from ((span.end, j) for span in self._added[i] if self._may_add(span))
        yield from ((i, span.end) for span in self._dropped[j])

    def _may_add(self, span: Span) -> bool:
        """Whether what follows in the clause lets this word say nothing new."""
        word, rest = span.of(self._clause), self._clause[span.end :]
        if word in _wording("added_before_figures"):
            return sum(start >= span.end for start in self._figures) > 1
        verbs = tuple(LEXICON["names"]["verbs"])
        return word not in _wording("added_before_verbs") or rest.startswith(verbs) or _begins_with_verb(rest)


def _begins_with_verb(text: str) -> bool:
    return next((word.pos[:1] in "vdp" for word in words(text)), True)


def _addable(source: Told) -> tuple[str, ...]:
    """What may be added to this clause; nothing that says it is done where something in it is not."""
    unfinished = source.period.kind == "review" and re.search("|".join(_wording("unfinished")), source.text)
    return _wording("added") if unfinished else _added(source.period)


def _exchangeable(text: str) -> Iterator[_Exchangeable]:
    """The words of `text` that stand for others."""
    for number, group in enumerate(read_toml("wording.toml")["same"]):
        if number in read_toml("wording.toml")["same_before_figures"]:
            found = re.finditer(rf"(?:{any_of(group)})(?={_figure_ahead()})", text)
            yield from (_Exchangeable(*match.span(), number) for match in found)
        else:
            yield from (_Exchangeable(*span, number) for span in _words_of(text, tuple(group)))


def _by_start(spans: Iterable[_Placed]) -> dict[int, list[_Placed]]:
    found: dict[int, list[_Placed]] = defaultdict(list)
    for span in spans:
        found[span.start].append(span)
    return found


@cache
def _figure_ahead() -> str:
    """An expression for a figure with its hedge."""
    hedges = any_of([*LEXICON["hedge"]["before"], *LEXICON["hedge"]["vague"]])
    return rf"(?:{hedges})?[0-9零〇一二两三四五六七八九十百千万亿]"


@lru_cache(maxsize=4096)
def _words_of(text: str, listed: tuple[str, ...]) -> tuple[Span, ...]:
    """Where listed words stand in `text` as words, not as parts of longer ones."""
    edges = {0, *accumulate(len(word.text) for word in words(text))}
    spans = (Span(start, start + len(word)) for start in edges for word in listed if text.startswith(word, start))
    return tuple(span for span in spans if span.end in edges)


def _ahead(source: Told) -> Iterator[Span]:
    """Words at the head of a clause that may be left out there: what goes without saying, 全市 or 今年."""
    years = [f"{source.period.year}年"] if source.period.year else []
    free = any_of([*years, *_wording("dropped_ahead"), *own_time(source.period), *_dropped(source.period)])
    last = any_of(_wording("superlative"))
    if found := re.match(rf"(?:{free})+(?!{last})", source.text):
        yield Span(0, found.end())


def same(figure: Quantity, stated: Quantity) -> bool:
    """Whether two figures say the same: amount, unit, direction and hedge."""
    direction = figure.direction in ("", stated.direction)
    unit = bool(stated.unit) or not figure.unit
    return same_amount(figure, stated) and unit and direction and figure.qualifier == stated.qualifier


@cache
def _wording(name: str, group: int | None = None) -> tuple[str, ...]:
    """A list of `wording.toml`, or one group of a list of lists."""
    found = read_toml("wording.toml")[name]
    return tuple(map(str, found if group is None else found[group]))
