"""What went wrong, in the shape that clients of OpenAI's interface read: {"error": {"message", "type", "code"}}."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse

from chatbot.errors import SetupError, UnknownReport, UpstreamError, UsageError
from chatbot.web.edge import reason
from chatbot.web.texts import Texts
from chatbot.web.turns import Busy

_TYPES = {401: "authentication_error", 429: "rate_limit_error"}
_KNOWN: tuple[tuple[type[Exception], int, str], ...] = (  # the first that fits
    (Busy, 429, "too_many_requests"),
    (UnknownReport, 404, "report_not_found"),
    (UsageError, 400, "invalid_value"),
    (SetupError, 503, "not_ready"),
    (UpstreamError, 502, "upstream_failed"),
)
PAUSE = 1  # seconds after which one who was sent away may ask again


class Failure(Exception):
    """One line for a client, with its HTTP status and a word that a program can go by."""

    def __init__(self, status: int, line: str, code: str) -> None:
        super().__init__(line)
        self.status, self.line, self.code = status, " ".join(line.split()), code

    @classmethod
    def of(cls, error: Exception, texts: Texts) -> Failure:
        """What any error comes to; what nobody foresaw is logged and shows nothing of its insides."""
        if isinstance(error, Failure):
            return error
        for kind, status, code in _KNOWN:
            if isinstance(error, kind):
                return cls(status, str(error), code)
        return cls(500, reason(error, texts), "internal_error")

    def as_json(self) -> dict[str, Any]:
        kind = _TYPES.get(self.status, "invalid_request_error" if self.status < 500 else "server_error")
        return {"error": {"message": self.line, "type": kind, "param": None, "code": self.code}}

    def response(self) -> JSONResponse:
        headers = {401: {"www-authenticate": "Bearer"}, 429: {"retry-after": str(PAUSE)}}.get(self.status)
        return JSONResponse(self.as_json(), status_code=self.status, headers=headers)
