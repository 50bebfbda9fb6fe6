"""Checks our own question files against the reports they ask about: `python -m eval.check_questions`.

A question file is `eval/questions/<report>-<part>.jsonl`, one question a line. Texts are compared after NFKC with all
white space removed, because reports come hard-wrapped and in mixed widths. Exit status 1 when anything is wrong.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from eval.questions import ANSWERED, QUESTION, REFUSED, question_files, report_path

SNIPPET_LENGTHS = range(8, 61)
Question = dict[str, Any]


def bare(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@cache
def report_text(path: Path) -> str:
    return bare(path.read_text(encoding="utf-8"))


def schema_faults(question: Question) -> Iterator[str]:
    try:
        QUESTION.validate_json(json.dumps(question), strict=True)
    except ValidationError as error:
        yield from (f"{fault['loc'][0] if fault['loc'] else 'line'}: {fault['msg']}" for fault in error.errors())
        return
    for name in ("facts", "forbidden", "evidence", "turns"):
        if not all(item.strip() for item in question.get(name, [])):
            yield f"{name} holds an empty item"


def kind_faults(question: Question) -> Iterator[str]:
    """What a category asks of the other fields. The schema must hold."""
    category, refuse = question["category"], question["refuse"]
    if category not in REFUSED | ANSWERED:
        yield f"unknown category {category}"
    if refuse != (category in REFUSED):
        yield f"refuse is {refuse} in {category}"
    if bool(question["facts"]) is refuse or bool(question["evidence"]) is refuse:
        yield "facts and evidence must stand exactly where we answer"
    if refuse and not question["why"]:
        yield "does not say why to refuse"
    if (len(question.get("turns", [])) > 1) != (category == "multiturn"):
        yield "two or more turns belong to multiturn, and only there"


def text_faults(question: Question, report: str) -> Iterator[str]:
    """Evidence stands in `report`, facts in the evidence (English ones may not), forbidden strings do not."""
    evidence = [bare(snippet) for snippet in question["evidence"]]
    yield from (f"evidence not in the report: {snippet}" for snippet in evidence if snippet not in report)
    yield from (f"evidence of {len(e)} characters: {e}" for e in evidence if len(e) not in SNIPPET_LENGTHS)
    for fact in question["facts"] if question["category"] != "english" else []:
        if not any(bare(option) in snippet for option in fact.split("|") for snippet in evidence):
            yield f"fact not in the evidence: {fact}"
    for word in question["forbidden"]:
        if any(bare(word) in snippet for snippet in evidence):
            yield f"forbidden stands in the evidence: {word}"


def question_faults(question: Question, report: str) -> Iterator[str]:
    broken = list(schema_faults(question))
    yield from broken
    if not broken:
        yield from kind_faults(question)
        yield from text_faults(question, report)


def main() -> int:
    files = question_files()
    asked = [(file, json.loads(line)) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    faults = [(q.get("id"), f) for file, q in asked for f in question_faults(q, report_text(report_path(file)))]
    faults += [(i, "id used twice") for i, n in Counter(q.get("id") for _, q in asked).items() if n > 1]
    texts = Counter((report_path(file).stem, bare(str(q.get("question")))) for file, q in asked)
    faults += [(text, "asked twice") for (_, text), n in texts.items() if n > 1]
    for file in files:
        counts = Counter(str(q.get("category")) for f, q in asked if f == file)
        print(file.name, counts.total(), dict(counts.most_common()))
    print(*(f"{who}: {what}" for who, what in faults), f"{len(faults)} faults", sep="\n")
    return 1 if faults or not asked else 0


if __name__ == "__main__":
    sys.exit(main())
