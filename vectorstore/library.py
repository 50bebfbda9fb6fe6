"""The reports we hold: those shipped with the program, and those added, kept as JSON under the home folder."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from hashlib import file_digest, sha256
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, ValidationError

from chatbot.errors import SetupError, UnknownReport, UnreadableFile
from chatbot.settings import Settings
from chatbot.types import Report
from vectorstore.files import Source, read
from vectorstore.reports import open_report
from vectorstore.saved import REPORT, Damaged, write

READABLE = {".txt", ".docx", ".pdf"}


class Entry(BaseModel):
    """What the manifest says of a shipped file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    title: str = ""
    region: str = ""
    year: int | None = None
    source: str = ""
    licence: str = ""
    sha256: str = ""


class Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    report: tuple[Entry, ...] = ()


class Holding(NamedTuple):
    """A report as it lies on disk. `stamp` changes whenever anything the report is made from changes."""

    path: Path
    stamp: str
    entry: Entry | None  # None: an added report


Files = Mapping[Path, bytes | None]  # what stood in them; None: there was no such file


class Kept(NamedTuple):
    """A report as it is held now. `before`: the files that changed for it, as they were."""

    report: Report
    before: Files


class Removal(NamedTuple):
    """A report taken out (None if it was damaged); a shipped one is only `hidden`: its file stays.

    `before`: the files that changed for it, as they were.
    """

    report: Report | None
    hidden: bool
    before: Files


class Library:
    """All reports held, shipped ones first. Reads the disk at each call; holds nothing itself."""

    def __init__(self, settings: Settings) -> None:
        self._shipped = settings.reports_dir
        self._added = settings.home / "reports"
        self._removed = self._added / "removed.txt"  # stamps of the shipped reports that were removed, one a line

    def holdings(self) -> tuple[Holding, ...]:
        """What is held, without reading the texts in (hashes only). Raises SetupError for a bad manifest."""
        removed = self._removed_stamps()
        shipped = [holding for holding in _shipped(self._shipped) if holding.stamp not in removed]
        added = [Holding(path, _sha256_of(path), None) for path in sorted(self._added.glob("*.json"))]
        return (*shipped, *added)

    def open(self, holding: Holding) -> Report:
        """Raises UnreadableFile when the file is no report, or not the one it should be."""
        return _open_shipped(holding.path, holding.entry) if holding.entry else _open_added(holding.path)

    def reports(self) -> tuple[Report, ...]:
        return tuple(self.open(holding) for holding in self.holdings())

    def add(self, source: Source, region: str = "", year: int | None = None, title: str = "") -> Report:
        """Keep the report in `source`; it replaces a held one of the same file or text. Raises UnreadableFile."""
        return self.keep(open_report(source, region=region, year=year, title=title)).report

    def keep(self, report: Report) -> Kept:
        """Hold `report` in place of any of the same file or text."""
        before: dict[Path, bytes | None] = {}
        with self._lock(), _whole(before):
            for holding, held in self._readable():
                if held.sha256 == report.sha256 or held.text == report.text:
                    if _same(held, report):
                        return Kept(held, before)
                    before.update({**self._drop(holding), **before})  # two may have stood in one file
            kept = self._with_own_id(report)
            path = self._added / f"{kept.id}.json"
            before.setdefault(path, None)
            REPORT.save(kept, path)
        return Kept(kept, before)

    def undo(self, before: Files) -> None:
        """Put files back as they were before `keep` or `remove`."""
        with self._lock():
            _put_back(before)

    def remove(self, report_id: str) -> Removal:
        """Take a report out: an added one is deleted, a shipped one hidden. Raises UnknownReport."""
        with self._lock():
            for holding, report in self._readable():
                if report.id == report_id:
                    return Removal(report, holding.entry is not None, self._drop(holding))
            for path in self._added.glob("*.json"):
                if path.stem == report_id:
                    return Removal(None, False, self._drop(Holding(path, "", None)))
        raise UnknownReport(f"没有编号为“{report_id}”的报告", "请用 python -m vectorstore list 查看已有报告")

    def _readable(self) -> Iterator[tuple[Holding, Report]]:
        for holding in self.holdings():
            with suppress(UnreadableFile):  # `build` reports the unreadable ones; they must not bar the others
                yield holding, self.open(holding)

    def _drop(self, holding: Holding) -> Files:
        """Gives what stood in the file that this changes."""
        path = self._removed if holding.entry else holding.path
        before = {path: path.read_bytes() if path.is_file() else None}
        if holding.entry:
            write(path, "\n".join(sorted({*self._removed_stamps(), holding.stamp})).encode())
        else:
            path.unlink()
        return before

    def _with_own_id(self, report: Report) -> Report:
        """Two texts must not share an id, even if the digits of their hashes in it agree."""
        taken = any(held.id == report.id for _, held in self._readable())
        return replace(report, id=f"{report.id}-{report.sha256[-8:]}") if taken else report

    def _removed_stamps(self) -> set[str]:
        return set(self._removed.read_text().split()) if self._removed.is_file() else set()

    def _lock(self) -> FileLock:
        make_folder(self._added)
        return FileLock(self._added / "lock")


@contextmanager
def _whole(before: Files) -> Iterator[None]:
    """What is changed inside is changed in full or not at all."""
    try:
        yield
    except BaseException:
        _put_back(before)
        raise


def _put_back(before: Files) -> None:
    for path, content in before.items():
        if content is None:
            path.unlink(missing_ok=True)
        else:
            write(path, content)


def make_folder(folder: Path) -> None:
    """Raises SetupError when the folder of our state cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(f"不能建立文件夹 {folder}：{error.strerror}", "请用 ZHENGWEN_HOME 另指一处") from error


def _shipped(folder: Path) -> list[Holding]:
    """The files of the manifest in its order, then the others in the folder by name."""
    entries = {entry.file: entry for entry in _manifest(folder)}
    others = sorted(p.name for p in folder.glob("*") if p.suffix.lower() in READABLE and p.name not in entries)
    entries |= {name: Entry(file=name) for name in others}
    return [Holding(folder / entry.file, _stamp(folder / entry.file, entry), entry) for entry in entries.values()]


def _manifest(folder: Path) -> tuple[Entry, ...]:
    path = folder / "manifest.toml"
    if not path.is_file():
        return ()
    try:
        return Manifest.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).report
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        first = str(error).splitlines()[-1].strip()
        raise SetupError(f"报告清单 {path} 写得不对（{first}）", "请照原样改正它") from error


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _stamp(path: Path, entry: Entry) -> str:
    content = _sha256_of(path) if path.is_file() else "missing"
    return sha256(f"{content}\n{entry.model_dump_json()}".encode()).hexdigest()


def _open_shipped(path: Path, entry: Entry) -> Report:
    source = read(path)[0]
    if entry.sha256 and source.sha256 != entry.sha256:
        raise UnreadableFile(f"随附的报告 {path} 与清单所记的不是同一个文件（sha256 不符）", "请恢复原文件，或改正清单")
    report = open_report(source, region=entry.region, year=entry.year, title=entry.title)
    return replace(report, source=entry.source or report.source)


def _open_added(path: Path) -> Report:
    try:
        return REPORT.load(path)
    except Damaged as error:
        advice = f"请执行 python -m vectorstore remove {path.stem}，再重新添加"
        raise UnreadableFile(f"已添加的报告 {path} 损坏了", advice) from error


def _same(one: Report, other: Report) -> bool:
    """The same but for the note on where it comes from, which only the manifest knows."""
    return replace(one, source="") == replace(other, source="")
