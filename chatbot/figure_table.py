"""The figures of a report as a table: one row for each indicator, with the sentence it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from chatbot.figures import Direction
from chatbot.guard import clean
from chatbot.indicators import indicators
from chatbot.segment import simplified
from chatbot.terms import said, terms
from chatbot.types import Indicator, IndicatorStatus, Passage, PeriodKind, Report, Span, Term

_AMOUNT = re.compile("(?:人数|数量|总数|个数)$")  # says that an amount is asked for, as every row is one
_WHOLE = re.compile("^(?:全[省市区县州旗盟]|我[省市区县])")  # 全市地区生产总值 is the report's own 地区生产总值
_ADDED = re.compile("新(?:增|建|培育|认定|引进|设立|开工)|净增")  # 新培育400家 is no total that could be compared with
_TOTAL = re.compile("达到|突破|增至|升至|稳定在|保持在")  # 达到3694家


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A named figure and where it stands. `quote == report.text[start:end]`, the whole sentence.

    `stated` is the amount as the text has it (`3000亿元`, `6%左右`); `value` and `ceiling` are in `unit` with 万/亿
    multiplied out, as in `types.Quantity`. `kind` and `year` are the period of the sentence: of a 规划目标 that is the
    year of the plan it stands in, not the year by which it is to be reached. `mark` is the stretch of the report that
    holds name and figure together, to be highlighted.
    """

    name: str
    stated: str
    value: Decimal
    ceiling: Decimal | None
    unit: str
    dimension: str
    direction: Direction
    qualifier: str
    kind: PeriodKind
    year: int | None
    status: IndicatorStatus
    report_id: str
    path: tuple[str, ...]
    page: int | None
    start: int
    end: int
    quote: str
    mark: Span


def figure_rows(passages: Iterable[Passage], report: Report) -> tuple[FigureRow, ...]:
    """Every indicator of `passages`, which are of `report`, in the order of the text."""
    return tuple(_rows(passages, report))


def _rows(passages: Iterable[Passage], report: Report) -> Iterator[FigureRow]:
    for passage in passages:
        for indicator in indicators(passage.text, passage.period, passage.span.start):
            if not _only_tells_how(indicator, report):
                yield _row(indicator, passage, report)


def _only_tells_how(indicator: Indicator, report: Report) -> bool:
    """Whether the amount is none of the thing: how long it went on (连续7个月回升), or a name (八大行动)."""
    before = report.text[indicator.span.start : indicator.quantity.span.end]
    return indicator.quantity.unit == "大" or (indicator.quantity.dimension == "time" and "连续" in before)


def _row(indicator: Indicator, passage: Passage, report: Report) -> FigureRow:
    quantity = indicator.quantity
    return FigureRow(
        name=indicator.name,
        stated=quantity.span.of(report.text),
        value=quantity.value,
        ceiling=quantity.ceiling,
        unit=quantity.unit,
        dimension=quantity.dimension,
        direction=quantity.direction,
        qualifier=quantity.qualifier,
        kind=indicator.period.kind,
        year=indicator.period.year,
        status=indicator.status,
        report_id=report.id,
        path=passage.path,
        page=report.page_at(quantity.span.start),
        start=passage.span.start,
        end=passage.span.end,
        quote=passage.text,
        mark=indicator.span,
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows to keep; what is empty or None keeps all."""

    words: str = ""
    statuses: tuple[str, ...] = ()
    year: int | None = None
    dimension: str = ""


def narrowed(rows: Sequence[FigureRow], wanted: Wanted) -> tuple[FigureRow, ...]:
    """The rows that are wanted, in the order given.

    Words are looked for in the names as `matching` does; where no name has them, in the sentences.
    """
    held = [row for row in rows if _is_wanted(row, wanted)]
    words = _plain(wanted.words)
    if not words:
        return tuple(held)
    named = set(map(id, matching(held, words)))
    return tuple(row for row in held if (id(row) in named if named else words in _plain(row.quote)))


def _is_wanted(row: FigureRow, wanted: Wanted) -> bool:
    return (
        (not wanted.statuses or row.status in wanted.statuses)
        and wanted.year in (None, row.year)
        and wanted.dimension in ("", row.dimension)
    )


@dataclass(frozen=True, slots=True)
class Pair:
    """What was reached last year and what is aimed at this year, of one thing, in one unit."""

    result: FigureRow
    target: FigureRow


def side_by_side(rows: Sequence[FigureRow]) -> tuple[Pair, ...]:
    """Each target of the plan with the result of the year before, where name and unit are the same.

    Growth is put beside growth and an amount beside an amount; of several results of one name the first counts, and so
    does the first of several targets. `rows` are of one report.
    """
    results: dict[_Key, FigureRow] = {}
    for row in rows:
        if row.kind == "review" and row.status == "完成值":
            results.setdefault(_key(row), row)
    pairs: dict[_Key, Pair] = {}
    for row in rows:
        result = results.get(_key(row)) if row.kind == "plan" and row.status == "预期目标" else None
        if result and row.year == (result.year or 0) + 1 and not _is_unlike(result, row):
            pairs.setdefault(_key(row), Pair(result, row))
    return tuple(pairs.values())


_Key = tuple[str, str, bool]


def _key(row: FigureRow) -> _Key:
    """Name, unit, and whether it is a growth. 持平 is said of a level, not of a growth."""
    return _WHOLE.sub("", _plain(row.name)), row.unit, row.direction in ("up", "down")


def _is_unlike(first: FigureRow, second: FigureRow) -> bool:
    """Whether one says a total and the other what is added to it."""
    words = [_stretch(row).replace(row.name, "") for row in (first, second)]
    return any(_TOTAL.search(total) and _ADDED.search(added) for total, added in (words, words[::-1]))


def matching(
    rows: Sequence[FigureRow], name: str, year: int | None = None, status: IndicatorStatus | None = None
) -> tuple[FigureRow, ...]:
    """The rows that `name` asks for, of that year and status where given; in each group in the order given.

    First those of exactly this name; then those whose name holds it, or is an official word for it (GDP finds
    地区生产总值); those whose name says each of its content words or an official word for it; those that say them
    in name and verb together (老旧小区改造 finds 改造老旧小区87个). Nothing for a name without a content word.
    """
    asked = Asked(_plain(name), terms(_AMOUNT.sub("", _plain(name))))
    held = [row for row in rows if year in (None, row.year) and status in (None, row.status)]
    ranks = [_rank(row, asked) for row in held]
    return tuple(row for place in range(4) for row, rank in zip(held, ranks, strict=True) if rank == place)


class Asked(NamedTuple):
    """The name of a figure as it is asked for, and its content words."""

    name: str
    words: tuple[Term, ...]


def _rank(row: FigureRow, asked: Asked) -> int | None:
    """The place of the group it belongs to, from 0; None for no match."""
    name, around = _plain(row.name), _plain(_stretch(row))
    if not asked.words:
        return None
    if asked.name == name:
        return 0
    if asked.name in name:
        return 1
    if all(said(word, name) for word in asked.words):
        return 1 if any(name in word.official for word in asked.words) else 2
    # Of a list of names in one breath (分别), those of the others stand around it too: one word must be its own.
    own = any(said(word, name) for word in asked.words)
    return 3 if own and all(said(word, around) for word in asked.words) else None


def _stretch(row: FigureRow) -> str:
    return row.quote[row.mark.start - row.start : row.mark.end - row.start]


def _plain(name: str) -> str:
    """Cleaned, in simplified characters, without white space: a name may be typed in any form."""
    return "".join(simplified(clean(name)).split())
