"""Does a clause hold the kind of thing a question asks for, and does it speak of the right time?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Protocol

from chatbot.figures import UNITS, quantities
from chatbot.indicators import indicators
from chatbot.kinds import tells_doer, tells_group, tells_person, tells_place, tells_time
from chatbot.segment import simplified
from chatbot.terms import is_coordinated, is_numbered, match
from chatbot.types import Indicator, Passage, Quantity, Question, Span, Term
from chatbot.wordlists import asking, read_toml

_NUMERAL = re.compile("[一二三四五六七八九十]+")
_TWIN = re.compile(
    f"((?:第?{_NUMERAL.pattern}[、和与及])*第?{_NUMERAL.pattern})"
    "(人民医院|小学|幼儿园|中(?![国心央医部型小考标期])|[大高]桥|水厂|水库|实验室)"
)  # 二中 and 第二中学 are one
_MEMBERS = re.compile(r"[、；+]|和|及|与")
_RANK = re.compile(r"第[一二三四五六七八九十\d]|前[一二三四五六七八九十\d]|首位|居首")
_TARGET = re.compile("目标|预期|计划")
_REASON = re.compile(r"因|由于|为了|原因|得益|受.{1,8}影响|根本在于")
NO_FIGURE = -0.5  # no figure at all, where -1 is a figure of the wrong kind
_SHORT_NAME = re.compile(r"[A-Z]{2,}[A-Z\d.]*|[A-Z]+\d[\d.]*")  # HPV, PM2.5: no other will do
_HEAD = 0.9
_COUNTED = {"count", "person", "household", "visit"}
_FAMILIES = (
    {*"个家户座处所项件条类种大", ""},
    {*"人名位户", "人次", ""},
    {"套", "套（间）", "间", "户", "家"},
    {"台", "套", "个"},
    {"辆", "台", ""},
    {"趟", "班", "班次", "列", "架次", "条"},
)
_RELATIVE = {"times", "ratio"}
_CHANGE = {"percent", "point"}
_SHARE_CUES = re.compile(r"占|率|比重|比例|优良|完成|覆盖")


def period_fit(question: Question, passage: Passage) -> float:
    """1 for a period asked for, -1 for another one, 0 when the question names none or the passage speaks of none.

    A year that is neither the one reviewed nor the one planned for must be named by the passage.
    """
    if not question.periods:
        return 1.0 if _same_years_ahead(question.text, "".join(passage.path[-1:]) + passage.text) else 0.0
    if passage.period in question.periods:
        return 1.0
    if any(f"{period.year}年" in passage.text for period in question.periods):
        return 0.5
    own_years = any(period.kind != "standing" for period in question.periods)
    return 0.0 if passage.period.kind == "standing" and own_years else -1.0


def _same_years_ahead(asked: str, told: str) -> bool:
    """Whether years still to come are asked for and told of, as many where both say how many: 未来三年."""
    wanted, ahead = asking("words", "ahead").search(asked), asking("words", "ahead").finditer(told)
    return wanted is not None and any(m[1] in (wanted[1], None) for m in ahead)


class Weighted(Protocol):
    """A question with its terms weighed inside one report, and the nouns an answer must name."""

    @property
    def question(self) -> Question: ...
    @property
    def terms(self) -> tuple[Term, ...]: ...
    @property
    def focus(self) -> tuple[str, ...]: ...


def kind_fit(weighted: Weighted, passage: Passage, span: Span, figures: Sequence[Indicator]) -> dict[str, float]:
    """Whether the clause holds the kind of thing asked for, from 1 down to -1 (it cannot answer).

    `type` is the fit as a whole; of a figure, `unit` is that of its unit and attribute, `name` the share of its name
    that the question says; `focus` is how much of the noun asked for the clause holds.
    """
    question, terms, clause = weighted.question, weighted.terms, passage.slice(span)
    fit = {
        "focus": focus_fit(weighted.focus, terms, clause, passage.text[: span.start - passage.span.start]),
        "status": status_fit(question, passage, clause),
        "unit": 0.0,
        "name": 0.0,
    }
    if question.answer_type != "number":
        return fit | {"type": _other_fit(question, terms, clause)}
    inside = [figure for figure in figures if span.holds(figure.quantity.span)]
    if not inside:
        return fit | {"unit": NO_FIGURE, "type": -1.0}
    best = max(inside, key=lambda figure: figure_fit(question, terms, figure, clause))
    unit, name = unit_fit(question, best.quantity, clause), name_cover(terms, best.name)
    if _other_count(question, passage, clause) or contrast_fit(question, best.name) < 0:
        unit = -1.0
    return fit | {"unit": unit, "name": name, "type": 0.5 * unit + 0.5 * name}


def _other_count(question: Question, passage: Passage, clause: str) -> bool:
    """Whether the clause counts otherwise: what was added for a total, a total for what was added, years together."""
    total, fresh, together = (asking("words", name) for name in ("total", "fresh", "years_together"))
    asked, told = _asked_now(question), clause
    crossed = any(
        one.search(asked) and not other.search(asked) and other.search(told) and not one.search(told)
        for one, other in ((total, fresh), (fresh, total))
    )
    named = any(f"{period.year}年" in passage.text for period in question.periods)
    gathered = bool(together.search(clause) or together.match(passage.text))
    if together.search(asked):
        return crossed or not (gathered or asking("words", "years_headed").search("".join(passage.path)))
    return crossed or bool(question.periods and gathered and not named)


def _asked_now(question: Question) -> str:
    """What a message says itself where it names a time of its own, else with what was carried over from before."""
    own = simplified(question.asked)
    named = any(asking("periods", name).search(own) for name in ("last_year", "this_year"))
    return own if named else question.text


def figures_of(passage: Passage) -> tuple[Indicator, ...]:
    """The figures of a passage; an amount that measures nothing by name (三年行动) comes as one without a name."""
    named = indicators(passage.text, passage.period, passage.span.start)
    taken = {figure.quantity.span for figure in named}
    bare = [q for q in quantities(passage.text, passage.span.start) if q.span not in taken]
    return named + tuple(Indicator("", q, passage.period, "完成值", q.span, q.span) for q in bare)


def _other_fit(question: Question, terms: Sequence[Term], clause: str) -> float:
    match question.answer_type:
        case "list":
            return list_fit(question, terms, clause)
        case "date":
            return 1.0 if tells_time(question, clause) else -1.0
        case "place":
            return 1.0 if tells_place(question, clause, novel(terms, clause)) else -0.5
        case "person":
            named = tells_person(question, clause, novel(terms, clause))
            said = named and focus_fit(question.focus, terms, clause) >= 0.5
            body = tells_doer(question, clause) or tells_group(question, clause, novel(terms, clause))
            return 1.0 if said or body else -1.0
        case "rank":
            return 1.0 if _RANK.search(clause) else -1.0
        case "reason":
            return 1.0 if _REASON.search(clause) else -1.0
        case "name":
            return list_fit(question, terms, clause) if question.count else name_fit(question, terms, clause)
        case _:
            return 0.0


def focus_fit(focus: Sequence[str], terms: Sequence[Term], clause: str, left: str = "") -> float:
    """How much of the noun that the question word hangs on stands in the clause; 1 when there is no such noun.

    What comes before its last word (江北机场 of 江北机场吞吐量) may also stand in what is `left` of the clause.
    """
    if not focus:
        return 1.0
    nouns = [_term_of(word, terms) for word in focus]
    around = left + clause if match(nouns[-1], clause) >= _HEAD else clause
    return sum(match(noun, around) * len(text) for noun, text in zip(nouns, focus, strict=True)) / sum(map(len, focus))


def _term_of(noun: str, terms: Sequence[Term]) -> Term:
    """The term that is this noun or ends with it (要动工), or the numbered name it is cut from (一号线 of 十一号线)."""
    held = (t for t in terms if t.text.endswith(noun) or (noun in t.text and is_numbered(t.text)))
    return next(held, Term(noun))


def status_fit(question: Question, passage: Passage, clause: str) -> float:
    """-1 when a target is asked for that the clause cannot be: of a year looked back on, or of no year at all."""
    if not question.target or passage.period.kind == "plan" or _TARGET.search(clause):
        return 0.0
    past = question.periods and all(period.kind == "review" for period in question.periods)
    return -1.0 if past or passage.period.kind == "standing" else 0.0


def contrast_fit(question: Question, text: str) -> float:
    """-1 when the question says one of some opposites (农村, 一中) and the sentence only others (城市, 二中)."""
    if _other_twin(question.text, text):
        return -1.0
    for asked, group in _opposites(question.asked, question.text):
        told = _said_of(group, text)
        if told and asked not in told and not is_coordinated(asked, text):
            return -1.0
    return 0.0


def _other_twin(asked: str, told: str) -> bool:
    """Whether of a row none of those asked for (县二中) is told of, but others are (县一中)."""
    wanted, here = _twins(asked), _twins(told)
    rows = {kind for kind, _ in wanted} & {kind for kind, _ in here}
    return rows > {kind for kind, _ in wanted & here}


def _twins(text: str) -> set[tuple[str, str]]:
    """Kind and number of each of a row that stands in `text`: 第一、第二小学 → (小学, 一), (小学, 二)."""
    return {(m[2], number) for m in _TWIN.finditer(text) for number in _NUMERAL.findall(m[1])}


@lru_cache(maxsize=256)
def _opposites(message: str, text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The words of which a question says one and no other of their group, each with its group.

    What the message says itself counts, else what was carried over from the one before (`text` holds both).
    """
    groups, own = read_toml("asking.toml")["contrasts"]["groups"], simplified(message)
    heard = {word for group in groups for word in _said_of(group, own)}
    found: list[tuple[str, tuple[str, ...]]] = []
    for group in groups:
        meant = [member for member in group if any(word in member for word in heard)]
        asked = _said_of(group, own) or meant or _said_of(group, text)
        if len(asked) == 1:
            found.append((asked[0], tuple(group)))
    return tuple(found)


def _said_of(group: Sequence[str], text: str) -> list[str]:
    """The words of the group that stand in `text`, none of them inside a longer one: 进出口 does not say 出口."""
    found = []
    for word in sorted(group, key=len, reverse=True):
        if word in text:
            found.append(word)
            text = text.replace(word, " ")
    return found


def place_fit(terms: Sequence[Term], passage: Passage) -> float:
    """-1 when the question names a place that neither the sentence nor its headings speak of."""
    told = passage.text + "".join(passage.path)
    for term in terms:
        one_of_a_kind = is_numbered(term.text) or _is_code(term)
        if one_of_a_kind and not match(term, told):
            return -1.0
        names = (term.text, *term.official)
        if term.kind == "place" and not any(_is_told(name, told) for name in names):
            return -1.0
    return 0.0


def _is_code(term: Term) -> bool:
    """HPV as a name, PM2.5 wherever it is known by other names too."""
    coded = bool(_SHORT_NAME.fullmatch(term.text))
    return coded and (term.kind == "name" or any(c.isdigit() for c in term.text))


def _is_told(place: str, text: str) -> bool:
    """By its name, without its rank, or by one character beside another place's: 四川 in 川渝."""
    own = read_toml("asking.toml")["abbreviated"].get(_short(place), "")
    joined = own and re.search(f"[{own}][{_abbreviations()}]|[{_abbreviations()}][{own}]", text)
    return place in text or _short(place) in text or bool(joined)


@cache
def _abbreviations() -> str:
    return "".join(read_toml("asking.toml")["abbreviated"].values())


def _short(place: str) -> str:
    """A place without its rank: 渝北区 → 渝北."""
    return place[:-1] if len(place) > 2 and place[-1] in "省市区县州盟旗" else place


def figure_fit(question: Question, terms: Sequence[Term], figure: Indicator, clause: str) -> float:
    """How well one figure answers: right unit and attribute, a name that says what was asked and not its opposite."""
    fit = 0.5 * unit_fit(question, figure.quantity, clause) + 0.5 * name_cover(terms, figure.name)
    return fit + contrast_fit(question, figure.name)


def name_cover(terms: Sequence[Term], name: str) -> float:
    """The share of `name` that the question's own terms account for, by characters."""
    if not name:
        return 0.0
    own = [term for term in terms if term.kind != "context"]
    return min(1.0, sum(len(word) * match(term, name) for term in own for word in _said(term, name)) / len(name))


def _said(term: Term, name: str) -> list[str]:
    return [word for word in (term.text, *term.official) if word in name][:1]


def unit_fit(question: Question, quantity: Quantity, clause: str) -> float:
    """1 when the quantity has the unit and attribute asked for, 0 when nothing speaks against it, -1 when it cannot."""
    if question.units and quantity.unit not in question.units and not _same_kind(question.units, quantity):
        return -1.0
    if quantity.dimension == "time" and not question.units:  # 连续7个月 tells how long, not how much
        return 1.0 if asking("words", "duration").search(question.text) else NO_FIGURE
    percent = quantity.dimension in ("percent", "point") or _is_part(quantity)
    match question.attribute:
        case "growth" if not question.units:
            return 1.0 if quantity.direction and (percent or quantity.unit in ("倍", "番")) else -0.6
        case "amount":
            return -1.0 if percent or quantity.unit in ("倍", "番") else 1.0
        case "share" if not question.units or question.units == ("成",):
            moves = quantity.direction in ("up", "down") and asking("words", "part").search(question.text)
            return (1.0 if _SHARE_CUES.search(clause) else -0.6 if moves else 0.4) if percent else -0.5
        case "ratio":
            return 1.0 if quantity.dimension == "ratio" or quantity.unit == "倍" else -0.5
        case _:
            return 1.0 if question.units else 0.3


def _same_kind(units: Sequence[str], quantity: Quantity) -> bool:
    """Units that answer for one another: those of one dimension; of counted things, those of one family; 个 for any."""
    if quantity.dimension in _COUNTED:
        return "个" in units or any(quantity.unit in family for family in _FAMILIES if family & {*units})
    asked = {UNITS[unit].dimension for unit in units}
    if _is_part(quantity):
        return "percent" in asked
    return any(quantity.dimension in kind for kind in ({*asked}, _RELATIVE, _CHANGE) if asked & kind)


def _is_part(quantity: Quantity) -> bool:
    """Whether it is a share said as a fraction: 三分之一."""
    return quantity.dimension == "ratio" and quantity.value < 1


def list_fit(question: Question, terms: Sequence[Term], clause: str) -> float:
    """Enough members for the count asked, and members that the question has not itself named; figures are none.

    Of 哪四个体系, 工作体系 is one even where the question says 工作 too.
    """
    head = question.focus[-1] if question.focus else ""
    of_kind = re.compile(rf".+{re.escape(head)}$" if head else "(?!)")
    parts = _MEMBERS.split(clause)
    members = [part for part in parts if novel(terms, _before_figure(part)) or of_kind.match(part)]
    quoted = clause.count("“") + clause.count("《")
    repeated = clause.count(head) if len(head) == 1 and question.count else 0  # 创新链产业链资金链
    if max(len(members), quoted, repeated) < (question.count or 2):
        return -1.0
    return 1.0


def _before_figure(part: str) -> str:
    amounts = quantities(part)
    return part[: amounts[0].span.start] if amounts else part


def name_fit(question: Question, terms: Sequence[Term], clause: str) -> float:
    """A head noun that was asked for with something new before it, or a quoted name; else as much as is new."""
    head = "".join(question.focus)
    fresh = novel(terms, clause)
    if head and head in clause:
        return 1.0
    if re.search("[“《]", clause) and fresh:
        return 0.6
    return 0.2 if len(fresh) >= 2 else -0.5


def novel(terms: Sequence[Term], clause: str) -> str:
    """What is left of `clause` once the words of the question are taken out."""
    for term in terms:
        for word in sorted((term.text, *term.official), key=len, reverse=True):
            clause = clause.replace(word, " ")
    return re.sub(r"[\s，。；：、“”《》（）等的和及]", "", clause)
