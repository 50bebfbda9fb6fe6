"""What a report says of itself: the text is believed before the file name."""

from __future__ import annotations

from pathlib import Path

import pytest

from vectorstore.files import Source, read_all
from vectorstore.metadata import describe
from vectorstore.places import listed, named_in, resolve
from vectorstore.reports import open_report

HERE = Path(__file__).parents[1]
CORPUS = HERE.parent / "shared" / "corpus"
BODY = "各位代表：\n现在，我代表市人民政府，向大会报告工作，请予审议。\n"


@pytest.mark.parametrize(
    ("phrase", "short", "level"),
    [
        ("重庆市", "重庆", "省级"),
        ("重庆", "重庆", "省级"),
        ("内蒙古自治区", "内蒙古", "省级"),
        ("四川省成都市", "成都", "市级"),
        ("吉林省", "吉林", "省级"),
        ("吉林省吉林市", "吉林市", "市级"),
        ("海南", "海南", "省级"),
        ("内蒙古自治区呼伦贝尔市海拉尔区", "海拉尔区", "区县级"),
        ("辽宁省朝阳市", "朝阳", "市级"),
        ("北京市朝阳区", "朝阳区", "区县级"),
        ("延边朝鲜族自治州", "延边", "市级"),
        ("浙江省义乌市", "义乌市", "区县级"),
        ("国务院", "全国", "国家"),
    ],
)
def test_a_place_is_the_last_one_named(phrase: str, short: str, level: str) -> None:
    place = resolve(phrase)
    assert place is not None
    assert (place.short, place.level) == (short, level)


@pytest.mark.parametrize("phrase", ["", "市", "全市", "我区", "各县", "三个区", "人民"])
def test_a_common_word_is_no_place(phrase: str) -> None:
    assert resolve(phrase) is None


def test_the_list_of_places_is_complete_and_unambiguous() -> None:
    places = listed()
    assert sum(place.level == "省级" for place in places) == 34
    assert sum(place.level == "市级" for place in places) >= 333
    assert len({place.slug for place in places}) == len({place.short for place in places}) == len(places)
    assert all(place.slug.replace("-", "").isascii() and place.slug for place in places)
    assert {place.parent for place in places} <= {place.short for place in places} | {""}


def test_a_file_name_may_name_a_place() -> None:
    place = named_in("2024年襄阳.docx")
    assert place is not None
    assert place.short == "襄阳"


def test_the_head_tells_everything() -> None:
    head = "襄阳市人民政府工作报告\n——2021年2月3日在襄阳市第十八届人民代表大会第一次会议上\n襄阳市人民政府市长某甲乙\n"
    known = describe(head + BODY, "x.txt")
    assert known[:6] == ("襄阳市人民政府工作报告", "襄阳", "市级", 2021, "某甲乙", "2021-02-03")


@pytest.mark.parametrize(
    ("line", "speaker"),
    [
        ("某省人民政府省长张三", "张三"),
        ("代市长李四光", "李四光"),
        ("国务院总理王五", "王五"),
        ("——2025年1月14日某省省长赵小六在某省第七届人民代表大会第四次会议上的讲话", "赵小六"),
        ("自治区主席买买提·依明", "买买提·依明"),
        ("区长\n钱七", "钱七"),
        ("市长办公会议纪要第三号文件", ""),
    ],
)
def test_the_speaker_follows_the_office(line: str, speaker: str) -> None:
    assert describe(f"政府工作报告\n{line}\n{BODY}", "").speaker == speaker


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("（2024年1月21日）", "2024-01-21"),
        ("二〇二四年一月二十一日", "2024-01-21"),
        ("二○一二年十二月十日", "2012-12-10"),
        ("2024年1月", ""),
        ("2024年13月40日", ""),
    ],
)
def test_dates(line: str, date: str) -> None:
    assert describe(f"政府工作报告\n{line}\n{BODY}", "").date == date


@pytest.mark.parametrize(
    ("text", "year"),
    [
        pytest.param("一、2023年工作回顾\n去年很好。\n二、2024年主要任务\n", 2024, id="plan heading"),
        pytest.param("一、2023年工作回顾\n去年很好。\n二、今年主要任务\n", 2024, id="review heading"),
        pytest.param("刚刚过去的1984年，是很好的一年。\n", 1985, id="the year just past"),
        pytest.param("大家很好。\n", 2019, id="file name"),
    ],
)
def test_the_year_is_the_one_the_report_plans_for(text: str, year: int) -> None:
    assert describe(BODY + text, "2019年某市.txt").year == year


@pytest.mark.parametrize(
    ("text", "region"),
    [
        pytest.param("在随州市第五届人民代表大会第三次会议上\n" + BODY, "随州", id="congress"),
        pytest.param("2022年随州市政府工作报告\n" + BODY, "随州", id="title"),
        pytest.param("各位代表：\n现在，我代表随州市人民政府，向大会报告工作。\n", "随州", id="first sentence"),
        pytest.param("各位代表：\n现在，我代表国务院，向大会报告政府工作。\n", "全国", id="State Council"),
        pytest.param(BODY + "全市随州人都很好，湖北省也很好。\n" * 6, "随州", id="counts"),
        pytest.param(BODY, "襄阳", id="file name"),
    ],
)
def test_the_text_tells_the_region_before_the_file_name(text: str, region: str) -> None:
    assert describe(text, "2024年襄阳.docx").region == region


def test_a_title_that_tells_nothing_is_completed() -> None:
    head = "政府工作报告\n----2012年2月29日在海拉尔区第十三届人民代表大会第六次会议上\n"
    assert describe(head + BODY, "").title == "2012年海拉尔区政府工作报告"


def test_what_the_caller_says_is_believed() -> None:
    known = describe(BODY, "2019年襄阳.txt", region="随州市", year=2021)
    assert (known.region, known.level, known.year, known.title) == ("随州", "市级", 2021, "2021年随州市政府工作报告")


def test_an_empty_text_is_described_as_unknown() -> None:
    assert describe("", "a.txt")[1:] == ("", "", None, "", "", "")


EXPECTED = {
    "2024年北京.docx": ("北京", "省级", 2024),
    "2024年北京市政府工作报告.pdf": ("北京", "省级", 2024),
    "2024年成都.docx": ("成都", "市级", 2024),
    "2024年承德.docx": ("承德", "市级", 2024),
    "2024年襄阳.docx": ("全国", "国家", 2024),
    "2025年四川省政府工作报告.docx": ("四川", "省级", 2025),
    "2025年广东省政府工作报告.docx": ("广东", "省级", 2025),
    "2025年海南省政府工作报告.docx": ("海南", "省级", 2025),
    "2025年重庆市政府工作报告.docx": ("重庆", "省级", 2025),
    "国务院1985.txt": ("全国", "国家", 1985),
    "国务院1998.txt": ("全国", "国家", 1998),
    "国务院2023.txt": ("全国", "国家", 2023),
    "海拉尔区2012.gbk.txt": ("海拉尔区", "区县级", 2012),
    "海拉尔区2013.gbk.txt": ("海拉尔区", "区县级", 2013),
}


@pytest.mark.skipif(not CORPUS.exists(), reason="the shared reports are not here")
@pytest.mark.parametrize("name", EXPECTED)
def test_shared_reports_need_no_file_name(name: str) -> None:
    [source] = [item for item in read_all(CORPUS / name) if isinstance(item, Source)]
    report = open_report(source._replace(name="a.txt"))
    assert (report.region, report.level, report.year) == EXPECTED[name]
