"""A run over a BEIR set: every passage belongs to its document, what is counted is what was asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_fakes import HashEmbedder

from chatbot.errors import UsageError
from chatbot.settings import CODE_FOLDER
from eval.__main__ import main
from eval.beir import BeirSet, Document, Query
from eval.retrieval import Outcome, indexed, judged, rows, run, shelve
from vectorstore.keys import clause_entries
from vectorstore.store import BATCH

TEXTS = {
    "rail": ("轨道交通", "轨道交通三号线开通运营，新增里程21公里。今年开工四号线。"),
    "parks": ("", "新建口袋公园25个；改造老旧小区130个，解决新市民住房困难。"),
    "empty": ("只有标题", " \n "),
    "water": ("水利", "开工建设青石、白鹭、云门三座水库。\n压减一般性支出3.4亿元。"),
    "jobs": ("就业", "城镇新增就业4.6万人，城镇调查失业率控制在5.1%。"),
}
ASKED = {"q1": "轨道交通新增里程多少公里？", "q2": "火星基地", "q3": "开工哪三座水库？", "q4": "改造老旧小区多少个？"}
JUDGED = {"q1": {"rail": 1}, "q2": {"rail": 0}, "q3": {"water": 1, "dams": 1}, "q4": {"parks": 1}, "q9": {"jobs": 1}}
FILES = ("corpus.jsonl", "queries.jsonl", "qrels.tsv")


def a_document(id: str, title: str, text: str) -> Document:
    return Document.model_validate({"_id": id, "title": title, "text": text})


def a_query(id: str, text: str) -> Query:
    return Query.model_validate({"_id": id, "text": text})


DOCUMENTS = tuple(a_document(id, *told) for id, told in TEXTS.items())
BEIR = BeirSet(DOCUMENTS, tuple(a_query(*asked) for asked in ASKED.items()), JUDGED)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return run(BEIR, judged(BEIR), HashEmbedder())


# All documents as one report

PIECES = st.text(st.sampled_from("一二（）、。；，\n 5%年年公园“”目标abc"), max_size=40)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["", "标题", " 公园 "]), PIECES), max_size=5))
def test_whatever_the_documents_every_passage_lies_in_its_own(told: Sequence[tuple[str, str]]):
    documents = [a_document(f"d{i}", title, text) for i, (title, text) in enumerate(told)]
    shelf = shelve(documents)
    report, parts, passages = shelf.cut
    assert "".join(part.span.of(report.text) for part in parts) == report.text
    held = dict(zip(shelf.ids, parts, strict=True))
    assert all(p.span.of(report.text) == p.text and held[shelf.document(p)].span.holds(p.span) for p in passages)
    assert len({passage.id for passage in passages}) == len(passages)


def test_passages_are_those_of_each_document_under_its_title():
    shelf = shelve(DOCUMENTS)
    found = [(shelf.document(p), p.path, p.text) for p in shelf.cut.passages]
    assert found == [
        ("rail", ("轨道交通",), "轨道交通三号线开通运营，新增里程21公里。"),
        ("rail", ("轨道交通",), "今年开工四号线。"),
        ("parks", (), "新建口袋公园25个；改造老旧小区130个，解决新市民住房困难。"),
        ("water", ("水利",), "开工建设青石、白鹭、云门三座水库。"),
        ("water", ("水利",), "压减一般性支出3.4亿元。"),
        ("jobs", ("就业",), "城镇新增就业4.6万人，城镇调查失业率控制在5.1%。"),
    ]


def test_the_index_is_gone_when_the_run_is_over():
    with indexed(shelve(DOCUMENTS).cut, HashEmbedder()) as (index, folder):
        assert folder.is_dir() and len(index.shard("corpus").passages) == 6
    assert not folder.exists()


def test_each_clause_has_its_own_vector_in_a_corpus_of_many_batches():
    documents = [a_document(f"d{i}", "", f"新建口袋公园{i}个，改造老旧小区{i + 7}个。") for i in range(BATCH // 2 + 9)]
    with indexed(shelve(documents).cut, HashEmbedder()) as (index, _):
        shard = index.shard("corpus")
        keys = [key.text for place, passage in enumerate(shard.passages) for key in clause_entries(place, passage)]
        assert len(keys) > BATCH
        assert np.allclose(shard.clause_vectors(), HashEmbedder().embed_array(keys), atol=1e-6)


# A run


def test_a_document_that_says_what_is_asked_comes_first(outcome: Outcome):
    assert [values["MRR@10"] for values in outcome.quality.by_query.values()] == [1.0, 1.0, 1.0]


def test_what_the_corpus_does_not_hold_is_not_found_and_counted(outcome: Outcome):
    assert outcome.missing == 1 and outcome.quality.by_query["q3"]["recall@20"] == 0.5


def test_documents_passages_and_queries_are_counted(outcome: Outcome):
    assert (outcome.documents, outcome.silent, outcome.passages) == (5, 1, 6)
    assert (outcome.asked, outcome.unjudged) == (3, 1)


def test_a_document_is_ranked_once_however_many_of_its_passages_are_found(outcome: Outcome):
    assert outcome.found is not None and 1 <= outcome.found <= 4


def test_only_the_queries_handed_in_are_asked(outcome: Outcome):
    first = run(BEIR, judged(BEIR)[:1], HashEmbedder())
    assert (first.asked, first.unjudged, first.missing) == (1, 1, 0)
    assert first.quality.by_query == {"q1": outcome.quality.by_query["q1"]}


def test_a_set_without_anything_judged_is_told():
    with pytest.raises(UsageError, match="同一套"):
        judged(replace(BEIR, judgements={"q9": {"rail": 1}}))


def test_documents_without_a_sentence_are_told():
    with pytest.raises(UsageError, match="成句"):
        run(replace(BEIR, documents=DOCUMENTS[2:3]), judged(BEIR), HashEmbedder())


def test_the_table_shows_every_measure_count_and_time(outcome: Outcome):
    shown = dict(rows(replace(outcome, indexing=12.34, p95=None)))
    assert shown["MRR@10"] == "1.000" and shown["recall@20"] == "0.833"
    assert (shown["文档"], shown["片段"], shown["问题"]) == ("5", "6", "3")
    assert (shown["建立索引 s"], shown["一问 p95 ms"]) == ("12.3", "–")


# The command


@pytest.fixture
def set_of_files(tmp_path: Path) -> list[str]:
    """The arguments that name the set above, written out."""
    corpus = [{"_id": id, "title": title, "text": text} for id, (title, text) in TEXTS.items()]
    queries = [{"_id": id, "text": text} for id, text in ASKED.items()]
    qrels = [f"{q}\t{d}\t{r}" for q, judgement in JUDGED.items() for d, r in judgement.items()]
    lines = ([json.dumps(c) for c in corpus], [json.dumps(q) for q in queries], ["query-id\tcorpus-id\tscore", *qrels])
    for name, text in zip(FILES, lines, strict=True):
        (tmp_path / name).write_text("\n".join(text) + "\n", encoding="utf-8")
    return [part for name in FILES for part in (f"--{name.partition('.')[0]}", str(tmp_path / name))]


def test_a_result_that_could_not_be_kept_is_told_before_the_work(
    set_of_files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["retrieval", *set_of_files, "--out", str(tmp_path / "nowhere" / "out.json")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_bad_line_is_one_line_on_stderr(set_of_files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "queries.jsonl").write_text("{", encoding="utf-8")
    assert main(["retrieval", *set_of_files]) == 2
    assert capsys.readouterr().err.startswith("queries.jsonl 第 1 行")


def test_the_command_keeps_the_figures_and_leaves_nothing_else_behind(set_of_files: list[str], tmp_path: Path):
    out, home, scratch = tmp_path / "out.json", tmp_path / "home", tmp_path / "scratch"
    scratch.mkdir()
    command = [sys.executable, "-m", "eval", "retrieval", *set_of_files, "--limit", "2", "--out", str(out)]
    environment = {**os.environ, "ZHENGWEN_HOME": str(home), "TMPDIR": str(scratch)}
    done = subprocess.run(command, cwd=CODE_FOLDER, env=environment, capture_output=True, text=True)
    assert (done.returncode, "recall@1 " in done.stdout, "检索" in done.stderr) == (0, True, True)
    kept = json.loads(out.read_text(encoding="utf-8"))
    assert list(kept["quality"]["by_query"]) == ["q1", "q3"] and kept["quality"]["means"]["MRR@10"] == 1.0
    assert not home.exists() and list(scratch.iterdir()) == []
