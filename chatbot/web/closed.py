"""Routes of Gradio's that this site has no use for: through them anybody could have it fetch other addresses."""

from __future__ import annotations

import re

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_FETCHES = re.compile(r"/(?:proxy=|file=\s*https?:)", re.IGNORECASE)


class Closed:
    """ASGI middleware: 404 for `…/file=http…` and `…/proxy=…`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fetches = scope["type"] == "http" and _FETCHES.search(str(scope["path"]))
        await (PlainTextResponse("Not Found", 404) if fetches else self._app)(scope, receive, send)
