"""Named figures of one sentence: 一般公共预算收入增长16% -> (一般公共预算收入, 16% up).

A sentence is cut into clauses, each clause into figures with the words before (`lead`) and after (`tail`) them. Four
rules then say what each figure measures, tried in this order: `aligned` (names and figures paired by 分别),
`figure_first` (5个未来工厂), `name_first` (参保率超过97%), `continued` (…达到64.8万户、增长21.8%). The words they go by
stand in `words/qualifiers.toml`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from chatbot.figures import LEXICON, DateMention, Direction, any_of, quantities, years
from chatbot.types import Indicator, IndicatorStatus, Period, Quantity, Span

_NAMES, _STATUS, _DIRECTION = LEXICON["names"], LEXICON["status"], LEXICON["direction"]
_ADVERB, _VERB = any_of(_NAMES["adverbs"]), any_of(_NAMES["verbs"])
_JOIN = "[、和及与，,]|以及|[（(）)]"
_MOVES = any_of(word for way in ("up", "down", "level") for word in _DIRECTION[way] if not word.endswith("幅"))

_CLAUSE = re.compile(r"(?:[^，；。：！？\n,;]|(?<=[0-9]),(?=[0-9]))+")
_JOINS = re.compile(rf"(?:{_JOIN}|——|的)+")
_OPENING = re.compile(rf"(?:{_JOIN}|——|[到至]?(?:19|20)[0-9]{{2}}年[底末前后]?|(?:{_ADVERB})了?)+")
_PLACE = re.compile(rf"(?:全[市省区县国州旗盟]|我[市省区县])(?=(?:{_ADVERB})*(?:{_VERB}))")
_NOT_VERB = "(?![额量率数值业性者员费金果])"  # 培训|人数, but 完成率 is a noun
_ONE_VERB = rf"(?!{any_of(_NAMES['kept_whole'])})(?:{_VERB}){_NOT_VERB}"
_HEAD = re.compile(rf"{_ONE_VERB}(?:(?:{_JOIN}|{_ADVERB})*+{_ONE_VERB})*+(?:{_ADVERB})?了?")  # *+: no backtracking
_ENDS_IN_VERB = re.compile(rf"(?:{_VERB})$")
_ATTRIBUTIVE = re.compile("[等的、和及与]$")
_LAST_PART = re.compile(rf".*、(?=(?:{_VERB}))")
_DIVIDER = re.compile(rf"(?:{any_of(_NAMES['dividers'])}){_NOT_VERB}了?")
_KEPT = re.compile(any_of(_NAMES["kept_whole"]))
_THAN = "(?:高于|低于|快于|好于|领先|(?:比|较)(?=[上去前同全年疫规目“0-9]))[^，、；]{1,14}"
_OF_WHICH = "(?:完成|是|相当于|达到)(?=[^，、；0-9]+的$)[^，、；]{1,14}"
_BEFORE_FIGURE = "|".join((any_of(_NAMES["predicates"]), any_of(LEXICON["hedge"]["verbs"]), _MOVES))
_PREDICATE = re.compile(
    rf"(?>{_THAN}|{_OF_WHICH}|(?<!公)共|(?<![行作])为|(?<![首成])都|{_BEFORE_FIGURE})*"
    rf"(?:{any_of(_NAMES['actions'])}|占(?!比)(?:(?!比重)[^，、；0-9]){{0,12}}|为[^，、；]{{1,10}}(?:减负|减税|节约|节省|增收))?$"
)
_STOP = re.compile(
    rf"(?!{any_of(_NAMES['kept_whole'])})(?:{any_of(_NAMES['stops'])})|(?<!可)持续|[和及](?={_ADVERB})|"
    "在(?![建线岗校营册产读孵研外库])|[、；。，（()）：！？]"
)
_TAIL_END = re.compile(rf"(?:{_JOIN}|的|等)*$")
_BRACKET = re.compile("[（(][^（）()]*[）)]")
_GENERIC = re.compile(any_of(_NAMES["generic"]))
_BEFORE_NOUN = frozenset({"count", "person", "household", "visit", "power", "voltage"})  # 5个工厂, 5万千瓦风电项目
_LEADING: dict[str, Direction] = {word: "up" for word in _DIRECTION["leading_up"]}
_LEADING |= {word: "down" for word in _DIRECTION["leading_down"]}
_CUMULATIVE, _TARGET = (re.compile(any_of(_STATUS[kind])) for kind in ("cumulative", "target"))
_DONE = re.compile(rf"(?<![比较])(?:{any_of(_STATUS['done'])})")
_HORIZON = re.compile(rf"(?:{any_of(_STATUS['horizon'])})$")


class Named(NamedTuple):
    """A figure, its name, and the smallest stretch of text that holds both and the verb between or before."""

    quantity: Quantity
    name: Span
    span: Span


class Lead(NamedTuple):
    """The words before a figure: where the statement starts, the leading verb, the name, the rest up to the figure."""

    start: int
    verb: str
    name: Span
    predicate: str


class Spot(NamedTuple):
    """One place to decide: figures with nothing but 、 or 和 between, the words around, what was named before."""

    text: str
    lead: Lead
    run: tuple[Quantity, ...]
    tail: Span
    known: tuple[Named, ...]


def indicators(text: str, period: Period, offset: int = 0) -> tuple[Indicator, ...]:
    """The named figures of one sentence, in the order of the figures; spans are shifted by `offset`.

    Figures for which no rule finds a name are left out.
    """
    known: tuple[Named, ...] = ()
    figures = quantities(text)
    for clause in _CLAUSE.finditer(text) if figures else ():
        inside = [figure for figure in figures if clause.start() <= figure.span.start < clause.end()]
        known = _read_clause(text, Span(*clause.span()), inside, known)
    return tuple(_indicator(text, named, period, offset) for named in known)


def _read_clause(text: str, clause: Span, figures: list[Quantity], known: tuple[Named, ...]) -> tuple[Named, ...]:
    cursor, index = clause.start, 0
    run: tuple[Quantity, ...] = ()
    while index < len(figures):
        lead = _lead(text, _beyond_residue(text, Span(cursor, figures[index].span.start), clause), figures[index])
        run = _run(text, figures[index:]) if _is_listed(lead, run) else (figures[index],)
        spot = Spot(text, lead, run, _tail(text, clause, figures[index + len(run) - 1 :]), known)
        found = aligned(spot) or figure_first(spot) or name_first(spot) or continued(spot)
        known += found
        cursor = max(run[-1].span.end, *(named.name.end for named in found), 0)
        index += len(run)
        while index < len(figures) and figures[index].span.start < cursor:  # 26个|50亿元以上产业项目
            index += 1
    return known


def _is_listed(lead: Lead, before: tuple[Quantity, ...]) -> bool:
    """分别 says so, or a list stood before and no name between: 分别从5%、6%|提高到7%、8%."""
    return "分别" in lead.predicate or (len(before) > 1 and lead.name.start == lead.name.end)


def _beyond_residue(text: str, lead: Span, clause: Span) -> Span:
    """Without what still belongs to the figure before: 3万亿元|新台阶、|达到30145亿元."""
    if lead.start == clause.start:
        return lead
    joins = [join.start() for join in re.compile("、").finditer(text, *lead)]
    return Span(joins[0], lead.end) if joins and not _JOINS.match(text, *lead) else lead


def aligned(spot: Spot) -> tuple[Named, ...]:
    """工业、建筑业分别增长6%、4%: as many names as figures, or the names of the figures just before."""
    if "分别" not in spot.lead.predicate and len(spot.run) == 1:
        return ()
    names = _split(spot.text, spot.lead.name, len(spot.run))
    names = names or _with_earlier_names(spot) or [spot.lead.name] * len(spot.run)
    return tuple(
        Named(quantity, name, Span(name.start, quantity.span.end))
        for quantity, name in zip(spot.run, names, strict=True)
        if name.start < name.end
    )


def _with_earlier_names(spot: Spot) -> list[Span]:
    """The names in the lead after as many of the names before as are missing; empty when there are too few."""
    own = next(
        names for count in range(len(spot.run)) if (names := _split(spot.text, spot.lead.name, count)) or not count
    )
    missing = len(spot.run) - len(own)
    return [*(named.name for named in spot.known[-missing:]), *own] if len(spot.known) >= missing else []


def figure_first(spot: Spot) -> tuple[Named, ...]:
    """新建5个未来工厂; after 等 or 的 whatever the unit: 9号线等60公里线路."""
    quantity, lead = spot.run[0], spot.lead
    noun = _noun_after(spot.text, spot.tail)
    nameless = lead.name.start == lead.name.end
    attributive = _ATTRIBUTIVE.search(spot.text, *lead.name)
    if noun is None or quantity.dimension == "time" or (lead.predicate and not _HEAD.fullmatch(lead.predicate)):
        return ()
    if not nameless and not attributive and _GENERIC.fullmatch(noun.of(spot.text)):
        return ()
    governed = attributive or _ENDS_IN_VERB.search(spot.text, *lead.name)
    if not (nameless or governed or quantity.dimension in _BEFORE_NOUN):
        return ()
    alone = lead.start == quantity.span.start and not _CLAUSE.match(spot.text, spot.tail.end)
    return (Named(quantity, noun, Span(lead.start, spot.tail.end if alone else noun.end)),)


def name_first(spot: Spot) -> tuple[Named, ...]:
    """建成山城步道107公里, 参保率超过97%."""
    quantity, lead = spot.run[0], spot.lead
    noun = _noun_after(spot.text, spot.tail)
    if lead.name.start == lead.name.end or (quantity.dimension == "time" and noun and "连续" not in lead.predicate):
        return ()
    if spot.known and lead.name.of(spot.text) in _NAMES["totals"]:
        return ()
    direction = quantity.direction or _LEADING.get(lead.verb, "")
    end = noun.end if noun and _GENERIC.fullmatch(noun.of(spot.text)) else quantity.span.end
    return (Named(replace(quantity, direction=direction), lead.name, Span(lead.start, end)),)


def continued(spot: Spot) -> tuple[Named, ...]:
    """…64.8万户、增长21.8%, 总数达到340家: without a name of its own a figure measures what the one before it did."""
    quantity = spot.run[0]
    is_time = quantity.dimension == "time" and "连续" not in spot.lead.predicate
    if not spot.known or is_time or _is_bare(spot):
        return ()
    name = spot.known[-1].name
    return (Named(quantity, name, Span(name.start, quantity.span.end)),)


def _is_bare(spot: Spot) -> bool:
    """Nothing but a joining word before the figure: no word says that it continues the one before."""
    quantity = spot.run[0]
    return spot.lead.start == quantity.span.start and quantity.qualifier not in LEXICON["hedge"]["verbs"]


def _run(text: str, figures: list[Quantity]) -> tuple[Quantity, ...]:
    """The first figures, as far as nothing but a joining word stands between them."""
    count = 1
    while count < len(figures) and re.fullmatch(_JOIN, text[figures[count - 1].span.end : figures[count].span.start]):
        count += 1
    return tuple(figures[:count])


def _lead(text: str, span: Span, quantity: Quantity) -> Lead:
    """Take the words before a figure apart: joins and adverbs | verb | name | predicate."""
    start = _skip(_JOINS, text, *span)
    found = _PREDICATE.search(text, max(start, span.end - 24), span.end)
    name_end = found.start() if found else span.end
    first = _skip(_OPENING, text, _skip(_PLACE, text, _skip(_OPENING, text, start, span.end), span.end), span.end)
    if first >= name_end:  # no name: what is left is a verb (完成10个…) or a predicate (…、增长5%)
        rest = text[first : span.end]
        is_verb = "分别" not in text[start : span.end] and (not rest or _HEAD.fullmatch(rest))
        return Lead(start, rest if is_verb else "", Span(span.end, span.end), "" if is_verb else text[start : span.end])
    predicate = text[name_end : span.end]
    if predicate:
        return Lead(start, "", Span(first, name_end), predicate)
    name = _name_after_verb(text, Span(first, name_end))
    said = quantity.qualifier in LEXICON["hedge"]["verbs"] and not _ENDS_IN_VERB.search(text, start, span.end)
    if name.start < name.end and said:
        return Lead(start, "", Span(first, name_end), quantity.qualifier)
    return Lead(start, text[first : name.start], name, "")


def _name_after_verb(text: str, span: Span) -> Span:
    """Cut off what leads to the name: earlier parts with verbs of their own, the verb, a subject before the verb."""
    start, end = span
    start = _skip(_LAST_PART, text, start, end)
    start = _skip(_HEAD, text, start, end)
    kept = [match.span() for match in _KEPT.finditer(text, start, end)]
    for match in _DIVIDER.finditer(text, start, end):
        if match.end() < end - 1 and not any(low <= match.start() < high for low, high in kept):
            start = _skip(_HEAD, text, match.end(), end)
    return Span(start, end)


def _skip(pattern: re.Pattern[str], text: str, start: int, end: int) -> int:
    match = pattern.match(text, start, end)
    return match.end() if match else start


def _tail(text: str, clause: Span, figures: list[Quantity]) -> Span:
    """From the first figure to the next one that does not touch it, or to the end of the clause."""
    start = end = figures[0].span.end
    for figure in figures[1:]:
        if figure.span.start > end:
            return Span(start, figure.span.start)
        end = figure.span.end
    return Span(start, clause.end)


def _noun_after(text: str, tail: Span) -> Span | None:
    start = tail.start + text.startswith("的", tail.start, tail.end)
    stop = _STOP.search(text, start, tail.end)
    end = stop.start() if stop else tail.end
    if text.endswith("等", start, tail.end) and (join := re.compile("[和及]").search(text, start, end)):
        end = join.start()  # 5个重大专项|和新能源、绿色低碳等8个重点专项
    ending = _TAIL_END.search(text, start, end)
    end = ending.start() if ending else end
    end = _skip(_BRACKET, text, end, tail.end)
    return Span(start, end) if start < end and not _JOINS.match(text, start, end) else None


def _split(text: str, span: Span, count: int) -> list[Span]:
    """`span` cut into `count` names at 、, at 、 and 和, or at any joining word; empty when none gives so many."""
    for joins in ("、", "、|和|以及", "、|和|以及|及|与"):
        edges = [
            span.start,
            *(edge for join in re.compile(joins).finditer(text, *span) for edge in join.span()),
            span.end,
        ]
        names = [Span(*pair) for pair in zip(edges[::2], edges[1::2], strict=True)]
        if len(names) == count and all(name.start < name.end for name in names):
            return names
    return []


def _indicator(text: str, named: Named, period: Period, offset: int) -> Indicator:
    quantity = replace(named.quantity, span=_shifted(named.quantity.span, offset))
    status = _status(text[: named.quantity.span.start], period)
    name_span, span = _shifted(named.name, offset), _shifted(named.span, offset)
    return Indicator(named.name.of(text), quantity, period, status, span, name_span)


def _shifted(span: Span, offset: int) -> Span:
    return Span(span.start + offset, span.end + offset)


def _status(before: str, period: Period) -> IndicatorStatus:
    """By the words before the figure (到2027年 -> 规划目标, 累计), then by the section (plan -> 预期目标)."""
    clause = re.split("[，；]", before)[-1]
    if any(_is_horizon(before, mention, period) for mention in years(before)):
        return "规划目标"
    if period.kind == "plan" and not _DONE.search(before):
        return "预期目标"
    if _CUMULATIVE.search(clause):
        return "累计"
    return "预期目标" if period.kind == "standing" and _TARGET.search(before) else "完成值"


def _is_horizon(before: str, mention: DateMention, period: Period) -> bool:
    """到2027年 in a plan for 2024 and “十四五”末 look beyond the year of the section; a plan's own year does not."""
    if not mention.years or (period.kind == "review" and (period.year or 9999) >= mention.years[-1]):
        return False
    led = _HORIZON.search(before, 0, mention.span.start) or before.startswith("末", mention.span.end)
    return bool(led) and mention.years[-1] > (period.year or 0)
