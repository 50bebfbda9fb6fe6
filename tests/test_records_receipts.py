"""Receipts and their ratings: what was answered is found again, and nothing says who asked."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from records_postgres import DATABASES, Watch, opened

from chatbot.errors import UsageError
from chatbot.present import as_json
from chatbot.records.database import Records
from chatbot.records.errors import Missing
from chatbot.records.tables import RatingRow, ReceiptRow
from chatbot.types import Answer, Citation

ANSWER = as_json(
    Answer(
        "answered", ("新增21公里[1]",), (Citation(1, "新增21公里", "r", ("一", "二"), 3, 10, 16),), mode="extractive"
    )
)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(params=DATABASES)
def records(request: pytest.FixtureRequest, tmp_path: Path, watch: Watch) -> Iterator[Records]:
    with opened(request.param, tmp_path, watch) as records:
        yield records


def keep(records: Records, asked: str, status: str = "answered", text: str = "答") -> str:
    return records.receipts.keep("page", asked, {"status": status, "mode": "extractive", "answer": text})


def test_an_answer_is_kept_as_it_was_given(records: Records, watch: Watch):
    setting = {"history": [["问", "答"]], "report_ids": ["r"], "mode": "auto"}
    receipt = records.receipts.get(records.receipts.keep("staff", "新增多少？", ANSWER, setting))
    assert (receipt.door, receipt.asked, receipt.mode, receipt.status) == (
        "staff",
        "新增多少？",
        "extractive",
        "answered",
    )
    assert (receipt.answer, receipt.setting, receipt.at) == (ANSWER, setting, watch.now)


def test_nothing_says_who_asked():
    names = {column.name for table in (ReceiptRow, RatingRow) for column in table.__table__.columns}
    assert names == {"id", "at", "door", "asked", "mode", "status", "told", "answer", "setting"} | {
        "receipt_id",
        "good",
        "reason",
        "comment",
    }


def test_ids_cannot_be_guessed(records: Records):
    ids = {keep(records, "问") for _ in range(50)}
    assert len(ids) == 50 and {len(id) for id in ids} == {16}


def test_times_are_utc_whatever_the_clock_says(records: Records, watch: Watch):
    watch.now = datetime(2031, 3, 1, 17, 30, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    at = records.receipts.get(keep(records, "问")).at
    assert at == watch.now and at.tzinfo == UTC


def test_receipts_are_found_by_question_or_answer_newest_first(records: Records, watch: Watch):
    ids = []
    for asked, text in [("轨道交通", "答"), ("别的", "轨道交通21公里"), ("再别的", "答")]:
        ids.append(keep(records, asked, text=text))
        watch.go_on(seconds=1)
    assert [receipt.id for receipt in records.receipts.find("轨道")] == [ids[1], ids[0]]
    assert [receipt.id for receipt in records.receipts.find()] == ids[::-1]


def test_receipts_are_found_by_status_and_time(records: Records, watch: Watch):
    keep(records, "早", "refused")
    watch.go_on(hours=1)
    late = keep(records, "晚", "refused")
    keep(records, "晚")
    found = records.receipts.find(status="refused", since=watch.now.astimezone(timezone(timedelta(hours=8))))
    assert [receipt.id for receipt in found] == [late]


def test_pages_follow_one_another_without_gap_or_double_even_within_one_moment(records: Records, watch: Watch):
    for number in range(23):
        keep(records, f"第{number}问")
        watch.go_on(seconds=number // 10)
    whole = [receipt.id for receipt in records.receipts.find(limit=200)]
    paged: list[str] = []
    while page := records.receipts.find(limit=5, before=paged[-1] if paged else ""):
        paged += [receipt.id for receipt in page]
    assert paged == whole and len(whole) == 23


@pytest.mark.parametrize(("text", "found"), [("50%", 1), ("_", 1), ("%", 1), ("\\", 0), ("ABC", 1), ("", 3)])
def test_a_search_takes_every_character_as_it_is(records: Records, text: str, found: int):
    for asked in ("涨50%了吗", "a_b", "abc"):
        keep(records, asked)
    assert len(records.receipts.find(text)) == found


def test_a_list_is_capped(records: Records):
    for _ in range(203):
        keep(records, "问")
    assert len(records.receipts.find(limit=10**9)) == 200 and len(records.receipts.find(limit=0)) == 1


def test_receipts_older_than_a_moment_are_purged_with_their_ratings(records: Records, watch: Watch):
    old = keep(records, "旧")
    records.feedback.rate(old, False, "数据不对")
    watch.go_on(days=180)
    new = keep(records, "新")
    assert records.receipts.purge(watch.now - timedelta(days=1)) == 1
    assert [receipt.id for receipt in records.receipts.find()] == [new]
    assert records.feedback.summary().bad == 0


@pytest.mark.parametrize("moment", [datetime(2031, 1, 1), datetime.min.replace(tzinfo=timezone(timedelta(hours=8)))])
def test_a_time_without_a_zone_or_off_the_calendar_is_refused(records: Records, moment: datetime):
    for call in (records.receipts.purge, lambda at: records.receipts.find(since=at), records.feedback.summary):
        with pytest.raises(UsageError, match="时间"):
            call(moment)


@pytest.mark.parametrize("moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_the_ends_of_the_calendar_can_be_asked_for(records: Records, moment: datetime):
    kept = keep(records, "问")
    found = [receipt.id for receipt in records.receipts.find(since=moment)]
    assert found == ([kept] if moment.year == 1 else [])


def test_a_question_or_an_answer_too_long_is_refused(records: Records):
    with pytest.raises(UsageError, match="问题太长"):
        keep(records, "长" * 4001)
    with pytest.raises(UsageError, match="回答太长"):
        keep(records, "问", text="长" * 1_000_001)
    assert records.receipts.find() == ()


@pytest.mark.parametrize("answer", [{"x": float("nan")}, {"x": object()}, {"mode": 3}], ids=["nan", "object", "mode"])
def test_an_answer_that_is_not_the_contracts_is_refused(records: Records, answer: dict[str, object]):
    with pytest.raises(UsageError):
        records.receipts.keep("page", "问", answer)


def test_a_receipt_that_is_not_there_is_told_in_one_line(records: Records):
    for id in ("A" * 16, "", "\0", "\ud800"):
        with pytest.raises(Missing):
            records.receipts.get(id)
        with pytest.raises(Missing):
            records.feedback.rate(id, True)
    with pytest.raises(Missing):
        records.receipts.find(before="A" * 16)


def test_a_second_rating_replaces_the_first(records: Records, watch: Watch):
    kept = keep(records, "问")
    records.feedback.rate(kept, False, "数据不对", "应为21公里")
    watch.go_on(minutes=1)
    records.feedback.rate(kept, True)
    (rating,) = records.feedback.list()
    assert (rating.good, rating.reason, rating.comment, rating.at, rating.asked) == (True, "", "", watch.now, "问")


def test_ratings_of_one_answer_at_the_same_time_leave_one(records: Records):
    kept = keep(records, "问")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: records.feedback.rate(kept, True, str(number)), range(12)))
    assert len(records.feedback.list()) == 1


def test_a_comment_is_cut_at_500_characters(records: Records):
    records.feedback.rate(keep(records, "问"), False, "", "长" * 501)
    assert records.feedback.list()[0].comment == "长" * 500


def test_ratings_are_counted_with_the_reasons_of_the_bad_ones(records: Records, watch: Watch):
    records.feedback.rate(keep(records, "早"), False, "旧的理由")
    watch.go_on(hours=1)
    since = watch.now
    for good, reason in [(True, "清楚"), (False, "太长"), (False, "数据不对"), (False, "数据不对"), (False, "")]:
        records.feedback.rate(keep(records, "问"), good, reason)
    counts = records.feedback.summary(since)
    assert (counts.good, counts.bad, counts.reasons) == (1, 4, (("数据不对", 2), ("太长", 1)))
    assert records.feedback.summary().bad == 5


def test_ratings_are_listed_newest_first_good_or_bad(records: Records, watch: Watch):
    for asked, good in [("一", True), ("二", False), ("三", True)]:
        records.feedback.rate(keep(records, asked), good)
        watch.go_on(minutes=1)
    assert [rating.asked for rating in records.feedback.list()] == ["三", "二", "一"]
    assert [rating.asked for rating in records.feedback.list(good=True)] == ["三", "一"]
    assert [rating.asked for rating in records.feedback.list(since=watch.now - timedelta(minutes=2), limit=1)] == ["三"]
