"""Suggested questions: made from what a report tells, and answered by the bot that is asked about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from core_fakes import report_text
from index_fakes import HashEmbedder, settings_in, silent
from web_fakes import GROWTH, SILENT

from app import Examples, open_bot, open_live, suggestions
from chatbot.archive import Recognised
from chatbot.bot import Bot
from chatbot.settings import load_settings
from chatbot.suggest import MOST, answered, suggest
from chatbot.types import Answer, Language, Report
from eval.questions import default_report
from eval.subjects import ready
from vectorstore.embed import open_embedder
from vectorstore.index import build
from vectorstore.passages import passages
from vectorstore.sections import sections


def suggested(text: str, language: Language = "zh") -> tuple[str, ...]:
    report = Report("x", "报告", "云川市", "市", 2031, "", "", "", "", text)
    return suggest(report, passages(report), sections(report), language)


@pytest.fixture(scope="module")
def default_bot(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    """The bot that users get, over the report that comes with the program."""
    settings = load_settings(None).model_copy(update={"home": tmp_path_factory.mktemp("home")})
    return open_bot(ready(default_report(), settings, open_embedder(settings), lambda line: None))


def test_they_ask_by_turns_for_a_figure_of_last_year_a_list_and_a_target_of_this_year() -> None:
    assert suggested(report_text()) == (
        "去年全市地区生产总值增长多少？",
        "今年的主要预期目标有哪些？",
        "今年城镇新增就业的目标是多少？",
        "去年城镇新增就业是多少？",
        "今年一般公共预算收入预期增长多少？",
        "去年一般公共预算收入增长多少？",
        "去年固定资产投资增长多少？",
        "去年社会消费品零售总额增长多少？",
        "去年规上工业增加值增长多少？",
    )


def test_they_can_be_english() -> None:
    first, second, *_ = suggested(report_text(), "en")
    assert (first, second) == ("How much did GDP grow last year?", "What are the main targets for this year?")


def test_nothing_is_suggested_that_the_report_does_not_tell() -> None:
    assert not [question for question in suggested(report_text()) if "粮食" in question or "进出口" in question]


def test_a_report_without_known_figures_and_lists_suggests_nothing() -> None:
    assert suggested("某镇工作报告\n一、回顾\n大家都很努力。\n") == ()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_suggestion_about_the_default_report_is_answered_with_a_citation(
    default_bot: Bot, language: Language
) -> None:
    """All of them, not only those shown."""
    report = default_bot.reports[0]
    questions = suggest(report, default_bot.passages(report.id), default_bot.sections(report.id), language)
    assert len(questions) >= 12
    answers = {question: default_bot.ask(question) for question in questions}
    assert [q for q, answer in answers.items() if answer.status != "answered" or not answer.citations] == []


def test_six_are_shown_in_each_language(default_bot: Bot) -> None:
    shown = suggestions(default_bot, "")
    assert {language: len(questions) for language, questions in shown.items()} == {"zh": MOST, "en": MOST}
    assert "今年要办哪些民生实事？" in shown["zh"] and "今年的主要预期目标有哪些？" in shown["zh"]


def test_they_follow_what_is_published_and_withdrawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.open_embedder", lambda settings: HashEmbedder())
    settings, examples = settings_in(tmp_path, ("云川市", 2031)), Examples()
    build(settings, HashEmbedder(), silent)
    _, archive = open_live(settings, examples)
    assert examples["zh"] and examples["en"]
    upload = tmp_path / "upload.txt"
    upload.write_text(
        "海湾市人民政府工作报告\n（2031年1月9日）\n一、2030年工作回顾\n大家都很努力。\n", encoding="utf-8"
    )
    (found,) = archive.recognise(upload)
    assert isinstance(found, Recognised)
    (first,) = archive.held()
    archive.publish([found.report], silent)
    archive.withdraw(first.id, silent)
    assert examples == {"zh": (), "en": ()}


def test_what_the_bot_does_not_answer_is_not_shown() -> None:
    def ask(question: str) -> Answer:
        return SILENT if question == "二" else GROWTH

    assert answered(["一", "二", "三", "四"], ask, most=2) == ("一", "三")
