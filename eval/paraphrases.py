"""Light paraphrases that keep the truth of a claim: what a model does to the report's words while it copies them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from eval.claims import Claim, Shelf, figures, fitting, is_bounded, lists
from eval.figure_mutations import conversions, plain, replaced, spelled

Paraphrase = Callable[[Claim, Shelf], Iterator[str]]

_REACHED = re.compile(r"达到(?=\d)")
_WHOLE_CITY = re.compile(r"(?:^|(?<=[，；]))(?:全市|全年|全区)(?!域|上下|政府)")
_TWO_NAMES = re.compile(r"(?<=[^、，；\d]{2})、(?=[^、，；“”\d]{2,12}(?:分别|等|项目))")
_AND = re.compile(r"(?<=、)([^、，；和\d]{2,10})和(?=[^、，；和谐美平睦\d]{2,10}(?:[，；等]|$))")
_TWO_FIGURES = re.compile(
    r"(?:新增|新建|建成|办理|创建|新创建|改造)[^、，；\d]{2,16}\d[\d.万亿]*[^、，；\d]{1,3}、(?!惠及|增长)[^、，；\d]{2,16}\d[^、，；]*"
)
_NO_OBJECT = "、和实建改并及"


def reached(claim: Claim, _: Shelf) -> Iterator[str]:
    """达到 → 为."""
    if _REACHED.search(claim.body):
        yield _REACHED.sub("为", claim.body)


def without_whole_city(claim: Claim, _: Shelf) -> Iterator[str]:
    if _WHOLE_CITY.search(claim.body):
        yield _WHOLE_CITY.sub("", claim.body)


def done(claim: Claim, _: Shelf) -> Iterator[str]:
    """新增学位1.45万个 → 新增了学位1.45万个, of a result."""
    verb = next((v for v in lists()["status"]["verbs"] if claim.body.startswith(v)), "")
    rest = claim.body.removeprefix(verb)
    if verb and rest and rest[0] not in _NO_OBJECT and claim.passage.period.kind == "review":
        yield f"{verb}了{rest}"


def with_place(claim: Claim, shelf: Shelf) -> Iterator[str]:
    """重庆市 in front, or 重庆 where the report never says 重庆市."""
    short = shelf.report.region
    region = f"{short}市" if f"{short}市" in shelf.report.text else short
    if not re.match(r"全|市|区|我|各|在|以|\d{4}年|.{1,8}，", claim.body) and short not in claim.body:
        yield from (region + mark + claim.body for mark in ("", "："))


def with_year(claim: Claim, _: Shelf) -> Iterator[str]:
    """2023年 with a comma, or without any mark."""
    kind, year = claim.passage.period
    if kind == "review" and len(fitting(claim, claim.body)) > 1 and not claim.body.startswith("全年"):
        yield from (f"{year}年{mark}{claim.body}" for mark in ("，", ""))


def with_opening(claim: Claim, _: Shelf) -> Iterator[str]:
    yield from (f"{word}，{claim.body}" for word in ("其中", "此外", "同时", "根据报告", "报告提出"))


def with_each(claim: Claim, _: Shelf) -> Iterator[str]:
    """建成公园9处、步道5公里 → 分别建成公园9处、步道5公里."""
    if _TWO_FIGURES.fullmatch(claim.body):
        yield "分别" + claim.body


def list_marks(claim: Claim, _: Shelf) -> Iterator[str]:
    """、 before the last of a list → 和, and the other way."""
    for pattern, said in ((_TWO_NAMES, "和"), (_AND, r"\1、")):
        if pattern.search(claim.body):
            yield pattern.sub(said, claim.body, count=1)


def converted(claim: Claim, _: Shelf) -> Iterator[str]:
    """1.2万亿元 → 12000亿元."""
    for figure in figures(claim.body):
        for scale, number in conversions(figure):
            yield replaced(claim.body, figure, plain(number) + scale + figure.unit)


def in_numerals(claim: Claim, _: Shelf) -> Iterator[str]:
    for figure in figures(claim.body):
        if figure.value < 10**8 and not figure.rough and not is_bounded(claim.body, figure) and figure.unit != "年":
            yield replaced(claim.body, figure, spelled(figure, figure.number))


PARAPHRASES: Mapping[str, Paraphrase] = {
    "达到→为": reached,
    "省去全市": without_whole_city,
    "动词加了": done,
    "前加地区": with_place,
    "前加年份": with_year,
    "前加其中等": with_opening,
    "前加分别": with_each,
    "顿号与和": list_marks,
    "换算": converted,
    "汉字数字": in_numerals,
}
