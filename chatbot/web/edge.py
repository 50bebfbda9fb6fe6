"""Where errors end: one line a person can read instead of a traceback."""

from __future__ import annotations

import logging

from chatbot.errors import ZhengwenError
from chatbot.web.texts import Texts

_log = logging.getLogger(__name__)


def reason(error: Exception, texts: Texts) -> str:
    """One line that says what happened. What we did not foresee is logged in full and shown without its insides."""
    if isinstance(error, ZhengwenError):
        return str(error)
    _log.error("unforeseen error while answering", exc_info=error)
    return texts.unexpected
