"""What readers think of an answer: the words under it, and `POST /rate`, which hands their opinion to the ledger."""

from __future__ import annotations

from html import escape

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, request_response

from chatbot.errors import ZhengwenError
from chatbot.web.contract import Ledger
from chatbot.web.edge import reason
from chatbot.web.gate import Gate, Rules
from chatbot.web.texts import RatingTexts, Texts

PATH = "/rate"
LARGEST = 8 * 1024  # bytes of a request
LONGEST_COMMENT = 200  # characters


class Rating(BaseModel):
    """`reason` is the number of one of the reasons, from 0; None for none."""

    model_config = ConfigDict(extra="forbid")

    receipt_id: str = Field(min_length=1, max_length=64)
    good: StrictBool
    reason: int | None = Field(default=None, ge=0)
    comment: str = Field(default="", max_length=LONGEST_COMMENT)


def add_rating(app: FastAPI, ledger: Ledger | None, texts: Texts) -> None:
    """The route; there is none where nothing is kept."""
    if ledger is None:
        return

    async def rate(request: Request) -> JSONResponse:
        try:
            rating = Rating.model_validate_json(await request.body())
            kept = (rating.receipt_id, rating.good, _reason(rating, texts.rating), rating.comment.strip())
            await run_in_threadpool(ledger.rate, *kept)
        except (ValidationError, IndexError):
            return JSONResponse({"error": texts.rating.bad_rating}, 400)
        except Exception as error:  # the edge: a person gets a line to read, never a traceback
            return JSONResponse({"error": reason(error, texts)}, 400 if isinstance(error, ZhengwenError) else 500)
        return JSONResponse({"thanks": texts.rating.thanks})

    gate = Gate(request_response(rate), Rules(texts.api, largest=LARGEST))
    app.router.routes.append(Route(PATH, gate, methods=["POST"]))


def _reason(rating: Rating, words: RatingTexts) -> str:
    """The words that are kept, whatever the language of the page. IndexError for a number that is none."""
    return "" if rating.reason is None else words.reasons[rating.reason]


def asked_for(receipt_id: str, id: str, texts: Texts) -> str:
    """The two buttons, and what opens behind the second (with this `id`); nothing for an answer that is not kept."""
    if not receipt_id:
        return ""
    words = texts.rating
    options = "".join(f'<option value="{number}">{escape(name)}</option>' for number, name in enumerate(words.reasons))
    reasons = f'<label>{escape(words.reason)}<select name="reason">{options}</select></label>'
    limit = f'maxlength="{LONGEST_COMMENT}" autocomplete="off"'
    comment = f'<label>{escape(words.comment)}<input type="text" name="comment" {limit}></label>'
    buttons = (
        f'<button type="button" class="zw-good" aria-pressed="false">{escape(words.good)}</button>'
        f'<button type="button" class="zw-bad" aria-pressed="false" aria-expanded="false" aria-controls="{escape(id)}">'
        f"{escape(words.bad)}</button>"
    )
    send = f'<button type="submit" class="zw-send-rating">{escape(words.send)}</button>'
    lines = f'data-thanks="{escape(words.thanks)}" data-failed="{escape(words.failed)}"'
    where = f'action="{escape(texts.root)}{PATH[1:]}" data-receipt="{escape(receipt_id)}"'
    return (
        f'<form class="zw-rate" {where} {lines}><div class="zw-thumbs" role="group" '
        f'aria-label="{escape(words.head)}"><span>{escape(words.head)}</span>{buttons}</div>'
        f'<div class="zw-why" id="{escape(id)}" hidden>{reasons}{comment}{send}</div>'
        '<p class="zw-said-thanks"></p></form>'
    )
