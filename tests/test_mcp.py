"""The MCP server, with a real MCP client: two tools, nothing else; errors in a line; no way out to other hosts."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, Tool
from web_fakes import GROWTH, TEXT, TOWN, FakeBot, report
from web_server import in_a_loop, serving

from chatbot.bot import Bot
from chatbot.errors import IndexMissing
from chatbot.present import as_json
from chatbot.web.gate import LARGEST_BODY
from chatbot.web.server import Doors
from chatbot.web.texts import Texts
from chatbot.web.tools import ARGUMENTS

QUESTION = "去年地区生产总值增长多少？"
ZH = Texts.of("zh")
OPEN = Doors(mcp=True)
LAST_YEAR = {
    "name": "城镇新增就业",
    "value": "7.2万人",
    "unit": "人",
    "direction": "",
    "year": 2023,
    "status": "完成值",
    "quote": "就业物价总体平稳，城镇新增就业7.2万人。",
    "report_id": TOWN.id,
    "path": ["一、过去一年工作回顾"],
    "page": 1,
    "start": 80,
    "end": 101,
}


@pytest.fixture(scope="module")
def bot() -> FakeBot:
    return FakeBot()


@pytest.fixture(scope="module")
def address(bot: FakeBot) -> Iterator[str]:
    with serving(bot, OPEN) as url:
        yield url


def tools(address: str) -> list[Tool]:
    async def listed() -> list[Tool]:
        async with streamable_http_client(f"{address}/mcp") as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            return (await session.list_tools()).tools

    return in_a_loop(listed())


def call(address: str, tool: str, **arguments: Any) -> CallToolResult:
    async def called() -> CallToolResult:
        async with streamable_http_client(f"{address}/mcp") as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            return await session.call_tool(tool, arguments)

    return in_a_loop(called())


def said(result: CallToolResult) -> str:
    (content,) = result.content
    return content.text


def figures(address: str, **arguments: Any) -> list[dict[str, Any]]:
    result = call(address, "find_figure", **arguments)
    assert not result.isError, said(result)
    return json.loads(said(result))


def rpc(address: str, method: str, params: dict[str, Any], **headers: str) -> httpx.Response:
    """A call by hand, without a session, with headers of one's own."""
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    accepted = {"accept": "application/json, text/event-stream"}
    return httpx.post(f"{address}/mcp", json=body, headers=accepted | headers, timeout=20)


def test_the_tools_are_ask_and_find_figure_and_nothing_else(address: str) -> None:
    assert [tool.name for tool in tools(address)] == ["ask", "find_figure"]


def test_the_tools_say_what_they_take_and_which_reports_there_are(address: str) -> None:
    ask, find_figure = tools(address)
    assert (list(ask.inputSchema["properties"]), ask.inputSchema["required"]) == (
        ["message", "report_ids", "mode"],
        ["message"],
    )
    assert list(find_figure.inputSchema["properties"]) == ["name", "year", "status", "report_ids"]
    assert find_figure.inputSchema["required"] == ["name"]
    assert all(TOWN.id in tool.description and TOWN.title in tool.description for tool in (ask, find_figure))


def test_ask_gives_the_contracts_object(address: str, bot: FakeBot) -> None:
    result = call(address, "ask", message=QUESTION, report_ids=[TOWN.id], mode="extractive")
    assert json.loads(said(result)) == json.loads(json.dumps(as_json(GROWTH)))
    assert bot.asked[-1] == (QUESTION, (), (TOWN.id,), "extractive")


def test_find_figure_gives_the_figures_with_their_sentences(address: str) -> None:
    first, second = figures(address, name="城镇新增就业")
    assert first == LAST_YEAR and TEXT[first["start"] : first["end"]] == first["quote"]
    assert (second["value"], second["year"], second["status"]) == ("6万人以上", 2024, "预期目标")


def test_find_figure_keeps_to_year_status_and_report(address: str) -> None:
    assert figures(address, name="城镇新增就业", year=2023) == [LAST_YEAR]
    assert figures(address, name="城镇新增就业", status="完成值", report_ids=[TOWN.id]) == [LAST_YEAR]
    assert figures(address, name="城镇新增就业", year=2023, status="累计") == []


def test_find_figure_knows_everyday_names_and_does_not_mind_the_name_of_the_region(address: str) -> None:
    assert [figure["value"] for figure in figures(address, name="GDP", year=2023)] == ["3000亿元", "6.1%"]
    assert figures(address, name="某市城镇新增就业", year=2023) == [LAST_YEAR]


def test_find_figure_hands_out_a_list_of_bounded_length() -> None:
    with serving(FakeBot(*(report(f"town-{i}") for i in range(60))), OPEN) as url:
        assert len(figures(url, name="城镇新增就业")) == 50


@pytest.mark.parametrize(
    ("tool", "arguments", "line"),
    [
        ("ask", {"message": QUESTION, "report_ids": ["nowhere"]}, "没有编号为 nowhere 的报告"),
        ("ask", {"message": "没有人教过的问题"}, ZH.unexpected),
        ("find_figure", {"name": " "}, ZH.api.bad_name),
        ("find_figure", {"name": "增" * 101}, ZH.api.bad_name),
        ("find_figure", {"name": "就业", "year": 23}, ZH.api.bad_year),
        ("find_figure", {"name": "就业", "status": "完成"}, "完成值、预期目标、规划目标、累计"),
        ("find_figure", {"name": "就业", "report_ids": ["nowhere"]}, "没有编号为 nowhere 的报告"),
        ("find_figure", {"name": "就业", "year": "2023"}, ZH.api.bad_year),
        ("find_figure", {"name": "就业", "status": 7}, "完成值、预期目标、规划目标、累计"),
        ("find_figure", {"name": "就业", "report_ids": "town-2024"}, ZH.bad_report_ids),
        ("find_figure", {"name": 7}, ZH.api.bad_name),
        ("find_figure", {}, ZH.api.bad_name),
        ("find_figure", {"name": "就业", "month": 3}, "find_figure 只有这些参数：name、year、status、report_ids"),
        ("ask", {}, ZH.bad_message),
        ("ask", {"message": 7}, ZH.bad_message),
        ("ask", {"message": QUESTION, "mode": None}, ZH.bad_mode),
        ("ask", {"message": QUESTION, "report_ids": [1]}, ZH.bad_report_ids),
        ("ask", {"message": QUESTION, "history": []}, "ask 只有这些参数：message、report_ids、mode"),
        ("screen", {"message": QUESTION}, "只有这些工具：ask、find_figure"),
    ],
)
def test_an_error_is_marked_as_one_and_is_one_line(
    address: str, tool: str, arguments: dict[str, Any], line: str
) -> None:
    result = call(address, tool, **arguments)
    assert result.isError and line in said(result) and "\n" not in said(result) and "Traceback" not in said(result)


def test_the_arguments_that_are_checked_are_those_that_the_tools_say_they_take(address: str) -> None:
    assert {tool.name: tuple(tool.inputSchema["properties"]) for tool in tools(address)} == ARGUMENTS


def test_without_an_index_the_tools_say_what_to_do() -> None:
    with serving(IndexMissing("还没有可用的索引", "请运行 `make setup`"), OPEN) as url:
        results = call(url, "ask", message=QUESTION), call(url, "find_figure", name="就业")
    assert all(result.isError and "make setup" in said(result) for result in results)


def test_the_page_and_its_endpoints_are_as_they_are_without_it(address: str) -> None:
    assert "zw-box" in httpx.get(address).text
    listed = httpx.get(f"{address}/gradio_api/info").json()["named_endpoints"]
    assert list(listed) == ["/ask", "/brief"]


@pytest.mark.parametrize(
    "path",
    [
        "/mcp-app/", "/mcp-app/config", "/mcp-app/gradio_api/info", "/mcp-app/gradio_api/mcp/",
        "/mcp-app/gradio_api/mcp/sse", "/mcp-app/gradio_api/mcp/schema", "/gradio_api/mcp/", "/gradio_api/mcp/schema",
    ],
)  # fmt: skip
def test_nothing_of_the_tools_app_is_reached_but_the_tools(address: str, path: str) -> None:
    assert httpx.get(address + path).status_code == 404
    assert httpx.post(address + path, json={}).status_code in (404, 405)


def test_a_browser_is_led_to_the_documents(address: str) -> None:
    answer = httpx.get(f"{address}/mcp", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/v1/docs")


def test_a_large_body_is_refused(address: str) -> None:
    assert rpc(address, "tools/call", {"name": "x" * LARGEST_BODY}).status_code == 413


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("tools/call", {"name": "ask", "arguments": {"message": QUESTION}}),
        ("resources/read", {"uri": "http://nowhere.invalid/"}),
        ("prompts/get", {"name": "ask"}),
    ],
)
@pytest.mark.parametrize("header", ["host", "x-forwarded-host"])
def test_no_caller_can_send_the_server_to_another_host(
    address: str, header: str, method: str, params: dict[str, Any]
) -> None:
    """Gradio's MCP server opens a client at the host that a request names."""
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        host, port = elsewhere.getsockname()
        assert rpc(address, method, params, **{header: f"{host}:{port}"}).status_code == 200
        elsewhere.setblocking(False)
        with pytest.raises(BlockingIOError):
            elsewhere.accept()


def test_unless_it_is_switched_on_there_is_no_mcp_server() -> None:
    with serving(FakeBot()) as url:
        assert rpc(url, "tools/list", {}).status_code in (404, 405)
        assert httpx.get(f"{url}/gradio_api/mcp/schema").status_code == 404


def test_the_real_bot_finds_figures_of_its_reports(town: Bot) -> None:
    with serving(town, OPEN) as url:
        found = figures(url, name="老旧小区改造", year=2030)
    assert [figure["value"] for figure in found] == ["87个"]
    assert town.text_of(found[0]["report_id"])[found[0]["start"] : found[0]["end"]] == found[0]["quote"]
