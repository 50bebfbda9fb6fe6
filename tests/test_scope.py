"""Which reports a question is about when nobody has chosen."""

from __future__ import annotations

import pytest
from core_fakes import a_report

from chatbot.scope import scope

CLOUD31, CLOUD32 = a_report("cloud-31", "云川", 2031), a_report("cloud-32", "云川", 2032)
BAY31, BAY32 = a_report("bay-31", "海湾", 2031), a_report("bay-32", "海湾", 2032)
UNDATED = a_report("undated", "", None)
ALL = (CLOUD31, CLOUD32, BAY31, BAY32, UNDATED)


def ids(message: str, default: str = "cloud-32") -> list[str]:
    return [report.id for report in scope(message, ALL, default)]


def test_without_place_or_year_it_is_the_default():
    assert ids("新建水库几座？") == ["cloud-32"] and ids("新建水库几座？", "bay-31") == ["bay-31"]


def test_without_a_default_it_is_the_first():
    assert ids("新建水库几座？", "") == ids("新建水库几座？", "no-such-report") == ["cloud-31"]


def test_a_place_leads_to_its_newest_report():
    assert ids("海湾新建水库几座？") == ["bay-32"]


@pytest.mark.parametrize(
    ("region", "message"),
    [
        ("云川区", "云川去年新建水库几座？"),
        ("云川区", "云川区去年新建水库几座？"),
        ("海湾市云川区", "云川去年新建水库几座？"),
        ("云川土家族自治县", "云川去年新建水库几座？"),
        ("成都市", "How many reservoirs were built in Chengdu last year?"),
    ],
)
def test_a_place_may_be_named_without_its_rank(region: str, message: str):
    reports = [a_report("other", "平湖市", 2031), a_report("named", region, 2031)]
    assert [report.id for report in scope(message, reports, "other")] == ["named"]


def test_a_word_that_is_a_place_by_chance_names_none():
    reports = [a_report("other", "平湖市", 2031), a_report("named", "长寿区", 2031)]
    assert [report.id for report in scope("长寿老人有多少？", reports, "other")] == ["other"]
    assert [report.id for report in scope("长寿区有多少老人？", reports, "other")] == ["named"]


def test_a_place_in_traditional_characters_is_known():
    assert ids("海灣新建水庫幾座？") == ["bay-32"]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("2031年新建水库几座？", ["cloud-31", "cloud-32"]),
        ("2030年新建水库几座？", ["cloud-31"]),
        ("2032年新建水库几座？", ["cloud-32"]),
        ("海湾2030年新建水库几座？", ["bay-31"]),
    ],
    ids=["planned and looked back on", "only looked back on", "only planned", "of a place"],
)
def test_a_year_leads_to_the_reports_that_plan_for_it_or_look_back_on_it(message: str, expected: list[str]):
    assert ids(message) == expected


def test_a_year_that_no_report_speaks_of_leads_to_the_default():
    assert ids("1999年新建水库几座？") == ["cloud-32"]


def test_a_longer_number_is_no_year():
    assert ids("编号20300的水库") == ["cloud-32"]


def test_a_report_without_region_is_not_in_every_question():
    assert "undated" not in ids("新建水库几座？")


def test_a_report_without_year_can_be_the_default():
    assert ids("2031年新建水库几座？", "undated") == ["undated"]


def test_two_places_are_both_searched():
    assert set(ids("云川和海湾2030年新建水库几座？")) == {"cloud-31", "bay-31"}


def test_without_reports_there_is_nothing_to_search():
    assert scope("新建水库几座？", ()) == ()


def test_a_lone_surrogate_is_no_error():
    assert ids("水库\ud800") == ["cloud-32"]
