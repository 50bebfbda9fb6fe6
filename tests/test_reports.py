"""Opening a report: a stable id, real page numbers only, and no report without a sentence."""

from __future__ import annotations

import pytest

from chatbot.errors import UnreadableFile
from vectorstore.files import Source
from vectorstore.reports import open_report

TEXT = (
    "政府工作报告\n——2021年2月3日在随州市第五届人民代表大会第一次会议上\n各位代表：\n去年新建学校 3所，开放公园5个。\n"
)


def source(*pages: str, name: str = "a.txt") -> Source:
    return Source(name, pages, len(pages) > 1, "0" * 64)


def test_the_id_is_readable_and_hangs_on_the_text_alone() -> None:
    one, same, other = (
        open_report(source(TEXT)),
        open_report(source(TEXT, name="b.txt")),
        open_report(source(TEXT + "还有。")),
    )
    assert one.id.startswith("suizhou-2021-")
    assert one.id == same.id
    assert one.id != other.id
    assert one.id.isascii()


def test_a_place_that_is_not_listed_still_has_an_id() -> None:
    assert open_report(source(TEXT.replace("随州市", "某某县"))).id.startswith("report-2021-")


def test_what_the_caller_says_is_believed() -> None:
    report = open_report(source(TEXT), region="成都", year=2020, title="自定")
    assert (report.region, report.level, report.year, report.title) == ("成都", "市级", 2020, "自定")
    assert report.id.startswith("chengdu-2020-")


def test_pages_are_known_only_where_the_source_has_pages() -> None:
    paged = open_report(source(TEXT, "今年再建学校4所。\n"))
    assert [paged.page_at(paged.text.index(word)) for word in ("去年", "今年")] == [1, 2]
    assert open_report(source(TEXT)).page_at(0) is None


@pytest.mark.parametrize("text", ["", "目录", "各位代表", "No Chinese here."])
def test_a_text_without_a_sentence_is_no_report(text: str) -> None:
    with pytest.raises(UnreadableFile, match=r"《a\.txt》里没有成句的中文"):
        open_report(source(text))
