"""Does a clause name what a question asks for: a place, a time, a person, or who does a work?

`fresh` is what a clause says beyond the words of the question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from chatbot.segment import words
from chatbot.types import Passage, Question
from chatbot.wordlists import asking

_MANY = r"\d[\d.]*万?[公千条座个所处家]"
_PLACE = re.compile(
    r"[\u4e00-\u9fff]{1,6}(?:[省市县州镇乡](?!级)|[岛湾山江河城]|街道|中心|地区|基地"
    rf"|[区村](?!级|{_MANY})|[港馆站路园](?!{_MANY}))"
)  # neither 区级 nor a number of things: 公路20公里
_SITED = re.compile(
    "落户|位于|坐落|地处|设在|建在|落址|址(?:在|于|定)"
    "|在(?![全各本每]|规定|抓紧|加[快紧]|积极|稳步|有序|陆续|持续|逐步)[\u4e00-\u9fff]{2,8}"
    "(?<![内中上下前后时先域面])(?:建|设|办|召开|开工|落地|布局|启动|打造|投用)"
)
_COMMON_PLACE = re.compile(
    "^在?[全各本我城都]|[全各本我][省市区县州镇乡村]$|^[个座处所条].{1,3}$|^[社园小景校厂库片灾牧辖矿]区$|地区$|中心$"
    "|(?:城市|城镇|乡镇|村镇|区县|县市|市县|行政村|农村|乡村)$"
)
_RANK_ASKED = re.compile("哪一?[个座条](区县|城市|县市|乡镇|[省市区县镇乡村街路站])")
_OF_OWN_NAME = ("省", "市", "城市", "县")  # ranks of places whose names the segmenter knows
_LOOSE = ("省", "市", "区")  # ranks that are left away: 鲁渝, 高新片区
_DATE = re.compile(
    r"\d+年|\d+月|\d+日|上半年|下半年|[一二三四]季度|年底|年内|月底|(?:周|星期)[一二三四五六日](?![次场趟班期个])"
)
_OFTEN = re.compile(
    r"每隔?[\d一二两三四五六七八九十半]*个?(?:天|日|周|月|季|年|学期|小时)|[一两三半]个?(?:天|周|月|季度?|年)[一两三\d][次回检评轮]"
)
_CLOCK = re.compile(r"\d+(?:点|时(?!间)|[:：]\d\d)|24小时|(?:午|晚上?|夜里|早上?|凌晨|至|到)[一二三四五六七八九十]+点")

_LONGEST_NAME = 8  # characters before the kind: 澄州云渡国际 of 澄州云渡国际机场
_SHORTEST_NAME = 2
_ONCE_OR_TWICE = 2  # passages that speak of a single thing


def tells_place(question: Question, clause: str, fresh: str) -> bool:
    """Whether it says where: with what looks like the name of a place (of the rank asked for: 哪个县), or by 落户."""
    asked = _RANK_ASKED.search(question.text)
    names = _of_rank(asked[1].replace("城", "")).findall(clause) if asked else []
    names += _PLACE.findall(fresh) if not asked or asked[1] in _LOOSE else []
    named = any(not _COMMON_PLACE.search(name) and name not in question.text for name in names)
    known = any(word.pos == "ns" for word in words(fresh))
    city = known and asked is not None and asked[1] in _OF_OWN_NAME
    return named or city or bool(_SITED.search(clause))


@cache
def _of_rank(ranks: str) -> re.Pattern[str]:
    return re.compile(rf"[\u4e00-\u9fff]{{1,6}}?[{ranks}](?!级|{_MANY})")


def names_in(asked: str, passages: Sequence[Passage]) -> frozenset[str]:
    """The single things that `asked` names in the words of a passage: 长江大桥; no kinds of things: 高速公路."""
    told = [passage.text for passage in passages]
    return frozenset(name for m in asking("words", "site").finditer(asked) if (name := _known(asked, m, told)))


def _known(asked: str, kind: re.Match[str], told: Sequence[str]) -> str:
    """The longest name that ends in `kind`, as one or two passages say it; empty if none does."""
    for start in range(max(0, kind.start() - _LONGEST_NAME), kind.start() - 1):
        name = asked[start : kind.end()]
        held = sum(name in text for text in told)
        if held:
            common = held > _ONCE_OR_TWICE or asking("words", "site_kind").search(name)
            return "" if common else name
    return ""


def tells_time(question: Question, clause: str) -> bool:
    """Whether it says when: a time of day for 几点, a rhythm for 多久一次, else a day, a month or a year."""
    if asking("words", "clock").search(question.text):
        return bool(_CLOCK.search(clause))
    when = _OFTEN if asking("words", "often").search(question.text) else _DATE
    return bool(when.search(clause))


def tells_person(question: Question, clause: str, fresh: str) -> bool:
    """Whether it names a person: by a name the segmenter knows, or right behind the noun asked for (劳模田秀兰)."""
    if any(word.pos == "nr" for word in words(fresh)):
        return True
    behind = clause.split(question.focus[-1])[1:] if question.focus else []
    names = [m[0] for text in behind if (m := asking("words", "person_name").match(text))]
    return any(len(words(name)[0].text) == 1 for name in names)  # 高水平 is a word of its own


def tells_group(question: Question, clause: str, fresh: str) -> bool:
    """Whether it is asked for whom or whose (覆盖到谁), and the clause says it of a group or a body not asked about."""
    asked = asking("words", "whom").search(question.text)
    return bool(asked and asking("words", "group").search(clause)) and len(fresh) >= _SHORTEST_NAME


def tells_doer(question: Question, clause: str) -> bool:
    """Whether it is asked who does a work, and the clause says by whom: 由水务集团承建."""
    return all(asking("words", name).search(text) for name, text in (("agent", question.text), ("doer", clause)))
