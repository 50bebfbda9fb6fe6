"""The web app: Gradio's page at `/`, with `/healthz` and `/metrics` beside it, and uvicorn to serve it."""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatbot.errors import SetupError, ZhengwenError
from chatbot.web.contract import AskableBot
from chatbot.web.metrics import CountedBot, Metrics
from chatbot.web.page import build_page
from chatbot.web.quality import add_quality
from chatbot.web.texts import Texts
from chatbot.web.theme import theme

_ROOM = Path(__file__).parent
QUEUE = 64  # questions that may wait
AT_ONCE = 4  # questions answered at the same time
PARTING = 2  # seconds for answers under way when the server is stopped
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


def create_app(
    bot: AskableBot | ZhengwenError,
    *,
    examples: Sequence[str] = (),
    mode: str = "auto",
    language: str = "zh",
) -> FastAPI:
    """The app around `bot`, or around the error that says why there is none (then the page says what to do).

    `examples` are questions to click on, by default general ones; `mode` is how the page asks (auto, extractive,
    model); `language` is that of the page's own words (zh, en).
    """
    texts, metrics = Texts.of(language), Metrics()
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    _add_probes(app, bot, metrics)
    add_quality(app, texts)
    asked = bot if isinstance(bot, ZhengwenError) else CountedBot(bot, metrics)
    page = build_page(asked, texts, examples or texts.default_examples, mode)
    page.queue(max_size=QUEUE, default_concurrency_limit=AT_ONCE)
    # By default Gradio draws up a table of all past events after each one, for a dashboard that is off here.
    page._queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize
    _mount(app, page, texts)
    app.add_middleware(_SafeHeaders)
    return app


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


def _mount(app: FastAPI, page: gr.Blocks, texts: Texts) -> None:
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        app_kwargs={"openapi_url": None},
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=False,
        mcp_server=False,
        enable_monitoring=False,
        max_file_size=LARGEST_UPLOAD,
        favicon_path=str(_ROOM / "favicon.svg"),
        theme=theme(),
        css_paths=_ROOM / "style.css",
        head=f'<script>document.documentElement.lang = "{texts.lang}"</script>',
    )


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
