"""The ablation takes away what it says it does, and every row is about the same questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from core_fakes import report_text
from index_fakes import silent

from chatbot.settings import load_settings
from eval.ablate import COVERAGE, HEADINGS, PAIRED, SAYINGS, VARIANTS, Row, Unlearned, only, printed, row
from eval.candidates import Candidates, EveryCandidate, candidates_of
from eval.judge import folded
from eval.plain import NEAREST, OVERLAP, PIECE, cut, plain_ranks
from eval.questions import GoldQuestion, QuestionSet
from vectorstore.retrieve import ReportRetriever

SETTINGS = load_settings(None)
LINE = GoldQuestion("L", "number", "新增里程是多少？", ("21公里",), (), ("新增里程21公里",), "一", False, "")
UNTOLD = replace(LINE, id="U", category="unanswerable", facts=(), evidence=(), refuse=True, why="没有说")
BRIEF = replace(LINE, id="B", category="briefing")
TOLD = (
    ("去年建成多少个口袋公园？", "41个", "建成口袋公园41个"),
    ("去年改造了多少个老旧小区？", "87个", "改造老旧小区87个"),
    ("去年城镇新增就业多少万人？", "4.6万人", "城镇新增就业4.6万人"),
    ("去年城镇调查失业率是多少？", "5.1%", "城镇调查失业率控制在5.1%"),
    ("去年地区生产总值达到多少亿元？", "3210.5亿元", "地区生产总值达到3210.5亿元"),
    ("今年改造多少个老旧小区？", "130个", "改造老旧小区130个"),
    ("今年新建公园多少个？", "25个", "新建公园25个"),
    ("今年筹集保障性住房多少套？", "8000套", "筹集保障性住房8000套"),
    ("今年压减一般性支出多少亿元？", "3.4亿元", "压减一般性支出3.4亿元"),
)
UNANSWERED = ("火星基地投资了多少亿元？", "今年招收博士生多少名？", "去年进口葡萄酒多少吨？")
GOLDS = (
    LINE,
    *(replace(LINE, id=f"T{i}", question=q, facts=(f,), evidence=(e,)) for i, (q, f, e) in enumerate(TOLD)),
    *(replace(UNTOLD, id=f"U{i}", question=q) for i, q in enumerate(UNANSWERED)),
)


def retrieving(kind: type[EveryCandidate], town: ReportRetriever) -> EveryCandidate:
    return kind(index=town.index, embedder=town.embedder, associations=town.associations)


def candidates(kind: type[EveryCandidate], town: ReportRetriever, *golds: GoldQuestion) -> list[Candidates]:
    reports = town.index.reports[:1]
    source = folded(reports[0].text)
    return [c for gold in golds for c in candidates_of(gold, retrieving(kind, town), reports, source)]


@pytest.fixture(scope="module")
def found(town_retriever: ReportRetriever) -> list[Candidates]:
    return candidates(EveryCandidate, town_retriever, *GOLDS)


def cover(found: Candidates, words: str) -> float:
    """How much of the question the clause with these words covers."""
    text = found.reports[0].text
    rows = [i for i, span in enumerate(found.spans) if words in span.of(text)]
    return float(found.features[rows, found.names.index("cover")].max())


def test_every_feature_that_a_variant_names_is_one_that_clauses_have(found: list[Candidates]):
    named = COVERAGE | PAIRED | SAYINGS | {"period", "dense", "sentence", "bm25"}
    assert named <= set(found[0].names)


def test_every_variant_keeps_something_and_only_the_last_keeps_all(found: list[Candidates]):
    kept = {name: {feature for feature in found[0].names if keep(feature)} for name, keep in VARIANTS.items()}
    assert all(kept.values()) and len(set(map(frozenset, kept.values()))) == len(VARIANTS)
    assert [name for name, features in kept.items() if features == set(found[0].names)] == [list(VARIANTS)[-1]]


def test_a_row_tells_where_evidence_was_found_and_what_was_answered(found: list[Candidates]):
    whole = row("全部", found, lambda name: True)
    assert whole.name == "全部" and whole.found[0] is not None
    assert 0.5 < whole.found[0] <= whole.found[1] <= whole.found[2] <= 1  # type: ignore[operator]
    assert (whole.refusal, whole.colloquial) == (1.0, 0.0)


def test_with_nothing_but_the_year_less_is_found(found: list[Candidates]):
    whole, year = row("全部", found, lambda name: True), row("年份", found, lambda name: name == "period")
    assert year.found[0] < whole.found[0]  # type: ignore[operator]


def test_what_a_variant_cannot_tell_apart_keeps_the_order_of_the_text(found: list[Candidates]):
    """In the order of the product, a variant that tells nothing would find what the product finds."""
    starts = [e.passage.span.start for e in found[0].evidence({})]
    assert len(starts) > 3 and starts == sorted(starts)


def test_everyday_questions_have_a_column_of_their_own(found: list[Candidates]):
    everyday = [replace(c, gold=replace(c.gold, category="colloquial")) for c in found[:6]]
    one, other = row("全部", [*everyday, *found[6:]], bool), row("全部", found, bool)
    assert one.accuracy == other.accuracy and one.colloquial != other.colloquial


def test_without_the_lexicon_an_everyday_word_covers_nothing(town_retriever: ReportRetriever):
    gold = replace(LINE, question="地铁去年修了多长？")
    [learned], [unlearned] = (candidates(kind, town_retriever, gold) for kind in (EveryCandidate, Unlearned))
    assert cover(unlearned, "轨道交通") < cover(learned, "轨道交通")


def test_the_words_of_the_report_cover_as_much_without_the_lexicon(town_retriever: ReportRetriever):
    [learned], [unlearned] = (candidates(kind, town_retriever, LINE) for kind in (EveryCandidate, Unlearned))
    assert cover(unlearned, "新增里程") == pytest.approx(cover(learned, "新增里程"))


def test_the_plain_recipe_is_asked_the_questions_that_have_candidates(found: list[Candidates]):
    """Comparisons, briefs and whole lists have none: with them it would be measured by harder questions."""
    asked = QuestionSet("towns", Path("town.txt"), (BRIEF, *GOLDS, replace(LINE, id="C", category="compare")))
    assert [s.questions for s in only([asked], found)] == [tuple(c.gold for c in found)]


def test_rows_are_printed_under_their_headings_and_what_is_undefined_as_a_dash():
    lines = printed([Row("通行做法", (0.25, 0.5, 1.0)), Row("全部", (0.5, 0.75, None), 0.9, 0.8, 0.1, 0.7)]).split("\n")
    assert lines[0].split() == list(HEADINGS)
    assert " ".join(lines[2].split()) == "通行做法 0.250 0.500 1.000 – – – –"
    assert " ".join(lines[3].split()) == "全部 0.500 0.750 – 0.900 0.800 0.100 0.700"


# The plain recipe


def test_pieces_of_the_plain_recipe_hold_the_whole_text_and_overlap():
    pytest.importorskip("langchain_text_splitters", reason="requirements-dev.txt has it")
    text = "\n\n".join(f"第{i}段。" + "推进轨道交通建设，" * 12 for i in range(20))
    pieces = cut(text)
    assert len(pieces) > 2 and max(map(len, pieces)) <= PIECE
    assert all(f"第{i}段" in "".join(pieces) for i in range(20))
    assert len("".join(pieces)) < len(text) + OVERLAP * len(pieces)


def test_a_short_text_is_one_piece():
    pytest.importorskip("langchain_text_splitters", reason="requirements-dev.txt has it")
    assert cut(report_text()[:PIECE]) == [report_text()[:PIECE].strip()]


def test_the_plain_recipe_finds_what_is_near_and_is_not_asked_what_it_cannot_find(tmp_path: Path):
    pytest.importorskip("langchain_text_splitters", reason="requirements-dev.txt has it")
    report = tmp_path / "town.txt"
    others = "\n".join(f"第{i}件：" + "办好中小学校，聘请教师，修缮校舍。" * 12 for i in range(2 * NEAREST))
    report.write_text(report_text() + others, encoding="utf-8")
    near = replace(LINE, question="轨道交通三号线新增里程是多少公里？")
    lost = replace(LINE, id="X", evidence=("报告里没有这一句话",))
    ranks = plain_ranks([QuestionSet("towns", report, (near, UNTOLD, BRIEF, lost))], SETTINGS, silent)
    assert len(ranks) == 2 and ranks[0] in (1, 2) and ranks[1] is None
