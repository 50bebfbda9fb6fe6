"""The mutation suite: its false sentences are false, its true ones true, and its gate shuts when it must."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from core_fakes import PLAN, REVIEW, a_passage, a_report, report_text

from chatbot.settings import CODE_FOLDER
from chatbot.types import Clause, Evidence, Passage, Period
from eval import figure_mutations as figure
from eval import support_mutations as support
from eval import word_mutations as word
from eval.__main__ import main
from eval.claims import Claim, Shelf, figures, shelf
from eval.mutant import Mutator
from eval.mutate import Judged, gate, judged_false, judged_true
from eval.mutations import EACH, KINDS, Case, cases
from eval.numerals import numeral
from eval.paraphrases import PARAPHRASES
from eval.true_sentences import GATED, TrueSentence, true_sentences
from vectorstore.files import read
from vectorstore.passages import clauses
from vectorstore.reports import open_report

TEXT = "建成桥梁35座，用水总量下降6.4%；新增学位1.2万个，码头、渡口、船闸三类设施投入1.2万亿元；参保人数超过620万。"
KEPT = (
    "依据调换",
    "目标与完成",
    "年份改动",
)  # the report's words stay; what is said around them or under them is wrong


def evidence(text: str, key: str = "E100", period: Period = REVIEW, start: int = 0) -> Evidence:
    passage = a_passage(text, period, start)
    return Evidence(key, passage, 1.0, tuple(Clause(span, 0.0) for span in clauses(passage)))


def desk(*found: Evidence) -> Shelf:
    text = "\n".join(e.passage.text for e in found)
    return Shelf(a_report(text=text), {e.key: e for e in found})


def made(rule: Mutator, text: str, period: Period = REVIEW, *others: Evidence) -> set[str]:
    """What a rule makes of `text`, taken as one claim without its last mark."""
    source = evidence(text, period=period)
    body = source.passage.span._replace(end=source.passage.span.end - 1)
    return {mutant.text for mutant in rule(Claim(source, (body,)), desk(source, *others))}


@cache
def shelves() -> dict[str, tuple[Shelf, ...]]:
    """The shipped report and the invented ones."""
    folders = {"shipped": CODE_FOLDER / "data" / "reports", "invented": CODE_FOLDER / "eval" / "reports"}
    return {
        name: tuple(shelf(open_report(read(path)[0])) for path in sorted(folder.glob("*.txt")))
        for name, folder in folders.items()
    }


@cache
def false_ones(seed: int = 1) -> tuple[Case, ...]:
    return tuple(cases([s for found in shelves().values() for s in found], seed))


@cache
def true_ones(name: str) -> tuple[TrueSentence, ...]:
    return tuple(true_sentences(shelves()[name], 1))


def passages_of(case: Case) -> list[Passage]:
    return [case.offered[key].passage for key in case.original.keys]


# Reading


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("0", "零"),
        ("10", "十"),
        ("35", "三十五"),
        ("107", "一百零七"),
        ("4080", "四千零八十"),
        ("30145", "三万零一百四十五"),
        ("1000000", "一百万"),
        ("2.45", "二点四五"),
        ("1,126.5", "一千一百二十六点五"),
    ],
)
def test_a_figure_is_spelled_as_it_is_read_aloud(number: str, said: str):
    assert numeral(number) == said


def test_a_figure_has_a_unit_or_a_scale_and_years_and_names_are_none():
    found = [(f.value, f.unit) for f in figures("2030年3月18号线T2航站楼投资1.2万亿元，服务620万，连续9年、2000余家")]
    assert found == [(Decimal("1.2E12"), "元"), (6200000, ""), (9, "年"), (2000, "家")]


def test_a_clause_that_hangs_on_the_one_before_stays_with_it():
    run = desk(evidence("一般公共预算收入21.37亿元，增长6.4%，建成桥梁35座。")).runs[0]
    assert [claim.body for claim in run] == ["一般公共预算收入21.37亿元，增长6.4%", "建成桥梁35座"]


# Each rule


@pytest.mark.parametrize(
    ("rule", "false"),
    [
        (figure.digit_changed, "桥梁39座"),
        (figure.multiplied, "桥梁70座"),
        (figure.worded_figure, "四类设施"),
        (figure.unit_changed, "下降6.4个百分点"),
        (figure.point_moved, "下降64%"),
        (figure.scale_changed, "新增学位1.2个"),
        (figure.scale_changed, "投入1.2亿元"),
        (figure.hedge_dropped, "人数为620万"),
        (figure.hedge_added, "桥梁35座以上"),
        (figure.hedge_changed, "不足620万"),
        (figure.wrong_numeral, "三十六座"),
        (figure.wrong_conversion, "投入1200亿元"),
        (word.direction_flipped, "总量增长6.4%"),
        (word.status_changed, "计划建成桥梁"),
        (word.member_removed, "码头、船闸三类设施"),
        (word.negation_added, "没有建成桥梁"),
        (word.quantifier_added, "首次建成桥梁"),
        (word.year_changed, "2031年：建成桥梁"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_a_rule_makes_what_its_name_says(rule: Mutator, false: str):
    assert any(false in text for text in made(rule, TEXT))


def test_a_plan_is_told_as_a_result():
    assert {"新建了桥梁12座", "2031年：新建桥梁12座"} <= made(word.status_changed, "新建桥梁12座。", PLAN)


def test_figures_and_names_of_an_aligned_list_change_places():
    text = "粮食、蔬菜产量分别增长3%、5%。"
    assert made(figure.figures_swapped, text) == {"粮食、蔬菜产量分别增长5%、3%"}
    assert made(figure.names_swapped, text) == {"蔬菜、粮食产量分别增长3%、5%"}


def test_a_name_takes_the_figure_of_another():
    other = evidence("茶叶产量增长5%。", "E101", start=40)
    assert "粮食产量增长5%" in made(support.figure_of_another, "粮食产量增长3%。", REVIEW, other)


# Honesty: what is made is false, or nothing is made


@pytest.mark.parametrize("rule", [figure.digit_changed, figure.multiplied, figure.point_moved, figure.scale_changed])
@pytest.mark.parametrize("text", ["参保人数超过620万。", "造林97万亩以上。", "惠及2000余家。", "产值突破10亿元。"])
def test_a_figure_that_is_only_a_bound_is_left_alone(rule: Mutator, text: str):
    assert made(rule, text) == set()


def test_a_figure_that_the_passage_has_too_is_not_put_in():
    assert all("新建桥梁4座" not in text for text in made(figure.multiplied, "新建桥梁2座，改造桥梁4座。"))


def test_the_same_figure_twice_cannot_change_places():
    assert made(figure.figures_swapped, "粮食、蔬菜产量分别增长5%、5%。") == set()


def test_a_member_may_be_left_out_of_a_list_that_is_open_anyway():
    assert made(word.member_removed, "码头、渡口、船闸等设施建成。") == set()


def test_a_negation_that_covers_the_next_word_as_well_is_not_halved():
    assert made(word.negation_removed, "干部不松劲、不懈怠。") == {"干部松劲、不懈怠"}


def test_what_became_of_a_project_is_not_told_by_a_word_for_the_same():
    other = evidence("南岸市民公园启用。", "E101", start=40)
    assert made(support.fate_of_another, "北岸湿地公园建成开放。", REVIEW, other) == set()


def test_another_key_is_of_a_passage_that_does_not_say_the_same():
    same, else_ = evidence("再建桥梁35座。", "E101", start=40), evidence("改造桥梁3座。", "E102", start=60)
    source = evidence("建桥梁35座。")
    mutants = list(support.other_key(Claim(source, (source.clauses[0].span,)), desk(source, same, else_)))
    assert [mutant.keys for mutant in mutants] == [("E102",)]


def test_no_false_sentence_says_what_the_report_says():
    reports = {id(s.offered): s.report.text for found in shelves().values() for s in found}
    told = [case for case in false_ones() if case.kind not in KEPT]
    said = [case.sentence.text.split("：", 1)[-1].strip("。") for case in told]
    assert not [text for text, case in zip(said, told, strict=True) if text in reports[id(case.offered)]]


@pytest.mark.parametrize("kind", ["单位改动", "小数点移位", "万亿改动", "换算错"])
def test_the_wrong_figure_stands_nowhere_in_the_passage(kind: str):
    for case in (c for c in false_ones() if c.kind == kind):
        told = re.findall(
            r"\d[\d.,]*[余多万亿]*[^\d，、；。]{0,3}", case.sentence.text.split("年：")[-1].split("年，")[-1]
        )
        wrong = [re.compile(rf"(?<![\d.]){re.escape(figure)}") for figure in told]
        assert any(not figure.search(p.text) for p in passages_of(case) for figure in wrong), case.sentence.text


def test_the_passages_of_a_false_sentence_carry_its_true_one():
    for case in false_ones():
        body = case.original.text.split("：", 1)[-1].split("年，", 1)[-1].strip("。")
        assert any(body in passage.text for passage in passages_of(case)), case.original.text


# The suites


def test_every_kind_has_as_many_cases():
    found = [case.kind for case in false_ones()]
    assert {kind: found.count(kind) for kind in KINDS} == dict.fromkeys(KINDS, EACH) and len(found) >= 600


def test_every_rule_and_every_report_gives_cases():
    rules = {rule.__name__ for found in KINDS.values() for rule in found}
    assert {case.rule for case in false_ones()} == rules
    assert len({id(case.offered) for case in false_ones()}) == sum(map(len, shelves().values()))


def test_the_same_seed_makes_the_same_cases_and_another_seed_others():
    again = cases([s for found in shelves().values() for s in found], 1)
    assert [c.sentence for c in again] == [c.sentence for c in false_ones()]
    assert {c.sentence.text for c in false_ones(2)} != {c.sentence.text for c in again}


@pytest.mark.parametrize("name", ["shipped", "invented"])
def test_a_set_of_reports_gives_three_hundred_true_sentences_of_every_kind(name: str):
    found = {true.kind for true in true_ones(name)}
    assert len(true_ones(name)) >= 300 and found >= {*GATED, "换序", *PARAPHRASES}


def test_a_verbatim_shortened_or_merged_sentence_holds_only_words_of_its_passages():
    for true in (t for name in shelves() for t in true_ones(name) if t.kind in GATED):
        source = "".join(true.offered[key].passage.text for key in true.sentence.keys)
        body = true.sentence.text.split("年：")[-1].split("安排：")[-1]
        assert all(part in source for part in body.strip("。").replace("；", "，").split("，")), true.said


def test_every_quote_lies_in_a_passage_that_is_claimed():
    drafted = [(c.sentence, c.offered) for c in false_ones()]
    drafted += [(t.sentence, t.offered) for name in shelves() for t in true_ones(name)]
    for sentence, offered in drafted:
        assert all(any(offered[k].passage.span.holds(q) for k in sentence.keys) for q in sentence.quotes)


def test_a_converted_figure_is_worth_the_same():
    for true in (t for name in shelves() for t in true_ones(name) if t.kind == "换算"):
        source = {(f.value, f.unit) for key in true.sentence.keys for f in figures(true.offered[key].passage.text)}
        bare = {value for value, _ in source}  # 430000 of 43万 has no unit of its own
        assert all(f.value in bare for f in figures(true.sentence.text)), true.said


# The gate


def judged(kind: str, *reasons: str) -> list[Judged]:
    return [Judged(kind, "一句话", reason) for reason in reasons]


@pytest.mark.parametrize(
    ("false", "true", "holds"),
    [
        (judged("否定", "不符"), judged("原句", ""), True),
        (judged("否定", "不符", ""), judged("原句", ""), False),
        (judged("否定", "不符"), judged("原句", *[""] * 49, "不符"), True),
        (judged("否定", "不符"), judged("合并", *[""] * 48, "不符"), False),
        (judged("否定", "不符"), judged("原句", "") + judged("换序", "不符"), True),
        ([], [], True),
    ],
    ids=["all right", "one let through", "2 % dropped", "more than 2 %", "only a paraphrase dropped", "nothing asked"],
)
def test_the_gate_holds_when_no_false_and_hardly_a_true_one_is_misjudged(
    false: list[Judged], true: list[Judged], holds: bool
):
    assert gate(false, true)[0] is holds


@pytest.mark.parametrize("reason", ["", "不符"], ids=["believes everything", "believes nothing"])
def test_a_check_that_does_not_look_fails_the_gate(reason: str):
    found = shelves()["invented"]
    held, lines = gate(judged_false(found, 1, lambda *_: reason), judged_true(found, 1, lambda *_: reason))
    assert not held and lines[-1] == "未通过"


def test_the_command_fails_where_the_gate_does_not_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "town.txt"
    path.write_text(report_text(), encoding="utf-8")
    status = main(["mutate", "--report", str(path), "--show", "1"])
    printed = capsys.readouterr().out
    assert status == ("未通过" in printed) and "放过错句" in printed and "真句（town.txt）" in printed


def test_a_report_that_is_not_there_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["mutate", "--report", str(tmp_path / "none.txt")]) == 3
    told = capsys.readouterr().err.strip()
    assert "none.txt" in told and "\n" not in told
