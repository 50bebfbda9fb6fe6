"""Who comes into the staff room: `/login`, `/logout`, and the guard before everything under `/staff`.

The login page is a plain form that needs no script. A login is a cookie that holds a token of the records.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qs, quote, urlsplit

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatbot.errors import UsageError, ZhengwenError
from chatbot.records.accounts import Accounts
from chatbot.records.errors import LoginRefused
from chatbot.records.values import Account
from chatbot.web.staff.login_page import Form
from chatbot.web.staff.texts import LoginTexts, StaffTexts
from chatbot.web.turns import Busy, Turns

ROOM = "/staff"
COOKIE = "zw-staff"
LARGEST = 4 * 1024  # bytes of a login form
AT_ONCE, WAITING = 2, 16  # logins in work (each hash takes 64 MiB), and behind them
SAFE = ("GET", "HEAD", "OPTIONS")

_ACCOUNT = "zhengwen.account"  # in the scope of a request, once it has passed the guard
_INSIDE = re.compile(rf"{ROOM}(?:/[A-Za-z0-9._~=&?%,:@-]+)*/?")


def add_login(app: FastAPI, accounts: Accounts) -> None:
    """The routes and the guard; to be added before anything that answers for all paths."""
    desk = _Desk(accounts)
    app.add_api_route("/login", desk.show, methods=["GET"], response_class=HTMLResponse)
    app.add_api_route("/login", desk.enter, methods=["POST"], response_class=HTMLResponse)
    app.add_api_route("/logout", desk.leave, methods=["POST"], response_class=HTMLResponse)
    app.add_middleware(Guard, accounts)


def account_in(scope: Mapping[str, Any]) -> Account:
    """Whose request it is that the guard let through."""
    return cast(Account, scope[_ACCOUNT])


class Guard:
    """ASGI middleware: of what lies under `/staff` nobody sees anything without a login.

    A person who opens a page is sent to `/login`; everything else gets 401 and one line of JSON.
    """

    def __init__(self, app: ASGIApp, accounts: Accounts) -> None:
        self._app, self._accounts = app, accounts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or not is_inside(_path(scope)):
            await self._app(scope, receive, send)
            return
        refusal = await self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, _unstored(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refusal(scope, receive, _unstored(send))

    async def _refusal(self, scope: Scope) -> Response | None:
        """What is said instead; None for one who may go on: then the scope holds whose request it is."""
        texts = StaffTexts.of(_language(_path(scope))).login
        try:
            account = await run_in_threadpool(_account, self._accounts, HTTPConnection(scope))
        except ZhengwenError as error:
            return JSONResponse({"error": str(error)}, 503)
        if account is None:
            return _to_login(scope, texts)
        if scope.get("method", "GET") not in SAFE and not is_from_here(Headers(scope=scope)):
            return JSONResponse({"error": texts.elsewhere}, 403)
        scope[_ACCOUNT] = account
        return None


def is_inside(path: str) -> bool:
    return path == ROOM or path.startswith(f"{ROOM}/")


def is_from_here(headers: Mapping[str, str]) -> bool:
    """Whether a page of this site sent it, as far as the browser tells. No other program says where it comes from."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "none") in ("same-origin", "none")
    # A page elsewhere can make a browser set neither of the two; a proxy may put our name into the second.
    ours = {headers.get(name, "").lower() for name in ("host", "x-forwarded-host")} - {""}
    try:
        return urlsplit(origin.lower()).netloc in ours
    except ValueError:
        return False


def local(path: str) -> str:
    """`path` if it is one of the room, else the room's own: nobody is sent away from here after logging in."""
    fits = _INSIDE.fullmatch(path) and ".." not in path
    return path if fits and is_inside(path.split("?")[0]) and path != ROOM else f"{ROOM}/"


def _account(accounts: Accounts, connection: HTTPConnection) -> Account | None:
    token = connection.cookies.get(COOKIE, "")
    return accounts.account_of(token) if token else None


def _path(scope: Scope) -> str:
    """The path that Starlette goes by when it looks for a route: what it finds in the room, the guard must find too."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] if path.startswith(f"{root}/") else path


def _language(path: str) -> str:
    return "en" if path == f"{ROOM}/en" or path.startswith(f"{ROOM}/en/") else "zh"


def _to_login(scope: Scope, texts: LoginTexts) -> Response:
    headers, path = Headers(scope=scope), _path(scope)
    opens = scope.get("method") in ("GET", "HEAD") and "text/html" in headers.get("accept", "")
    if not opens:
        return JSONResponse({"error": texts.needed}, 401)
    # Relative, as behind a proxy that serves us under a path of its own.
    up = "../" * (path.count("/") - 1)
    return RedirectResponse(f"{up}login?next={quote(local(path))}&lang={_language(path)}", 303)


def _unstored(send: Send) -> Send:
    """What is shown to one who is logged in must not come out of a store after the logout."""

    async def send_unstored(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).setdefault("cache-control", "no-store")
        await send(message)

    return send_unstored


class _Desk:
    """Where people log in and out."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._turns = Turns(AT_ONCE, WAITING, StaffTexts.of().login.busy)

    async def show(self, request: Request) -> Response:
        return await self._page(Form.of(request.query_params), 200)

    async def enter(self, request: Request) -> Response:
        form = Form.of({})
        try:
            _check_origin(request)
            fields = await _fields(request)
            form = Form.of(fields)
            async with self._turns.taken():
                token = await run_in_threadpool(self._token, fields.get("name", ""), fields.get("password", ""))
        except ClientDisconnect:  # nobody is left to tell
            return Response(status_code=400)
        except ZhengwenError as error:
            return await self._page(form.saying(str(error)), _status(error))
        return _with_cookie(RedirectResponse(f".{local(form.next)}", 303), request, token)

    async def leave(self, request: Request) -> Response:
        """Ends the login in the records, so that a copy of the cookie is worth nothing either."""
        try:
            _check_origin(request)
            await run_in_threadpool(self._accounts.log_out, request.cookies.get(COOKIE, ""))
        except ZhengwenError as error:
            return Form.of({}).saying(str(error)).response(_status(error))
        response = RedirectResponse("./login", 303)
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
        return response

    def _token(self, name: str, password: str) -> str:
        return self._accounts.log_in(self._accounts.check(name.strip(), password))

    async def _page(self, form: Form, status: int) -> Response:
        """The form; where there is no account yet it says how to make one."""
        try:
            accounts = await run_in_threadpool(self._accounts.list)
        except ZhengwenError as error:
            return form.saying(str(error)).response(503)
        return (form if accounts else form.saying(form.texts.login.nobody)).response(status)


class _Elsewhere(UsageError):
    """Sent by the page of another site."""


def _check_origin(request: Request) -> None:
    if not is_from_here(request.headers):
        raise _Elsewhere(StaffTexts.of().login.elsewhere)


# Passwords end up in the wrong box: nothing of what was typed is logged, not even the name.
_STATUSES: tuple[tuple[type[ZhengwenError], int], ...] = (  # the first that fits
    (_Elsewhere, 403),
    (LoginRefused, 401),
    (UsageError, 400),
    (Busy, 429),
)


def _status(error: ZhengwenError) -> int:
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), 503)


async def _fields(request: Request) -> dict[str, str]:
    """The form's fields. Raises UsageError for a body that is no such form."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise UsageError(StaffTexts.of().login.bad_form)
    try:
        found = parse_qs(body.decode("ascii"), errors="strict", max_num_fields=10, keep_blank_values=True)
    except ValueError as error:
        raise UsageError(StaffTexts.of().login.bad_form) from error
    return {name: values[-1] for name, values in found.items()}


def _with_cookie(response: Response, request: Request, token: str) -> Response:
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, token, path="/", httponly=True, samesite="strict", secure=secure)
    return response
