"""A report's text → whose it is, for which year, by whom: what the text says; the file name only where it is silent."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from vectorstore.places import NATION, Place, listed, named_in, resolve

MAX_HEAD_LINES = 30
MAX_TITLE = 40
MIN_MENTIONS = 5
DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
HAN = "\u4e00-\u9fff"
CONGRESS = re.compile(rf"在(?P<place>[{HAN}]{{0,20}}?)(?:第[{HAN}\d]{{1,4}}届(?P<nation>全国)?)?人民代表大会")
TITLE = re.compile(r"(?:政府|国务院)工作(?:的)?报告")
OFFICES = r"省长|市长|区长|县长|旗长|州长|盟长|专员|总理|自治区主席|政府主席|主任|行政长官"
SPEAKER = re.compile(rf"(?:{OFFICES})[（(]?(?P<name>[{HAN}·]{{2,4}}?|[{HAN}]+·[{HAN}·]+?)[）)]?(?=在|$|作|[，,—\d])")
SPEAKS_FOR = re.compile(rf"代表(?P<place>[{HAN}]{{0,16}}?)(?:人民)?政府")
DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
CHINESE_DATE = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
PLAN_YEAR = re.compile(r"(\d{4})年[^。，]{0,14}?(?:任务|安排|目标|要求|建议|重点|打算)")
REVIEW_YEAR = re.compile(r"(\d{4})年[^。，]{0,10}?(?:回顾|总结)|过去的(\d{4})年")
ANY_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
# how a report calls its own place → which places it may be
OWN_WORDS: dict[str, Callable[[Place], bool]] = {
    "省": lambda place: place.level == "省级" and place.name.endswith("省"),
    "市": lambda place: place.level == "市级" or (place.level == "省级" and place.name.endswith("市")),
    "州": lambda place: place.level == "市级" and place.name.endswith("州"),
    "区": lambda place: place.name.endswith("区") and place.level != "市级",
    "县": lambda place: place.name.endswith("县"),
    "旗": lambda place: place.name.endswith("旗"),
}


class Metadata(NamedTuple):
    """Whose report: `region` is the short name (重庆, 海拉尔区, 全国), `year` the one it was given in, `date` ISO.

    What is not known is "" or None.
    """

    title: str
    region: str
    level: str
    year: int | None
    speaker: str
    date: str
    slug: str = ""


def describe(text: str, file_name: str, region: str = "", year: int | None = None) -> Metadata:
    """What `text`, which is normalised, says of itself. A given `region` or `year` is believed before the text."""
    head = _head(text)
    date = _date(head)
    place = _as_place(region) if region else _place(text, head, file_name)
    year = year or (int(date[:4]) if date else _year(text, head, file_name))
    level, short, slug = (place.level, place.short, place.slug) if place else ("", "", "")
    return Metadata(_title(head, place, year), short, level, year, _speaker(head), date, slug)


def _as_place(region: str) -> Place:
    return resolve(region) or Place(region, region, "")


def _head(text: str) -> tuple[str, ...]:
    """The lines above the salutation; without a salutation the short lines before the first sentence."""
    lines = text.split("\n")[:MAX_HEAD_LINES]
    called = next((at for at, line in enumerate(lines) if line.startswith(("各位代表", "同志们"))), None)
    prose = next((at for at, line in enumerate(lines) if "。" in line), len(lines))
    return tuple(lines[: prose if called is None else min(called, prose)])


def _title(head: Sequence[str], place: Place | None, year: int | None) -> str:
    """The title as it stands if it tells one report from another, else one made of place and year."""
    titles = [
        line.strip("《》") for line in head if TITLE.search(line) and len(line) <= MAX_TITLE and "代表大会" not in line
    ]
    if titles and (place is None or named_in(titles[0]) or place.name in titles[0]):
        return titles[0]
    name = "国务院" if place == NATION else place.name if place else ""
    return f"{year}年{name}政府工作报告" if year else f"{name}政府工作报告"


def _date(head: Sequence[str]) -> str:
    """The day the report was given, e.g. `2024-01-21`; "" when the head has none."""
    for line in head:
        if found := DATE.search(line):
            year, month, day = map(int, found.groups())
        elif found := CHINESE_DATE.search(line):
            year, month, day = int(found[1].translate(DIGITS)), _small_number(found[2]), _small_number(found[3])
        else:
            continue
        if 1 <= month <= 12 and 1 <= day <= 31:
            return f"{year:04}-{month:02}-{day:02}"
    return ""


def _small_number(written: str) -> int:
    """`二十一` → 21."""
    tens, ten, ones = written.rpartition("十")
    return (int((tens or "1").translate(DIGITS)) * 10 if ten else 0) + int((ones or "0").translate(DIGITS))


def _year(text: str, head: Sequence[str], file_name: str) -> int | None:
    """From the title, the headings, the first sentences; last from the file name."""
    headings = [line for line in text.split("\n") if len(line) <= MAX_TITLE]
    for line in head:
        if TITLE.search(line) and (found := ANY_YEAR.search(line)):
            return int(found[1])
    for line in headings:
        if found := PLAN_YEAR.search(line):
            return int(found[1])
    for line in (*headings, text[:3000]):
        if found := REVIEW_YEAR.search(line):
            return int(found[1] or found[2]) + 1
    named = ANY_YEAR.search(file_name)
    return int(named[1]) if named else None


def _speaker(head: Sequence[str]) -> str:
    for line, after in zip(head, (*head[1:], ""), strict=False):
        if found := SPEAKER.search(line):
            return found["name"]
        if re.search(rf"(?:{OFFICES})$", line) and re.fullmatch(rf"[{HAN}·]{{2,15}}", after):
            return after
    return ""


def _place(text: str, head: Sequence[str], file_name: str) -> Place | None:
    """From congress, title, office or first sentence; else the place named most; else from the file name."""
    return (
        next((place for line in head if (place := _congress(line))), None)
        or next((place for line in head if TITLE.search(line) and (place := _title_place(line))), None)
        or next((place for line in head if (place := _office_place(line))), None)
        or _speaks_for(text[:1500])
        or _mentioned(text, file_name)
        or named_in(file_name)
        or resolve(re.sub(r"\d+年?|[^\u4e00-\u9fff]|(?:人民)?政府工作报告.*", "", file_name))
    )


def _congress(line: str) -> Place | None:
    found = CONGRESS.search(line)
    if not found:
        return None
    return NATION if found["nation"] else resolve(found["place"])


def _title_place(line: str) -> Place | None:
    before = TITLE.split(line)[0].removesuffix("人民")
    return NATION if "国务院" in line else resolve(re.sub(r"^.*?\d{4}年|^关于", "", before))


def _office_place(line: str) -> Place | None:
    found = re.match(rf"(?P<place>[{HAN}]{{2,16}}?)(?:人民政府|(?={OFFICES}))", line)
    return resolve(found["place"]) if found else None


def _speaks_for(opening: str) -> Place | None:
    if "代表国务院" in opening:
        return NATION
    return next((place for found in SPEAKS_FOR.finditer(opening) if (place := resolve(found["place"]))), None)


def _mentioned(text: str, file_name: str) -> Place | None:
    """The place the text speaks of most, among those it may mean by its 我市, 全省, …"""
    own = {word: text.count(f"我{word}") + text.count(f"全{word}") for word in OWN_WORDS}
    word = max(own, key=lambda item: own[item])
    if text.count("我国") > own[word] and "国务院" in text:
        return NATION
    named = named_in(file_name)
    fitting = [place for place in listed() if OWN_WORDS[word](place)]
    best = max(fitting, key=lambda place: (text.count(place.short), place == named))
    return best if own[word] and text.count(best.short) >= MIN_MENTIONS else None
