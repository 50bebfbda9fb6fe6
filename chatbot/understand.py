"""understand: a message (and the question before it) → a stand-alone `Question`, by rules.

message → simplified characters → language → period → what is asked for → terms → what is carried over
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache

from chatbot.figures import UNITS, chinese_number
from chatbot.segment import Word, simplified, words
from chatbot.terms import match, terms
from chatbot.topic import topic_as_it_stands, topic_of
from chatbot.types import AnswerType, Attribute, Language, Period, Question, Report, Term
from chatbot.wordlists import asking, read_toml

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)|(?<!\d)(\d{2})年")
_YEAR_SAID = re.compile(r"(?<!\d)(?:\d{2}|\d{4})年(?:底|末|初)?")
_ASKED_COUNT = re.compile(r"[哪这那]([一二两三四五六七八九十]+|\d+)(?!年)")
_SAID_COUNT = re.compile(
    r"(?<![\d第.等])([二两三四五六七八九十]+|\d{1,3})(?=[个家项条座所类种大件处部支款名位])"
    r"(?=.*(?:哪|什么|名单|谁|啥|列(?:出|举)))"
)
_WHOLE = re.compile(
    "(?<![城市县乡村镇家江海河湖心手])(?:里面|里头)|当中|之中|(?<![公邻千哪这那城市县乡村镇家江海河湖心手])里(?=[，,有又还也])"
    "|(?<![其高初集空途年当之心程作展设进行动一二三四五六七八九十])中(?=[，,有])"
    "|(?<=[目项园批款业品])[中里](?![心学小标国央医间])"
)
_ASIDE = re.compile(r"[（(](?:不含|不包括|不计|除)[^（）()]*[）)]")
_CHANGE_DONE = re.compile("(?:实际|同比|一共|总共)?(?:增长|增加|提高|提升|上升|上涨|下降|降低|减少|回落)(?:了|到|至)*$")
_AGAINST_LAST_YEAR = re.compile(r"比(?:去年|上年|前年|上一年|前一年|往年)(?:同期)?")
_BOTH_YEARS = re.compile("两年|两个数|[高低多少大快]还是")
_QUOTED = re.compile("[“《][^”》]*[”》]")
_LONG = 4  # characters behind a question word from which what is asked for stands there, if not as a noun we know
_CONTEXT_WEIGHT = 0.35  # what an earlier turn still counts beside a new topic
_POINTED = 0.9  # the same when the message points at it: 除了它


def understand(message: str, previous: Question | None = None, reports: Sequence[Report] = ()) -> Question:
    """The question in `message`, made stand-alone with the help of the question before it.

    `reports` are those that may be asked; their years say what 去年 and 今年 mean, their regions which one is meant.
    """
    text = asking("words", "courtesy").sub("", _ASIDE.sub("", simplified(message.strip())))
    language = _language(text)
    text = _without(text, "either")
    asks = _without(text, "many")
    year = _report_year(reports)
    question = Question(
        asked=message,
        text=text,
        language=language,
        answer_type=answer_type(asks),
        attribute=attribute(asks),
        units=_units(asks),
        periods=periods(text, year, [report.year for report in reports if report.year]),
        focus=_focus(asks),
        count=_count(text),
        each=bool(asking("words", "each").search(text)),
        target=bool(asking("words", "target").search(text)),
        terms=terms(text, english=language == "en"),
        report_ids=tuple(report.id for report in reports),
    )
    question = _of_parts(_without_region(question, reports))
    if question.answer_type == "overview":
        question = for_brief(question, reports)
    if _compares(question):
        question = replace(question, compare=True, each=False, answer_type="number")
    return _carry_over(question, previous) if previous else question


def for_brief(question: Question, reports: Sequence[Report] = ()) -> Question:
    """The question as a request for a brief: its terms are those of the topic. Where all of them say only where or
    that something is (数字重庆), the topic stands as it is.
    """
    request = replace(question, answer_type="overview", compare=False, terms=topic_of(question))
    topic = (
        _without_region(request, reports).terms
        or _without_region(replace(request, terms=topic_as_it_stands(question)), reports).terms
    )
    return replace(request, terms=topic)


def as_statement(text: str, reports: Sequence[Report]) -> Question:
    """A sentence somebody wrote, to be looked up: nothing is asked for but passages that say the same."""
    return replace(understand(text, None, reports), answer_type="name", count=None, periods=(), compare=False)


def _without_region(question: Question, reports: Sequence[Report]) -> Question:
    """The place a report is about goes without saying; every sentence of it is about that place."""
    regions = {report.region for report in reports if report.region}
    kept = tuple(t for t in question.terms if not any(_names(t, region) for region in regions))
    focus = tuple(word for word in question.focus if not any(_names(Term(word), region) for region in regions))
    return replace(question, terms=kept, focus=focus)


def _of_parts(question: Question) -> Question:
    """Of 签约项目中有多少个开工 the part is asked for: what names the whole, in the same clause, counts by half."""
    cut = _WHOLE.search(question.text)
    if not cut:
        return question
    whole = _whole(question, cut.start())
    if len(whole) == len(question.terms):
        return question
    terms = tuple(replace(t, weight=t.weight / 2) if t in whole else t for t in question.terms)
    return replace(question, terms=terms)


def _whole(question: Question, end: int) -> list[Term]:
    """The terms in the clause that ends at `end`."""
    begun = 1 + max(question.text.rfind(mark, 0, end) for mark in "，,；;。")
    return [t for t in question.terms if begun <= question.text.rfind(t.text) < end]


def _names(term: Term, region: str) -> bool:
    """Whether `term` names the region, whole or in part: 重庆市 for 重庆, 澜汀区 for 汐州市澜汀区, Chongqing."""
    return any(len(name) > 1 and (name in region or name[:-1] == region) for name in (term.text, *term.official))


def _language(text: str) -> Language:
    return "en" if re.search("[A-Za-z]", text) and not _CHINESE.search(text) else "zh"


def _report_year(reports: Sequence[Report]) -> int | None:
    return max((report.year for report in reports if report.year), default=None)


def answer_type(text: str) -> AnswerType:
    """What kind of answer `text` asks for; the first list of `[answer_types]` that matches decides."""
    if asking("words", "hearsay").search(text):
        return "yesno"
    if asking("words", "plans").search(text):
        return "how"
    for name, pattern in _patterns("answer_types"):
        if pattern.search(text):
            return name  # type: ignore[return-value]
    return "name"


def attribute(text: str) -> Attribute:
    """Which side of a figure is asked for: its growth, its amount, its share or a ratio."""
    for name, pattern in _patterns("attributes"):
        if pattern.search(text):
            return name  # type: ignore[return-value]
    return ""


def _patterns(table: str) -> list[tuple[str, re.Pattern[str]]]:
    return [(name, re.compile(pattern, re.IGNORECASE)) for name, pattern in read_toml("asking.toml")[table].items()]


def periods(text: str, report_year: int | None, years: Collection[int] = ()) -> tuple[Period, ...]:
    """The periods `text` names, in order. 去年 and 今年 are those of `report_year`, the latest report at hand.

    With the reports of several `years` at hand, a year may be planned for by one and looked back on by the next.
    """
    text = _QUOTED.sub("", text if _BOTH_YEARS.search(text) else _AGAINST_LAST_YEAR.sub("", text))
    found = {m.start(): int(m[1] or f"20{m[2]}") for m in _YEAR.finditer(text)}
    if report_year:
        for name, year in (("last_year", report_year - 1), ("this_year", report_year)):
            found |= {m.start(): year for m in asking("periods", name).finditer(text)}
    at_hand = {*years, *([report_year] if report_year else [])}
    named = tuple(dict.fromkeys(p for _, year in sorted(found.items()) for p in _periods_of(year, at_hand)))
    if report_year and {period.kind for period in named} == {"plan"} and asking("periods", "now").search(text):
        named = (Period("review", report_year - 1), *named)  # 现在多少，今年要到多少
    return named or _implied(text, report_year)


def _periods_of(year: int, at_hand: Collection[int]) -> list[Period]:
    """A year that no report at hand looks back on or plans for is `standing`: only its name can vouch for it."""
    if not at_hand:
        return [Period("review", year)]
    plan = [Period("plan", year)] if year in at_hand else []
    review = [Period("review", year)] if year + 1 in at_hand else []
    return plan + review or [Period("standing", year)]


def _implied(text: str, report_year: int | None) -> tuple[Period, ...]:
    """目标 without a year means the plan; 实际 the review."""
    if not report_year:
        return ()
    plan, review = asking("periods", "target").search(text), asking("periods", "actual").search(text)
    both = [Period("review", report_year - 1)] * bool(review) + [Period("plan", report_year)] * bool(plan)
    return tuple(both)


def _without(text: str, words: str) -> str:
    """Without 好多年的 (of many years) or 多了还是少了, where something else is asked."""
    rest = asking("words", words).sub("", text)
    return rest if asking("words", "asks").search(rest) else text


def _units(text: str) -> tuple[str, ...]:
    """Measure words that hang on 多少 or 几: `多少公里` → 公里."""
    if asking("words", "hearsay").search(text):
        return ()
    if asking("words", "of_hundred").search(text):
        return ("成",)
    money = ("元",) if asking("words", "money").search(text) else ()
    asked = [m[1] for m in _asked_units().finditer(text) if not _is_noun(text[m.start(1) :], m[1])]
    english = [unit for unit, pattern in _patterns("english_units") if pattern.search(text)][:1]
    return tuple(dict.fromkeys([*money, *asked, *english]))


def _is_noun(text: str, unit: str) -> bool:
    """Whether what looks like a unit is only the head of a noun: 多少口袋公园."""
    first = words(text)[0]
    return first.pos[:1] == "n" and len(first.text) > len(unit) and first.text.startswith(unit)


@cache
def _asked_units() -> re.Pattern[str]:
    units = "|".join(map(re.escape, sorted(UNITS, key=len, reverse=True)))
    return re.compile(rf"(?:多少|几多|好多|(?<!第)几)(?:百|千|万|亿)*(?!个钱)({units})(?![吗么嘛])")


@cache
def _leading_unit() -> re.Pattern[str]:
    units = "|".join(map(re.escape, sorted(UNITS, key=len, reverse=True)))
    return re.compile(rf"^(?:[十百千万亿]*(?:{units})|[一二两三四五六七八九十\d]*[些部份批件方面大种类]?(?:{units})?)")


def _count(text: str) -> int | None:
    m = _ASKED_COUNT.search(text) or _SAID_COUNT.search(text)
    if not m:
        return None
    number = m[1]
    return int(number) if number.isdecimal() else int(chinese_number(number))


def _focus(text: str) -> tuple[str, ...]:
    """The nouns the question word hangs on: right behind it (哪座水库), else right before it (保障对象是哪类人)."""
    text = _YEAR_SAID.sub("，", text)
    asks = list(asking("words", "asks").finditer(text))
    found: list[str] = []
    for m in asks:
        found += _noun_run(text[m.end() :])
    found = _telling(found)
    hangs = asks and len(_leading_unit().sub("", _STOPS.split(text[asks[0].end() :], maxsplit=1)[0])) >= _LONG
    if not found and asks and not hangs:
        found = _telling(_noun_run_before(_CHANGE_DONE.sub("", text[: asks[0].start()])))
    return tuple(dict.fromkeys(found))


def _telling(nouns: Sequence[str]) -> list[str]:
    """Without the nouns that only say which side of a thing is meant: 面积, 目标, 人."""
    idle = (asking("words", "sides"), asking("words", "vague"))
    return [noun for noun in nouns if not any(pattern.match(noun) for pattern in idle)]


_STOPS = re.compile(r"[，。？！、；：,.?!;:\s]")


def _noun_run(text: str) -> list[str]:
    if asking("words", "called").match(text):
        return []
    text = _leading_unit().sub("", _STOPS.split(text, maxsplit=1)[0])
    run: list[str] = []
    for word in words(text):
        if word.pos[:1] not in "nvjabl" or (len(word.text) == 1 and word.pos[:1] == "v"):
            break
        run.append(word.text)
    return run if any(word.pos[:1] == "n" or word.pos == "vn" for word in words("".join(run))) else []


def _noun_run_before(text: str) -> list[str]:
    run: list[Word] = []
    for word in reversed(words(_STOPS.split(text)[-1])):
        if word.pos[:1] in "njl" or word.pos == "vn":
            run.insert(0, word)
        elif run or word.text == "了":  # 生产了多少: what stands before is done, not asked for
            break
    return [word.text for word in run]


def _compares(question: Question) -> bool:
    return len({period.year for period in question.periods}) == 2 and question.answer_type != "overview"


def _carry_over(question: Question, previous: Question) -> Question:
    """What a follow-up leaves unsaid is taken from the question before: period, kind of answer, topic."""
    leans = bool(asking("words", "follow_up").search(question.text)) or not _has_topic(question)
    asks = bool(asking("words", "asks").search(question.text))
    carried = question
    if question.periods:
        previous = _without_years(previous)
    else:
        carried = replace(carried, periods=previous.periods, compare=previous.compare and leans)
    if not leans:
        return carried
    if not asks or not _has_topic(question):
        carried = replace(
            carried,
            answer_type=previous.answer_type if not asks else carried.answer_type,
            attribute=_attribute_of(question, previous) if not asks else carried.attribute or previous.attribute,
            units=carried.units or _units_left(question, previous),
            each=carried.each or (previous.each and not asks),
        )
    text = f"{previous.text.rstrip('？?。')}；{question.text}"
    return replace(carried, terms=_joined(question, previous), text=text)


def _units_left(question: Question, previous: Question) -> tuple[str, ...]:
    """What units the question before leaves to one without its own; to one of another topic, those of time."""
    if not (question.attribute or _has_topic(question)):
        return previous.units
    return tuple(unit for unit in previous.units if UNITS[unit].dimension == "time")


def _without_years(question: Question) -> Question:
    """Without 过去五年 and the like: what comes after it names a time of its own."""
    years = asking("words", "years_told")
    return replace(
        question,
        text=years.sub("", question.text),
        terms=tuple(term for term in question.terms if not years.fullmatch(term.text)),
    )


def _attribute_of(question: Question, previous: Question) -> Attribute:
    """Of a follow-up that asks nothing itself: 那增速呢 says which side is meant, the name in 那零售总额呢 does not."""
    own, before = question.attribute, previous.attribute
    return before or own if _has_topic(question) else own or before


def _has_topic(question: Question) -> bool:
    """Whether a message names a thing of its own, and not only an action or a measure."""
    if any(term.kind in ("name", "place") or (term.official and len(term.text) > 2) for term in question.terms):
        return True
    said = (term.text for term in question.terms)
    nouns = (w.text for text in said for w in words(text) if w.pos[:1] in "njlie" or w.pos == "vn" or text.isdigit())
    return bool(_telling([noun for noun in nouns if len(noun) > 1 or noun.isdigit()]))


def _joined(question: Question, previous: Question) -> tuple[Term, ...]:
    """Own terms in full; earlier ones in full when there is no own topic, else as mere context.

    Where all that a message names is a whole (今年的民生实事里，这一项呢), the part is what was talked of.
    """
    earlier = [term for term in previous.terms if not any(match(term, own.text) for own in question.terms)]
    inside = _WHOLE.search(question.text)
    if earlier and inside and len(_whole(question, inside.start())) == len(question.terms):
        return tuple(replace(term, weight=term.weight / 2) for term in question.terms) + tuple(earlier)
    if not _has_topic(question):
        telling = _telling([term.text for term in question.terms])
        return tuple(term for term in question.terms if term.text in telling) + tuple(earlier)
    share = _POINTED if asking("words", "points").search(question.text) else _CONTEXT_WEIGHT
    return question.terms + tuple(replace(term, kind="context", weight=share * term.weight) for term in earlier)


def subject_words(question: Question) -> tuple[str, ...]:
    """The words a refusal names: what was asked about."""
    return tuple(term.text for term in question.terms if term.kind != "context")
