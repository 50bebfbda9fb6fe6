"""The page's own words, read from texts.toml: one value for each language, no name missing, none left over."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
class ReaderTexts:
    """The words of the reader, on the page and as a document of its own."""

    head: str
    open: str
    tree: str
    jump: str
    alone: str
    close: str
    loading: str
    failed: str
    bad_place: str


@dataclass(frozen=True, slots=True)
class RatingTexts:
    """The words under an answer to rate it. What is kept of a reason is its Chinese name, at the same place."""

    head: str
    good: str
    bad: str
    reason: str
    reasons: tuple[str, ...]
    comment: str
    send: str
    thanks: str
    failed: str
    bad_rating: str

    @classmethod
    def of(cls, words: dict[str, Any]) -> RatingTexts:
        return cls(**words | {"reasons": tuple(words["reasons"])})


@dataclass(frozen=True, slots=True)
class ApiTexts:
    """What the interfaces for machines say: errors, the tools' descriptions, the words of their documents."""

    bad_key: str
    too_large: str
    bad_json: str
    busy: str
    no_path: str
    no_method: str
    bad_field: str
    no_model: str
    no_question: str
    one_answer: str
    changed: str
    bad_name: str
    bad_year: str
    bad_status: str
    no_tool: str
    no_argument: str
    asks: str
    finds: str
    held: str
    docs: str
    docs_lead: str
    docs_raw: str
    docs_http: str
    docs_gradio: str
    docs_mcp: str
    docs_mcp_lead: str
    docs_values: str
    docs_columns: str
    docs_body: str
    docs_answers: str
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Texts:
    """What texts.toml says in one language; names in braces are filled in where they are used."""

    lang: str
    root: str
    other: str
    other_lang: str
    other_name: str
    name: str
    tagline: str
    notice: str
    card: str
    card_link: str
    docs_link: str
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
    copy_label: str
    ai_label: str
    earlier: str
    kept: str
    kept_too: str
    erase: str
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
    reader: ReaderTexts
    rating: RatingTexts
    api: ApiTexts

    @classmethod
    def of(cls, language: str = "zh") -> Texts:
        """The words of `language` (`zh` or `en`). KeyError for another one, TypeError for a table that does not fit."""
        words = tomllib.loads(_FILE.read_text(encoding="utf-8"))[language]
        tables = {
            "receipt": ReceiptTexts(**words["receipt"]),
            "reader": ReaderTexts(**words["reader"]),
            "rating": RatingTexts.of(words["rating"]),
            "api": ApiTexts(**words["api"]),
        }
        return cls(**words | tables)

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
