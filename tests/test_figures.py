"""Amounts and dates as a text states them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.figures import UNITS, chinese_number, quantities, same_amount, years
from chatbot.types import Quantity

REPORT_LIKE = st.text(
    alphabet="一两三十百万亿点第届年月增长下降至到近超过以上左右个家元亩%∶（）“”、，。-—0123456789.AP翻番分之",
    max_size=60,
)


def only(text: str) -> Quantity:
    (quantity,) = quantities(text)
    return quantity


def stated(text: str) -> list[str]:
    return [quantity.span.of(text) for quantity in quantities(text)]


@pytest.mark.parametrize(
    ("text", "value", "unit", "dimension"),
    [
        ("产值达到4321.09亿元。", "432109000000", "元", "money"),
        ("筹集房源2.6万套（间）。", "26000", "套（间）", "count"),
        ("出口增长2倍。", "2", "倍", "times"),
        ("提高0.4个百分点。", "0.4", "个百分点", "point"),
        ("收入比为2.17∶1。", "2.17", "比", "ratio"),
        ("算力达到800P。", "800", "P", "computing"),
        ("改造面积50万平方米。", "500000", "平方米", "area"),
        ("装机30万千瓦。", "300000", "千瓦", "power"),
        ("参保1234万，", "12340000", "", "count"),
        ("占百分之六点五。", "6.5", "%", "percent"),
        ("培育二十五个品牌。", "25", "个", "count"),
        ("投资1,234.5万元。", "12345000", "元", "money"),
        ("百亿级产业。", "10000000000", "级", "scale"),
        ("产量翻两番。", "2", "番", "times"),
    ],
)
def test_value_is_multiplied_out_in_the_unit_as_stated(text: str, value: str, unit: str, dimension: str) -> None:
    quantity = only(text)
    assert (quantity.value, quantity.unit, quantity.dimension) == (Decimal(value), unit, dimension)


@pytest.mark.parametrize(
    ("text", "span", "qualifier"),
    [
        ("增长5%左右。", "5%左右", "左右"),
        ("增长近30%。", "近30%", "近"),
        ("新增70万人以上。", "70万人以上", "以上"),
        ("带动3000余家企业。", "3000余家", "余"),
        ("规模超过900P。", "超过900P", "超过"),
        ("服务上百家企业。", "上百家", "上"),
        ("落户20多万人。", "20多万人", "多"),
        ("建设60亿元级以上项目。", "60亿元级以上", "级以上"),
    ],
)
def test_hedges_that_touch_the_amount_belong_to_it(text: str, span: str, qualifier: str) -> None:
    quantity = only(text)
    assert (quantity.span.of(text), quantity.qualifier) == (span, qualifier)


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("收入增长了5%", "up"),
        ("企业增至900家", "up"),
        ("能耗下降3%", "down"),
        ("差距缩小至2.5∶1", "down"),
        ("产量稳定在800万吨以上", "level"),
        ("占比达到40%", ""),
        ("新增15个平台", ""),
    ],
)
def test_direction_is_the_word_before_the_amount(text: str, direction: str) -> None:
    assert only(text).direction == direction


@pytest.mark.parametrize("text", ["增长3%-5%", "增长3%至5%", "增长3—5%", "增长3%～5%"])
def test_a_range_has_a_ceiling(text: str) -> None:
    quantity = only(text)
    assert (quantity.value, quantity.ceiling, quantity.unit) == (3, 5, "%")


def test_the_lower_end_of_a_range_shares_the_multiplier() -> None:
    quantity = only("补贴3-5万元")
    assert (quantity.value, quantity.ceiling) == (30000, 50000)


def test_a_listed_figure_takes_direction_and_hedge_of_the_first() -> None:
    first, second = quantities("甲、乙分别增长超过6%、4%")
    assert (second.direction, second.qualifier) == (first.direction, first.qualifier) == ("up", "超过")


@pytest.mark.parametrize(
    "text",
    [
        "2023年1月21日",
        "2021-2025年",
        "“十四五”末",
        "第六届",
        "第十三届艺术节",
        "六届二次、三次、四次全会",
        "二十大精神",
        "T2航站楼",
        "9号线",
        "5A级景区",
        "PM2.5浓度",
        "“1472”布局",
        "“三个一批”",
        "世界500强",
        "万家灯火",
        "建成一个平台",
        "实现两位数增长",
        "三峡四川",
    ],
)
def test_what_only_looks_like_an_amount_is_none(text: str) -> None:
    assert quantities(text) == ()


def test_amounts_come_in_order_with_chinese_numerals_among_them() -> None:
    text = "实施三大工程，建成12个园区，落实四项举措，形成六个千亿级产业"
    assert stated(text) == ["三大", "12个", "四项", "六个", "千亿级"]


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("三十六", 36), ("两万五千", 25000), ("一亿零三", 100000003), ("二〇二三", 2023), ("十", 10), ("六点五", "6.5")],
)
def test_chinese_numerals(numeral: str, value: int | str) -> None:
    assert chinese_number(numeral) == Decimal(value)


@pytest.mark.parametrize("text", ["", "点", "很多", "3"])
def test_what_is_no_chinese_numeral_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="numeral"):
        chinese_number(text)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("3.6万亿元", "36000亿元"),
        ("三十六个", "36个"),
        ("540亿元", "54000000000元"),
        ("1公顷", "10000平方米"),
        ("2650万", "2650万人"),
        ("8套（间）", "8套"),
        ("增长6%左右", "6%"),
    ],
)
def test_same_amount_after_conversion(a: str, b: str) -> None:
    assert same_amount(only(a), only(b))


@pytest.mark.parametrize(
    ("a", "b"), [("6%", "6个百分点"), ("100家", "100公里"), ("3%-5%", "3%"), ("5亿元", "5亿美元"), ("7%", "7.1%")]
)
def test_other_amounts_are_not_the_same(a: str, b: str) -> None:
    assert not same_amount(only(a), only(b))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("到2027年建成", [(2027,)]),
        ("2021-2023年", [(2021, 2022, 2023)]),
        ("2022、2024年", [(2022, 2024)]),
        ("“十四五”规划", [(2021, 2022, 2023, 2024, 2025)]),
        ("二〇二三年", [(2023,)]),
        ("1月21日", [()]),
        ("2000余家", []),
    ],
)
def test_years(text: str, expected: list[tuple[int, ...]]) -> None:
    assert [mention.years for mention in years(text)] == expected


def test_every_unit_names_a_base_and_a_positive_factor() -> None:
    assert all(unit.base and unit.factor > 0 for unit in UNITS.values())


@given(st.one_of(st.text(max_size=60), REPORT_LIKE))
def test_any_text_gives_ordered_spans_inside_it(text: str) -> None:
    edges = [edge for quantity in quantities(text) for edge in quantity.span]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)
    assert all(quantity.span.of(text) for quantity in quantities(text))


@given(REPORT_LIKE, st.integers(0, 10**6))
def test_offset_only_shifts_the_spans(text: str, offset: int) -> None:
    here, there = quantities(text), quantities(text, offset)
    assert [tuple(edge + offset for edge in quantity.span) for quantity in here] == [tuple(q.span) for q in there]


@given(REPORT_LIKE)
def test_years_never_fail(text: str) -> None:
    assert all(text[mention.span.start : mention.span.end] for mention in years(text))
