"""Gradio's theme in our colours: its variables point to those of style.css, light and dark alike."""

from __future__ import annotations

import gradio as gr

# System fonts only: nothing is fetched. Simplified Chinese faces of the common systems come first.
_FONT = ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "system-ui", "sans-serif")
_MONO = ("ui-monospace", "Consolas", "Noto Sans Mono CJK SC", "monospace")

_COLOURS = {
    "body_background_fill": "--zw-paper",
    "body_text_color": "--zw-ink",
    "body_text_color_subdued": "--zw-muted",
    "background_fill_primary": "--zw-surface",
    "background_fill_secondary": "--zw-paper",
    "block_background_fill": "--zw-surface",
    "block_info_text_color": "--zw-muted",
    "block_label_text_color": "--zw-muted",
    "block_title_text_color": "--zw-ink",
    "border_color_primary": "--zw-rule",
    "border_color_accent": "--zw-accent",
    "color_accent_soft": "--zw-tint",
    "input_background_fill": "--zw-surface",
    "input_background_fill_focus": "--zw-surface",
    "input_border_color": "--zw-rule",
    "input_border_color_focus": "--zw-accent",
    "input_placeholder_color": "--zw-muted",
    "button_primary_background_fill": "--zw-accent",
    "button_primary_background_fill_hover": "--zw-accent-strong",
    "button_primary_border_color": "--zw-accent",
    "button_primary_text_color": "--zw-on-accent",
    "button_primary_text_color_hover": "--zw-on-accent",
    "button_secondary_background_fill": "--zw-surface",
    "button_secondary_background_fill_hover": "--zw-tint",
    "button_secondary_border_color": "--zw-rule",
    "button_secondary_text_color": "--zw-ink",
    "button_secondary_text_color_hover": "--zw-ink",
}


def theme() -> gr.themes.Base:
    """The theme; every colour is `var(--zw-…)`, so that style.css alone decides."""
    light = {name: f"var({token})" for name, token in _COLOURS.items()}
    dark = {f"{name}_dark": value for name, value in light.items()}
    plain = {"block_shadow": "none", "block_border_width": "0px", "layout_gap": "16px"}
    return gr.themes.Base(font=_FONT, font_mono=_MONO).set(**light, **dark, **plain)
