"""Whole and decimal figures as Chinese numerals (35 → 三十五, 2.45 → 二点四五)."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUP = 10_000


def numeral(number: str) -> str:
    """`number` in digits, below 10^8, as it is read aloud."""
    whole, _, rest = number.replace(",", "").partition(".")
    return _whole(int(whole)) + ("点" + "".join(_DIGITS[int(digit)] for digit in rest) if rest else "")


def _whole(number: int) -> str:
    if number < _GROUP:
        return _below_ten_thousand(number).removeprefix("一") if 10 <= number < 20 else _below_ten_thousand(number)
    high, low = divmod(number, _GROUP)
    gap = "零" if 0 < low < _GROUP // 10 else ""
    return _whole(high) + "万" + (gap + _below_ten_thousand(low) if low else "")


def _below_ten_thousand(number: int) -> str:
    said, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            said += ("零" if gap and said else "") + _DIGITS[digit] + _PLACES[place]
        gap = not digit
    return said or _DIGITS[0]
