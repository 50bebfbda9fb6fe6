"""The reports held: shipped ones with their manifest, added ones under the home folder."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from index_fakes import report_text, settings_in

from chatbot.errors import SetupError, UnknownReport, UnreadableFile
from chatbot.settings import CODE_FOLDER, Settings
from vectorstore.files import Source
from vectorstore.library import Library


def source(region: str = "海湾市", year: int = 2032) -> Source:
    text = report_text(region, year)
    return Source(f"{region}.txt", (text,), False, sha256(text.encode()).hexdigest())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path, ("云川市", 2031))


@pytest.fixture
def library(settings: Settings) -> Library:
    return Library(settings)


def manifest(settings: Settings, text: str) -> None:
    (settings.reports_dir / "manifest.toml").write_text(text, encoding="utf-8")


def test_every_shipped_file_is_the_one_its_manifest_describes():
    shipped = Library(Settings(reports_dir=CODE_FOLDER / "data" / "reports", home=Path("/nowhere"), _env_file=None))
    assert all(holding.entry and holding.entry.sha256 and holding.entry.licence for holding in shipped.holdings())
    assert len(shipped.reports()) == len(shipped.holdings()) > 0


def test_a_shipped_file_needs_no_manifest(library: Library):
    assert [(r.year, r.title) for r in library.reports()] == [(2031, "云川市人民政府工作报告")]


def test_what_the_manifest_says_is_believed_before_the_text(library: Library, settings: Settings):
    manifest(settings, '[[report]]\nfile = "云川市2031.txt"\ntitle = "某报告"\nyear = 2030\nsource = "某处"\n')
    report = library.reports()[0]
    assert (report.title, report.year, report.source) == ("某报告", 2030, "某处")


def test_a_shipped_file_that_was_changed_is_refused(library: Library, settings: Settings):
    manifest(settings, f'[[report]]\nfile = "云川市2031.txt"\nsha256 = "{"0" * 64}"\n')
    with pytest.raises(UnreadableFile, match="sha256"):
        library.reports()


@pytest.mark.parametrize("text", ["[[report", "[[report]]\nyear = 2024\n", '[[report]]\nfile = "a"\nyaer = 1\n'])
def test_a_bad_manifest_is_one_line(library: Library, settings: Settings, text: str):
    manifest(settings, text)
    with pytest.raises(SetupError) as caught:
        library.holdings()
    assert "\n" not in str(caught.value)


def test_an_added_report_comes_back_as_it_was(library: Library, settings: Settings):
    added = library.add(source())
    assert Library(settings).reports()[-1] == added


def test_what_the_caller_says_of_a_report_is_believed(library: Library):
    added = library.add(source(), year=2040, title="另一个标题")
    assert (added.year, added.title) == (2040, "另一个标题")


def test_adding_the_same_file_again_changes_nothing(library: Library):
    assert library.add(source()) == library.add(source())
    assert len(library.reports()) == 2


def test_adding_the_same_file_with_another_year_replaces_it(library: Library):
    library.add(source())
    library.add(source(), year=2040)
    assert [report.year for report in library.reports()] == [2031, 2040]


def test_adding_a_shipped_report_under_another_title_leaves_one_of_them(library: Library):
    library.add(source("云川市", 2031), title="换了标题")
    assert [report.title for report in library.reports()] == ["换了标题"]


def test_the_same_text_out_of_another_file_is_the_same_report(library: Library):
    library.add(source())
    library.add(source()._replace(sha256="f" * 64, name="副本.txt"))
    assert len(library.reports()) == 2


def test_ids_are_unique(library: Library):
    ids = [library.add(source("海湾市", year)).id for year in (2032, 2033)]
    assert len({*ids, library.reports()[0].id}) == 3


def test_a_file_that_is_no_report_is_not_kept(library: Library):
    with pytest.raises(UnreadableFile):
        library.add(source()._replace(pages=("1234",)))
    assert len(library.reports()) == 1


def test_removing_an_added_report_deletes_it(library: Library, settings: Settings):
    removal = library.remove(library.add(source()).id)
    assert not removal.hidden
    assert list((settings.home / "reports").glob("*.json")) == []


def test_removing_a_shipped_report_hides_it_and_leaves_the_file(library: Library, settings: Settings):
    assert library.remove(library.reports()[0].id).hidden
    assert library.reports() == ()
    assert list(settings.reports_dir.glob("*.txt"))


def test_a_hidden_report_can_be_added_again(library: Library):
    removed = library.remove(library.reports()[0].id).report
    added = library.add(source("云川市", 2031))
    assert library.reports() == (added,)
    assert replace(added, source=removed.source, sha256=removed.sha256) == removed


def test_two_homes_never_see_each_other(library: Library, settings: Settings, tmp_path: Path):
    library.add(source())
    other = Settings(home=tmp_path / "other", reports_dir=settings.reports_dir, _env_file=None)
    assert len(Library(other).reports()) == 1


def test_removing_what_is_not_held_is_said(library: Library):
    with pytest.raises(UnknownReport, match="list"):
        library.remove("no-such-report")


def test_a_damaged_added_report_can_be_removed_by_its_name(library: Library, settings: Settings):
    added = library.add(source())
    path = settings.home / "reports" / f"{added.id}.json"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(UnreadableFile, match=added.id):
        library.reports()
    library.remove(added.id)
    assert len(library.reports()) == 1


def test_the_stamp_of_a_report_changes_with_its_text(library: Library, settings: Settings):
    before = library.holdings()[0].stamp
    (settings.reports_dir / "云川市2031.txt").write_text(report_text("云川市", 2030), encoding="utf-8")
    assert library.holdings()[0].stamp != before
