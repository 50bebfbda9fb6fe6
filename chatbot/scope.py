"""Which reports a question is about, when nobody has chosen: those of the place and year it names, else the default."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot.guard import clean
from chatbot.segment import simplified
from chatbot.types import Report

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
    return bool(report.region) and (report.region in text or (report.level == "国家" and "国务院" in text))
