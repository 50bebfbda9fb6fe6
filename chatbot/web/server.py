"""The web app: Gradio's page at `/`, the doors for machines and the probes beside it, and uvicorn to serve it."""

from __future__ import annotations

import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse
from gradio.utils import get_upload_folder
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatbot.errors import SetupError, ZhengwenError
from chatbot.web.api_docs import Described
from chatbot.web.closed import Closed
from chatbot.web.completions import add_completions
from chatbot.web.contract import AskableBot, Ledger
from chatbot.web.metrics import CountedBot, Metrics
from chatbot.web.page import build_page
from chatbot.web.quality import add_quality
from chatbot.web.rating import add_rating
from chatbot.web.reader import add_reader
from chatbot.web.service import Service
from chatbot.web.staff.staff import Staff, add_staff
from chatbot.web.texts import Texts
from chatbot.web.theme import theme
from chatbot.web.tools import add_tools
from chatbot.web.turns import Turns

_ROOM = Path(__file__).parent
QUEUE = 64  # questions that may wait
AT_ONCE = 4  # questions answered at the same time
PARTING = 2  # seconds for answers under way when the server is stopped
LANGUAGES = {"en": "/en", "zh": "/"}  # each page and its path; `/` comes last, for it answers for all that is left
STYLES = ("tokens.css", "style.css", "reader.css")
LARGEST_UPLOAD = 1  # bytes: the page takes no files, so Gradio's upload route must not store any

# Gradio compiles its templates in the browser, hence unsafe-eval; nothing may come from or go to another host.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; form-action 'self'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


@dataclass(frozen=True, slots=True)
class Doors:
    """How the doors beside the page stand.

    The `key` that `/v1` asks for (empty: none), whether there is an MCP server, and the room of the staff (None: none).
    """

    key: str = ""
    mcp: bool = False
    staff: Staff | None = None


def create_app(
    bot: AskableBot | ZhengwenError,
    *,
    examples: Mapping[str, Sequence[str]] | None = None,
    mode: str = "auto",
    doors: Doors = Doors(),
    ledger: Ledger | None = None,
) -> FastAPI:
    """The app around `bot`, or around the error that says why there is none (then the page says what to do).

    `examples` are questions to click on for each language, by default general ones, looked up whenever the page is
    opened; `mode` is how the page asks (auto, extractive, model); `ledger` keeps answers and their ratings, None keeps
    nothing.
    """
    texts, metrics = Texts.of(), Metrics()
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    _add_probes(app, bot, metrics)
    add_quality(app, texts)
    add_reader(app, bot)
    add_rating(app, ledger, texts)
    asked = bot if isinstance(bot, ZhengwenError) else CountedBot(bot, metrics)
    pages = {
        language: _page(asked, language, {} if examples is None else examples, mode, ledger) for language in LANGUAGES
    }
    if doors.staff:
        add_staff(app, asked, doors.staff)
    _add_doors(app, pages["zh"], Service(asked, texts, Turns(AT_ONCE, QUEUE, texts.api.busy), ledger), doors)
    for language, path in LANGUAGES.items():
        _mount(app, pages[language], path, Texts.of(language))
    app.add_middleware(Closed)
    app.add_middleware(_SafeHeaders)
    return app


def _page(
    bot: AskableBot | ZhengwenError,
    language: str,
    examples: Mapping[str, Sequence[str]],
    mode: str,
    ledger: Ledger | None,
) -> gr.Blocks:
    texts = Texts.of(language)
    page = build_page(bot, texts, lambda: examples.get(language) or texts.default_examples, mode, ledger)
    page.queue(max_size=QUEUE, default_concurrency_limit=AT_ONCE)
    # By default Gradio draws up a table of all past events after each one, for a dashboard that is off here.
    page._queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize
    return page


def serve(app: FastAPI, host: str, port: int, language: str = "zh") -> None:
    """Serve until interrupted; SetupError where the port cannot be had. Addresses of those who ask are not logged."""
    texts = Texts.of(language)
    with _listener(host, port, texts) as listener:
        print(texts.started.format(host=host, port=listener.getsockname()[1]), flush=True)
        # Open browser tabs hold a stream each: they are cut after a moment, and uvicorn's outcry at that is not shown.
        config = uvicorn.Config(app, log_level="critical", access_log=False, timeout_graceful_shutdown=PARTING)
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run([listener])


def _listener(host: str, port: int, texts: Texts) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        what = texts.port_taken.format(host=host, port=port, why=error.strerror)
        raise SetupError(what, texts.port_advice) from error


def _add_probes(app: FastAPI, bot: AskableBot | ZhengwenError, metrics: Metrics) -> None:
    def healthz() -> JSONResponse:
        if isinstance(bot, ZhengwenError):
            return JSONResponse({"status": "error", "error": str(bot)}, status_code=503)
        return JSONResponse({"status": "ok", "reports": len(bot.reports)})

    def exposition() -> PlainTextResponse:
        return PlainTextResponse(metrics.exposition(), media_type="text/plain; version=0.0.4")

    app.add_api_route("/healthz", healthz)
    app.add_api_route("/metrics", exposition)


def _add_doors(app: FastAPI, page: gr.Blocks, service: Service, doors: Doors) -> None:
    """What stands beside the page must be added before it: the page answers for every other path."""
    tools = add_tools(app, service) if doors.mcp else None
    described = Described(lambda: _named(page), lambda: _named(tools) if tools else {})
    add_completions(app, service, doors.key, described)


def _named(page: gr.Blocks) -> dict[str, Any]:
    return dict(page.get_api_info()["named_endpoints"])


def _mount(app: FastAPI, page: gr.Blocks, path: str, texts: Texts) -> None:
    if path != "/":
        app.add_api_route(path, lambda: RedirectResponse(f"{path.removeprefix('/')}/"), include_in_schema=False)
    gr.mount_gradio_app(
        app,
        page,
        path=path,
        app_kwargs={"openapi_url": None},
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=False,
        mcp_server=False,
        enable_monitoring=False,
        max_file_size=LARGEST_UPLOAD,
        blocked_paths=[get_upload_folder()],  # shared with the staff room, whose uploads are nobody else's
        favicon_path=str(_ROOM / "favicon.svg") if path == "/" else None,
        theme=theme(),
        css_paths=[_ROOM / name for name in STYLES],
        head=_head(path, texts),
    )


def _head(path: str, texts: Texts) -> str:
    """The language of the page; and from `/` on to the page in the language that was chosen last in this browser."""
    script = f'document.documentElement.lang = "{texts.lang}";'
    if path == "/":
        chosen = f'localStorage.getItem("zw-lang") === "{texts.other_lang}"'
        script += f' if ({chosen}) location.replace("{texts.other}");'
    return f"<script>{script}</script>"


class _SafeHeaders:
    """Adds the security headers to every HTTP response, streams included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)
