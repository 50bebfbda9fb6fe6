"""Asks the bot the questions of our sets, or of any file, judges its answers and keeps the run (eval/runs.py)."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app import open_bot
from chatbot.archive import Progress
from chatbot.bot import Bot
from chatbot.settings import CODE_FOLDER, Settings
from chatbot.types import Answer
from eval.beside import Beside
from eval.judge import folded, judge
from eval.measures import figures
from eval.questions import GoldQuestion, QuestionSet
from eval.runs import keep
from eval.subjects import ready
from eval.summary import Judged, by_kind, summary_table
from vectorstore.embed import open_embedder

ALL = "全部题集"
LEARNED = (
    "vectorstore/encoder.onnx",
    "vectorstore/dual.npz",
    "vectorstore/fair.npz",
    "vectorstore/ranking.toml",
    "chatbot/words/decision.toml",
)


def run(
    settings: Settings, sets: Sequence[QuestionSet], name: str, mode: str, tell: Progress, full: bool = True
) -> dict[str, list[Judged]]:
    """Ask these sets, print the tables and keep the run as `name`, answers too if `full`. Set → its judged answers."""
    judged = {s.name: judge_set(s, settings, mode, tell) for s in sets}
    together = judged | ({ALL: [j for found in judged.values() for j in found]} if len(sets) > 1 else {})
    for title, found in together.items():
        print(f"{title}\n{summary_table(by_kind(found))}\n")
    told = {title: figures(found) for title, found in together.items()}
    keep(name, circumstances(sets, settings, mode), judged, told, full)
    return judged


def judge_set(asked: QuestionSet, settings: Settings, mode: str, tell: Progress) -> list[Judged]:
    """Every question of a set, answered and judged."""
    tell(f"{asked.name}：{len(asked.questions)} 题")
    bot = open_bot(ready(asked.report, settings, open_embedder(settings), tell))
    source = folded(asked.report.read_text(encoding="utf-8"))
    beside = Beside(bot.reports)
    pairs = [(gold, ask(bot, gold, mode)) for gold in asked.questions]
    ranked = beside.ranked(pairs).by_query
    judged = [Judged(gold, answer, judge(gold, answer, source), beside(gold, answer)) for gold, answer in pairs]
    return [replace(j, beside={**j.beside, **ranked.get(j.gold.id, {})}) for j in judged]


def ask(bot: Bot, gold: GoldQuestion, mode: str = "auto") -> Answer:
    *before, message = gold.spoken
    return bot.ask(message, [(turn, "") for turn in before], mode=mode)


def circumstances(sets: Sequence[QuestionSet], settings: Settings, mode: str) -> dict[str, Any]:
    """What the figures depend on. No paths: results may be shared."""
    return {
        "mode": mode,
        "sets": {s.name: len(s.questions) for s in sets},
        "reports": {s.report.name: _digest(s.report) for s in sets},
        "encoder": open_embedder(settings).name,
        "learned": {name: _digest(CODE_FOLDER / name) for name in LEARNED},
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("numpy", "onnxruntime", "chromadb", "langchain-core")},
    }


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12]


def print_misses(judged: Sequence[Judged], most: int) -> None:
    """The first `most` questions that were not answered right: what was wanted, what came."""
    for j in [j for j in judged if j.verdict.right is False][:most]:
        wanted = "应拒答" if j.gold.refuse else "、".join(j.gold.facts)
        print(
            f"{j.gold.id}\t{j.gold.category}\t{j.gold.question}\t{wanted}\t{j.answer.status}\t{_short(j.answer.text)}"
        )


def _short(text: str) -> str:
    return " ".join(text.split())[:120]
