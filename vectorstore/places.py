"""The places that give reports, as `places.tsv` lists them, and the counties it does not list."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from chatbot.wordlists import read_tsv

COUNTY = re.compile(r"(?P<name>[\u4e00-\u9fff]{1,8}?(?:新区|开发区|自治县|自治旗|林区|特区|区|县|旗|市))$")
NAMELESS = re.compile(r"^(?:[我本全各该]|[一二三四五]级|[\d一二三四五六七八九十]+个?)?(?:新区|开发区|区|县|旗|市)$")


class Place(NamedTuple):
    """`short` is how people call it (重庆, 海拉尔区); `level` 国家, 省级, 市级 or 区县级; `slug` may be empty."""

    short: str
    name: str
    level: str
    parent: str = ""
    slug: str = ""


NATION = Place("全国", "中华人民共和国", "国家", "", "china")


@cache
def listed() -> tuple[Place, ...]:
    return tuple(Place(*row) for row in read_tsv("places.tsv"))


def resolve(phrase: str) -> Place | None:
    """The place that `phrase` ends with: `四川省成都市` → 成都, `呼伦贝尔市海拉尔区` → 海拉尔区; else None."""
    if phrase.endswith(("国务院", "全国", "中华人民共和国")):
        return NATION
    known = _named_at_end(phrase)
    return known or _county(phrase)


def named_in(text: str) -> Place | None:
    """The place that `text`, a title or a file name, names last; full names count before short ones."""
    for full in (True, False):
        found = [
            (text.rfind(name), len(name), place)
            for name, place in _names()
            if (name == place.name) == full and name in text
        ]
        if found:
            return max(found, key=lambda item: item[:2])[2]
    return None


def _named_at_end(phrase: str) -> Place | None:
    return next((place for name, place in _names() if phrase.endswith(name)), None)


def _county(phrase: str) -> Place | None:
    """A county-level place that is not listed, without the places above it in front."""
    parent = ""
    while above := next((item for item in _names() if phrase.startswith(item[0])), None):
        phrase, parent = phrase.removeprefix(above[0]), above[1].short
    found = COUNTY.search(phrase)
    if not found or NAMELESS.match(phrase) or found["name"] != phrase:
        return None
    return Place(phrase, phrase, "区县级", parent)


@cache
def _names() -> tuple[tuple[str, Place], ...]:
    """Full and short names, longest first; a province before the town of the same name."""
    pairs = {name: place for place in reversed(listed()) for name in (place.short, place.name)}
    return tuple(sorted(pairs.items(), key=lambda pair: -len(pair[0])))
