"""Question sets in the BEIR layout (Thakur et al. 2021), in which public retrieval sets are handed on.

corpus.jsonl   lines {"_id", "title", "text"}; the title may be missing or null
queries.jsonl  lines {"_id", "text"}
qrels.tsv      a heading, then query-id, corpus-id and score, with tabs between; relevant from 1 on
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chatbot.errors import UsageError

HEADING = ("query-id", "corpus-id", "score")
BOM = b"\xef\xbb\xbf"
ADVICE = "请照 BEIR 的格式改正"


class _Line(BaseModel):
    """A line of JSON. Sets keep notes of their own beside these fields; an id may be a number."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)

    id: str = Field(alias="_id", min_length=1)
    text: str


class Document(_Line):
    title: str | None = None


class Query(_Line):
    pass


Line = TypeVar("Line", Document, Query)


class Files(NamedTuple):
    corpus: Path
    queries: Path
    qrels: Path


@dataclass(frozen=True, slots=True)
class BeirSet:
    """`judgements`: query id → document id → relevance; they may speak of queries and documents that are not here."""

    documents: tuple[Document, ...]
    queries: tuple[Query, ...]
    judgements: Mapping[str, Mapping[str, int]]

    def relevant(self, query: Query) -> list[str]:
        """The ids of the documents relevant to `query`."""
        return [id for id, relevance in self.judgements.get(query.id, {}).items() if relevance > 0]

    def missing(self, queries: Sequence[Query]) -> int:
        """How many judgements call a document relevant to one of `queries` that the corpus does not hold."""
        held = {document.id for document in self.documents}
        return sum(id not in held for query in queries for id in self.relevant(query))


def load(files: Files) -> BeirSet:
    """Raises UsageError for a file that is not there or holds nothing, and for a bad line, with its number."""
    return BeirSet(
        documents=_records(files.corpus, Document),
        queries=_records(files.queries, Query),
        judgements=_judgements(files.qrels),
    )


def _records(path: Path, kind: type[Line]) -> tuple[Line, ...]:
    """The lines of a JSON Lines file, each under an id of its own."""
    found: dict[str, Line] = {}
    for place, line in _lines(path):
        record = _record(line, kind, place)
        if found.setdefault(record.id, record) is not record:
            raise UsageError(f"{place}的 _id（{record.id}）前面已经用过", ADVICE)
    if not found:
        raise UsageError(f"{path} 是空的", ADVICE)
    return tuple(found.values())


def _record(line: bytes, kind: type[Line], place: str) -> Line:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        if fault["loc"]:
            raise UsageError(f"{place}的 {fault['loc'][0]} 缺失、为空或类型不对", ADVICE) from error
        raise UsageError(f"{place}不是 UTF-8 编码的 JSON 对象", ADVICE) from error


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    lines = _lines(path)
    place, heading = next(lines, (f"{path.name} 第 1 行", b""))
    if tuple(heading.decode(errors="replace").split("\t")) != HEADING:
        raise UsageError(f"{place}应是表头：{'、'.join(HEADING)}，用制表符隔开", ADVICE)
    found: dict[str, dict[str, int]] = {}
    for place, line in lines:
        query, document, relevance = _judgement(line, place)
        judged = found.setdefault(query, {})
        if judged.setdefault(document, relevance) != relevance:
            raise UsageError(f"{place}与前面对同一问题、同一文档的判断不一致", ADVICE)
    return found


def _judgement(line: bytes, place: str) -> tuple[str, str, int]:
    try:
        query, document, relevance = line.decode().split("\t")
        return query, document, int(relevance)
    except ValueError as error:  # of which a wrong encoding is one
        raise UsageError(f"{place}不是用制表符隔开的三项，或者第三项不是整数", ADVICE) from error


def _lines(path: Path) -> Iterator[tuple[str, bytes]]:
    """Where each line that is not blank stands, and its bytes; only a line feed ends one, not U+2028 in a text."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if kept := line.removeprefix(BOM if number == 1 else b"").strip():
                    yield f"{path.name} 第 {number} 行", kept
    except OSError as error:
        raise UsageError(f"读不了 {path}：{error.strerror}", "请检查路径") from error
