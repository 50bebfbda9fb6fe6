"""The quality card as a page: `docs/quality.md`, which the evaluation writes, with its plots."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from markdown_it import MarkdownIt

from chatbot.settings import CODE_FOLDER
from chatbot.web.texts import Texts

PATH = "/quality"
CARD = CODE_FOLDER / "docs" / "quality.md"
_STYLE = (Path(__file__).parent / "quality.css").read_text(encoding="utf-8")


def add_quality(app: FastAPI, texts: Texts, card: Path = CARD) -> None:
    """`/quality` and `/quality-….png`; a line that says so where there is no card."""

    def page() -> Response:
        if not card.is_file():
            return PlainTextResponse(texts.no_card, status_code=404)
        return HTMLResponse(_html(card.read_text(encoding="utf-8"), texts))

    def plot(name: str) -> Response:
        drawn = card.parent / f"quality-{name}.png"
        known = drawn.is_file() and drawn.parent == card.parent
        return FileResponse(drawn, media_type="image/png") if known else PlainTextResponse("", status_code=404)

    app.add_api_route(PATH, page)
    app.add_api_route(f"{PATH}-{{name}}.png", plot)


def _html(markdown: str, texts: Texts) -> str:
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    body = body.replace("<table>", '<table tabindex="0">')  # wide ones scroll, which the keyboard must reach
    return (
        f'<!doctype html><html lang="{texts.lang}"><head><meta charset="utf-8"><title>{texts.card}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f'<body><main>{body}<p><a href="./">{texts.back}</a></p></main></body></html>'
    )
