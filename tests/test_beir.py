"""The BEIR layout is read as it is handed on, and what is wrong with it is told by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatbot.errors import UsageError
from eval.beir import BeirSet, Files, load

CORPUS = '{"_id": "d1", "title": "轨道交通", "text": "三号线开通运营。"}\n{"_id": "d2", "text": "新建公园25个。"}\n'
QUERIES = '{"_id": "q1", "text": "开通了哪条线？"}\n{"_id": "q2", "text": "建了几个公园？"}\n'
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\n"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A sound set of two documents and two queries, of which one is judged."""
    found = Files(tmp_path / "corpus.jsonl", tmp_path / "queries.jsonl", tmp_path / "qrels.tsv")
    for path, text in zip(found, (CORPUS, QUERIES, QRELS), strict=True):
        path.write_text(text, encoding="utf-8")
    return found


def add(path: Path, line: str | bytes) -> None:
    with path.open("ab") as file:
        file.write((line.encode() if isinstance(line, str) else line) + b"\n")


def fault(files: Files) -> str:
    with pytest.raises(UsageError) as told:
        load(files)
    return str(told.value)


def test_a_set_is_read_whole_and_in_order(files: Files):
    beir = load(files)
    assert [(d.id, d.title, d.text) for d in beir.documents] == [
        ("d1", "轨道交通", "三号线开通运营。"),
        ("d2", None, "新建公园25个。"),
    ]
    assert [(q.id, q.text) for q in beir.queries] == [("q1", "开通了哪条线？"), ("q2", "建了几个公园？")]
    assert beir.judgements == {"q1": {"d1": 2, "d2": 0}}


@pytest.mark.parametrize(
    ("line", "id"),
    [
        ('{"_id": 3, "text": "甲。"}', "3"),
        ('{"_id": "d3", "title": null, "text": ""}', "d3"),
        ('{"_id": "d3", "text": "甲。", "metadata": {"url": "x"}}', "d3"),
        ('  {"_id": "d3", "text": "甲\u2028乙\x85丙。"}\r', "d3"),
    ],
    ids=["an id that is a number", "no title and no text", "notes of its own", "line ends that are none, and CRLF"],
)
def test_what_public_sets_do_is_taken(files: Files, line: str, id: str):
    add(files.corpus, "")
    add(files.corpus, line)
    assert [document.id for document in load(files).documents] == ["d1", "d2", id]


def test_a_byte_order_mark_belongs_to_no_line(files: Files):
    for path in files:
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load(files).judgements == {"q1": {"d1": 2, "d2": 0}}


@pytest.mark.parametrize(
    ("name", "line", "words"),
    [
        ("corpus", "公园", "JSON"),
        ("corpus", '["d3"]', "JSON"),
        ("corpus", '{"_id": "d3", "text": "甲"'.encode("gbk"), "JSON"),
        ("corpus", '{"_id": "d3", "text": "甲"}'.encode("gbk"), "UTF-8"),
        ("corpus", '{"_id": "", "text": "甲"}', "_id"),
        ("corpus", '{"_id": "d3"}', "text"),
        ("corpus", '{"_id": "d3", "title": ["甲"], "text": "乙"}', "title"),
        ("corpus", '{"_id": "d1", "text": "甲"}', "d1"),
        ("queries", '{"text": "甲"}', "_id"),
        ("queries", '{"_id": "q2", "text": "甲"}', "q2"),
        ("qrels", "q2\td1", "三项"),
        ("qrels", "q2 d1 1", "三项"),
        ("qrels", "q2\t0\td1\t1", "三项"),
        ("qrels", "q2\td1\t很相关", "整数"),
        ("qrels", "问\td1\t1".encode("gbk"), "三项"),
        ("qrels", "q1\td1\t1", "不一致"),
    ],
)
def test_a_bad_line_is_told_by_file_and_number(files: Files, name: str, line: str | bytes, words: str):
    path: Path = getattr(files, name)
    add(path, line)
    number = len(path.read_bytes().splitlines())
    told = fault(files)
    assert told.startswith(f"{path.name} 第 {number} 行") and words in told


def test_a_judgement_said_twice_alike_is_one(files: Files):
    add(files.qrels, "q1\td1\t2")
    assert load(files).judgements == {"q1": {"d1": 2, "d2": 0}}


@pytest.mark.parametrize("text", ["", "q1\td1\t1\n", "q1 0 d1 1\n"], ids=["empty", "no heading", "TREC"])
def test_judgements_without_their_heading_are_not_guessed_at(files: Files, text: str):
    files.qrels.write_text(text)
    assert "qrels.tsv 第 1 行应是表头" in fault(files)


@pytest.mark.parametrize("name", ["corpus", "queries"])
def test_an_empty_file_is_told(files: Files, name: str):
    path: Path = getattr(files, name)
    path.write_text("\n\n")
    assert f"{path} 是空的" in fault(files)


@pytest.mark.parametrize("name", Files._fields)
def test_a_file_that_is_not_there_is_told(files: Files, name: str):
    path: Path = getattr(files, name)
    path.unlink()
    assert str(path) in fault(files)


@pytest.fixture
def beir(files: Files) -> BeirSet:
    add(files.qrels, "q2\td9\t1")
    add(files.qrels, "q3\td8\t1")
    return load(files)


def test_only_what_is_judged_one_or_more_is_relevant(beir: BeirSet):
    assert [beir.relevant(query) for query in beir.queries] == [["d1"], ["d9"]]


def test_what_is_relevant_to_the_queries_and_not_in_the_corpus_is_counted(beir: BeirSet):
    assert beir.missing(beir.queries) == 1 and beir.missing(beir.queries[:1]) == 0
