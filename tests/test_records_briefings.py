"""Briefings: nobody writes over another's work, and what was approved is one version, by somebody else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from records_postgres import DATABASES, Watch, opened

from chatbot.errors import UsageError
from chatbot.records.briefings import Briefings
from chatbot.records.database import Records
from chatbot.records.errors import Missing, NotAllowed, Outdated
from chatbot.records.values import Account, Order, VersionHead

ORDER = Order("轨道交通情况", "轨道交通", "市领导", "一页", ("chongqing-2024", "chongqing-2023"))
UNKNOWN = "A" * 16


@dataclass
class Office:
    """An editor and two approvers over fresh records, and a briefing without a version."""

    records: Records
    watch: Watch

    def __post_init__(self) -> None:
        password = "春眠不觉晓处处闻啼鸟"
        self.editor = self.records.accounts.add("王芳", password)
        self.approver = self.records.accounts.add("李伟", password, "approver")
        self.another = self.records.accounts.add("张敏", password, "approver")
        self.id = self.briefings.create(ORDER, self.editor).id

    @property
    def briefings(self) -> Briefings:
        return self.records.briefings

    def save(self, by: Account | None = None) -> int:
        base = self.briefings.get(self.id).newest
        self.watch.go_on(minutes=1)
        return self.briefings.save_version(self.id, base, f'{{"n": {base + 1}}}', by or self.editor).number

    def submitted(self, by: Account | None = None) -> int:
        number = self.save(by)
        self.briefings.submit(self.id, number, self.editor)
        return number


@pytest.fixture(params=DATABASES)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    watch = Watch()
    with opened(request.param, tmp_path, watch) as records:
        yield Office(records, watch)


def test_a_new_briefing_is_a_draft_as_ordered(office: Office):
    briefing = office.briefings.get(office.id)
    assert (briefing.order, briefing.state, briefing.newest) == (ORDER, "draft", 0)
    assert (briefing.created_by, briefing.created_at) == ("王芳", office.watch.now)


@pytest.mark.parametrize(
    "order",
    [
        replace(ORDER, title=" "),
        replace(ORDER, topic=""),
        replace(ORDER, title="长" * 201),
        replace(ORDER, audience="长" * 101),
        replace(ORDER, report_ids=("r" * 5000,)),
        replace(ORDER, report_ids=("\0",)),
    ],
    ids=["no title", "no topic", "long title", "long audience", "long ids", "NUL"],
)
def test_an_order_that_cannot_be_kept_is_refused(office: Office, order: Order):
    with pytest.raises(UsageError):
        office.briefings.create(order, office.editor)


def test_versions_are_numbered_from_one_and_all_kept(office: Office):
    office.save(), office.save(office.approver)
    versions = [office.briefings.version(office.id, number) for number in (1, 2)]
    assert [(v.content, v.by) for v in versions] == [('{"n": 1}', "王芳"), ('{"n": 2}', "李伟")]
    heads = tuple(VersionHead(v.number, v.by, v.at) for v in versions)
    assert office.briefings.get(office.id).versions == heads


def test_content_comes_back_to_the_letter(office: Office):
    content = ' {"b":1,\n"a": "\\u0000\\ud800 “全角”"} '
    office.briefings.save_version(office.id, 0, content, office.editor)
    assert office.briefings.version(office.id, 1).content == content


@pytest.mark.parametrize("content", ["", "{", "\0", '"\ud800"', "[" * 100_000, "1" * 1_000_001], ids=lambda c: c[:2])
def test_content_that_is_no_json_or_too_long_is_refused(office: Office, content: str):
    with pytest.raises(UsageError):
        office.briefings.save_version(office.id, 0, content, office.editor)
    assert office.briefings.get(office.id).newest == 0


def test_a_save_over_a_version_that_is_not_the_newest_is_refused_and_loses_nothing(office: Office):
    office.save(), office.save(office.approver)
    before = office.briefings.get(office.id)
    with pytest.raises(Outdated, match="李伟 已另存了第 2 版") as caught:
        office.briefings.save_version(office.id, 1, "{}", office.editor)
    assert caught.value.newest == 2 and office.briefings.get(office.id) == before


def test_a_save_over_a_version_that_never_was_is_refused(office: Office):
    for base in (1, -1, 10**30):
        with pytest.raises(Missing):
            office.briefings.save_version(office.id, base, "{}", office.editor)


def test_of_two_who_save_over_the_same_version_one_wins_and_one_is_told(office: Office):
    barrier = threading.Barrier(2)

    def save(by: Account) -> str:
        barrier.wait()
        try:
            office.briefings.save_version(office.id, base, f'"{by.name}"', by)
        except Outdated:
            return "told"
        return f'"{by.name}"'

    for base in range(10):
        with ThreadPoolExecutor(2) as pool:
            results = sorted(pool.map(save, (office.editor, office.approver)))
        assert results[1] == "told" and office.briefings.version(office.id, base + 1).content == results[0]


def test_a_verdict_belongs_to_one_version_with_name_time_and_note(office: Office):
    number = office.submitted()
    office.watch.go_on(hours=1)
    briefing = office.briefings.approve(office.id, number, office.approver, "同意印发")
    assert briefing.state == "approved" and briefing == office.briefings.get(office.id)
    last = briefing.verdicts[-1]
    assert (last.number, last.step, last.by, last.note) == (number, "approved", "李伟", "同意印发")
    assert last.at == office.watch.now
    assert [verdict.step for verdict in briefing.verdicts] == ["submitted", "approved"]


@pytest.mark.parametrize("step", ["submit", "approve", "return_"])
def test_a_new_version_is_a_draft_again_and_the_history_stays(office: Office, step: str):
    number = office.submitted()
    if step != "submit":
        getattr(office.briefings, step)(office.id, number, office.approver)
    before = office.briefings.get(office.id).verdicts
    office.save()
    briefing = office.briefings.get(office.id)
    assert briefing.state == "draft" and briefing.verdicts == before


def test_nobody_approves_a_version_that_is_not_the_newest(office: Office):
    old = office.submitted()
    office.submitted(office.approver)
    with pytest.raises(Outdated):
        office.briefings.approve(office.id, old, office.another)
    assert office.briefings.get(office.id).state == "submitted"


def test_an_editor_neither_approves_nor_returns(office: Office):
    number = office.submitted(office.approver)
    for decide in (office.briefings.approve, office.briefings.return_):
        with pytest.raises(NotAllowed, match="只有审核人"):
            decide(office.id, number, office.editor)


def test_nobody_approves_what_he_or_she_saved_last(office: Office):
    number = office.submitted(office.approver)
    with pytest.raises(NotAllowed, match="您自己保存的"):
        office.briefings.approve(office.id, number, office.approver)
    assert office.briefings.approve(office.id, number, office.another).state == "approved"


def test_who_saved_an_earlier_version_may_approve_a_later_one(office: Office):
    office.save(office.approver)
    assert office.briefings.approve(office.id, office.submitted(), office.approver).state == "approved"


def test_what_counts_is_the_account_as_it_is_now(office: Office):
    """A removed approver does not approve, nor does one who claims a role."""
    number = office.submitted(office.another)
    office.records.accounts.remove("李伟")
    for person in (office.approver, replace(office.editor, role="approver")):
        with pytest.raises(NotAllowed):
            office.briefings.approve(office.id, number, person)


def test_an_account_made_anew_under_the_same_name_does_not_approve_its_own_version(office: Office):
    number = office.submitted()
    office.records.accounts.remove("王芳")
    again = office.records.accounts.add("王芳", "春眠不觉晓处处闻啼鸟", "approver")
    with pytest.raises(NotAllowed, match="您自己保存的"):
        office.briefings.approve(office.id, number, again)


def test_only_what_was_submitted_is_approved_or_returned(office: Office):
    number = office.save()
    for decide in (office.briefings.approve, office.briefings.return_):
        with pytest.raises(NotAllowed, match="“待审”"):
            decide(office.id, number, office.approver)


def test_a_briefing_without_a_version_is_not_submitted(office: Office):
    with pytest.raises(NotAllowed, match="还没有内容"):
        office.briefings.submit(office.id, 0, office.editor)


def test_what_was_returned_may_be_submitted_again(office: Office):
    number = office.submitted()
    assert office.briefings.return_(office.id, number, office.approver, "请核对数据").state == "returned"
    assert office.briefings.submit(office.id, number, office.editor).state == "submitted"


def test_a_note_too_long_is_refused(office: Office):
    number = office.submitted()
    with pytest.raises(UsageError, match="审核意见太长"):
        office.briefings.return_(office.id, number, office.approver, "长" * 1001)


def test_only_drafts_are_deleted(office: Office):
    office.submitted()
    with pytest.raises(NotAllowed, match="只有草稿"):
        office.briefings.delete(office.id)
    office.save()
    office.briefings.delete(office.id)
    with pytest.raises(Missing):
        office.briefings.get(office.id)


def test_a_draft_with_an_approved_version_is_not_deleted(office: Office):
    office.briefings.approve(office.id, office.submitted(), office.approver)
    office.save()
    with pytest.raises(NotAllowed, match="留存"):
        office.briefings.delete(office.id)


def test_the_list_is_by_last_change_and_may_be_of_one_state(office: Office):
    office.watch.go_on(minutes=1)
    second = office.briefings.create(replace(ORDER, title="第二份"), office.editor).id
    assert [briefing.id for briefing in office.briefings.list()] == [second, office.id]
    office.submitted()
    assert [briefing.id for briefing in office.briefings.list()] == [office.id, second]
    assert [briefing.id for briefing in office.briefings.list("submitted")] == [office.id]
    assert office.briefings.list()[0] == office.briefings.get(office.id)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("100%", ["涨了100%"]),
        ("%", ["涨了100%"]),
        ("_", ["a_b"]),
        ("\\", ["c:\\d"]),
        ("A_B", ["a_b"]),
        ("/", []),
        ("'", []),
    ],
)
def test_a_search_takes_every_character_as_it_is(office: Office, text: str, found: list[str]):
    for title in ("涨了100%", "涨了1000", "a_b", "acb", "c:\\d"):
        office.briefings.create(Order(title, "无"), office.editor)
    assert [briefing.order.title for briefing in office.briefings.list(text=text)] == found


def test_a_list_is_capped(office: Office):
    for number in range(205):
        office.briefings.create(Order(f"第{number}份", "多"), office.editor)
    assert len(office.briefings.list(limit=10**9)) == 200 and len(office.briefings.list(limit=-1)) == 1


@pytest.mark.parametrize("id", [UNKNOWN, "", "\0", "\ud800", "长" * 16, "' OR 1=1 --"], ids=repr)
def test_a_briefing_that_is_not_there_is_told_in_one_line(office: Office, id: str):
    calls = (
        lambda: office.briefings.get(id),
        lambda: office.briefings.version(id, 1),
        lambda: office.briefings.save_version(id, 0, "{}", office.editor),
        lambda: office.briefings.submit(id, 1, office.editor),
        lambda: office.briefings.delete(id),
    )
    for call in calls:
        with pytest.raises(Missing, match="没有这份简报"):
            call()


@pytest.mark.parametrize("number", [0, 2, -1, 10**30])
def test_a_version_that_is_not_there_is_told_in_one_line(office: Office, number: int):
    office.save()
    with pytest.raises(Missing):
        office.briefings.version(office.id, number)
