"""The words of the tabs in which texts are worked on: reports and briefings. They stand in texts.toml too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportTexts:
    """The words of the tab of reports. `doubts` are those of `chatbot.archive.Doubt`, `periods` of a section's kind."""

    tab: str
    lead: str
    file: str
    no_file: str
    which: str
    title: str
    region: str
    year: str
    from_text: str
    correct: str
    publish: str
    publish_all: str
    published: str
    published_all: str
    withdrawn: str
    unread: str
    id: str
    source: str
    speaker: str
    date: str
    amount: str
    counts: str
    unknown: str
    of_year: str
    no_year: str
    sections: str
    no_warnings: str
    doubts: Mapping[str, str]
    periods: Mapping[str, str]
    held: str
    columns: tuple[str, ...]
    states: Mapping[str, str]
    open: str
    withdraw: str
    sure: str
    sure_shipped: str
    approver_needed: str
    label: str


@dataclass(frozen=True, slots=True)
class BriefingTexts:
    """The words of the tab of briefings."""

    tab: str
    lead: str
    topic: str
    topic_hint: str
    title: str
    title_hint: str
    title_of: str
    audience: str
    length: str
    reports: str
    reports_hint: str
    draft: str
    drafted: str
    list: str
    none: str
    state: str
    words: str
    find: str
    any: str
    version: str
    by: str
    save: str
    submit: str
    approve: str
    return_: str
    note: str
    docx: str
    markdown: str
    delete: str
    sure: str
    close: str
    drop: str
    unsaved: str
    faults: str
    saved: str
    saved_faults: str
    submitted: str
    approved: str
    returned: str
    deleted: str
    save_first: str
    old: str
    to_newest: str
    compare_newest: str
    save_over: str
    for_whom: str
    ai: str
    edit: str
    verify: str
    up: str
    down: str
    remove: str
    add: str
    add_done: str
    label: str
    unsupported: str
    supported: str
    figures: str
    scope: str
    evidence: str
    versions: str
    choose: str
    open: str
    compare: str
    compared: str
    same: str
    gone: str
    new: str
    verdicts: str
    noted: str
    lengths: Mapping[str, str]
    states: Mapping[str, str]
    steps: Mapping[str, str]
    list_columns: tuple[str, ...]
    figure_columns: tuple[str, ...]
    evidence_columns: tuple[str, ...]
