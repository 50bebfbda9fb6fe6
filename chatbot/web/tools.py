"""The MCP server, by Gradio: assistants ask with the tools `ask` and `find_figure`, at `/mcp`.

Gradio makes a tool of every public endpoint of an app, so the tools have an app of their own, of which nothing but the
MCP address can be reached. They are not queued: a queued tool is called by Gradio through a client of its own, which
holds a thread for every call that waits. They take turns with the callers of `/v1` instead.
"""

from collections.abc import Mapping
from typing import Any, get_args

import gradio as gr
from fastapi import FastAPI
from gradio.events import api
from mcp.types import CallToolRequest, CallToolResult, ServerResult, TextContent
from pydantic_core import to_json
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from chatbot.errors import UsageError
from chatbot.figure_table import FigureRow, figure_rows, matching
from chatbot.present import as_json
from chatbot.types import Answer, IndicatorStatus
from chatbot.web.api import check
from chatbot.web.completions import PATH as DOCUMENTED
from chatbot.web.contract import AskableBot
from chatbot.web.edge import reason
from chatbot.web.gate import Gate, Rules
from chatbot.web.protocol import sound
from chatbot.web.service import Service
from chatbot.web.texts import Texts

# No postponed annotations in this module: Gradio reads the tools' types to describe them to clients.
PATH = "/mcp"
MOST = 50  # figures that are handed out
LONGEST_NAME = 100  # characters
_APP = "/mcp-app"
_INSIDE = f"{_APP}/gradio_api/mcp/"
_STATUSES: tuple[str, ...] = get_args(IndicatorStatus)
ARGUMENTS = {"ask": ("message", "report_ids", "mode"), "find_figure": ("name", "year", "status", "report_ids")}


class ToolError(Exception):
    """One line for the assistant; MCP has a mark for results that are errors."""


def add_tools(app: FastAPI, service: Service) -> gr.Blocks:
    """Mounts the MCP server; gives the app of its tools, which describes them."""
    tools = _tools(service)
    gr.mount_gradio_app(
        app,
        tools,
        path=_APP,
        app_kwargs={"openapi_url": None},
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=False,
        mcp_server=True,
        enable_monitoring=False,
        max_file_size=1,
    )
    if not tools.mcp_server:  # Gradio keeps what went wrong to itself
        raise RuntimeError(tools.mcp_error)
    _check_calls(tools, service.texts)
    app.add_middleware(_OnlyMcp, Rules(service.texts.api))
    return tools


def _tools(service: Service) -> gr.Blocks:
    words = service.texts.api
    tools: gr.Blocks = gr.Blocks(title=service.texts.name, analytics_enabled=False)
    with tools:
        api(_ask(service), api_name="ask", queue=False, api_description=words.asks + _held(service))
        finds = words.finds.format(most=MOST) + _held(service)
        api(_find_figure(service), api_name="find_figure", queue=False, api_description=finds)
    return tools


def _check_calls(tools: Any, texts: Texts) -> None:
    """Calls are checked by us first: Gradio and its MCP library would tell in English what is wrong with them."""
    handlers = tools.mcp_server_obj.mcp_server.request_handlers
    handle = handlers[CallToolRequest]

    async def checked(request: CallToolRequest) -> ServerResult:
        try:
            _check_call(request.params.name, request.params.arguments or {}, texts)
        except UsageError as error:
            told = TextContent(type="text", text=str(error))
            return ServerResult(CallToolResult(content=[told], isError=True))
        result: ServerResult = await handle(request)
        return result

    handlers[CallToolRequest] = checked


def _check_call(tool: str, arguments: Mapping[str, Any], texts: Texts) -> None:
    """UsageError for a tool or an argument that there is none of, and for values that a tool cannot take."""
    if tool not in ARGUMENTS:
        raise UsageError(texts.api.no_tool.format(tools="、".join(ARGUMENTS)))
    if not set(arguments) <= set(ARGUMENTS[tool]):
        raise UsageError(texts.api.no_argument.format(tool=tool, arguments="、".join(ARGUMENTS[tool])))
    if tool == "ask":
        check(arguments.get("message"), arguments.get("report_ids"), arguments.get("mode", ""), texts)
    else:
        _check_figure(arguments.get("name"), arguments.get("year"), arguments.get("status"), texts)
        check(arguments["name"], arguments.get("report_ids"), "", texts)


def _held(service: Service) -> str:
    """Which reports there are: an assistant has no list to choose from."""
    reports = () if isinstance(service.bot, Exception) else service.bot.reports
    told = "、".join(f"{report.id}（{report.title}）" for report in reports)
    return service.texts.api.held.format(reports=told) if told else ""


def _ask(service: Service) -> Any:
    async def ask(message: str, report_ids: list[str] | None = None, mode: str = "auto") -> str:
        def put(bot: AskableBot) -> Answer:
            chosen = tuple(report_ids or ())
            answer = bot.ask(message, (), chosen, mode)
            service.keeper.keep(message, answer, (), chosen, mode)
            return answer

        try:
            answer = await service.in_turn(put)
        except Exception as error:  # the edge: an assistant gets a line to read, never a traceback
            raise ToolError(reason(error, service.texts)) from None
        return _text(as_json(answer))

    return ask


def _find_figure(service: Service) -> Any:
    async def find_figure(
        name: str, year: int | None = None, status: str | None = None, report_ids: list[str] | None = None
    ) -> str:
        try:
            rows = await service.in_turn(lambda bot: _found(bot, name, year, status, report_ids))
        except Exception as error:  # the edge: an assistant gets a line to read, never a traceback
            raise ToolError(reason(error, service.texts)) from None
        return _text(list(map(as_row, rows)))

    return find_figure


def _check_figure(name: object, year: object, status: object, texts: Texts) -> None:
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME:
        raise UsageError(texts.api.bad_name)
    if year is not None and (type(year) is not int or not 1000 <= year <= 9999):
        raise UsageError(texts.api.bad_year)
    if status is not None and status not in _STATUSES:
        raise UsageError(texts.api.bad_status.format(statuses="、".join(_STATUSES)))


def _found(
    bot: AskableBot, name: str, year: int | None, status: Any, report_ids: list[str] | None
) -> tuple[FigureRow, ...]:
    """The closest of each report, report by report."""
    for report_id in report_ids or ():
        bot.text_of(report_id)  # raises UnknownReport
    chosen = [report for report in bot.reports if not report_ids or report.id in report_ids]
    found = (
        matching(figure_rows(bot.passages(report.id), report), name.removeprefix(report.region), year, status)
        for report in chosen
    )
    return tuple(row for rows in found for row in rows)[:MOST]


def as_row(row: FigureRow) -> dict[str, Any]:
    """A figure as it is handed out; `value` is as the text states it, `start` and `end` are those of the quote."""
    return {
        "name": row.name,
        "value": row.stated,
        "unit": row.unit,
        "direction": row.direction,
        "year": row.year,
        "status": row.status,
        "quote": row.quote,
        "report_id": row.report_id,
        "path": list(row.path),
        "page": row.page,
        "start": row.start,
        "end": row.end,
    }


def _text(value: Any) -> str:
    """JSON: of any other value Gradio would hand out Python's way of writing it."""
    return to_json(sound(value)).decode()


class _OnlyMcp:
    """ASGI middleware: `/mcp` leads to Gradio's MCP address, behind the gate; nothing else leads into that app."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self.app, self.gate = app, Gate(app, rules)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if path.rstrip("/") == PATH:
            await self._mcp(scope, receive, send)
        elif path.startswith(_APP):
            await PlainTextResponse("", status_code=404)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _mcp(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "GET" and b"text/event-stream" not in _accepted(scope):  # a person with a browser
            await RedirectResponse(f"{DOCUMENTED}/docs", status_code=303)(scope, receive, send)
        else:
            await self.gate(_inside(scope), receive, send)


def _inside(scope: Scope) -> Scope:
    """The same request at Gradio's address. Whatever host it names, it is ours: Gradio calls back at that host."""
    host, port = scope.get("server") or ("127.0.0.1", None)
    named = f"[{host}]" if ":" in host else host
    headers = [
        (name, value) for name, value in scope["headers"] if name != b"host" and not name.startswith(b"x-forwarded")
    ]
    headers.append((b"host", f"{named}:{port}".encode() if port else named.encode()))
    return {**scope, "scheme": "http", "path": _INSIDE, "raw_path": _INSIDE.encode(), "headers": headers}


def _accepted(scope: Mapping[str, Any]) -> bytes:
    return b",".join(value for name, value in scope["headers"] if name == b"accept")
