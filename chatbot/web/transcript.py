"""The conversation as HTML: turns with their answers, the stages while one is in work, and notices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from chatbot.errors import ZhengwenError
from chatbot.types import Answer, Report
from chatbot.web.cards import Cards, address, report_title
from chatbot.web.kept import Turn
from chatbot.web.rating import asked_for
from chatbot.web.receipt import how
from chatbot.web.texts import Texts
from chatbot.wordlists import read_toml

LONGEST_QUESTION = 160  # characters of a question that are shown again; the bot gets all of it
_MARKER = re.compile(r"\[(\d+)\]")
_CODE = re.compile(r"`([^`]+)`")


def drawn(number: int, turn: Turn, cards: Cards, texts: Texts) -> str:
    """A turn as HTML; `number` (from 1) makes the ids of its cards its own."""
    if turn.answer:
        return _turn(turn.question, _answer(number, turn, turn.answer, cards, texts), turn.answer.status)
    return _turn(turn.question, _label(texts.label("error")) + f"<p>{_advice(turn.error)}</p>", "error")


def _answer(number: int, turn: Turn, answer: Answer, cards: Cards, texts: Texts) -> str:
    unedited, note = _unedited(answer.note)
    parts = (
        _label(texts.label(answer.status)),
        _label(unedited),
        _said(answer, texts, number),
        _note(note, number, answer, texts),
        _citations(number, answer, cards, texts),
        _foot(turn.question, answer, cards, texts),
        asked_for(turn.receipt_id, f"zw-{number}-why", texts),
        how(answer, f"zw-{number}-how", cards.title, texts),
    )
    return "".join(parts)


def working(question: str, stage: str, texts: Texts, so_far: Answer | None = None) -> str:
    """The turn while `stage` is under way: what stands of the answer, and the stages.

    The sentences lie as they will in the answer, and the browser only changes what differs: a listening user hears
    each of them once.
    """
    stands = _label(texts.label(so_far.status)) + _said(so_far, texts) if so_far and so_far.citations else ""
    names = [name for name, _ in texts.stages()]
    now = names.index(stage) if stage in names else len(names) if stage == "present" else -1
    items = "".join(_stage(word, place, now) for place, (_, word) in enumerate(texts.stages()))
    stages = f'<ol class="zw-stages" aria-label="{escape(texts.working)}">{items}</ol>'
    return _turn(question, stands + stages, "working")


def conversation(turns: Iterable[str]) -> str:
    """All turns, the oldest first; the browser tells a listening user of new ones."""
    return f'<div class="zw-log" role="log" aria-live="polite">{"".join(turns)}</div>'


def earlier(turns: Sequence[Turn], cards: Cards, texts: Texts) -> str:
    """The turns of conversations before this one, folded up; no part of what is read out when it changes."""
    if not turns:
        return ""
    inside = "".join(drawn(number, turn, cards, texts) for number, turn in enumerate(turns, 1))
    summary = f"<summary>{escape(texts.earlier.format(count=len(turns)))}</summary>"
    return f'<details class="zw-earlier" id="zw-earlier">{summary}{inside}</details>'


def header(texts: Texts) -> str:
    """Name, what it is, the standing notice, and the way to the other language."""
    other = f'href="{texts.other}" lang="{texts.other_lang}" hreflang="{texts.other_lang}"'
    return (
        f'<header class="zw-header"><p class="zw-lang"><a {other}>{escape(texts.other_name)}</a></p>'
        f'<h1>{escape(texts.name)}</h1><p class="zw-tagline">{escape(texts.tagline)}</p>'
        f'<p class="zw-notice">{escape(texts.notice)}</p></header>'
    )


def basis(reports: Sequence[Report], texts: Texts) -> str:
    """The title of the one report; nothing where there are more, among which one can choose."""
    if len(reports) != 1:
        return ""
    title = texts.title.format(title=report_title(reports[0], texts))
    return f'<p class="zw-basis">{escape(texts.basis + title)}</p>'


def footer(texts: Texts) -> str:
    """What there is beside the page."""
    links = ((f"{texts.root}quality", texts.card_link), (f"{texts.root}v1/docs", texts.docs_link))
    drawn = "".join(f'<a href="{address}">{escape(name)}</a>' for address, name in links)
    return f'<footer class="zw-footer"><p>{drawn}</p></footer>'


def missing(error: ZhengwenError, texts: Texts) -> str:
    """What stands in place of the conversation when there is nothing to ask."""
    what = f"<p>{_advice(error.what)}</p>"
    advice = f"<p>{_advice(error.advice)}</p>" if error.advice else ""
    return f'<section class="zw-missing" role="alert"><h2>{escape(texts.missing)}</h2>{what}{advice}</section>'


def _turn(question: str, body: str, status: str) -> str:
    shown = question if len(question) <= LONGEST_QUESTION else question[:LONGEST_QUESTION] + "…"
    return (
        f'<article class="zw-turn zw-{escape(status)}"><h2 class="zw-question">{escape(shown)}</h2>'
        f'<div class="zw-answer">{body}</div></article>'
    )


def _label(label: str) -> str:
    return f'<p class="zw-label">{escape(label)}</p>' if label else ""


def _unedited(note: str) -> tuple[str, str]:
    """The word that no model edited the answer, apart from the rest of the note; each may be empty."""
    words = {language["no_model"] for language in read_toml("phrases.toml").values()}
    lines = note.split("\n")
    unedited = [line for line in lines if line in words]
    return "\n".join(unedited), "\n".join(line for line in lines if line not in words)


def _said(answer: Answer, texts: Texts, number: int | None = None) -> str:
    sentences = "".join(f'<p class="zw-sentence">{_linked(s, answer, texts, number)}</p>' for s in answer.sentences)
    return f'<div class="zw-said">{sentences}</div>'


def _note(note: str, number: int, answer: Answer, texts: Texts) -> str:
    if not note:
        return ""
    head = f'<span class="zw-note-head">{escape(texts.note)}</span>'
    return f'<aside class="zw-note">{head}<p>{_linked(note, answer, texts, number)}</p></aside>'


def _linked(sentence: str, answer: Answer, texts: Texts, number: int | None) -> str:
    """Escaped text whose markers lead into the report, or will once the turn has a number.

    A marker without a citation stays text.
    """
    known = {citation.marker: citation for citation in answer.citations}

    def link(match: re.Match[str]) -> str:
        marker = int(match[1])
        if marker not in known:
            return match[0]
        if number is None:
            return f'<a class="zw-marker">[{marker}]</a>'
        where, title = escape(address(known[marker], texts)), escape(f"{texts.marker} {marker}")
        return f'<a class="zw-marker" href="{where}" aria-label="{title}">[{marker}]</a>'

    return _MARKER.sub(link, escape(sentence))


def _citations(number: int, answer: Answer, cards: Cards, texts: Texts) -> str:
    if not answer.citations:
        return ""
    drawn = "".join(cards.card(citation, _card_id(number, citation.marker)) for citation in answer.citations)
    return f'<section class="zw-cards"><h3>{escape(texts.citations)}</h3>{drawn}</section>'


def _card_id(number: int, marker: int) -> str:
    return f"zw-{number}-{marker}"


def _foot(question: str, answer: Answer, cards: Cards, texts: Texts) -> str:
    """That a program made this, and how; and the button to copy it."""
    dropped = texts.dropped.format(count=len(answer.dropped)) if answer.dropped else ""
    said = " · ".join(filter(None, (texts.origin(answer.mode) if answer.citations else "", dropped)))
    label = f'<span class="zw-ai">{escape(texts.ai_label)}</span>'
    copy = _copy(cards.plain(question, answer), texts) if answer.citations else ""
    return f'<footer class="zw-foot">{label}<span class="zw-origin">{escape(said)}</span>{copy}</footer>'


def _copy(text: str, texts: Texts) -> str:
    label = escape(texts.copy)
    words = f'data-label="{label}" data-done="{escape(texts.copied)}" data-failed="{escape(texts.copy_failed)}"'
    return f'<button type="button" class="zw-copy" data-copy="{escape(text)}" {words}>{label}</button>'


def _stage(word: str, place: int, now: int) -> str:
    state = "done" if place < now else "now" if place == now else "next"
    current = ' aria-current="step"' if state == "now" else ""
    return f'<li class="zw-stage-{state}"{current}>{escape(word)}</li>'


def _advice(line: str) -> str:
    """Escaped text in which `commands` between backticks stand out."""
    return _CODE.sub(r"<code>\1</code>", escape(line))
