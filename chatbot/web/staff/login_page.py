"""The page to log in at: a plain HTML form with a name, a password and at most one line of why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from starlette.responses import HTMLResponse

from chatbot.web.staff.texts import StaffTexts

_WEB = Path(__file__).parent.parent
_STYLE = "".join((_WEB / name).read_text(encoding="utf-8") for name in ("tokens.css", "staff/login.css"))


@dataclass(frozen=True, slots=True)
class Form:
    """What is shown again of what was typed (never the password), and the line that says why it did not do."""

    texts: StaffTexts
    name: str = ""
    next: str = ""
    line: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> Form:
        texts = StaffTexts.of("en" if fields.get("lang") == "en" else "zh")
        return cls(texts, fields.get("name", "")[:40], fields.get("next", "")[:400])

    def saying(self, line: str) -> Form:
        return replace(self, line=line)

    def response(self, status: int = 200) -> HTMLResponse:
        return HTMLResponse(self._html(), status, {"cache-control": "no-store"})

    def _html(self) -> str:
        texts, words = self.texts, self.texts.login
        home = "./" if texts.lang.startswith("zh") else "en/"
        # Under the site's own policy (no-referrer) a form would say of itself that it comes from nowhere.
        head = f'<meta name="referrer" content="same-origin"><title>{escape(words.head)}</title>'
        return (
            f'<!doctype html><html lang="{escape(texts.lang)}"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}'
            f'<link rel="icon" href="favicon.ico"><style>{_STYLE}</style></head><body><main>'
            f"<h1>{escape(words.head)}</h1><p>{escape(words.lead)}</p>{self._said()}{self._fields()}"
            f'<p class="zw-links"><a href="{home}">{escape(texts.public)}</a>'
            f'<a href="login?lang={words.other}" lang="{words.other_lang}">{escape(words.other_name)}</a>'
            "</p></main></body></html>"
        )

    def _said(self) -> str:
        return f'<p id="zw-said" class="zw-said" role="alert">{escape(self.line)}</p>' if self.line else ""

    def _fields(self) -> str:
        words = self.texts.login
        wrong = 'aria-describedby="zw-said" ' if self.line else ""
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(value)}">'
            for name, value in (("next", self.next), ("lang", self.texts.lang[:2]))
        )
        return (
            f'<form method="post" action="login">{hidden}<label for="zw-name">{escape(words.name)}</label>'
            f'<input id="zw-name" name="name" {wrong}value="{escape(self.name)}" autocomplete="username" required '
            'autofocus maxlength="40" spellcheck="false" autocapitalize="none">'
            f'<label for="zw-password">{escape(words.password)}</label><input id="zw-password" name="password" '
            f'{wrong}type="password" autocomplete="current-password" required maxlength="800">'
            f'<button type="submit">{escape(words.enter)}</button></form>'
        )
