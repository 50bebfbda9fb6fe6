"""What may go into the database: checked here, in one line, so that no driver has to complain."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import InstrumentedAttribute

from chatbot.errors import UsageError

MOST_AT_ONCE = 200  # rows of one list
_ID = re.compile(r"[A-Za-z0-9_-]{16}")


def fitting(text: str, column: InstrumentedAttribute[str], what: str, least: int = 0) -> str:
    """`text` unchanged if the column holds it: long enough, short enough, and Unicode that can be stored.

    `what` is the Chinese name of the field, for the error. Raises UsageError.
    """
    if len(storable(text, what)) < least:
        raise UsageError(f"{what}不能为空" if least == 1 else f"{what}至少要有 {least} 个字符", "请补充后再试")
    most = length_of(column)
    if len(text) > most:
        raise UsageError(f"{what}太长：有 {len(text)} 个字符，最多 {most} 个", "请缩短后再试")
    return text


def storable(text: str, what: str) -> str:
    """`text` unchanged if it is text without NUL (PostgreSQL has none) and without half characters (UTF-8 has none)."""
    if not isinstance(text, str):
        raise UsageError(f"{what}不是文字", "请用文字填写")
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise UsageError(f"{what}里有不能保存的字符", "请重新输入这段文字")
    return text


def length_of(column: InstrumentedAttribute[str]) -> int:
    """How many characters the column holds."""
    kind = column.type
    assert isinstance(kind, String) and kind.length, f"{column} has no length"
    return kind.length


def json_text(value: object, column: InstrumentedAttribute[str], what: str) -> str:
    """`value` as JSON text that the column holds; `read_object` gives it back. Raises UsageError."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        if not text.isascii() and not _is_unicode(text):
            text = json.dumps(value, allow_nan=False, separators=(",", ":"))  # half characters, as escapes
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"{what}不能写成 JSON", "请检查内容") from error
    return fitting(text, column, what)


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def read_object(text: str) -> Mapping[str, Any]:
    """The object that `json_text` wrote."""
    value = json.loads(text)
    assert isinstance(value, dict)
    return value


def check_json(text: str, what: str) -> None:
    """Raises UsageError unless `text` is JSON."""
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{what}不是正确的 JSON", "请检查内容") from error


def is_id(text: object) -> bool:
    """Whether an id could be one of ours. What could not is not worth asking the database for."""
    return isinstance(text, str) and bool(_ID.fullmatch(text))


def capped(limit: int) -> int:
    return min(max(limit, 1), MOST_AT_ONCE)


def in_utc(moment: datetime) -> datetime:
    """The moment in UTC. Raises UsageError for a time without its zone, or one at the edge of the calendar."""
    if moment.utcoffset() is None:
        raise UsageError("时间没有注明时区", "请给出带时区的时间")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise UsageError("时间超出了范围", "请换一个时间") from error
