"""What a report says, cut into claims: runs of its clauses that can stand alone, and the figures in them.

Cut by lists of its own (`mutations.toml`): the check that is measured with these claims has no part in making them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from chatbot.types import Clause, Evidence, Passage, Report, Span
from vectorstore.passages import clauses, passages

_FIRST_KEY = 0x100
_SHORTEST, _LONGEST = 8, 90  # characters of a claim
_ADDRESSES = ("—", "现在，", "各位代表", "让我们")
_PAIRS = ("“”", "《》", "（）")
_SCALES = {"": 1, "万": 10**4, "亿": 10**8, "万亿": 10**12, "千": 10**3, "百万": 10**6}


class Figure(NamedTuple):
    """A number with its unit, at `start` to `end` of a text; `scale` is 万, 亿 or 万亿, `rough` 余 or 多."""

    start: int
    end: int
    number: str
    rough: str
    scale: str
    unit: str

    @property
    def value(self) -> Decimal:
        return Decimal(self.number.replace(",", "")) * _SCALES[self.scale]


@dataclass(frozen=True, slots=True)
class Claim:
    """Consecutive statements of a passage; each of `parts` says something without the others."""

    evidence: Evidence
    parts: tuple[Span, ...]

    @property
    def passage(self) -> Passage:
        return self.evidence.passage

    @property
    def body(self) -> str:
        return self.passage.slice(Span(self.parts[0].start, self.parts[-1].end))

    def part(self, place: int) -> str:
        return self.passage.slice(self.parts[place])

    @property
    def gap(self) -> str:
        """What stands between the parts; ， where there is one only."""
        return self.passage.slice(Span(self.parts[0].end, self.parts[1].start)) if len(self.parts) > 1 else "，"


@dataclass(frozen=True, eq=False)
class Shelf:
    """A report with all its passages as evidence, and what they claim. Each is equal to itself alone."""

    report: Report
    offered: dict[str, Evidence]

    @cached_property
    def runs(self) -> tuple[tuple[Claim, ...], ...]:
        """The single statements of each passage."""
        return tuple(filter(None, (_statements(evidence) for evidence in self.offered.values())))

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """Every statement, and every two that follow each other."""
        pairs = (_together(run[i : i + 2]) for run in self.runs for i in range(len(run) - 1))
        return tuple(claim for claim in (*(c for run in self.runs for c in run), *pairs) if _stands_alone(claim))


@cache
def lists() -> dict[str, Any]:
    """The word lists of this folder."""
    return tomllib.loads((Path(__file__).parent / "mutations.toml").read_text(encoding="utf-8"))


def shelf(report: Report) -> Shelf:
    return Shelf(report, {e.key: e for e in map(_evidence, range(_FIRST_KEY, 0x10000), _telling(report))})


def _telling(report: Report) -> Iterator[Passage]:
    """Passages that say something: no title, heading, address to the audience or opening dash."""
    for passage in passages(report):
        heading = any(passage.text.strip("。") == title for title in passage.path) or passage.path[0] == "标题"
        if len(passage.text) > _SHORTEST and not heading and not passage.text.startswith(_ADDRESSES):
            yield passage


def _evidence(number: int, passage: Passage) -> Evidence:
    return Evidence(f"E{number:x}", passage, 1.0, tuple(Clause(span, 0.0) for span in clauses(passage)))


def _statements(evidence: Evidence) -> tuple[Claim, ...]:
    return tuple(Claim(evidence, (span,)) for span in _whole_statements(evidence))


def _whole_statements(evidence: Evidence) -> list[Span]:
    """The clauses of a passage, each with those that hang on it."""
    found: list[Span] = []
    for clause in evidence.clauses:
        if found and _hangs(evidence.passage, found[-1], clause.span):
            found.append(Span(found.pop().start, clause.span.end))
        else:
            found.append(clause.span)
    return found


def _hangs(passage: Passage, before: Span, span: Span) -> bool:
    opened = re.fullmatch(lists()["cut"]["opener"], passage.slice(before)) is not None
    announced = "：" in passage.slice(Span(before.end, span.start))
    return opened or announced or passage.slice(span).startswith(tuple(lists()["cut"]["dependent"]))


def _together(claims: tuple[Claim, ...]) -> Claim:
    return Claim(claims[0].evidence, tuple(part for claim in claims for part in claim.parts))


def _stands_alone(claim: Claim) -> bool:
    balanced = all(claim.body.count(pair[0]) == claim.body.count(pair[1]) for pair in _PAIRS)
    dependent = claim.body.startswith(tuple(lists()["cut"]["dependent"]))
    return balanced and not dependent and _SHORTEST <= len(claim.body) <= _LONGEST


@cache
def _figure_pattern() -> re.Pattern[str]:
    units = "|".join(map(re.escape, sorted(lists()["figures"]["units"], key=len, reverse=True)))
    return re.compile(rf"(?<![\d.,:∶+A-Za-z第])(\d[\d,]*(?:\.\d+)?)([余多]?)(?:(万亿|[万亿])({units})?|()({units}))")


def figures(text: str) -> list[Figure]:
    """The figures of `text` with a unit or 万 or 亿; no years, no names like 18号线."""
    return [f for f in map(_figure, _figure_pattern().finditer(text)) if not (f.unit == "年" and len(f.number) > 2)]


def _figure(found: re.Match[str]) -> Figure:
    number, rough, scale, unit, _, bare = found.groups()
    return Figure(found.start(), found.end(), number, rough, scale or "", unit or bare or "")


def is_bounded(text: str, figure: Figure) -> bool:
    """Whether words around it make the figure a limit, so that other figures may be true too."""
    words = lists()["figures"]
    before = text[: figure.start].endswith(tuple(words["bound_before"]))
    return bool(figure.rough) or before or text[figure.end :].startswith(tuple(words["bound_after"]))


def templates(passage: Passage) -> list[str]:
    """The ways the product says year and status around what a passage says, its bare words first."""
    kind, year = passage.period
    mixed = any("五年" in title or "困难" in title for title in passage.path)
    if kind == "standing" or year is None or mixed:
        return ["{}"]
    return ["{}", f"{year}年：{{}}" if kind == "review" else f"{year}年目标或安排：{{}}"]


def fitting(claim: Claim, body: str) -> list[str]:
    """The templates that do not say a year twice."""
    dated = re.match(r"(?:到|刚刚过去的|过去|今后|五)?(?:\d{4}年|五年|年)|今年|新的一年", body) is not None
    return templates(claim.passage)[: 1 if dated else None]
