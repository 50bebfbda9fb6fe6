"""The briefing tab: from a topic to an approved text, over a bot of two invented reports and real records."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import gradio as gr
import pytest
from docx import Document
from records_postgres import opened
from web_fakes import NASTY

from chatbot.bot import Bot
from chatbot.briefing import Briefing, Line, as_json
from chatbot.errors import UsageError
from chatbot.live import Live
from chatbot.records.database import Records
from chatbot.records.errors import Missing, NotAllowed, Outdated
from chatbot.records.values import Account, Order
from chatbot.types import Citation
from chatbot.web.staff.briefing_desk import Desk, Event, Screen
from chatbot.web.staff.briefing_html import Sheet
from chatbot.web.staff.drafting import NO_REPORT, Drafting, Refused, Work, compared
from chatbot.web.staff.texts import StaffTexts
from chatbot.web.texts import Texts

TEXTS = StaffTexts.of()
TOPIC = "老旧小区改造"
TRUE, FALSE = "改造老旧小区87个。", "改造老旧小区99个。"


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with opened("sqlite", tmp_path) as records:
        yield records


@pytest.fixture
def wang(records: Records) -> Account:
    return records.accounts.add("王芳", "春眠不觉晓处处闻啼鸟")


@pytest.fixture
def li(records: Records) -> Account:
    return records.accounts.add("李明", "夜来风雨声花落知多少", "approver")


@pytest.fixture
def live(town: Bot) -> Live:
    return Live(town)


@pytest.fixture
def drafting(live: Live, records: Records) -> Drafting:
    return Drafting(live, records.briefings)


@pytest.fixture
def desk(live: Live, drafting: Drafting) -> Desk:
    return Desk(live, drafting, TEXTS)


@pytest.fixture
def order(live: Live) -> Order:
    return Order("关于老旧小区的简报", TOPIC, "市政府办公室", "standard", (live.reports[0].id,))


@pytest.fixture
def work(drafting: Drafting, order: Order, wang: Account) -> Work:
    return drafting.draft(order, wang)


def texts(work: Work) -> list[str]:
    return [line.text for line in work.text.lines]


def sent(act: str, line: int = -1, typed: dict[int, str] | None = None, **more: object) -> Event:
    return Event.of({"act": act, "line": str(line), "typed": typed or {}, **more})


# Drafting


def test_a_draft_follows_the_outline_and_every_sentence_is_cited(work: Work):
    assert [line.heading_path[0] for line in work.text.lines] == ["一、主要成效（2030年）", "二、重点任务（2031年）"]
    assert all(line.citations and not line.fault for line in work.text.lines)
    assert (work.base, work.record.state, work.changed) == (1, "draft", False)


def test_what_the_reports_do_not_tell_makes_no_briefing(drafting: Drafting, order: Order, wang: Account):
    with pytest.raises(Refused) as caught:
        drafting.draft(replace(order, topic="火星移民"), wang)
    assert "。。" not in str(caught.value) and "\n" not in str(caught.value)
    assert drafting.list(None, "") == ()


@pytest.mark.parametrize("change", [{"topic": "  "}, {"length": "endless"}, {"title": "题" * 300}])
def test_a_wrong_order_is_one_line_and_makes_no_briefing(drafting: Drafting, order: Order, wang: Account, change):
    with pytest.raises(UsageError) as caught:
        drafting.draft(replace(order, **change), wang)
    assert "\n" not in str(caught.value)
    assert drafting.list(None, "") == ()


# Sentences


def test_an_edit_that_its_quote_bears_out_keeps_its_citation(drafting: Drafting, work: Work):
    done = drafting.edit(work, {0: TRUE})
    assert texts(done)[0] == TRUE and done.text.lines[0].fault == ""
    assert "改造老旧小区87个" in done.text.lines[0].citations[0].quote and done.changed


def test_an_unsupported_figure_is_marked_with_the_reason_and_kept(drafting: Drafting, work: Work):
    done = drafting.edit(work, {0: FALSE})
    assert texts(done)[0] == FALSE and "99个" in done.text.lines[0].fault


def test_an_edit_that_another_passage_bears_out_gets_that_citation(drafting: Drafting, work: Work):
    line = drafting.edit(work, {0: "城镇新增就业4.6万人。"}).text.lines[0]
    assert line.fault == "" and [citation.quote for citation in line.citations] == ["城镇新增就业4.6万人"]


def test_no_other_report_than_those_ordered_bears_a_sentence_out(drafting: Drafting, work: Work, live: Live):
    """The report of the year after says that this was done in 2031."""
    assert drafting.edit(work, {0: "2031年城镇新增就业4.6万人。"}).text.lines[0].fault


def test_what_is_typed_as_it_stands_changes_nothing(drafting: Drafting, work: Work):
    assert drafting.edit(work, {0: f"  {texts(work)[0]} "}) == work


@pytest.mark.parametrize("typed", [{0: "  \n "}, {0: "字" * 601}, {99: "有这一句吗。"}])
def test_a_sentence_that_cannot_be_is_refused_in_one_line(drafting: Drafting, work: Work, typed):
    with pytest.raises(UsageError) as caught:
        drafting.edit(work, typed)
    assert "\n" not in str(caught.value)


def test_an_added_sentence_stands_under_the_same_headings_with_its_citation(drafting: Drafting, work: Work):
    done = drafting.add(work, 0, "轨道交通三号线开通运营。")
    assert texts(done)[1] == "轨道交通三号线开通运营。"
    assert done.text.lines[1].heading_path == work.text.lines[0].heading_path
    assert done.text.lines[1].citations and not done.text.lines[1].fault


def test_an_added_sentence_without_support_is_marked(drafting: Drafting, work: Work):
    assert drafting.add(work, 1, "开通火星航线3条。").text.lines[2].fault


def test_a_sentence_is_removed_but_the_last_one_stays(drafting: Drafting, work: Work):
    done = drafting.remove(work, 0)
    assert texts(done) == texts(work)[1:] and done.text.lines[0].heading_path[0] == "重点任务（2031年）"
    with pytest.raises(UsageError, match="至少"):
        drafting.remove(done, 0)


def test_a_moved_sentence_stands_under_the_headings_of_its_new_place(drafting: Drafting, work: Work):
    done = drafting.move(work, 0, 1)
    assert texts(done) == texts(work)[::-1]
    assert {line.heading_path for line in done.text.lines} == {("重点任务（2031年）", "（一）持续改善民生")}


# Versions


def test_a_save_is_the_next_version_with_its_marks(drafting: Drafting, work: Work, wang: Account):
    done = drafting.save(drafting.edit(work, {0: FALSE}), wang)
    assert (done.base, done.changed, done.faults) == (2, False, 1)
    assert drafting.open(work.record.id).text == done.text
    assert texts(drafting.open(work.record.id, 1)) == texts(work)


def test_a_mark_taken_out_of_a_saved_text_is_set_again(drafting: Drafting, work: Work, wang: Account, records: Records):
    """What stands in the records is believed no more than what is typed."""
    text = drafting.edit(work, {0: FALSE}).text
    forged = replace(text, lines=(replace(text.lines[0], fault=""), *text.lines[1:]))
    records.briefings.save_version(work.record.id, 1, as_json(forged), wang)
    assert drafting.open(work.record.id).faults == 1


def test_a_clash_says_who_saved_and_keeps_what_was_typed(desk: Desk, drafting: Drafting, work: Work, wang, li):
    drafting.save(drafting.edit(work, {1: "改造老旧小区130个。"}), li)
    screen = desk.act(work, sent("save", typed={0: TRUE}), wang)
    assert "李明 已另存了第 2 版" in screen.line
    assert texts(screen.work)[0] == TRUE and screen.work.base == 1 and screen.work.is_old
    assert TRUE in screen.paper and "最新的是第 2 版，由李明于" in screen.paper


def test_after_a_clash_ones_own_text_can_be_saved_and_the_other_stays(desk, drafting: Drafting, work: Work, wang, li):
    drafting.save(drafting.edit(work, {1: "改造老旧小区130个。"}), li)
    clash = desk.act(work, sent("save", typed={0: TRUE}), wang).work
    done = desk.act(clash, sent("over"), wang).work
    assert (done.base, texts(done)[0]) == (3, TRUE)
    assert texts(drafting.open(work.record.id, 2))[1] == "改造老旧小区130个。"


def test_after_a_clash_both_texts_can_be_compared(desk: Desk, drafting: Drafting, work: Work, wang, li):
    drafting.save(drafting.edit(work, {1: "改造老旧小区130个。"}), li)
    clash = desk.act(work, sent("save", typed={0: TRUE}), wang).work
    paper = desk.act(clash, sent("compare", version="2"), wang).paper
    assert "<del>改造老旧小区130个。</del>" in paper and f"<ins>{TRUE}</ins>" in paper


def test_an_older_version_can_be_opened_and_made_the_newest(desk: Desk, drafting: Drafting, work: Work, wang: Account):
    second = drafting.save(drafting.edit(work, {0: TRUE}), wang)
    old = desk.act(second, sent("version", version="1"), wang)
    assert texts(old.work) == texts(work) and "zw-clash" in old.paper
    assert texts(desk.act(old.work, sent("over"), wang).work) == texts(work)


def test_another_version_is_not_opened_over_changes(desk: Desk, drafting: Drafting, work: Work, wang: Account):
    screen = desk.act(drafting.edit(work, {0: TRUE}), sent("version", version="1"), wang)
    assert "请先保存" in screen.line and texts(screen.work)[0] == TRUE and screen.paper == gr.skip()


def test_a_comparison_tells_which_lines_differ():
    found = compared(["甲。", "乙。", "丙。"], ["甲。", "丁。", "丙。", "戊。"])
    assert "".join(line.sign for line in found) == " -+ +"
    assert [line.text for line in found if line.sign == "+"] == ["丁。", "戊。"]


# The way to approval


def test_a_sound_version_is_submitted_and_approved_with_name_time_and_note(desk, drafting, work: Work, wang, li):
    desk.act(work, sent("submit"), wang)
    screen = desk.act(drafting.open(work.record.id), sent("approve", note="同意"), li)
    assert screen.work.record.state == "approved"
    assert [(v.step, v.by, v.note) for v in screen.work.record.verdicts][-1] == ("approved", "李明", "同意")
    assert "已批准" in screen.line and "李明 2031-03-01" in screen.paper and "：同意" in screen.paper


def test_a_version_with_an_unsupported_sentence_is_not_approved(drafting: Drafting, work: Work, wang, li):
    saved = drafting.submit(drafting.save(drafting.edit(work, {0: FALSE}), wang), wang)
    with pytest.raises(NotAllowed, match="有 1 句没有原文支持"):
        drafting.approve(saved, li, "")
    assert drafting.open(work.record.id).record.state == "submitted"


def test_a_version_whose_report_was_withdrawn_is_not_approved(drafting, work: Work, wang, li, live: Live, town: Bot):
    submitted = drafting.submit(work, wang)
    live.change(Bot(town.reports[1:], town._retriever, holdings=town._holdings))
    with pytest.raises(NotAllowed, match="没有原文支持"):
        drafting.approve(submitted, li, "")
    assert [line.fault for line in drafting.open(work.record.id).text.lines] == [NO_REPORT, NO_REPORT]


def test_an_editor_does_not_approve(drafting: Drafting, work: Work, wang: Account):
    with pytest.raises(NotAllowed, match="审核人"):
        drafting.approve(drafting.submit(work, wang), wang, "")


def test_nobody_approves_a_version_of_ones_own(drafting: Drafting, work: Work, li: Account):
    saved = drafting.submit(drafting.save(drafting.edit(work, {0: TRUE}), li), li)
    with pytest.raises(NotAllowed, match="自己"):
        drafting.approve(saved, li, "")


def test_a_returned_version_can_be_mended_and_handed_in_again(drafting: Drafting, work: Work, wang, li):
    returned = drafting.return_(drafting.submit(work, wang), li, "请补充数据")
    assert returned.record.state == "returned"
    mended = drafting.save(drafting.edit(returned, {0: TRUE}), wang)
    assert drafting.submit(mended, wang).record.state == "submitted"


@pytest.mark.parametrize("step", ["submit", "approve", "return"])
def test_no_step_is_taken_with_changes_that_are_not_saved(desk: Desk, work: Work, li: Account, step: str):
    screen = desk.act(work, sent(step, typed={0: TRUE}), li)
    assert "请先保存" in screen.line and screen.work.record.state == "draft" and texts(screen.work)[0] == TRUE


def test_no_step_is_taken_on_an_older_version(drafting: Drafting, work: Work, wang: Account):
    drafting.save(drafting.edit(work, {0: TRUE}), wang)
    with pytest.raises(Outdated, match="不是最新"):
        drafting.submit(drafting.open(work.record.id, 1), wang)


def test_the_buttons_of_an_approver_are_shown_to_approvers_only(desk: Desk, drafting: Drafting, work: Work, wang, li):
    drafting.submit(work, wang)
    assert 'data-act="approve"' not in desk.open(work.record.id, wang).paper
    assert 'data-act="approve"' in desk.open(work.record.id, li).paper


def test_a_draft_is_deleted_and_the_desk_is_empty(desk: Desk, work: Work, wang: Account, drafting: Drafting):
    screen = desk.act(work, sent("delete"), wang)
    assert screen.work is None and screen.paper == ""
    with pytest.raises(Missing):
        drafting.open(work.record.id)


# Files

AT = datetime(2031, 3, 2, tzinfo=UTC)


def in_docx(content: bytes) -> str:
    docx = Document(BytesIO(content))
    cells = (cell.text for table in docx.tables for row in table.rows for cell in row.cells)
    return "\n".join((*(paragraph.text for paragraph in docx.paragraphs), *cells))


def test_a_file_of_an_unapproved_version_is_called_a_draft(drafting: Drafting, work: Work):
    name, content = drafting.file(work.record.id, 1, "md", AT)
    assert name == "关于老旧小区的简报（草稿）.md" and content.decode().startswith("# 关于老旧小区的简报（草稿）\n")
    name, content = drafting.file(work.record.id, 1, "docx", AT)
    assert name == "关于老旧小区的简报（草稿）.docx" and "关于老旧小区的简报（草稿）" in in_docx(content)


@pytest.mark.parametrize("kind", ["docx", "md"])
def test_an_approved_version_is_exported_with_figures_and_sources(drafting: Drafting, work: Work, wang, li, kind: str):
    drafting.approve(drafting.submit(work, wang), li, "")
    name, content = drafting.file(work.record.id, 1, kind, AT)
    text = in_docx(content) if kind == "docx" else content.decode()
    assert name == f"关于老旧小区的简报.{kind}" and "草稿" not in text
    assert "主要成效（2030年）" in text and "87个" in text and "出处" in text and "完成值" in text


@pytest.mark.parametrize("kind", ["docx", "md"])
def test_an_unsupported_sentence_is_marked_in_a_file_that_is_a_draft(drafting: Drafting, work: Work, wang, kind: str):
    saved = drafting.save(drafting.edit(work, {0: FALSE}), wang)
    name, content = drafting.file(work.record.id, saved.base, kind, AT)
    text = in_docx(content) if kind == "docx" else content.decode()
    assert "（草稿）" in name and f"{FALSE}【未经原文支持】" in text


def test_an_approved_version_without_its_report_is_a_draft_again(drafting, work: Work, wang, li, live, town: Bot):
    drafting.approve(drafting.submit(work, wang), li, "")
    live.change(Bot(town.reports[1:], town._retriever, holdings=town._holdings))
    assert "（草稿）" in drafting.file(work.record.id, 1, "md", AT)[0]


def test_approval_goes_with_its_version_only(drafting: Drafting, work: Work, wang, li):
    drafting.approve(drafting.submit(work, wang), li, "")
    second = drafting.save(drafting.edit(work, {0: TRUE}), wang)
    assert "（草稿）" in drafting.file(work.record.id, second.base, "md", AT)[0]
    assert "（草稿）" not in drafting.file(work.record.id, 1, "md", AT)[0]


def test_a_title_makes_no_path(drafting: Drafting, order: Order, wang: Account):
    work = drafting.draft(replace(order, title='../甲:"乙"/丙'), wang)
    assert drafting.file(work.record.id, 1, "md", AT)[0] == ".._甲__乙__丙（草稿）.md"


def test_an_unknown_version_has_no_file(drafting: Drafting, work: Work):
    with pytest.raises(Missing):
        drafting.file(work.record.id, 9, "md", AT)


# The page


def test_the_list_is_searched_by_state_and_words(desk: Desk, drafting: Drafting, work: Work, wang: Account):
    drafting.submit(work, wang)
    assert "关于老旧小区的简报" in desk.look("submitted", "老旧")
    assert "没有符合条件的简报" in desk.look("draft", "")
    assert "没有符合条件的简报" in desk.look("", "火星")
    assert "关于老旧小区的简报" in desk.look("nonsense", None)


def test_what_was_typed_in_other_places_goes_with_any_action(desk: Desk, work: Work, wang: Account):
    screen = desk.act(work, sent("down", 0, typed={0: TRUE, 1: FALSE}), wang)
    assert texts(screen.work) == [FALSE, TRUE]


def test_an_unsupported_sentence_is_red_with_its_reason_and_told(desk: Desk, work: Work, wang: Account):
    screen = desk.act(work, sent("edit", 0, typed={0: FALSE}), wang)
    assert "未经原文支持：" in screen.line and "99个" in screen.line
    assert "zw-unsupported" in screen.paper and 'aria-describedby="zw-fault-0"' in screen.paper
    assert "1 句没有原文支持" in screen.paper


def test_the_evidence_and_the_figures_stand_below(desk: Desk, work: Work, wang: Account):
    paper = desk.open(work.record.id, wang).paper
    assert "有原文支持" in paper and "../report/" in paper and "#zw-mark" in paper
    assert '<th scope="row">老旧小区</th><td>87个</td><td>2030</td><td>完成值</td><td>[1]</td>' in paper


def test_a_failure_keeps_the_text_on_the_desk(desk: Desk, work: Work, wang: Account):
    assert desk.act(work, sent("edit", 0, typed={0: " "}), wang) == Screen(
        work=work, line='<p class="zw-line" role="alert">句子不能为空。要去掉一句，请用“删除”</p>'
    )


def test_a_briefing_deleted_by_somebody_else_is_one_line(desk: Desk, drafting: Drafting, work: Work, wang: Account):
    drafting.delete(work)
    screen = desk.act(work, sent("save", typed={0: TRUE}), wang)
    assert "没有这份简报" in screen.line and texts(screen.work)[0] == TRUE


def test_events_that_are_none_of_ours_do_no_harm(desk: Desk, drafting: Drafting, work: Work, li: Account):
    """300 seeded ones: never an exception, never a step towards approval."""
    dice = random.Random(5)
    odd = [None, "", "x", -1, 10**12, [], {}, {"0": None}, {"-1": "x"}, {"²": "x"}, "\ud800", 3.5, True, "0"]
    acts = ["edit", "add", "remove", "up", "down", "compare", "version", "newest", "nothing", "approve", "return"]
    for _ in range(300):
        data = {name: dice.choice(odd) for name in ("line", "version", "added", "note", "typed")}
        screen = desk.act(work, Event.of(data | {"act": dice.choice([*acts, *map(str, odd)])}), li)
        assert isinstance(screen, Screen)
    assert drafting.open(work.record.id).record.state == "draft"


@pytest.mark.parametrize("data", [None, 3, "x", [], {"typed": 5}])
def test_an_event_may_hold_anything(data):
    assert Event.of(data) == Event("", -1, -1, "", "", {})


def test_everything_is_escaped(records: Records, wang: Account):
    citation = Citation(1, NASTY, NASTY, (NASTY,), 1, 0, 5)
    line = Line((NASTY,), NASTY, (citation,), NASTY)
    record = records.briefings.create(Order(NASTY, NASTY, NASTY), wang)
    records.briefings.save_version(record.id, 0, "{}", wang)
    work = Work(records.briefings.get(record.id), Briefing(NASTY, NASTY, NASTY, "full", (line,)), 1)
    sheet = Sheet((), TEXTS, Texts.of())
    drawn = sheet.html(work, wang, (), sheet.comparison(1, compared([NASTY], ["x"]))) + sheet.listed([work.record])
    assert "<img" not in drawn and "&lt;img" in drawn
