"""Taking reports in and out while they are asked: all of a change, or nothing of it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from index_fakes import HashEmbedder, report_text, settings_in, silent

from chatbot.archive import Recognised, Told, told
from chatbot.errors import IndexMissing, SetupError, UnknownReport, UnreadableFile, UpstreamError, UsageError
from chatbot.settings import Settings
from vectorstore.archive import WAITING, ReportArchive
from vectorstore.embed import Vectors
from vectorstore.index import build, open_index


class Running:
    """Stands for the running program: opens the index anew whenever it is told to."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.reports: list[str] = []
        self.changes = 0

    def __call__(self) -> None:
        with open_index(self._settings, HashEmbedder()) as index:
            self.reports = [report.region for report in index.reports]
        self.changes += 1


class Failing(HashEmbedder):
    """Fails as often as it is told to."""

    def __init__(self, error: Exception, times: int = 1) -> None:
        super().__init__()
        self._error, self._times = error, times

    def embed_array(self, texts: Sequence[str]) -> Vectors:
        if self._times:
            self._times -= 1
            raise self._error
        return super().embed_array(texts)


class Slow(HashEmbedder):
    """Embeds only when it is let go on; says when it has begun."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()

    def embed_array(self, texts: Sequence[str]) -> Vectors:
        self.begun.set()
        assert self.go_on.wait(10)
        return super().embed_array(texts)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = settings_in(tmp_path, ("云川市", 2031))
    build(settings, HashEmbedder(), silent)
    return settings


@pytest.fixture
def running(settings: Settings) -> Running:
    running = Running(settings)
    running()
    return running


@pytest.fixture
def archive(settings: Settings, running: Running) -> ReportArchive:
    return ReportArchive(settings, HashEmbedder(), running)


def upload(folder: Path, text: str, name: str = "upload.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def recognised(archive: ReportArchive, path: Path) -> Recognised:
    (found,) = archive.recognise(path)
    assert isinstance(found, Recognised)
    return found


def doubts(item: Recognised) -> list[str]:
    return [warned.doubt for warned in item.warnings]


# What is recognised


def test_a_good_report_is_recognised_without_a_warning(archive: ReportArchive, tmp_path: Path):
    item = recognised(archive, upload(tmp_path, report_text("海湾市", 2032)))
    report = item.report
    assert (report.region, report.year, report.speaker) == ("海湾市", 2032, "李某某")
    assert item.warnings == () and item.figures == 8 and item.sentences == 13
    assert ("二、2032年主要任务", "（一）持续改善民生") in [section.path for section in item.sections]


def test_nothing_is_kept_of_what_is_only_recognised(archive: ReportArchive, tmp_path: Path, running: Running):
    recognised(archive, upload(tmp_path, report_text("海湾市", 2032)))
    assert [held.region for held in archive.held()] == ["云川市"] and running.changes == 1


PLAIN = "我们认真学习，努力工作。大家团结一致，取得了很好的成绩。"


def test_a_text_without_anything_is_warned_of(archive: ReportArchive, tmp_path: Path):
    item = recognised(archive, upload(tmp_path, PLAIN))
    assert doubts(item) == ["no_year", "no_region", "no_sections", "no_figures"]


def test_the_same_text_is_a_duplicate_whatever_its_file_is_called(archive: ReportArchive, tmp_path: Path):
    item = recognised(archive, upload(tmp_path, report_text() + "\n", "other.txt"))
    assert doubts(item) == ["duplicate"] and item.warnings[0].of == "云川市人民政府工作报告"


def test_another_text_of_the_same_place_and_year_is_warned_of(archive: ReportArchive, tmp_path: Path):
    item = recognised(archive, upload(tmp_path, report_text().replace("5.8%", "5.9%")))
    assert doubts(item) == ["same_year"]


def test_of_an_archive_every_file_is_recognised_or_told(archive: ReportArchive, tmp_path: Path):
    path = tmp_path / "all.zip"
    with ZipFile(path, "w") as packed:
        packed.writestr("a.txt", report_text("海湾市", 2032))
        packed.writestr("b.txt", "no report")
        packed.writestr("c.txt", report_text("青山县", 2033))
    kinds = [item.report.region if isinstance(item, Recognised) else "unread" for item in archive.recognise(path)]
    assert kinds == ["海湾市", "unread", "青山县"]


# Corrections


def test_a_corrected_year_moves_what_the_sections_speak_of(archive: ReportArchive, tmp_path: Path):
    text = report_text("海湾市", 2032).replace("2031年工作回顾", "工作回顾").replace("2032年主要任务", "今年主要任务")
    item = recognised(archive, upload(tmp_path, text))
    corrected = archive.corrected(item, told(item.report.title, "", "2040年"))
    assert corrected.report.year == 2040
    years = {part.path[0]: part.period.year for part in corrected.sections}
    assert (years["一、工作回顾"], years["二、今年主要任务"]) == (2039, 2040)
    assert "2040" in corrected.report.id


def test_a_title_made_of_the_year_follows_a_corrected_year(archive: ReportArchive, tmp_path: Path):
    text = report_text("海湾市", 2032).replace("海湾市人民政府工作报告\n", "政府工作报告\n", 1)
    item = recognised(archive, upload(tmp_path, text))
    assert item.report.title == "2032年海湾市政府工作报告"
    assert archive.corrected(item, told(item.report.title, "", "2033")).report.title == "2033年海湾市政府工作报告"


def test_a_title_that_was_typed_stays(archive: ReportArchive, tmp_path: Path):
    item = recognised(archive, upload(tmp_path, report_text("海湾市", 2032)))
    named = archive.corrected(item, Told("海湾报告", "海湾市", 2032))
    assert archive.corrected(named, Told("海湾报告", "海湾市", 2033)).report.title == "海湾报告"


def test_a_held_report_keeps_its_id_when_it_is_corrected(archive: ReportArchive, running: Running):
    (held,) = archive.held()
    item = archive.corrected(archive.opened(held.id), Told("", "海湾市", 2035))
    archive.publish([item.report], silent)
    assert [(h.id, h.region, h.year) for h in archive.held()] == [(held.id, "海湾市", 2035)]
    assert running.reports == ["海湾市"]


def test_a_held_report_is_no_duplicate_of_itself(archive: ReportArchive):
    (held,) = archive.held()
    assert archive.opened(held.id).warnings == ()


def test_an_unknown_report_cannot_be_opened(archive: ReportArchive):
    with pytest.raises(UnknownReport):
        archive.opened("nowhere")


@pytest.mark.parametrize("year", ["去年", "20", "99999999999999999999", "2024.5", "²024", "-2024"])
def test_a_year_that_is_none_is_refused_in_one_line(year: str):
    with pytest.raises(UsageError, match="不是年份") as caught:
        told("", "", year)
    assert "\n" not in str(caught.value)


def test_what_is_typed_is_tidied():
    assert told("  甲  报告 ", "\n重庆\t", " 2024年 ") == Told("甲 报告", "重庆", 2024)


# Publishing and withdrawing


def test_a_published_report_is_in_the_index_and_taken_up(archive: ReportArchive, tmp_path: Path, running: Running):
    item = recognised(archive, upload(tmp_path, report_text("海湾市", 2032)))
    lines: list[str] = []
    ids = archive.publish([item.report], lines.append)
    assert ids == (item.report.id,)
    assert running.reports == ["云川市", "海湾市"]
    assert [(held.region, held.published, held.shipped) for held in archive.held()] == [
        ("云川市", True, True),
        ("海湾市", True, False),
    ]
    assert any("已编入" in line for line in lines)


def test_another_server_over_the_same_home_has_it_after_a_restart(
    archive: ReportArchive, settings: Settings, tmp_path: Path
):
    with open_index(settings, HashEmbedder()) as other:
        archive.publish([recognised(archive, upload(tmp_path, report_text("海湾市", 2032))).report], silent)
        assert [report.region for report in other.reports] == ["云川市"]
    with open_index(settings, HashEmbedder()) as restarted:
        assert [report.region for report in restarted.reports] == ["云川市", "海湾市"]


def test_what_is_published_again_stays_one_report(archive: ReportArchive, tmp_path: Path):
    item = recognised(archive, upload(tmp_path, report_text("海湾市", 2032)))
    assert archive.publish([item.report], silent) == archive.publish([item.report, item.report], silent)
    assert len(archive.held()) == 2


def test_a_withdrawn_report_is_gone(archive: ReportArchive, tmp_path: Path, running: Running):
    item = recognised(archive, upload(tmp_path, report_text("海湾市", 2032)))
    archive.publish([item.report], silent)
    archive.withdraw(archive.held()[0].id, silent)
    assert running.reports == ["海湾市"]
    assert [held.region for held in archive.held()] == ["海湾市"]


def test_the_last_report_stays(archive: ReportArchive, running: Running):
    with pytest.raises(UsageError, match="至少"):
        archive.withdraw(archive.held()[0].id, silent)
    assert running.changes == 1 and len(archive.held()) == 1


def test_an_unknown_report_cannot_be_withdrawn(archive: ReportArchive, tmp_path: Path):
    item = recognised(archive, upload(tmp_path, report_text("海湾市", 2032)))
    archive.publish([item.report], silent)
    with pytest.raises(UnknownReport):
        archive.withdraw("../lock", silent)


def unchanged(settings: Settings, running: Running) -> bool:
    """Whether the index fits what is held, and both are of the one report as before."""
    with open_index(settings, HashEmbedder()) as index:
        return [report.region for report in index.reports] == running.reports == ["云川市"]


@pytest.mark.parametrize(
    "error, told_as", [(UpstreamError("嵌入服务没有回应"), UpstreamError), (OSError(28, "No space left"), SetupError)]
)
def test_a_failed_build_changes_nothing(settings: Settings, tmp_path: Path, running: Running, error, told_as):
    archive = ReportArchive(settings, Failing(error), running)
    item = recognised(archive, upload(tmp_path, report_text("海湾市", 2032)))
    with pytest.raises(told_as) as caught:
        archive.publish([item.report], silent)
    assert "\n" not in str(caught.value)
    assert unchanged(settings, running)
    archive.publish([item.report], silent)  # and the next one does
    assert running.reports == ["云川市", "海湾市"]


def test_a_failed_correction_leaves_the_report_as_it_was(settings: Settings, running: Running):
    archive = ReportArchive(settings, Failing(UpstreamError("嵌入服务没有回应")), running)
    (held,) = archive.held()
    item = archive.corrected(archive.opened(held.id), Told("", "海湾市", 2035))
    with pytest.raises(UpstreamError):
        archive.publish([item.report], silent)
    assert unchanged(settings, running) and archive.held() == (held,)


def test_a_program_that_cannot_take_it_up_keeps_what_it_has(settings: Settings, tmp_path: Path, running: Running):
    def refuse() -> None:
        raise IndexMissing("索引损坏了")

    archive = ReportArchive(settings, HashEmbedder(), refuse)
    item = recognised(archive, upload(tmp_path, report_text("海湾市", 2032)))
    with pytest.raises(IndexMissing):
        archive.publish([item.report], silent)
    assert unchanged(settings, running)


def test_of_several_reports_all_or_none_are_published(settings: Settings, tmp_path: Path, running: Running):
    archive = ReportArchive(settings, Failing(UpstreamError("嵌入服务没有回应")), running)
    texts = [report_text("海湾市", 2032), report_text("青山县", 2033)]
    reports = [recognised(archive, upload(tmp_path, text)).report for text in texts]
    with pytest.raises(UpstreamError):
        archive.publish(reports, silent)
    assert unchanged(settings, running)


def test_a_report_that_makes_no_shard_is_not_kept(archive: ReportArchive, running: Running, settings: Settings):
    empty = replace(archive.opened(archive.held()[0].id).report, id="empty", sha256="1" * 64, text="　\n")
    with pytest.raises(UnreadableFile):
        archive.publish([empty], silent)
    assert unchanged(settings, running)


def test_two_who_publish_at_once_wait_for_one_another(settings: Settings, tmp_path: Path, running: Running):
    slow = Slow()
    archive = ReportArchive(settings, slow, running)
    first, second = (recognised(archive, upload(tmp_path, report_text(c, 2032))).report for c in ("海湾市", "青山县"))
    waits = threading.Event()

    def progress(line: str) -> None:
        if line == WAITING:
            waits.set()

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(archive.publish, [first], silent)
        assert slow.begun.wait(10)
        two = pool.submit(archive.publish, [second], progress)
        assert waits.wait(10)
        slow.go_on.set()
        one.result(20), two.result(20)
    assert sorted(running.reports) == sorted(["云川市", "海湾市", "青山县"])
