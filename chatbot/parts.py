"""The parts of a briefing numbered in order after lines were taken out or moved: 一、三、 become 一、二、."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chatbot.briefing import Briefing, Line

_HAN = "一二三四五六七八九十"
_NUMBER = re.compile(rf"(?P<number>[{_HAN}]|\d)(?P<mark>[、.]\s*)")  # as `brief.py` puts it before a part


def renumbered(briefing: Briefing) -> Briefing:
    """With numbers that follow on each other in each report's parts; a part that stands alone has none."""
    owners = tuple(_owners(briefing.lines))
    parts: dict[str, list[str]] = {}
    for line, owner in zip(briefing.lines, owners, strict=True):
        if line.heading_path and line.heading_path[0] not in parts.setdefault(owner, []):
            parts[owner].append(line.heading_path[0])
    lines = tuple(_under(line, parts.get(owner, [])) for line, owner in zip(briefing.lines, owners, strict=True))
    return replace(briefing, lines=lines)


def _owners(lines: Sequence[Line]) -> Iterator[str]:
    """The report each line is from: the one it cites, else that of the line above."""
    owner = next((line.citations[0].report_id for line in lines if line.citations), "")
    for line in lines:
        owner = line.citations[0].report_id if line.citations else owner
        yield owner


def _under(line: Line, parts: Sequence[str]) -> Line:
    if not line.heading_path:
        return line
    first, *below = line.heading_path
    return replace(line, heading_path=(_named(first, parts), *below))


def _named(heading: str, parts: Sequence[str]) -> str:
    """The heading with the number of its place among the parts; one without a number stays without."""
    found = _NUMBER.match(heading)
    if not found or parts.index(heading) >= len(_HAN):
        return heading
    name, place = heading[found.end() :], parts.index(heading)
    number = _HAN[place] if found["number"] in _HAN else str(place + 1)
    return name if len(parts) == 1 else f"{number}{found['mark']}{name}"
