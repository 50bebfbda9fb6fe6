"""Speed and memory of the programs that users run, on the default report, beside the targets of the design."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from chatbot.archive import Progress
from chatbot.settings import Settings
from eval.processes import Spent, measured
from eval.questions import GoldQuestion, default_report, load_sets
from eval.subjects import settings_for
from eval.summary import percentile
from eval.table import UNDEFINED, table
from vectorstore.embed import Embedder, open_embedder
from vectorstore.index import build
from vectorstore.library import Library
from vectorstore.passages import passages

WARM_UP = 20  # questions whose times do not count
STAGES = ("understand", "retrieve", "draft", "verify", "total")
HEADINGS = ("项目", "实测", "最小–最大", "目标", "", "次数")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: `values` are the measurements, of which the median is shown.

    `target` is what DESIGN §8 asks for: at most that, or at least that where `more` is better. `count` is how many
    measurements stand behind a value that is itself a summary.
    """

    name: str
    values: tuple[float, ...]
    unit: str
    target: float | None = None
    more: bool = False
    count: int | None = None

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        value = median(self.values)
        return value >= self.target if self.more else value <= self.target


def bench(settings: Settings, runs: int, tell: Progress) -> None:
    """Measure everything and print the table. Processes first: what is measured here would swell this one."""
    machine = f"{os.cpu_count()} 核；测前一分钟的平均负载 {os.getloadavg()[0]:.1f}（别的程序在跑时，结果偏慢）"
    embedder = open_embedder(settings)
    with TemporaryDirectory(prefix="zhengwen-") as folder:
        homes = [settings_for(default_report(), Path(folder) / str(run), settings) for run in range(runs)]
        figures = [*_indexing(homes, tell), *_asking(homes[0], runs, tell), *_embedding(homes[0], embedder, runs, tell)]
    print(table([HEADINGS, *map(row, figures)]), machine, sep="\n")


def _indexing(homes: Sequence[Settings], tell: Progress) -> list[Figure]:
    tell(f"建立索引，{len(homes)} 次")
    spent = [measured(["vectorstore", "build"], home) for home in homes]
    return [Figure("建立默认报告的索引（新进程，空目录）", _seconds(spent), "s", 6)]


def _asking(home: Settings, runs: int, tell: Progress) -> list[Figure]:
    golds = [gold for s in load_sets() if s.report == default_report() for gold in s.questions]
    ask = ["chatbot", "ask", golds[0].question]
    tell(f"新进程答一问，{runs + 1} 次")
    first, *others = [measured(ask, home) for _ in range(runs + 1)]
    tell(f"一个进程答 {len(golds)} 问")
    lines, many = _batch(home, golds)
    return [
        Figure("建好索引后的第一问（新进程）", (first.seconds,), "s"),
        Figure("冷启动到第一个回答（新进程）", _seconds(others), "s", 6),
        *stage_figures(lines[WARM_UP:]),
        Figure("内存峰值：答一问的进程", tuple(s.megabytes for s in others), "MB", 600),
        Figure(f"内存峰值：答 {len(golds)} 问的进程", (many.megabytes,), "MB", 600),
    ]


def _batch(home: Settings, golds: Sequence[GoldQuestion]) -> tuple[list[dict[str, Any]], Spent]:
    asked, answered = home.home / "questions.jsonl", home.home / "answers.jsonl"
    asked.write_text(batch_lines(golds), encoding="utf-8")
    spent = measured(["chatbot", "batch", str(asked), str(answered)], home)
    return [json.loads(line) for line in answered.read_text(encoding="utf-8").splitlines()], spent


def batch_lines(golds: Sequence[GoldQuestion]) -> str:
    """What `python -m chatbot batch` reads."""
    return "".join(json.dumps({"id": g.id, "turns": g.spoken}, ensure_ascii=False) + "\n" for g in golds)


def stage_figures(answers: Sequence[dict[str, Any]]) -> list[Figure]:
    """The time of a question as `batch` writes it down, by stage; the whole has targets."""
    found: list[Figure] = []
    for stage in STAGES:
        times = [answer["timing_ms"][stage] for answer in answers]
        for part, target in ((0.50, 30), (0.95, 80)):
            name = f"一问 {stage} p{part * 100:.0f}"
            value = percentile(times, part)
            if value is not None:
                found.append(Figure(name, (value,), "ms", target if stage == "total" else None, count=len(times)))
    return found


def _embedding(home: Settings, embedder: Embedder, runs: int, tell: Progress) -> list[Figure]:
    shard = build(home, embedder, tell).shards[0]
    texts = [passage.text for passage in passages(Library(home).reports()[0])]
    tell(f"嵌入 {len(texts)} 句，{runs} 次")
    embedder.embed_array(texts[:WARM_UP])
    return [
        Figure("嵌入速度", tuple(_rate(embedder, texts) for _ in range(runs)), "句/s", 500, more=True),
        Figure("默认报告的句数", (shard.passages,), "句"),
        Figure("默认报告的检索键（句与分句）", (shard.entries,), "个"),
    ]


def _rate(embedder: Embedder, texts: Sequence[str]) -> float:
    started = perf_counter()
    embedder.embed_array(texts)
    return len(texts) / (perf_counter() - started)


def _seconds(spent: Sequence[Spent]) -> tuple[float, ...]:
    return tuple(s.seconds for s in spent)


def row(figure: Figure) -> list[str]:
    """Name, median, range, target, whether it is met, number of measurements."""
    low, high = min(figure.values), max(figure.values)
    spread = f"{number(low)}–{number(high)}" if len(figure.values) > 1 else UNDEFINED
    aim = UNDEFINED if figure.target is None else f"{'≥' if figure.more else '≤'} {number(figure.target)} {figure.unit}"
    mark = {None: "", True: "达到", False: "未达到"}[figure.met]
    count = figure.count or len(figure.values)
    return [figure.name, f"{number(median(figure.values))} {figure.unit}", spread, aim, mark, str(count)]


def number(value: float) -> str:
    """Three digits that count, and all of those before the point."""
    if value >= 100 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
