"""Questions worth suggesting about a report: about its best-known figures and its lists (`suggested.toml`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, zip_longest

from chatbot.figure_table import FigureRow, figure_rows
from chatbot.types import Answer, Language, Passage, PeriodKind, Report, Section
from chatbot.wordlists import read_toml

MOST = 6  # questions that are shown
FEWEST_TASKS = 3  # headings below a part that plans, for its tasks to be a list

Known = Mapping[str, str]  # an entry of `figures` or `lists`


def suggest(
    report: Report, passages: Iterable[Passage], sections: Sequence[Section], language: Language = "zh"
) -> tuple[str, ...]:
    """The best first, none twice: by turns a figure of last year, a list, and a target for this year.

    They say 去年 and 今年, meaning the report's year and the one before.
    """
    rows = figure_rows(passages, report)
    done = _figures(rows, "review", language)
    lists = _lists(sections, language)
    planned = list(_figures(rows, "plan", language))[1:]  # what comes first is asked about for last year
    return tuple(dict.fromkeys(filter(None, chain.from_iterable(zip_longest(done, lists, planned)))))


def answered(questions: Iterable[str], ask: Callable[[str], Answer], most: int = MOST) -> tuple[str, ...]:
    """The first `most` of the questions that are answered in full, with citations."""
    found: list[str] = []
    for question in questions:
        answer = ask(question)
        if answer.status == "answered" and answer.citations:
            found.append(question)
        if len(found) == most:
            break
    return tuple(found)


def _figures(rows: Sequence[FigureRow], kind: PeriodKind, language: Language) -> Iterator[str]:
    """A question for each known indicator that the report states for what is done, or for what is planned."""
    told = [row for row in rows if row.kind == kind and row.status in ("完成值", "预期目标")]
    for known in read_toml("suggested.toml")["figures"]:
        row = next((row for row in told if known["said"] in row.name and _kind(row) == known["of"]), None)
        if row:
            name = row.name if language == "zh" else known["en"]
            pattern = f"{'growth' if known['of'] == 'growth' else 'amount'}_{kind}"
            yield read_toml("suggested.toml")[language][pattern].format(name=name)


def _kind(row: FigureRow) -> str:
    return "growth" if row.direction and row.dimension == "percent" else row.dimension


def _lists(sections: Sequence[Section], language: Language) -> Iterator[str]:
    words = read_toml("suggested.toml")
    planned = [section.path for section in sections if section.period.kind == "plan"]
    for known in words["lists"]:
        if any(known["heading"] in step for path in planned for step in path[1:]):
            yield known[language]
    tasks = {path[:2] for path in planned if path[1:2] and path[1].startswith("（")}
    if len(tasks) >= FEWEST_TASKS:
        yield words[language]["tasks"]
