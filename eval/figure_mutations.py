"""Mutations of figures: number, unit, decimal point, 万 and 亿, hedge, numerals, conversion, exchange of figures.

A mutated figure must not stand in the passage, and a figure under 超过 or 以上 is left alone: 超过620万 makes 超过610万
true as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from eval.claims import Claim, Figure, Shelf, figures, is_bounded, lists
from eval.mutant import Mutant
from eval.numerals import numeral

_SHIFTS = (1, 4, 7)  # what is added to a digit, modulo ten
_ALIGNED = re.compile(r"(?:^|(?<=[，；]))([^、，；\d]{2,14})、([^、，；\d]{2,14}?)(?=、|(?:年均|均)?分别)")
_NUMERALS = "一二三四五六七八九"


def digit_changed(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    for figure in _changeable(claim):
        for place, digit in enumerate(figure.number):
            for shift in _SHIFTS if digit.isdigit() else ():
                other = (int(digit) + shift) % 10
                if other or place:
                    yield from _numbered(claim, figure, figure.number[:place] + str(other) + figure.number[place + 1 :])


def multiplied(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    for figure in _changeable(claim):
        for factor in (Decimal(2), Decimal("0.5")):
            number = Decimal(figure.number.replace(",", "")) * factor
            if factor > 1 or number == number.to_integral_value():
                yield from _numbered(claim, figure, plain(number))


def other_figure(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    """The figure of another statement of the passage, in the same unit: it may well stand in the quote."""
    passage = claim.passage.text
    start = passage.index(claim.body)
    outside = [f for f in figures(passage) if not start <= f.start < start + len(claim.body)]
    inside = {(f.value, f.unit) for f in figures(claim.body)}
    for figure in _changeable(claim):
        for other in outside:
            if other.unit == figure.unit and (other.value, other.unit) not in inside and not other.rough:
                yield _replaced(claim, figure, other.number + other.scale + other.unit)


def worded_figure(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    """A figure in words: 六大攻坚战 → 七大攻坚战."""
    for found in re.finditer(lists()["figures"]["worded"], claim.body):
        place = _NUMERALS.find(found[0].replace("两", "二"))
        for shift in (1, 2):
            said = _NUMERALS[(place + shift) % 9]
            yield Mutant(claim.body[: found.start()] + said + claim.body[found.end() :])


def unit_changed(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    for figure in figures(claim.body):
        for unit in lists()["units"].get(figure.unit, ()):
            if not _stands(claim, figure.value, unit):
                yield _replaced(claim, figure, figure.number + figure.rough + figure.scale + unit)


def point_moved(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    for figure in _changeable(claim):
        for factor in (Decimal(10), Decimal("0.1"), Decimal(100)):
            number = plain(Decimal(figure.number.replace(",", "")) * factor)
            yield from _numbered(claim, figure, number)


def scale_changed(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    """万 and 亿 dropped, swapped or added."""
    for figure in _changeable(claim):
        others = {"万": ("", "亿"), "亿": ("", "万", "万亿"), "": ("万",), "万亿": ("亿",)}[figure.scale]
        for scale in others if figure.unit != "%" else ():
            if (figure.unit or scale) and not (figure.unit in ("年", "天", "届", "级") and scale):
                yield _replaced(claim, figure, figure.number + scale + figure.unit)


def hedge_dropped(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    words, text = lists()["hedge"], claim.body
    for figure in figures(text):
        if figure.rough:
            yield _replaced(claim, figure, figure.number + figure.scale + figure.unit)
        for word in words["after"]:
            if text[figure.end :].startswith(word):
                yield Mutant(text[: figure.end] + text[figure.end + len(word) :])
        for word in words["before"]:
            if text[: figure.start].endswith(word) and word != "力争":
                yield Mutant(text[: figure.start - len(word)] + "为" + text[figure.start :])
    if "预计" in text:
        yield Mutant(text.replace("预计", "", 1))


def hedge_added(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    text, words = claim.body, lists()["hedge"]
    for figure in _changeable(claim):
        if figure.unit in ("年", "届", "级", "项", "条") or "预计" in text or "分别" in text:
            continue
        yield from (Mutant(text[: figure.end] + word + text[figure.end :]) for word in words["after"])
        for word in ("超过", "近", "约"):
            yield Mutant(text[: figure.start] + word + text[figure.start :])
    if claim.passage.period.kind == "review" and figures(text) and not re.match(r"力争|.{0,5}\d{4}年", text):
        yield Mutant("力争" + text)


def hedge_changed(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    text = claim.body
    for figure in figures(text):
        for old, new in lists()["hedge"]["changed"]:
            if text[figure.end :].startswith(old):
                yield Mutant(text[: figure.end] + new + text[figure.end + len(old) :])
            if text[: figure.start].endswith(old):
                yield Mutant(text[: figure.start - len(old)] + new + text[figure.start :])
            if figure.rough == old:
                yield _replaced(claim, figure, figure.number + figure.scale + figure.unit + new)


def wrong_numeral(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    """三十六 for 35, 百分之七 for 6%."""
    for figure in _changeable(claim):
        for wrong in _near(figure):
            if not _stands(claim, wrong * (figure.value / _number(figure)), figure.unit):
                yield _replaced(claim, figure, spelled(figure, plain(wrong)))


def wrong_conversion(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    """1.2万亿 → 1200亿: the unit is converted, by the wrong factor."""
    for figure in _changeable(claim):
        for scale, right in conversions(figure):
            for factor in (Decimal("0.1"), Decimal(10), Decimal("0.01")):
                yield _replaced(claim, figure, plain(right * factor) + scale + figure.unit)


def figures_swapped(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    """Two figures of one unit change places: in a 分别-list, between two names, from … to …."""
    for one, two in combinations(figures(claim.body), 2):
        text = claim.body
        limits = is_bounded(text, one) or is_bounded(text, two)
        if one.unit == two.unit and one.value != two.value and not limits:
            swapped = text[two.start : two.end] + text[one.end : two.start] + text[one.start : one.end]
            yield Mutant(text[: one.start] + swapped + text[two.end :])


def names_swapped(claim: Claim, _: Shelf) -> Iterator[Mutant]:
    """Two names of a 分别-list change places; of 汽车、餐饮消费 those parts that are not shared."""
    for found in _ALIGNED.finditer(claim.body) if "分别" in claim.body else ():
        one, two = found.groups()
        values = {f.value for f in figures(claim.body[found.end() :])[:2]}
        other, shared = (two[: len(one)], two[len(one) :]) if len(two) > len(one) + 1 else (two, "")
        if len(values) == 2 and not one.startswith(("启动", "力争")):
            yield Mutant(claim.body.replace(f"{one}、{two}", f"{other}、{one}{shared}", 1))


def conversions(figure: Figure) -> Iterator[tuple[str, Decimal]]:
    """The same amount with another of 亿, 万 or neither: that word and the number before it."""
    if figure.scale in ("万", "万亿") and not figure.rough:
        yield ("" if figure.scale == "万" else "亿"), _number(figure) * 10_000
    if figure.scale == "亿":
        yield "万", _number(figure) * 10_000
        if figure.value >= 10**11:
            yield "万亿", _number(figure) / 10_000
    if not figure.scale and figure.value >= 10_000:
        yield "万", figure.value / 10_000


def spelled(figure: Figure, number: str) -> str:
    """A figure of that number and the figure's unit, in Chinese numerals."""
    said = numeral(number)
    return "百分之" + said if figure.unit == "%" else said + figure.scale + figure.unit


def replaced(text: str, figure: Figure, said: str) -> str:
    return text[: figure.start] + said + text[figure.end :]


def plain(number: Decimal) -> str:
    """Without exponent or zeros at the end."""
    said = f"{number:f}"
    return said.rstrip("0").rstrip(".") if "." in said else said


def _replaced(claim: Claim, figure: Figure, said: str) -> Mutant:
    return Mutant(replaced(claim.body, figure, said))


def _numbered(claim: Claim, figure: Figure, number: str) -> Iterator[Mutant]:
    """The claim with this number, unless the passage has it too."""
    value = Decimal(number.replace(",", "")) * (figure.value / _number(figure))
    if value != figure.value and not _stands(claim, value, figure.unit):
        yield _replaced(claim, figure, number + figure.scale + figure.unit)


def _number(figure: Figure) -> Decimal:
    return Decimal(figure.number.replace(",", ""))


def _near(figure: Figure) -> tuple[Decimal, ...]:
    number = _number(figure)
    return () if number >= 10**8 or number == 0 else (number + 1, number + 10)


def _changeable(claim: Claim) -> list[Figure]:
    return [f for f in figures(claim.body) if not is_bounded(claim.body, f) and _number(f)]


def _stands(claim: Claim, value: Decimal, unit: str) -> bool:
    return any(f.value == value and f.unit == unit for f in figures(claim.passage.text))
