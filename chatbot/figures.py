"""Amounts as a text states them: 30145.79亿元, 近20%, 六个, 3%至5%; and the years and dates that are no amounts.

One pass of one expression, built from `words/units.tsv` and `words/qualifiers.toml`, over a copy of the text in which
everything that only looks like an amount (dates, ordinals, quoted codes, model names) is blanked out.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Literal, NamedTuple

from chatbot.types import Quantity, Span

Direction = Literal["", "up", "down", "level"]
WORDS = Path(__file__).parent / "words"
DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


class Unit(NamedTuple):
    """A line of `units.tsv`; `spoken` units are counted with Chinese numerals too."""

    dimension: str
    base: str
    factor: Decimal
    spoken: bool


class DateMention(NamedTuple):
    """A year, a span of years, a five-year plan or a day as written. `years` is empty for a day without its year."""

    years: tuple[int, ...]
    span: Span


def any_of(words: Iterable[str]) -> str:
    """An expression for any of `words`, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _read_units(path: Path) -> dict[str, Unit]:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.reader(lines, delimiter="\t") if row and not row[0].startswith("#")]
    return {row[0]: Unit(row[1], row[2], Decimal(row[3]), row[4:] == ["yes"]) for row in rows}


UNITS = _read_units(WORDS / "units.tsv")
LEXICON = tomllib.loads((WORDS / "qualifiers.toml").read_text(encoding="utf-8"))
_HEDGE, _DIRECTION = LEXICON["hedge"], LEXICON["direction"]
_DIRECTIONS: tuple[Direction, ...] = ("up", "down", "level")
_WAYS: dict[str, Direction] = {word: way for way in _DIRECTIONS for word in _DIRECTION[way]}

_HANZI = "零〇一二两三四五六七八九十百千万亿"
_NUMBER = rf"[0-9]{{1,3}}(?:,[0-9]{{3}})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|[{_HANZI}]{{1,20}}(?:点[{_HANZI}]+)?"
_SCALE = r"[十百千]?(?:万亿|万|亿)|千(?![瓦米克伏])|百(?!分)"  # 千瓦 is a unit, 百分点 too
_UNIT = rf"(?!{any_of(LEXICON['not_amounts']['longer'])})(?:{any_of(UNITS)})(?![A-Za-z])"
_TO = r"[-—–－~～至到]"
_AMOUNT = re.compile(
    rf"(?:(?<![新净])(?P<way>{any_of(_WAYS)})(?:{any_of(_DIRECTION['link'])})?)?"
    rf"(?P<amount>(?P<before>{any_of(_HEDGE['before'])}|(?:{any_of(_HEDGE['vague'])})(?=[十百千万亿]))?"
    rf"(?<![A-Za-z0-9.])(?P<sign>(?<![A-Za-z0-9%{_HANZI}])[-−－](?=[0-9]))?"
    rf"(?:(?P<low>{_NUMBER})(?P<low_scale>{_SCALE})?(?P<low_unit>{_UNIT})?{_TO})?"
    rf"(?P<share>百分之|千分之)?(?P<number>{_NUMBER})"
    rf"(?:(?:∶|:|：|比)(?P<against>[0-9]+(?:\.[0-9]+)?)|分之(?P<part>[{_HANZI}]+)"
    rf"|(?P<odd>[余多几])?(?P<scale>{_SCALE})?(?P<odder>[余多])?(?P<unit>{_UNIT}(?:[（(](?:{_UNIT})[）)])?)?)"
    rf"(?P<after>{any_of(_HEDGE['after'])})?)|(?P<doubling>翻(?P<times>[一二两三四]?)番)"
)

_PLAN = r"“(?P<quoted>十?[一二三四五六七八九]?)五”|(?P<plain>十[一二三四五])五(?=[规时期末以，、和])"
_YEAR = r"(?:19|20)[0-9]{2}"
_DAY = r"[0-9]{1,2}月(?:[0-9]{1,2}日|份|底|末|初)?"
_DATE = re.compile(
    rf"(?P<year>(?<![0-9.]){_YEAR}(?:年?(?:{_TO}|[、和])(?:19|20)?[0-9]{{2}})*年)(?:代|{_DAY})?"
    rf"|(?P<hanzi>[〇零一二三四五六七八九]{{4}})年|{_PLAN}"
    rf"|(?<![0-9.])(?:[0-9]{{1,2}}{_TO})?{_DAY}|(?<![{_HANZI}])[一二三四五六七八九十]{{1,2}}月(?:份|底|末|初|[一二三四五六七八九十]+日)?"
    r"|[一二三四五六七八九]十年代|[0-9]0年代|前?[一二三四]季度"
)
_OTHER = re.compile(
    rf"第[0-9{_HANZI}]+[^0-9，。、；]?"  # 第三, 第十三届
    rf"|[{_HANZI}]+届(?:[{_HANZI}]+[次中])?(?:、[{_HANZI}]+[次中])*"  # 六届二次、三次、四次全会
    rf"|十[三四五六七八九]大|二十大|前[0-9{_HANZI}]+[位名]|[0-9]+号|[A-Za-z]+-?[0-9]+(?:\.[0-9]+)?"
    r"|[“‘\"「《][^“”‘’\"「」《》，。；：！？\n]{1,12}[”’\"」》]"  # “33618”, “两个确立”
    rf"|{any_of(LEXICON['not_amounts']['idioms'])}"
)


_AND = re.compile("[、和及与]|以及")
_STATED = re.compile("[达为是至到]$")
_STOP = re.compile("[，。、；！？）)]|$")


_AND = re.compile("[、和及与]|以及")
_STATED = re.compile("[达为是至到]$")
_STOP = re.compile("[，。、；！？）)]|$")


def chinese_number(text: str) -> Decimal:
    """The value of a Chinese numeral: 三十六 -> 36, 两万五千 -> 25000, 二〇二三 -> 2023, 六点五 -> 6.5.

    Raises ValueError when `text` is none.
    """
    whole, _, fraction = text.partition("点")
    if not whole or any(character not in _HANZI for character in whole + fraction):
        raise ValueError(f"not a Chinese numeral: {text!r}")
    decimals = "".join(str(DIGITS.get(character, 0)) for character in fraction)
    return Decimal(f"{_whole_number(whole)}.{decimals or 0}").normalize() + 0


def _whole_number(text: str) -> int:
    if all(character in DIGITS for character in text):
        return int("".join(str(DIGITS[character]) for character in text))
    for power, size in (("亿", 10**8), ("万", 10**4), ("千", 1000), ("百", 100), ("十", 10)):
        above, found, below = text.rpartition(power)
        if found:
            return (_whole_number(above) if above else 1) * size + (_whole_number(below) if below else 0)
    return 0


def quantities(text: str, offset: int = 0) -> tuple[Quantity, ...]:
    """The amounts in `text`, in order, never overlapping; spans are shifted by `offset`.

    A span covers the number, its multiplier, its unit and the hedges that touch it (近20%, 60万人以上), not the
    direction word before it. In a list (增长6.6%、4.3%) each figure has the direction and leading hedge of the first.
    """
    found: list[Quantity] = []
    for match in _AMOUNT.finditer(_blanked(text)):
        quantity = _quantity(match, offset)
        if quantity is None:
            continue
        listed = found and _AND.fullmatch(text, found[-1].span.end - offset, quantity.span.start - offset)
        found.append(_like_the_first(found[-1], quantity) if listed else quantity)
    return tuple(found)


def years(text: str) -> tuple[DateMention, ...]:
    """The dates in `text`, in order: 2023年, 2021-2025年, “十四五” (2021 to 2025), 1月21日 (no year)."""
    return tuple(DateMention(_years_of(match), Span(*match.span())) for match in _DATE.finditer(text))


def same_amount(a: Quantity, b: Quantity) -> bool:
    """Whether two amounts say the same after conversion: 3.6万亿元 and 36000亿元, 1公顷 and 10000平方米.

    A counted amount without a unit (2650万) equals one with any counting unit (2650万人). Hedges and directions are
    not compared; the upper end of a range is.
    """
    return (_base_unit(a) == _base_unit(b) and _in_base(a) == _in_base(b)) or _same_count(a, b)


def _same_count(a: Quantity, b: Quantity) -> bool:
    counted = {"count", "person", "household", "visit"}
    bare = "" in (a.unit, b.unit) and {a.dimension, b.dimension} <= counted
    return bare and (a.value, a.ceiling) == (b.value, b.ceiling)


def _base_unit(quantity: Quantity) -> str:
    name = re.split("[（(]", quantity.unit)[0]
    return UNITS[name].base if name in UNITS else name


def _in_base(quantity: Quantity) -> tuple[Decimal, Decimal | None]:
    unit = UNITS.get(re.split("[（(]", quantity.unit)[0])
    factor = unit.factor if unit else Decimal(1)
    ceiling = None if quantity.ceiling is None else (quantity.ceiling * factor).normalize()
    return (quantity.value * factor).normalize(), ceiling


def _blanked(text: str) -> str:
    """`text`, equally long, with everything blanked out that only looks like an amount."""
    for pattern in (_DATE, _OTHER):
        text = pattern.sub(lambda match: "\0" * len(match[0]), text)
    return text


def _quantity(match: re.Match[str], offset: int) -> Quantity | None:
    span = Span(*(offset + place for place in match.span("doubling" if match["doubling"] else "amount")))
    if match["doubling"]:
        return Quantity(chinese_number(match["times"] or "一"), "番", "times", span, direction="up")
    if not (match["against"] or match["part"] or _is_amount(match)):
        return None
    low, high = _ends(match)
    unit, dimension = _unit(match)
    qualifier = "".join(match[name] or "" for name in ("before", "odd", "odder", "after"))
    direction: Direction = _WAYS.get(match["way"] or "", "")
    if low is None:
        return Quantity(_plain(high), unit, dimension, span, qualifier, direction)
    return Quantity(_plain(low), unit, dimension, span, qualifier, direction, _plain(high))


def _plain(value: Decimal) -> Decimal:
    """Without trailing zeros or exponent: 84000, not 84000.0 or 8.4E+4."""
    return value.to_integral_value() if value == value.to_integral_value() else value.normalize()


def _unit(match: re.Match[str]) -> tuple[str, str]:
    if match["against"] or match["part"]:
        return "比", "ratio"
    unit = "%" if match["share"] == "百分之" else "‰" if match["share"] else match["unit"] or ""
    return unit, UNITS[re.split("[（(]", unit)[0]].dimension if unit else "count"


def _ends(match: re.Match[str]) -> tuple[Decimal | None, Decimal]:
    """The lower end, if the amount is a range, and the upper end or plain value."""
    high = _number(match["number"]) * (-1 if match["sign"] else 1)
    if match["part"]:
        high = chinese_number(match["part"]) / (high or 1)
    elif match["against"]:
        high = high / (Decimal(match["against"]) or 1)
    scale = _number(match["scale"] or "一")
    if match["low"] is None:
        return None, high * scale
    low_scale = _number(match["low_scale"]) if match["low_scale"] or match["low_unit"] else scale
    return _number(match["low"]) * low_scale, high * scale


def _number(text: str | None) -> Decimal:
    if not text:
        return Decimal(1)
    return Decimal(text.replace(",", "")) if text[0] in "0123456789" else chinese_number(text)


def _is_amount(match: re.Match[str]) -> bool:
    number, unit = match["number"], match["unit"]
    if match["share"]:
        return True
    if number[0] in _HANZI:
        return _is_spoken_amount(number, unit, match["before"])
    stated = (
        match["way"]
        or match["before"]
        or match["after"]
        or _STATED.search(match.string, max(0, match.start() - 1), match.start())
    )
    return bool(unit or match["scale"] or (stated and _STOP.match(match.string, match.end())))


def _is_spoken_amount(number: str, unit: str | None, before: str | None) -> bool:
    """三项 and 上百家 are amounts; 一个 (a), 万家 (everyone) and 三峡 are not; 千亿级 is a size."""
    if not unit or number == "一":
        return unit in ("倍", "个百分点", "百分点")
    if all(character in "百千万亿" for character in number):
        return (len(number) > 1 and (unit == "级" or UNITS[unit].spoken)) or bool(before)
    return unit in UNITS and UNITS[unit].spoken


def _like_the_first(first: Quantity, other: Quantity) -> Quantity:
    if first.dimension != other.dimension or other.direction:
        return other
    hedge = first.qualifier if first.qualifier in _HEDGE["before"] else ""
    return replace(other, direction=first.direction, qualifier=other.qualifier or hedge)


def _years_of(match: re.Match[str]) -> tuple[int, ...]:
    plan = match["quoted"] or match["plain"]
    if plan:
        first = 1966 + 5 * (int(chinese_number(plan)) - 3)  # 三五 began in 1966
        return tuple(range(first, first + 5))
    if match["hanzi"]:
        return (int(chinese_number(match["hanzi"])),)
    numbers = re.findall("[0-9]+", match["year"] or "")
    found = [int(number) if len(number) == 4 else int(numbers[0][:2] + number) for number in numbers]
    if re.search(_TO, match["year"] or "") and found[0] < found[-1]:
        return tuple(range(found[0], found[-1] + 1))
    return tuple(found)
