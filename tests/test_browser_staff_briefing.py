"""Briefings and reports in a real browser: drafted, edited, handed in, approved, taken away; published and asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from core_fakes import report_text, retriever_over, settings_for
from docx import Document
from index_fakes import HashEmbedder, silent
from playwright.sync_api import Browser, BrowserContext, Dialog, Download, Page, expect
from staff_room import LI, PASSWORDS, WANG, open_room, staffed
from test_browser_staff import turn_to, violations
from web_browser import ask, needs_chromium, opened

from chatbot.bot import Bot
from chatbot.live import Live
from chatbot.settings import Settings
from chatbot.web.staff.briefing import add_briefing_files, briefing_tab
from chatbot.web.staff.reports import reports_tab
from chatbot.web.staff.staff import Staff
from vectorstore.archive import ReportArchive
from vectorstore.index import Index, build, open_index
from vectorstore.shelf import Shelf

TOPIC, TITLE = "老旧小区改造", "关于老旧小区改造的简报"
TRUE, FALSE = "改造老旧小区87个。", "改造老旧小区99个。"

pytestmark = needs_chromium


def bot_over(index: Index, settings: Settings) -> Bot:
    retriever = retriever_over(index, settings, HashEmbedder())
    return Bot(index.reports, retriever, index.reports[0].id, holdings=Shelf(index))


@pytest.fixture(scope="module")
def live_and_archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Live, ReportArchive]]:
    """A bot over an index of its own, in which reports come and go."""
    settings = settings_for(tmp_path_factory.mktemp("held"), ("云川市", 2031))
    build(settings, HashEmbedder(), silent)
    index = open_index(settings, HashEmbedder())
    live = Live(bot_over(index, settings), index.close)

    def take_up() -> None:
        index = open_index(settings, HashEmbedder())
        live.change(bot_over(index, settings), index.close)

    yield live, ReportArchive(settings, HashEmbedder(), take_up)
    with live.held() as bot, closing(bot._holdings.index):
        pass


@pytest.fixture(scope="module")
def address(live_and_archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    live, archive = live_and_archive
    with staffed(tmp_path_factory.mktemp("room")) as staff, open_room(whole(staff, live, archive), live) as url:
        yield url


def whole(staff: Staff, live: Live, archive: ReportArchive) -> Staff:
    """The room with all of its tabs, as app.py puts it together."""
    briefings = staff.records.briefings
    return replace(
        staff,
        before=[lambda texts: briefing_tab(live, briefings, texts)],
        after=[lambda texts: reports_tab(archive, texts)],
        files=[lambda app: add_briefing_files(app, live, briefings)],
    )


@pytest.fixture(scope="module")
def contexts(browser: Browser, address: str) -> Iterator[Callable[[str], BrowserContext]]:
    """A browser of one's own for each of the two."""
    made: dict[str, BrowserContext] = {}

    def of(name: str) -> BrowserContext:
        if name not in made:
            made[name] = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
            page = made[name].new_page()
            come_in_to_briefings(page, address, name)
            page.close()
        return made[name]

    yield of
    for context in made.values():
        context.close()


def come_in_to_briefings(page: Page, address: str, name: str) -> Page:
    page.goto(f"{address}/staff/")
    if page.locator("#zw-password").count():
        come_in_by_form(page, name)
    expect(page.locator("#zw-brief-list :is(p, table)").first).to_be_visible(timeout=20_000)
    return page


def come_in_by_form(page: Page, name: str) -> None:
    page.fill("#zw-name", name)
    page.fill("#zw-password", PASSWORDS[name])
    page.keyboard.press("Enter")


@pytest.fixture
def wang(contexts, address: str) -> Iterator[Page]:
    with contexts(WANG).new_page() as page:
        yield come_in_to_briefings(page, address, WANG)


@pytest.fixture
def li(contexts, address: str) -> Iterator[Page]:
    with contexts(LI).new_page() as page:
        yield come_in_to_briefings(page, address, LI)


def draft(page: Page, title: str = "") -> None:
    page.fill("#zw-brief-topic :is(input, textarea)", TOPIC)
    page.fill("#zw-brief-title :is(input, textarea)", title)
    page.get_by_role("button", name="起草").click()
    expect(page.locator(".zw-briefing .zw-title")).to_have_text(title or TITLE)


def open_briefing(page: Page, title: str) -> None:
    page.get_by_role("button", name="查找").first.click()
    page.locator("#zw-brief-list button", has_text=title).click()
    expect(page.locator(".zw-briefing .zw-title")).to_have_text(title)


def type_over(page: Page, place: int, text: str) -> None:
    """Open the sentence and type, without taking it over yet."""
    sentence = page.locator(f'[data-place="{place}"]')
    sentence.locator("summary").first.click()
    sentence.locator(".zw-typed").fill(text)


def take_over(page: Page, place: int, text: str) -> None:
    type_over(page, place, text)
    page.locator(f'[data-place="{place}"] [data-act="edit"]').click()
    expect(page.locator(f'[data-place="{place}"] > p').first).to_contain_text(text)


def press(page: Page, act: str, says: str) -> None:
    page.locator(f'.zw-desk [data-act="{act}"]').first.click()
    expect(page.locator("#zw-brief-line")).to_contain_text(says)


def in_docx(download: Download) -> str:
    docx = Document(BytesIO(Path(download.path()).read_bytes()))
    return "\n".join(paragraph.text for paragraph in docx.paragraphs)


def test_from_a_topic_to_an_approved_briefing(wang: Page, li: Page) -> None:
    """The editor drafts, has a false figure refused, mends it and hands in; the approver approves and exports."""
    draft(wang)
    expect(wang.locator(".zw-sentence")).to_have_count(2)
    expect(wang.locator(".zw-briefing h3").first).to_have_text("一、主要成效（2030年）")
    take_over(wang, 0, FALSE)
    expect(wang.locator('[data-place="0"]')).to_contain_text("未经原文支持：引文里没有这个数字：99个")
    press(wang, "save", "其中 1 句没有原文支持")
    press(wang, "submit", "已提交审核")

    open_briefing(li, TITLE)
    press(li, "approve", "有 1 句没有原文支持")
    li.fill("#zw-note", "数字不对，请核实")
    press(li, "return", "已退回")

    open_briefing(wang, TITLE)
    expect(wang.locator(".zw-history")).to_contain_text("退回：数字不对，请核实")
    take_over(wang, 0, TRUE)
    expect(wang.locator(".zw-unsupported")).to_have_count(0)
    press(wang, "save", "已存为第 3 版")
    press(wang, "submit", "已提交审核")
    expect(wang.locator('[data-act="approve"]')).to_have_count(0)

    open_briefing(li, TITLE)
    li.fill("#zw-note", "同意")
    press(li, "approve", "已批准")
    with li.expect_download() as download:
        li.get_by_role("link", name="下载 Word").click()
    assert download.value.suggested_filename == f"{TITLE}.docx"
    assert TRUE in in_docx(download.value) and "草稿" not in in_docx(download.value)
    with li.expect_download() as download:
        li.get_by_role("link", name="下载 Markdown").click()
    assert Path(download.value.path()).read_text("utf-8").startswith(f"# {TITLE}\n")


def test_a_draft_with_an_unsupported_sentence_is_taken_away_as_a_draft(wang: Page) -> None:
    draft(wang, "草稿的简报")
    take_over(wang, 0, FALSE)
    press(wang, "save", "已存为第 2 版")
    with wang.expect_download() as download:
        wang.get_by_role("link", name="下载 Word").click()
    assert "草稿" in download.value.suggested_filename
    assert "【未经原文支持】" in in_docx(download.value)


def test_sentences_are_added_moved_and_removed(wang: Page) -> None:
    draft(wang, "增删的简报")
    first = wang.locator('[data-place="0"]')
    first.locator("summary").first.click()
    first.locator(".zw-more summary").click()
    first.locator(".zw-added").fill("轨道交通三号线开通运营。")
    first.locator('[data-act="add"]').click()
    expect(wang.locator(".zw-sentence")).to_have_count(3)
    added = wang.locator('[data-place="1"]')
    expect(added.locator(".zw-marker")).to_have_count(1)
    added.locator("summary").first.click()
    added.locator('[data-act="up"]').click()
    expect(wang.locator('[data-place="0"] > p')).to_contain_text("轨道交通三号线开通运营")
    wang.locator('[data-place="2"] summary').first.click()
    wang.locator('[data-place="2"] [data-act="remove"]').click()
    expect(wang.locator(".zw-sentence")).to_have_count(2)
    expect(wang.locator(".zw-state")).to_contain_text("有改动还没有保存")


def test_what_is_typed_elsewhere_is_not_lost(wang: Page) -> None:
    draft(wang, "两处改的简报")
    type_over(wang, 0, TRUE)
    take_over(wang, 1, "改造老旧小区130个。")
    expect(wang.locator('[data-place="0"] > p')).to_contain_text(TRUE)
    assert wang.locator('[data-place="0"] > p').inner_text().startswith(TRUE)


def test_two_at_once_are_told_and_lose_nothing(wang: Page, li: Page) -> None:
    draft(wang, "两人改的简报")
    open_briefing(li, "两人改的简报")
    take_over(li, 1, "改造老旧小区130个。")
    press(li, "save", "已存为第 2 版")
    type_over(wang, 0, TRUE)
    press(wang, "save", f"{LI} 已另存了第 2 版")
    expect(wang.locator('[data-place="0"] > p')).to_contain_text(TRUE)
    wang.locator('.zw-clash [data-act="compare"]').click()
    expect(wang.locator(".zw-compared ins")).to_have_count(2)
    press(wang, "over", "已存为第 3 版")
    expect(wang.locator(".zw-clash")).to_have_count(0)


def test_changes_are_not_left_behind_unasked(wang: Page) -> None:
    draft(wang, "放下的简报")
    type_over(wang, 0, TRUE)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    wang.on("dialog", stay)
    wang.locator("#zw-brief-list button").first.click()
    wang.get_by_role("button", name="起草").click()
    wang.locator('.zw-desk [data-act="close"]').click()
    assert len(asked) == 3 and "还没有保存" in asked[0]
    expect(wang.locator('[data-place="0"] .zw-typed')).to_have_value(TRUE)
    wang.remove_listener("dialog", stay)
    wang.once("dialog", lambda dialog: dialog.accept())
    wang.locator('.zw-desk [data-act="close"]').click()
    expect(wang.locator(".zw-desk")).to_have_count(0)


def test_a_double_click_is_one_click(wang: Page) -> None:
    draft(wang, "双击的简报")
    sentence = wang.locator('[data-place="0"]')
    sentence.locator("summary").first.click()
    sentence.locator(".zw-more summary").click()
    sentence.locator(".zw-added").fill("轨道交通三号线开通运营。")
    sentence.locator('[data-act="add"]').dblclick()
    expect(wang.locator(".zw-sentence")).to_have_count(3)
    wang.wait_for_timeout(700)
    expect(wang.locator(".zw-sentence")).to_have_count(3)


def test_an_older_version_is_opened(wang: Page) -> None:
    draft(wang, "有旧版的简报")
    before = wang.locator('[data-place="0"] > p').inner_text()
    take_over(wang, 0, TRUE)
    press(wang, "save", "已存为第 2 版")
    wang.select_option("#zw-version", "1")
    wang.locator('.zw-history [data-act="version"]').click()
    expect(wang.locator('[data-place="0"] > p')).to_have_text(before)
    expect(wang.locator(".zw-clash")).to_contain_text("屏幕上的内容出自第 1 版")


def test_a_marker_opens_the_report_at_the_quote(wang: Page) -> None:
    draft(wang, "有出处的简报")
    with wang.expect_popup() as popup:
        wang.locator(".zw-marker").first.click()
    expect(popup.value.locator("mark").first).to_contain_text("改造老旧小区87个")


def test_what_the_report_does_not_tell_is_said(wang: Page) -> None:
    wang.fill("#zw-brief-topic :is(input, textarea)", "火星移民")
    wang.get_by_role("button", name="起草").click()
    expect(wang.locator("#zw-brief-line [role=alert]")).to_contain_text("报告没有提到")
    expect(wang.locator(".zw-briefing")).to_have_count(0)


def test_a_sentence_is_edited_by_the_keyboard_alone(wang: Page) -> None:
    draft(wang, "键盘的简报")
    wang.locator('[data-place="0"] summary').first.focus()
    wang.keyboard.press("Enter")
    wang.keyboard.press("Tab")
    wang.keyboard.press("Control+A")
    wang.keyboard.type(FALSE)
    wang.keyboard.press("Tab")
    wang.keyboard.press("Enter")
    expect(wang.locator(".zw-unsupported")).to_have_count(1)


def test_a_report_is_uploaded_corrected_published_and_asked(li: Page, address: str, tmp_path: Path) -> None:
    turn_to(li, "报告管理")
    file = tmp_path / "海湾.txt"
    file.write_text(report_text("海湾市", 2033).replace("2033", "今").replace("2032", "去"), encoding="utf-8")
    li.locator("#zw-report-file input[type=file]").set_input_files(file)
    expect(li.locator("#zw-report-sheet")).to_contain_text("没有认出年份")
    li.fill("#zw-report-year :is(input, textarea)", "2033")
    li.locator("#zw-report-correct").click()
    expect(li.locator("#zw-report-sheet")).to_contain_text("没有发现问题")
    expect(li.locator("#zw-report-sheet .zw-tree")).to_contain_text("一、去年工作回顾 2032年，已完成的")
    li.locator("#zw-report-publish").click()
    expect(li.locator("#zw-report-line")).to_contain_text("已发布《海湾市人民政府工作报告》")
    expect(li.locator("#zw-reports tbody tr")).to_have_count(2)

    with li.context.new_page() as page:
        opened(page, address)
        expect(page.locator("#zw-scope")).to_be_visible()
        ask(page, "海湾市2032年改造老旧小区多少个？")
        expect(page.locator(".zw-turn").last).to_contain_text("87个")
        expect(page.locator(".zw-turn cite").last).to_contain_text("海湾市人民政府工作报告")


def test_a_report_is_withdrawn(li: Page, live_and_archive, tmp_path: Path) -> None:
    turn_to(li, "报告管理")
    file = tmp_path / "青山.txt"
    file.write_text(report_text("青山县", 2034), encoding="utf-8")
    li.locator("#zw-report-file input[type=file]").set_input_files(file)
    li.locator("#zw-report-publish").click()
    row = li.locator("#zw-reports tr", has_text="青山县")
    expect(row).to_have_count(1)
    li.once("dialog", lambda dialog: dialog.accept())
    row.get_by_role("button", name="撤下").click()
    expect(li.locator("#zw-report-line")).to_contain_text("已撤下")
    expect(row).to_have_count(0)
    assert "青山县" not in [report.region for report in live_and_archive[0].reports]


def test_an_editor_reads_in_place_of_the_buttons_that_an_approver_must_do_it(wang: Page, tmp_path: Path) -> None:
    report_opened(wang, tmp_path)
    expect(wang.locator("#zw-report-needed")).to_contain_text("要由审核人来做")
    expect(wang.locator("#zw-report-publish")).to_be_hidden()
    expect(wang.locator("#zw-reports")).to_contain_text("要由审核人来做")
    expect(wang.locator("#zw-reports").get_by_role("button", name="查看与改正").first).to_be_visible()
    expect(wang.locator("#zw-reports").get_by_role("button", name="撤下")).to_have_count(0)


def test_an_editor_who_forges_a_button_is_refused_by_the_server(wang: Page, live_and_archive) -> None:
    turn_to(wang, "报告管理")
    before = [report.id for report in live_and_archive[0].reports]
    button = wang.locator("#zw-reports button[data-act=correct]").first
    button.evaluate("button => { button.dataset.act = 'withdraw'; }")
    wang.locator("#zw-reports button[data-act=withdraw]").click()
    expect(wang.locator("#zw-report-line [role=alert]")).to_contain_text("要由审核人来做")
    assert [report.id for report in live_and_archive[0].reports] == before


def test_a_file_that_is_no_report_gets_one_line(wang: Page, tmp_path: Path) -> None:
    turn_to(wang, "报告管理")
    file = tmp_path / "empty.txt"
    file.write_text("nothing here", encoding="utf-8")
    wang.locator("#zw-report-file input[type=file]").set_input_files(file)
    expect(wang.locator("#zw-report-line [role=alert]")).to_contain_text("没有成句的中文")


def briefing_opened(page: Page, tmp_path: Path) -> None:
    draft(page, "看的简报")
    take_over(page, 0, FALSE)
    page.locator('[data-place="1"] summary').first.click()
    page.locator(".zw-evidence summary").click()


def report_opened(page: Page, tmp_path: Path) -> None:
    turn_to(page, "报告管理")
    file = tmp_path / "看.txt"
    file.write_text(report_text("绿原市", 2035), encoding="utf-8")
    page.locator("#zw-report-file input[type=file]").set_input_files(file)
    expect(page.locator("#zw-report-sheet article")).to_be_visible()


STATES = (briefing_opened, report_opened)


@pytest.mark.parametrize("state", STATES, ids=[state.__name__ for state in STATES])
def test_axe_finds_nothing(wang: Page, tmp_path: Path, state) -> None:
    state(wang, tmp_path)
    assert violations(wang) == []


@pytest.mark.parametrize("state", STATES, ids=[state.__name__ for state in STATES])
def test_nothing_is_wider_than_a_phone(wang: Page, tmp_path: Path, state) -> None:
    state(wang, tmp_path)
    wang.set_viewport_size({"width": 360, "height": 740})
    assert wang.evaluate("document.scrollingElement.scrollWidth") <= 360
