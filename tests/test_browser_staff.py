"""The staff room in a real browser: in by the keyboard, figures, many questions, past answers, and out again."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import load_workbook
from playwright.sync_api import Browser, BrowserContext, Download, Page, Request, expect
from staff_room import LI, PASSWORDS, WANG, open_room, staffed
from web_browser import needs_chromium
from web_fakes import GROWTH, NASTY, TOWN, FakeBot, report

from chatbot.present import as_json
from chatbot.web.staff.login import COOKIE
from chatbot.web.staff.staff import Staff

QUESTION, SILENT = "去年地区生产总值增长多少？", "地铁票价是多少？"
FOREIGN = report("nasty", f"{NASTY}报告", text=f"一、过去一年工作回顾\n{NASTY}产值增长6.1%。")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# (rule, part of the selector): what Gradio itself causes, each with a word on why.
FROM_GRADIO: tuple[tuple[str, str], ...] = ()

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def staff(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staff]:
    with staffed(tmp_path_factory.mktemp("room")) as staff:
        staff.records.receipts.keep("page", QUESTION, as_json(GROWTH))
        staff.records.receipts.keep("page", NASTY, as_json(GROWTH))
        yield staff


@pytest.fixture(scope="module")
def address(staff: Staff) -> Iterator[str]:
    with open_room(staff, FakeBot(TOWN, FOREIGN)) as url:
        yield url


@pytest.fixture(scope="module")
def desk(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN") as context:
        yield context


@pytest.fixture
def page(desk: BrowserContext, address: str) -> Iterator[Page]:
    with desk.new_page() as page:
        yield come_in(page, address)


def come_in(page: Page, address: str, name: str = WANG) -> Page:
    """The room, once its first table is drawn."""
    page.goto(f"{address}/staff/")
    if page.locator("#zw-password").count():
        page.fill("#zw-name", name)
        page.fill("#zw-password", PASSWORDS[name])
        page.keyboard.press("Enter")
    expect(page.locator("tr.zw-figure").first).to_be_visible(timeout=20_000)
    return page


def turn_to(page: Page, tab: str) -> None:
    page.get_by_role("tab", name=tab).click()


def sheet(download: Download) -> list[tuple[object, ...]]:
    """The lines of a downloaded workbook."""
    content = Path(download.path()).read_bytes()
    return list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))


def violations(page: Page) -> list[tuple[str, str]]:
    """(rule, selector) of all that axe finds and Gradio does not cause."""
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    nodes = [(rule["id"], str(node["target"][0])) for rule in found for node in rule["nodes"]]
    return [pair for pair in nodes if not any(pair[0] == rule and part in pair[1] for rule, part in FROM_GRADIO)]


def test_one_comes_in_by_the_keyboard_alone(browser: Browser, address: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/staff/")
        expect(page.locator("#zw-name")).to_be_focused()  # the browser does so with the first frame, not with the load
        page.keyboard.type(WANG)
        page.keyboard.press("Tab")
        page.keyboard.type("wrong password")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("用户名或密码不对")
        expect(page.locator("#zw-name")).to_have_value(WANG)
        expect(page.locator("#zw-name")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORDS[WANG])
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#zw-who")).to_have_text(f"{WANG}（撰稿人）", timeout=20_000)


def test_one_comes_in_without_a_script(browser: Browser, address: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/login?next=/staff/figures.csv?report={TOWN.id}")
        page.fill("#zw-name", LI)
        page.fill("#zw-password", PASSWORDS[LI])
        page.get_by_role("button").click()
        assert [cookie["name"] for cookie in context.cookies()] == [COOKIE]


def test_the_room_knows_who_is_in_and_lets_one_out(browser: Browser, address: str) -> None:
    with browser.new_context() as context:
        page = come_in(context.new_page(), address, LI)
        expect(page.locator("#zw-who")).to_have_text(f"{LI}（审核人）", timeout=20_000)
        page.get_by_role("button", name="退出").click()
        expect(page.locator("#zw-password")).to_be_visible()
        page.goto(f"{address}/staff/")
        expect(page.locator("#zw-password")).to_be_visible()


def test_when_the_login_has_ended_the_page_stays_and_says_what_to_do(browser: Browser, address: str) -> None:
    with browser.new_context() as context:
        page = come_in(context.new_page(), address)
        expect(page.locator("#zw-expired")).to_be_hidden()
        context.clear_cookies()
        page.get_by_label("预期目标").check()
        expect(page.locator("#zw-expired")).to_contain_text("登录已过期")
        expect(page.get_by_role("link", name="在新窗口登录")).to_be_visible()
        expect(page.get_by_label("预期目标")).to_be_checked()


def test_filters_narrow_the_table(page: Page) -> None:
    rows = page.locator("tr.zw-figure")
    before = rows.count()
    page.fill("#zw-figure-words textarea, #zw-figure-words input", "新增就业")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(2)
    page.get_by_label("完成值").check()
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("7.2万人")
    assert before > 2


def test_a_row_opens_its_sentence_by_mouse_and_keyboard(page: Page) -> None:
    first, second = page.locator("tr.zw-figure").nth(0), page.locator("tr.zw-figure").nth(1)
    first.locator("td").nth(1).click()
    expect(page.locator("#zw-where-0 mark")).to_be_visible()
    expect(first.locator("button")).to_have_attribute("aria-expanded", "true")
    second.locator("button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#zw-where-1 mark")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#zw-where-1")).to_be_hidden()


def test_the_link_opens_the_reader_at_the_figure(page: Page) -> None:
    page.locator("tr.zw-figure").first.click()
    with page.expect_popup() as opened:
        page.locator("#zw-where-0 a").click()
    expect(opened.value.locator("mark#zw-mark, #zw-mark mark, mark").first).to_contain_text("地区生产总值达到3000亿元")


def test_results_and_targets_are_side_by_side_and_drawn(page: Page) -> None:
    page.get_by_role("button", name="上年完成与今年目标对照").click()
    lines = page.locator("#zw-pairs tbody tr")
    expect(lines).to_have_text(["地区生产总值增长 6.1%增长 6%左右", "城镇新增就业7.2万人6万人以上"])
    page.get_by_role("button", name="条形图").click()
    expect(page.locator("#zw-charts figure")).to_have_count(2)
    widths = page.locator("#zw-charts .zw-track i").evaluate_all("bars => bars.map(bar => bar.offsetWidth)")
    assert min(widths) > 20, "the bars are to be seen"


def test_the_table_can_be_taken_away_as_it_is_shown(page: Page) -> None:
    page.fill("#zw-figure-words textarea, #zw-figure-words input", "新增就业")
    page.keyboard.press("Enter")
    expect(page.locator("tr.zw-figure")).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Excel 表").click()
    lines = sheet(download.value)
    assert [line[0] for line in lines] == ["指标", "城镇新增就业", "城镇新增就业"]


def test_questions_are_uploaded_answered_and_taken_away(page: Page, tmp_path: Path) -> None:
    turn_to(page, "批量提问")
    file = tmp_path / "三个问题.csv"
    file.write_bytes(f"题号,问题\n甲,{QUESTION}\n乙,\n丙,{SILENT}\n".encode("gb18030"))
    page.locator("#zw-questions-file input[type=file]").set_input_files(file)
    expect(page.locator("#zw-questions-file")).to_contain_text("三个问题")
    page.get_by_role("button", name="开始作答").click()
    expect(page.locator("#zw-questions-line")).to_contain_text("已收下 3 题")
    row = page.locator("#zw-jobs tr", has_text="三个问题")
    expect(row).to_contain_text("3 / 3 题，其中 1 题出错")
    expect(row).to_contain_text("已完成")
    with page.expect_download() as download:
        row.get_by_role("link", name="下载答案").click()
    lines = sheet(download.value)
    assert [line[2] for line in lines] == ["状态", "已答", "出错", "报告未提及"]
    page.once("dialog", lambda dialog: dialog.accept())
    row.get_by_role("button", name="删除").click()
    expect(row).to_have_count(0)


def test_a_file_that_is_none_gets_one_line(page: Page, tmp_path: Path) -> None:
    turn_to(page, "批量提问")
    file = tmp_path / "picture.csv"
    file.write_bytes(b"\x89PNG\0\0\xff\xff")
    page.locator("#zw-questions-file input[type=file]").set_input_files(file)
    expect(page.locator("#zw-questions-file")).to_contain_text("picture")
    page.get_by_role("button", name="开始作答").click()
    expect(page.locator("#zw-questions-line [role=alert]")).to_contain_text("这不是 csv 或 xlsx 文件")


def test_a_past_answer_is_found_opened_and_asked_again(page: Page) -> None:
    turn_to(page, "答复记录")
    page.fill("#zw-receipt-words textarea, #zw-receipt-words input", "地区生产总值增长")
    page.get_by_role("button", name="查找").click()
    expect(page.locator("#zw-receipts label")).to_have_count(1)
    page.locator("#zw-receipts label").click()
    expect(page.locator("#zw-receipt article")).to_contain_text(GROWTH.citations[0].quote)
    page.get_by_role("button", name="用今天的索引重新问一遍").click()
    expect(page.locator("#zw-receipt-changed")).to_contain_text("没有变化")


def test_foreign_markup_never_runs(page: Page) -> None:
    page.get_by_label("报告", exact=True).click()
    page.get_by_role("option").nth(1).click()
    expect(page.locator("tr.zw-figure")).to_have_count(1)
    turn_to(page, "答复记录")
    page.locator("#zw-receipts label", has_text="img").click()
    expect(page.locator("#zw-receipt article h2").first).to_have_text(NASTY)
    assert page.evaluate("window.hit") is None
    assert page.locator("#zw-figures img, #zw-receipt img, #zw-receipts img").count() == 0


def figures_opened(page: Page) -> None:
    page.locator("tr.zw-figure").first.click()
    page.get_by_role("button", name="上年完成与今年目标对照").click()
    page.get_by_role("button", name="条形图").click()
    expect(page.locator("#zw-charts figure").first).to_be_visible()


def questions_shown(page: Page) -> None:
    turn_to(page, "批量提问")
    expect(page.locator("#zw-jobs h2")).to_be_visible()


def receipt_opened(page: Page) -> None:
    turn_to(page, "答复记录")
    page.locator("#zw-receipts label").first.click()
    expect(page.locator("#zw-receipt article")).to_be_visible()
    expect(page.locator("#zw-receipt-replay")).to_have_css("opacity", "1")  # no longer pale, as when it was disabled


STATES = (figures_opened, questions_shown, receipt_opened)


@pytest.mark.parametrize("state", STATES, ids=[state.__name__ for state in STATES])
def test_axe_finds_nothing(page: Page, state) -> None:
    state(page)
    assert violations(page) == []


def test_axe_finds_nothing_on_the_login_page(browser: Browser, address: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/login")
        assert violations(page) == []


@pytest.mark.parametrize("state", STATES, ids=[state.__name__ for state in STATES])
def test_nothing_is_wider_than_a_phone(page: Page, state) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    state(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360


def test_no_request_leaves_this_machine(browser: Browser, address: str) -> None:
    seen: list[str] = []

    def note(request: Request) -> None:
        seen.append(request.url)

    with browser.new_context() as context:
        context.on("request", note)
        figures_opened(come_in(context.new_page(), address))
    assert seen and [url for url in seen if not url.startswith((address, "data:", "blob:"))] == []


def test_the_english_room_has_english_words(page: Page) -> None:
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("tab", name="Figures")).to_be_visible()
    expect(page.locator("tr.zw-figure").first).to_be_visible()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    assert Path(download.value.path()).read_text(encoding="utf-8-sig").startswith("Name,Figure,")
