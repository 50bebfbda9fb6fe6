"""What the tests of the index hand in: an invented report or two, and an encoder that needs no model."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np

from chatbot.settings import Settings
from vectorstore.embed import Embedder, Vectors, unit

DIMENSIONS = 64
LINES = (
    "{region}人民政府工作报告",
    "——{year}年1月8日在{region}人民代表大会上",
    "{region}人民政府市长 李某某",
    "各位代表：",
    "现在，我代表市人民政府，向大会报告工作，请予审议。",
    "一、{before}年工作回顾",
    "全市地区生产总值增长5.8%，一般公共预算收入增长3.2%。新增城镇就业4.6万人，建成幼儿园12所。",
    "轨道交通三号线开通运营，新增里程21公里。",
    "二、{year}年主要任务",
    "（一）持续改善民生",
    "改造老旧小区130个，新建公园25个；筹集保障性住房8000套，解决新市民住房困难。",
    "各位代表，让我们团结奋斗！",
)


def report_text(region: str = "云川市", year: int = 2031) -> str:
    """A report of a city that does not exist."""
    return "\n".join(LINES).format(region=region, year=year, before=year - 1) + "\n"


class HashEmbedder(Embedder):
    """Counts of character pairs, hashed into 64 places: texts that share words are near each other."""

    def __init__(self, name: str = "hash") -> None:
        self.name = name
        self.embedded = 0

    def embed_array(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        vectors = np.full((len(texts), DIMENSIONS), 1e-3, np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for pair in pairwise(text):
                row[crc32("".join(pair).encode()) % DIMENSIONS] += 1
        return unit(vectors)


class NoEmbedder(Embedder):
    """Fails when it is asked for anything but its name."""

    def __init__(self, name: str = "hash") -> None:
        self.name = name

    def embed_array(self, texts: Sequence[str]) -> Vectors:
        raise AssertionError(f"nothing should have been embedded: {texts[:1]}")


def settings_in(folder: Path, *reports: tuple[str, int]) -> Settings:
    """Settings with a home of their own and these reports as the shipped ones."""
    shipped = folder / "shipped"
    shipped.mkdir(exist_ok=True)
    for region, year in reports:
        (shipped / f"{region}{year}.txt").write_text(report_text(region, year), encoding="utf-8")
    return Settings(home=folder / "home", reports_dir=shipped, _env_file=None)


def silent(_: str) -> None:
    """Progress that nobody reads."""
