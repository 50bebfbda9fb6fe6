"""Asks the bot the questions of our sets and judges its answers; each run leaves settings, answers and summary.

eval/results/<name>/settings.json     what was asked of what: sets, report, encoder, weights, versions
eval/results/<name>/answers.jsonl     one line a question: what `batch` writes, with the verdict
eval/results/<name>/summary.json      the figures by set and kind
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app import open_bot
from chatbot.bot import Bot
from chatbot.errors import SetupError, UsageError
from chatbot.present import as_json
from chatbot.settings import CODE_FOLDER, Settings
from chatbot.types import Answer
from eval.judge import folded, judge
from eval.questions import HERE, GoldQuestion, QuestionSet, load_sets
from eval.subjects import ready
from eval.summary import Judged, by_kind, summary_table
from vectorstore.embed import open_embedder
from vectorstore.model import Progress

RESULTS = HERE / "results"
ALL = "全部题集"
LEARNED = ("vectorstore/ranking.toml", "chatbot/words/decision.toml")


def run(settings: Settings, names: Sequence[str], name: str, mode: str, tell: Progress) -> dict[str, list[Judged]]:
    """Ask the sets of these names (all by default) and keep the results as `name`. Set name → its judged answers."""
    folder = results_folder(name)
    sets = load_sets(names)
    judged = {s.name: list(judge_set(s, settings, mode, tell)) for s in sets}
    tables = {set_name: by_kind(found) for set_name, found in judged.items()}
    if len(sets) > 1:
        tables[ALL] = by_kind([j for found in judged.values() for j in found])
    for title, summaries in tables.items():
        print(f"{title}\n{summary_table(summaries)}\n")
    kept = {title: {kind: asdict(s) for kind, s in summaries.items()} for title, summaries in tables.items()}
    _write_json(folder / "settings.json", circumstances(sets, settings, mode))
    _write_json(folder / "summary.json", kept)
    lines = [json.dumps(_line(title, j), ensure_ascii=False) for title, found in judged.items() for j in found]
    (folder / "answers.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return judged


def results_folder(name: str) -> Path:
    """Raises UsageError unless `name` is the name of a folder right in the results."""
    if not name or name.startswith(".") or Path(name).name != name:
        raise UsageError(f"“{name}”不能作结果的名称", "请用字母、数字和短横")
    folder = RESULTS / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(f"不能建立文件夹 {folder}：{error.strerror}", "请检查权限") from error
    return folder


def judge_set(asked: QuestionSet, settings: Settings, mode: str, tell: Progress) -> Iterator[Judged]:
    """Every question of a set, answered and judged."""
    bot = open_bot(ready(asked.report, settings, open_embedder(settings, tell), tell))
    report = folded(asked.report.read_text(encoding="utf-8"))
    for gold in asked.questions:
        answer = ask(bot, gold, mode)
        yield Judged(gold, answer, judge(gold, answer, report))


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


def _line(set_name: str, judged: Judged) -> dict[str, Any]:
    gold = {"set": set_name, "category": judged.gold.category, "question": judged.gold.question}
    return gold | as_json(judged.answer, id=judged.gold.id) | {"verdict": asdict(judged.verdict)}


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def print_misses(judged: Sequence[Judged], most: int) -> None:
    """The first `most` questions that were not answered right: what was wanted, what came."""
    for j in [j for j in judged if not j.verdict.right][:most]:
        wanted = "应拒答" if j.gold.refuse else "、".join(j.gold.facts)
        print(
            f"{j.gold.id}\t{j.gold.category}\t{j.gold.question}\t{wanted}\t{j.answer.status}\t{_short(j.answer.text)}"
        )


def _short(text: str) -> str:
    return " ".join(text.split())[:120]
