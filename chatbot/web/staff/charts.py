"""Bars in plain HTML: no script, no picture, every value also there as text. All words are escaped here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from html import escape

from chatbot.figure_table import FigureRow, Pair
from chatbot.web.staff.texts import FigureTexts

MOST = 20  # bars
_Kind = tuple[str, bool]
Link = Callable[[FigureRow, str], str]  # HTML: these words, leading to where the figure stands


def bars(rows: Sequence[FigureRow], words: FigureTexts, link: Link) -> str:
    """The largest of those rows that can be compared: of one unit, and all growth or all amounts."""
    kinds = Counter(map(_kind, rows))
    if not kinds:
        return f'<p class="zw-line">{escape(words.no_chart)}</p>'
    kind = kinds.most_common(1)[0][0]
    same = sorted((row for row in rows if _kind(row) == kind), key=lambda row: -row.value)[:MOST]
    scale = max(row.value for row in same)
    lead = words.bars_lead.format(unit=_unit(kind, words), count=len(same))
    return _chart(words.bars, lead, (_bar(row, scale, words, link) for row in same))


def bullets(pairs: Sequence[Pair], words: FigureTexts, link: Link) -> str:
    """For each pair a bar of the result and a line at the target, on a scale of its own."""
    if not pairs:
        return f'<p class="zw-line">{escape(words.no_chart)}</p>'
    return _chart(words.bullets, words.bullets_lead, (_bullet(pair, words, link) for pair in pairs))


def moved(row: FigureRow, words: FigureTexts) -> str:
    """The figure as it stands, with the word for a growth or a fall: 增长 6%左右."""
    return f"{direction(row, words)} {row.stated}" if row.direction in ("up", "down") else row.stated


def direction(row: FigureRow, words: FigureTexts) -> str:
    return {"up": words.up, "down": words.down, "level": words.level, "": ""}[row.direction]


def _kind(row: FigureRow) -> _Kind:
    return row.unit, row.direction in ("up", "down")


def _unit(kind: _Kind, words: FigureTexts) -> str:
    unit, grows = kind
    return f"{words.up}/{words.down} {unit}" if grows else unit


def _chart(head: str, lead: str, items: Iterable[str]) -> str:
    caption = f"<figcaption>{escape(lead)}</figcaption>"
    return f'<figure class="zw-chart"><h2>{escape(head)}</h2>{caption}<ul>{"".join(items)}</ul></figure>'


def _bar(row: FigureRow, scale: Decimal, words: FigureTexts, link: Link) -> str:
    fall = ' class="zw-fall"' if row.direction == "down" else ""
    track = f'<i{fall} style="width:{_share(row.value, scale)}%"></i>'
    year = f"{row.year} " if row.year else ""
    told = f"{moved(row, words)}（{year}{words.statuses[row.status]}）"
    return _item(row.name, track, link(row, told))


def _bullet(pair: Pair, words: FigureTexts, link: Link) -> str:
    scale = max(pair.result.value, pair.target.value) * Decimal("1.1")
    track = (
        f'<i style="width:{_share(pair.result.value, scale)}%"></i>'
        f'<b style="left:{_share(pair.target.value, scale)}%"></b>'
    )
    result = link(pair.result, f"{words.result} {moved(pair.result, words)}")
    target = link(pair.target, f"{words.target} {moved(pair.target, words)}")
    return _item(pair.target.name, track, f"{result}；{target}")


def _item(name: str, track: str, told: str) -> str:
    """`told` is HTML already."""
    bar = f'<span class="zw-track" aria-hidden="true">{track}</span>'
    return f"<li><span>{escape(name)}</span>{bar}<span>{told}</span></li>"


def _share(value: Decimal, scale: Decimal) -> str:
    """Per cent of the scale, between 0 and 100."""
    return f"{min(max(value / scale, Decimal(0)), Decimal(1)) * 100:.1f}" if scale > 0 else "0"
