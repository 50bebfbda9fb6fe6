"""Where the report is read beside the conversation: an `aside` on a desk, a dialog on a phone, one pane for both.

The script moves them out of Gradio's `main`, where no landmark may lie, and fills the pane from the reader's document.
"""

from __future__ import annotations

from html import escape

from chatbot.web.texts import Texts


def pane(texts: Texts) -> str:
    """The three, empty and out of sight."""
    words = texts.reader
    name = f'aria-label="{escape(words.head)}"'
    bar = (
        f'<div class="zw-pane-bar"><h2 class="zw-pane-title">{escape(words.head)}</h2>'
        f'<a class="zw-pane-alone" href="{escape(texts.root)}" target="_blank" rel="noopener">{escape(words.alone)}</a>'
        f'<button type="button" class="zw-pane-close">{escape(words.close)}</button></div>'
    )
    lines = f'data-loading="{escape(words.loading)}" data-failed="{escape(words.failed)}"'
    return (
        f'<aside id="zw-beside" {name} hidden></aside><dialog id="zw-over" {name}></dialog>'
        f'<div id="zw-pane" {lines} hidden>{bar}<div class="zw-pane-text"></div></div>'
    )
