"""The page's own words, read from texts.toml: one value for each language, no name missing, none left over."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).with_name("texts.toml")


@dataclass(frozen=True, slots=True)
class ReceiptTexts:
    """The words of a receipt; `prompt_…` name the files of prompts/."""

    head: str
    question: str
    period: str
    review: str
    plan: str
    no_period: str
    searched: str
    found: str
    passage: str
    dropped: str
    drop: str
    model: str
    written: str
    tokens: str
    first: str
    failure: str
    prompts: str
    prompt_answer: str
    prompt_rewrite: str
    index: str
    time: str
    total: str
    milliseconds: str
    seconds: str
    comma: str

    def prompt_names(self) -> dict[str, str]:
        return {"answer": self.prompt_answer, "rewrite": self.prompt_rewrite}


@dataclass(frozen=True, slots=True)
class Texts:
    """What texts.toml says in one language; names in braces are filled in where they are used."""

    lang: str
    name: str
    tagline: str
    notice: str
    card: str
    card_link: str
    no_card: str
    back: str
    basis: str
    scope: str
    scope_hint: str
    examples: str
    box: str
    placeholder: str
    send: str
    clear: str
    working: str
    stage_understand: str
    stage_retrieve: str
    stage_draft: str
    stage_verify: str
    citations: str
    marker: str
    page: str
    quote: str
    title: str
    year: str
    plain_year: str
    note: str
    status_partial: str
    status_refused: str
    status_out_of_scope: str
    status_blocked: str
    status_error: str
    mode_extractive: str
    mode_model: str
    dropped: str
    copy: str
    copied: str
    copy_failed: str
    copy_question: str
    copy_answer: str
    copy_references: str
    missing: str
    unexpected: str
    started: str
    port_taken: str
    port_advice: str
    bad_message: str
    bad_history: str
    bad_report_ids: str
    bad_mode: str
    example_1: str
    example_2: str
    example_3: str
    example_4: str
    receipt: ReceiptTexts

    @classmethod
    def of(cls, language: str = "zh") -> Texts:
        """The words of `language` (`zh` or `en`). KeyError for another one, TypeError for a table that does not fit."""
        words = tomllib.loads(_FILE.read_text(encoding="utf-8"))[language]
        return cls(**words | {"receipt": ReceiptTexts(**words["receipt"])})

    @property
    def default_examples(self) -> tuple[str, ...]:
        return (self.example_1, self.example_2, self.example_3, self.example_4)

    def stages(self) -> tuple[tuple[str, str], ...]:
        """The stages of an answer in order, as (name in the chain, word on the page)."""
        return (
            ("understand", self.stage_understand),
            ("retrieve", self.stage_retrieve),
            ("draft", self.stage_draft),
            ("verify", self.stage_verify),
        )

    def label(self, status: str) -> str:
        """The line over an answer of this `status`; empty for one that needs none."""
        return {
            "partial": self.status_partial,
            "refused": self.status_refused,
            "out_of_scope": self.status_out_of_scope,
            "blocked": self.status_blocked,
            "error": self.status_error,
        }.get(status, "")

    def origin(self, mode: str) -> str:
        """How an answer of this `mode` came about; empty for a mode the page has no word for."""
        return {"extractive": self.mode_extractive, "model": self.mode_model}.get(mode, "")
