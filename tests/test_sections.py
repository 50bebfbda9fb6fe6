"""Sections: the tree in several house styles, and the promise that the leaves tile the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.types import Period, Report, Section
from vectorstore.files import read
from vectorstore.normalise import normalise
from vectorstore.periods import STANDING, heading_period, period_of
from vectorstore.reports import open_report
from vectorstore.runins import list_name
from vectorstore.sections import sections

DEFAULT = Path(__file__).parents[1] / "data" / "reports" / "chongqing-2024.txt"
REVIEW, PLAN = Period("review", 2031), Period("plan", 2032)


def report(text: str, year: int | None = 2032) -> Report:
    return Report("r", "", "", "", year, "", "", "", "", text)


def tree(text: str, year: int | None = 2032) -> list[tuple[str, ...]]:
    return [section.path for section in sections(report(text, year))]


def leaf(text: str, words: str, year: int | None = 2032) -> Section:
    """The leaf in which `words` stand."""
    place = text.index(words)
    return next(s for s in sections(report(text, year)) if s.span.start <= place < s.span.end)


CITY = """云川市人民政府工作报告
——2032年1月8日在云川市第九届人民代表大会第一次会议上
云川市市长 安和
各位代表：
现在，我代表市人民政府向大会报告工作，请予审议。一、2031年工作回顾
刚刚过去的2031年，全市上下同心协力，各项事业都有新的进步，主要指标好于预期。
——经济稳步增长。地区生产总值达到812亿元、增长5.1%。
一年来，主要做了以下工作。
（一）推进产业升级，制造业迈上新台阶。建成工厂12座，新增岗位3000个，全年技改投资增长9.2%。
（二）推进城乡融合，面貌焕然一新。修建公路88公里，改造厕所1200座。（三）推进开放，口岸更加繁忙。开通航线6条。
各位代表！过去一年，我们自觉接受监督，办理建议210件。
我们也清醒看到，全市发展还面临一些困难和问题，主要是：就业压力较大；治水任务较重；干部能力有待提高。
二、2032年主要任务
今年经济社会发展的主要预期目标是：地区生产总值增长5%左右，居民收入与经济同步增长。
（一）扩大内需，激发消费活力。把扩大内需放在首位。
持续扩大有效投资。树立项目导向，开工项目40个，完成投资300亿元。
促进消费提质。办好消费节，新增首店50家。
（二）改善民生，提升生活品质。坚持尽力而为。加强就业服务。新增就业2万人，发放补贴1亿元。完善托育体系。
优化养老服务。新增床位600张，改造适老家庭900户。
各位代表！民生无小事。今年，我们将实施一批重点民生实事，包括：改造老旧小区30个；新增停车泊位800个；建设口袋公园9座。\
每件实事都要落实到位，让市民过上更好的日子。三、全面加强政府自身建设
打铁还需自身硬。
（一）坚定政治立场。始终保持清醒。
（二）提升行政效能。精简会议，压缩文件。
各位代表！征程万里，奋斗不止。让我们紧密团结起来，为建设云川而奋斗！"""


def test_default_report_has_its_parts_and_items() -> None:
    """The shipped, hard-wrapped report: three parts with nine, ten and four items."""
    text, _ = normalise(read(DEFAULT)[0].pages)
    items = dict.fromkeys(path[:2] for path in tree(text, 2024) if len(path) > 1 and path[1].startswith("（"))
    parts = [path[0] for path in items]
    assert [parts.count(part) for part in dict.fromkeys(parts)] == [9, 10, 4]


def test_title_block_is_a_section_of_its_own() -> None:
    first = sections(report(CITY))[0]
    assert first.path == ("标题",)
    assert first.span.of(CITY).endswith("各位代表：\n")
    assert first.period == STANDING


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("现在，我代表", ("引言",)),
        ("主要指标好于", ("一、2031年工作回顾",)),
        ("812亿元", ("一、2031年工作回顾", "经济稳步增长")),
        ("主要做了以下", ("一、2031年工作回顾",)),
        ("建成工厂", ("一、2031年工作回顾", "（一）推进产业升级，制造业迈上新台阶")),
        ("开通航线", ("一、2031年工作回顾", "（三）推进开放，口岸更加繁忙")),
        ("办理建议", ("一、2031年工作回顾",)),
        ("治水任务", ("一、2031年工作回顾", "困难和问题")),
        ("居民收入与", ("二、2032年主要任务", "主要预期目标")),
        ("放在首位", ("二、2032年主要任务", "（一）扩大内需，激发消费活力")),
        ("开工项目", ("二、2032年主要任务", "（一）扩大内需，激发消费活力", "持续扩大有效投资")),
        ("首店50家", ("二、2032年主要任务", "（一）扩大内需，激发消费活力", "促进消费提质")),
        ("尽力而为", ("二、2032年主要任务", "（二）改善民生，提升生活品质")),
        ("发放补贴", ("二、2032年主要任务", "（二）改善民生，提升生活品质", "加强就业服务")),
        ("床位600张", ("二、2032年主要任务", "（二）改善民生，提升生活品质", "优化养老服务")),
        ("停车泊位", ("二、2032年主要任务", "重点民生实事")),
        ("每件实事", ("二、2032年主要任务",)),
        ("打铁还需", ("三、全面加强政府自身建设",)),
        ("压缩文件", ("三、全面加强政府自身建设", "（二）提升行政效能")),
        ("奋斗不止", ("结束语",)),
    ],
)
def test_path_of_a_place_in_a_city_report(words: str, path: tuple[str, ...]) -> None:
    """Glued parts and items, run-in headings, announced lists and returns to the part are all found."""
    assert leaf(CITY, words).path == path


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("812亿元", REVIEW),
        ("治水任务", REVIEW),
        ("居民收入与", PLAN),
        ("停车泊位", PLAN),
        ("压缩文件", STANDING),
        ("奋斗不止", STANDING),
    ],
)
def test_period_of_a_place_in_a_city_report(words: str, period: Period) -> None:
    assert leaf(CITY, words).period == period


UNNUMBERED = """各位代表：
现在，我代表市人民政府向大会报告工作。
2031年工作回顾
这一年是全市发展历程中很不平凡的一年，我们共同走过了春夏秋冬。
（一）产业体系加快构建
科技创新动力强劲。新增实验室3家，专利授权量增长一成，成果转化取得明显的新进展。
2032年工作安排建议
新的一年要把稳增长放在更加突出的位置，统筹好速度和质量、发展和安全的关系。
（一）稳住经济大盘。坚持稳字当头。
加强政府自身建设
（一）树牢正确政绩观。坚持实干，不做表面文章，把群众满意当作衡量工作的根本标准。
名词解释
1.“双核”：指东西两个中心。
2.首店：指品牌在本地开出的第一家门店。"""


@pytest.mark.parametrize(
    ("words", "path", "period"),
    [
        ("实验室3家", ("2031年工作回顾", "（一）产业体系加快构建", "科技创新动力强劲"), REVIEW),
        ("稳字当头", ("2032年工作安排建议", "（一）稳住经济大盘"), PLAN),
        ("坚持实干", ("加强政府自身建设", "（一）树牢正确政绩观"), STANDING),
        ("东西两个", ("名词解释", "1.“双核”"), STANDING),
    ],
)
def test_parts_without_numbers_hold_the_numbered_items(words: str, path: tuple[str, ...], period: Period) -> None:
    found = leaf(UNNUMBERED, words)
    assert (found.path, found.period) == (path, period)


OLD_STYLE = """各位代表：
过去的一年，形势很好。
（一）关于经济形势
1984年，各地夺得了丰收，城乡市场繁荣，人民生活有了提高，国家财政状况也有好转。
（二）关于体制改革
1985年，改革要迈出重要步子，各地区各部门都应当精心组织，稳步前进，务求必胜。
一、调整收购价格。放开其余品种。
二、提高短途运价。由各地掌握。
各位代表！根据形势，要注意两个问题。
第一、必须实事求是。量力而行。
结束语
各位代表！让我们携手前进。"""


def test_items_may_be_counted_the_other_way_round() -> None:
    """（一） for parts and 一、 for the items below them, as in the eighties."""
    assert leaf(OLD_STYLE, "短途运价", 1985).path == ("（二）关于体制改革", "二、提高短途运价")
    assert leaf(OLD_STYLE, "量力而行", 1985).path == ("（二）关于体制改革", "第一、必须实事求是")
    assert leaf(OLD_STYLE, "携手", 1985).path == ("结束语",)


def test_a_part_whose_heading_names_no_period_takes_that_of_its_first_sentence() -> None:
    assert leaf(OLD_STYLE, "丰收", 1985).period == Period("review", 1984)
    assert leaf(OLD_STYLE, "重要步子", 1985).period == Period("plan", 1985)


POINTS = """各位代表：
一、过去五年工作回顾
一是加大调控力度，推动经济好转。及时出台政策。
二是深化改革开放。取消审批。
（一）如期完成任务。摘帽县9个。
二、今后五年奋斗目标
1.经济更强。总量翻番。
第三部分 结语
愿山河锦绣，愿国泰民安，愿我们的家园一天比一天更美好。"""


def test_points_rank_below_items() -> None:
    assert leaf(POINTS, "取消审批").path == ("一、过去五年工作回顾", "二是深化改革开放")
    assert leaf(POINTS, "摘帽县").path == ("一、过去五年工作回顾", "（一）如期完成任务")
    assert leaf(POINTS, "总量翻番").path == ("二、今后五年奋斗目标", "1.经济更强")


def test_review_of_five_years_has_the_last_year_and_a_plan_for_five_years_none() -> None:
    assert leaf(POINTS, "取消审批").period == REVIEW
    assert leaf(POINTS, "总量翻番").period == Period("plan", None)


def test_a_heading_broken_over_two_lines_is_joined() -> None:
    text = (
        "各位代表：\n一、持续提升政府\n治理效能和水平\n人民满意是衡量政府工作的根本标准，我们要始终牢记宗旨、不负重托。"
    )
    assert tree(text)[-1] == ("一、持续提升政府治理效能和水平",)


def test_numbers_inside_a_paragraph_that_do_not_carry_on_are_no_headings() -> None:
    text = "一、工作回顾\n做好了工作。四、五月份雨水偏多，（三）类项目照常开工。"
    assert tree(text) == [("一、工作回顾",)]


def test_an_intro_line_under_a_bare_heading_is_no_heading() -> None:
    text = (
        "一、工作安排\n（一）促进增长\n充分挖掘潜力，强化政策集成，筑牢增长支撑。\n大力提振消费。办好节会，扩大供给。"
    )
    assert tree(text)[-2:] == [("一、工作安排", "（一）促进增长"), ("一、工作安排", "（一）促进增长", "大力提振消费")]


def test_appendix_holds_its_own_numbering() -> None:
    text = "一、工作回顾\n做了事。\n二、工作安排\n要做事。\n附件1\n2032年民生实事\n一、建设托育园。新增托位。"
    assert tree(text)[-1] == ("附件1 2032年民生实事", "一、建设托育园")
    assert leaf(text, "新增托位").period == PLAN


def test_text_without_headings_is_one_leaf() -> None:
    assert tree("我们去郊游。天气很好。") == [("正文",)]


def test_empty_text_has_no_sections() -> None:
    assert sections(report("")) == ()


PIECES = [
    "一、",
    "（一）",
    "二、",
    "1.",
    "第一，",
    "一是",
    "各位代表",
    "：",
    "！",
    "。",
    "，",
    "；",
    "“",
    "”",
    "《",
    "》",
    "（",
    "）",
]
PIECES += [
    "\n",
    " ",
    "\u3000",
    "今年",
    "2031年",
    "预期目标是：",
    "包括：",
    "清醒看到",
    "附件",
    "结束语",
    "工作回顾",
    "让我们",
]
PIECES += ["★", "◆ ", "【", "】", "二〇三一年", "1. 建成公园。\n"]
PIECES += ["加快发展", "增长5%", "\u200b", "\U00020000", "\r", "\x85", "——"]
REPORTISH = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)


@given(st.one_of(st.text(), REPORTISH), st.sampled_from([None, 2032]))
def test_leaves_tile_any_text(text: str, year: int | None) -> None:
    found = sections(report(text, year))
    assert "".join(section.span.of(text) for section in found) == text
    assert all(section.path and section.span.start < section.span.end for section in found)


@pytest.mark.parametrize(
    ("heading", "period"),
    [
        ("一、2031年工作回顾", REVIEW),
        ("一、过去一年工作回顾", REVIEW),
        ("一、2027—2031年工作回顾", REVIEW),
        ("一、关于过去五年的政府工作", REVIEW),
        ("二、2032年工作总体要求和政策取向", PLAN),
        ("二、对今年政府工作的建议", PLAN),
        ("附件 2032年民生实事", PLAN),
        ("一、2031年经济社会发展情况", REVIEW),
        ("三、全面加强政府自身建设", STANDING),
        ("三、关于外交", None),
    ],
)
def test_period_a_heading_names(heading: str, period: Period | None) -> None:
    assert heading_period(heading, 2032) == period


@pytest.mark.parametrize(
    ("sentence", "section", "period"),
    [
        ("今年，我们将开工。", REVIEW, PLAN),
        ("同时，2031年完成投资。", PLAN, REVIEW),
        ("去年以来，形势好转。", PLAN, REVIEW),
        ("——这一年，我们奋进。", STANDING, REVIEW),
        ("各位代表！过去一年，我们团结。", STANDING, REVIEW),
        ("到2035年，建成强市。", PLAN, Period("plan", 2035)),
        ("2027年至2031年，年均增长5%。", PLAN, REVIEW),
        ("2025年以来，连年增长。", PLAN, REVIEW),
        ("今年以来，开局良好。", PLAN, Period("review", 2032)),
        ("开工项目，预计明年完工。", PLAN, PLAN),
        ("2000个岗位落实。", PLAN, PLAN),
    ],
)
def test_opening_words_of_a_sentence_win_over_its_section(sentence: str, section: Period, period: Period) -> None:
    assert period_of(sentence, section, 2032) == period


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("今年，我们接续办好15件重点民生实事，包括：甲；乙。", "重点民生实事"),
        ("今年发展主要预期目标是：增长5%；就业稳定。", "主要预期目标"),
        ("做好工作的总体要求是：坚持稳中求进。", "总体要求"),
        ("部分领域还有短板，主要是：基础不牢；人才不足。", ""),
        ("他说：“目标是：前进。”", ""),
    ],
)
def test_name_of_an_announced_list(sentence: str, name: str) -> None:
    assert list_name(sentence) == name


def test_what_stands_before_the_first_plan_is_the_review_when_no_part_looks_back():
    """An invented report whose first half has no heading that says 回顾: the years are told apart all the same."""
    source = read(Path(__file__).parents[1] / "eval" / "reports" / "lanting-2019.txt")[0]
    found = sections(open_report(source))
    assert {s.period for s in found if s.path[0] == "引言"} == {Period("review", 2018)}
    assert {s.period for s in found if s.path[0] == "2019年工作安排"} == {Period("plan", 2019)}


LONG = "我们上下同心协力，各项事业都有新的进步，主要指标好于预期，群众生活不断改善。"

ORNAMENTED = f"""各位代表：
★ 二〇三一年工作回顾
{LONG}
◆ 渔业
{LONG}新建渔港3座。
◆ 林业
{LONG}植树9万株。
★ 二〇三二年重点任务
{LONG}开工水库4座。
◆ 渔业
{LONG}新建渔港5座。
★ 加强政府自身建设
{LONG}精简会议。"""


@pytest.mark.parametrize("part", ["★ {}", "【{}】", "〖{}〗", "■{}", "　★★ {}"])
@pytest.mark.parametrize(
    ("words", "path", "period"),
    [
        ("渔港3座", ("二〇三一年工作回顾", "渔业"), REVIEW),
        ("植树9万", ("二〇三一年工作回顾", "林业"), REVIEW),
        ("水库4座", ("二〇三二年重点任务",), PLAN),
        ("渔港5座", ("二〇三二年重点任务", "渔业"), PLAN),
        ("精简会议", ("加强政府自身建设",), STANDING),
    ],
)
def test_an_ornament_makes_a_heading_of_a_line_and_each_kind_of_it_a_level(
    part: str, words: str, path: tuple[str, ...], period: Period
):
    text = "\n".join(part.format(line[2:]) if line[0] == "★" else line for line in ORNAMENTED.split("\n"))
    found = leaf(text, words)
    assert (found.path, found.period) == (path, period)


def test_a_line_right_below_an_ornamented_heading_may_be_a_heading_too():
    text = f"各位代表：\n★ 2031年工作回顾\n渔业\n{LONG}新建渔港3座。"
    assert leaf(text, "渔港3座").path == ("2031年工作回顾", "渔业")


def test_numbered_headings_stand_below_the_ornamented_ones_above_them():
    parts = (f"★ {name}\n{LONG}\n一、渔业\n{LONG}新建渔港。\n" for name in ("2031年工作回顾", "2032年工作安排"))
    text = "各位代表：\n" + "".join(parts)
    assert [path for path in tree(text) if path[-1] == "一、渔业"] == [
        ("2031年工作回顾", "一、渔业"),
        ("2032年工作安排", "一、渔业"),
    ]


def test_ornamented_headings_stand_below_unnumbered_parts_without_one():
    text = f"各位代表：\n2031年工作回顾\n{LONG}\n◆ 渔业\n{LONG}新建渔港。\n2032年工作安排\n{LONG}开工水库。"
    assert leaf(text, "新建渔港").path == ("2031年工作回顾", "渔业")
    assert (leaf(text, "开工水库").path, leaf(text, "开工水库").period) == (("2032年工作安排",), PLAN)


def test_an_ornamented_heading_before_the_numbered_parts_does_not_hold_them():
    text = f"各位代表：\n【导读】\n{LONG}\n一、2031年工作回顾\n{LONG}新建渔港。\n二、2032年工作安排\n{LONG}"
    assert (leaf(text, "新建渔港").path, leaf(text, "新建渔港").period) == (("一、2031年工作回顾",), REVIEW)


@pytest.mark.parametrize("bullet", ["●", "◆ ", "■", "▲ "])
def test_short_lines_with_the_same_ornament_one_below_the_other_are_a_list_and_no_headings(bullet: str):
    entries = "\n".join(f"{bullet}{entry}" for entry in ("新建渔港3座", "植树9万株", "改厕300户"))
    text = (
        f"各位代表：\n{LONG}\n{entries}\n一、2031年工作回顾\n{LONG}\n{entries}\n二、2032年工作安排\n{LONG}\n{entries}"
    )
    assert tree(text)[1:] == [("引言",), ("一、2031年工作回顾",), ("二、2032年工作安排",)]


@pytest.mark.parametrize("line", ["★★★", "※※※※", "★ 2031年，新建渔港3座。", f"◆ {LONG}"], ids=ascii)
def test_an_ornament_alone_or_before_a_sentence_makes_no_heading(line: str):
    assert tree(f"各位代表：\n一、2031年工作回顾\n{LONG}\n{line}\n{LONG}")[1:] == [("一、2031年工作回顾",)]


ENTRY = "一、2032年工作安排\n{}\n今年集中办好以下实事，逐月公布进度，年底请代表逐件评议打分。\n"


@pytest.mark.parametrize(
    "entries",
    [
        "1. 新建渔港3座。\n2. 植树9万株。\n3. 改厕300户。",
        "1.新建渔港3座；\n2.植树9万株；\n3.改厕300户。",
        "（1）新建渔港3座。\n（2）植树9万株。\n（3）改厕300户。",
        "1. 新建渔港3座。\n2. 植树9万株。建成林场1个。\n3. 改厕300户。",
    ],
    ids=["full stops", "semicolons", "in brackets", "one of two sentences"],
)
def test_a_list_of_sentences_counted_in_digits_has_no_headings(entries: str):
    text = ENTRY.format(LONG) + entries
    assert {leaf(text, words).path for words in ("渔港3座", "9万株", "300户")} == {("一、2032年工作安排",)}


@pytest.mark.parametrize(
    "text",
    [
        f"一、2032年工作安排\n1. 抓好渔业。\n{LONG}新建渔港。\n2. 抓好林业。\n{LONG}植树。",
        "一、2032年工作安排\n1. 抓好渔业。新建渔港。\n2. 抓好林业。植树。",
        "一、2032年工作安排\n1. 抓好渔业。新建渔港。",
    ],
    ids=["text below", "text behind", "one alone"],
)
def test_what_is_counted_in_digits_before_more_text_is_a_heading(text: str):
    assert leaf(text, "新建渔港").path == ("一、2032年工作安排", "1. 抓好渔业")


@pytest.mark.parametrize(
    ("heading", "period"),
    [
        ("二〇三一年工作回顾", REVIEW),
        ("二○三二年重点任务", PLAN),
        ("二零三二年工作安排", PLAN),
        ("二〇二七—二〇三一年工作回顾", REVIEW),
        ("二〇二七年至二〇三一年工作回顾", REVIEW),
        ("一、二〇三〇年的渔业", Period("review", 2030)),
        ("二、今后五年奋斗目标", Period("plan", None)),
        ("“一二三四”工程", None),
        ("三、一二三年级的学位", None),
    ],
)
def test_a_heading_may_write_its_year_in_characters(heading: str, period: Period | None):
    assert heading_period(heading, 2032) == period
