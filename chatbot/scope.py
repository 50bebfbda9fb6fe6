"""Which reports a question is about, when nobody has chosen: those of the place and year it names, else the default."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from chatbot.guard import clean
from chatbot.segment import simplified
from chatbot.types import Report
from chatbot.wordlists import asking, places_in_letters

_WITHIN = re.compile("(?<=[省市州盟区])[^省市州盟区]{2,}[市县区旗]$")
_RANK = re.compile("(?:(?:[\u4e00-\u9fff]{1,2}族)*自治[区州县旗]|[省市区县州旗盟])$")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")


def scope(message: str, reports: Sequence[Report], default_id: str = "") -> tuple[Report, ...]:
    """The reports to search: of the region named (else of the default report's), narrowed by the years named."""
    if not reports:
        return ()
    text = simplified(clean(message))
    default = next((r for r in reports if r.id == default_id), reports[0])
    named = [r for r in reports if _is_named(r, text)] or [r for r in reports if r.region == default.region]
    years = {int(year) for year in _YEAR.findall(text)}
    speaking = [r for r in named if r.year in years or (r.year or 0) - 1 in years]
    if speaking:
        return tuple(speaking)
    return (default,) if default in named else (max(named, key=lambda r: r.year or 0),)


def _is_named(report: Report, text: str) -> bool:
    names = names_of(report.region)
    in_letters = (slug for slug, shorts in places_in_letters().items() if names & {*shorts})
    return (
        any(name in text for name in names)
        or any(re.search(rf"\b{re.escape(slug)}\b", text.lower()) for slug in in_letters)
        or (report.level == "国家" and "国务院" in text)
    )


@cache
def names_of(region: str) -> frozenset[str]:
    """What a region is called: as it is, without the city it belongs to, and without its rank (永川 for 永川区)."""
    whole = {region, *_WITHIN.findall(region)} - {""}
    short = {_RANK.sub("", name) for name in whole}
    told = {name for name in short if len(name) > 1 and not asking("words", "no_county").match(name)}
    return frozenset(whole | told)
