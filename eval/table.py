"""Tables for a terminal: columns as wide as what they hold, Chinese characters counted as two."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

UNDEFINED = "–"
_GAP = "  "


def table(rows: Sequence[Sequence[str]]) -> str:
    """Lines of aligned columns; the first column to the left, the others to the right. The first row is the heading."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], "-" * width(lines[0]), *lines[1:]])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = [(cell, " " * (wide - width(cell))) for cell, wide in zip(row, widths, strict=True)]
    return _GAP.join([first[0] + first[1], *(padding + cell for cell, padding in others)])


def width(text: str) -> int:
    """Columns that `text` takes in a terminal."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def shown(value: float | None, digits: int = 3) -> str:
    """A number with a fixed count of decimals; what is undefined as a dash."""
    return UNDEFINED if value is None else f"{value:.{digits}f}"
