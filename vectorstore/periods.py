"""What a heading or a sentence speaks of: the review of a year, the plan for a year, or neither (`standing`)."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from chatbot.types import Period

STANDING = Period("standing")
YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=年|[-—–~～至]+(?:19|20)\d\d年)")
HAN_YEAR = re.compile("[一二][〇零○一二三四五六七八九]{3}(?=年|[-—–~～至][一二])")  # 二〇二四年
HAN_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
OPENING_YEAR = re.compile(r"(?:过去的)?((?:19|20)\d\d)(?:年?[-—–~～至到]+((?:19|20)\d\d))?年(以来|至今)?")


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("periods.toml").read_text(encoding="utf-8"))


def heading_period(heading: str, report_year: int | None) -> Period | None:
    """The period a part's heading names, or None when it names none.

    A year in the heading decides which year; without one a review is of the year before the report's, a plan for the
    report's own. A review of several years carries the last of them, a plan for several years none.
    """
    words = _words()["headings"]
    if any(word in heading for word in words["standing"]):
        return STANDING
    years = [int(year) for year in YEAR.findall(HAN_YEAR.sub(_in_digits, heading))]
    if any(word in heading for word in words["review"]):
        return Period("review", max(years) if years else _shift(report_year, -1))
    if any(word in heading for word in words["plan"]):
        return Period("plan", min(years) if years else _plan_year(heading, report_year))
    return _of_year(years[0], report_year) if years else None


def _in_digits(year: re.Match[str]) -> str:
    """二〇二四 → 2024."""
    return year[0].translate(HAN_DIGITS)


def _plan_year(heading: str, report_year: int | None) -> int | None:
    return None if any(word in heading for word in _words()["headings"]["years_ahead"]) else report_year


def sub_heading_period(heading: str, period: Period, report_year: int | None) -> Period:
    """The period below a heading inside a part of `period`: only few words in it change anything."""
    words = _words()["headings"]
    if any(word in heading for word in words["review_below"]) and period.kind != "review":
        return Period("review", _shift(report_year, -1))
    if any(word in heading for word in words["plan_below"]) and period.kind != "plan":
        return Period("plan", report_year)
    return period_of(heading, period, report_year)


def period_of(sentence_text: str, section_period: Period, report_year: int | None) -> Period:
    """The period of a sentence: that of its section, unless it opens with words that name another.

    `今年…` in a review speaks of the report's year, `去年…` or `2023年…` in a plan of a year gone by.
    """
    opening = _opening(sentence_text)
    if named := OPENING_YEAR.match(opening):
        return _of_opening(named, report_year)
    for kind in ("review", "plan"):
        shift = _longest(_words()["openers"][kind], opening)
        if shift is not None:
            return Period("review" if kind == "review" else "plan", _shift(report_year, shift))
    return section_period


def _of_opening(named: re.Match[str], report_year: int | None) -> Period:
    """2023年 is that year, 2019—2023年 its last, 2019年以来 up to the year before the report."""
    if named[3] and report_year is not None:
        return Period("review", report_year - 1)
    return _of_year(int(named[2] or named[1]), report_year)


def _opening(sentence: str) -> str:
    """`sentence` from its first telling word on: dashes, salutations and connectives left out."""
    skip = "|".join(map(re.escape, _words()["prefixes"]["skip"]))
    return re.sub(rf"^(?:[\s—\-“‘·]|(?:{skip})[！，：:,!]?)*", "", sentence)


def _longest(shifts: dict[str, int], opening: str) -> int | None:
    found = max((word for word in shifts if opening.startswith(word)), key=len, default=None)
    return None if found is None else shifts[found]


def _of_year(year: int, report_year: int | None) -> Period:
    return Period("plan" if report_year is not None and year >= report_year else "review", year)


def _shift(year: int | None, by: int) -> int | None:
    return None if year is None else year + by
