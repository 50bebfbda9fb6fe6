"""The plain recipe, to measure against: pieces of 500 characters, the built-in encoder, nearest first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chatbot.archive import Progress
from chatbot.errors import SetupError
from chatbot.settings import Settings
from eval.judge import evidence_rank
from eval.questions import QuestionSet
from vectorstore.embed import Embedder, open_embedder
from vectorstore.files import read
from vectorstore.reports import open_report

PIECE, OVERLAP, NEAREST = 500, 50, 5


def plain_ranks(sets: Sequence[QuestionSet], settings: Settings, tell: Progress) -> list[int | None]:
    """For each question to be answered: the place of the piece with which all its evidence has been found."""
    embedder = open_embedder(settings)
    return [place for asked in sets for place in _ranks(asked, embedder)]


def _ranks(asked: QuestionSet, embedder: Embedder) -> list[int | None]:
    pieces = cut(open_report(read(asked.report)[0]).text)
    vectors = embedder.embed_array(pieces)
    golds = [gold for gold in asked.questions if not gold.refuse and gold.category != "briefing"]
    nearest = np.argsort(-(embedder.embed_array([gold.spoken[-1] for gold in golds]) @ vectors.T), axis=1)[:, :NEAREST]
    return [evidence_rank(gold, [pieces[i] for i in row]) for gold, row in zip(golds, nearest, strict=True)]


def cut(text: str) -> list[str]:
    try:
        # Not at the top: only this comparison needs what requirements-dev.txt adds.
        from langchain_text_splitters import RecursiveCharacterTextSplitter
    except ImportError as error:
        advice = "请执行 .venv/bin/python -m pip install -r requirements-dev.txt"
        raise SetupError("这项比较需要 langchain-text-splitters，还没有安装", advice) from error
    return RecursiveCharacterTextSplitter(chunk_size=PIECE, chunk_overlap=OVERLAP).split_text(text)
