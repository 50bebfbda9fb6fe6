"""The index of all reports held: one folder a report (a shard), and CURRENT.json, which says which of them are live.

home/index/CURRENT.json               replaced in one step; until then the old shards answer
home/index/shards/<report>-<digits>/  made aside, then renamed; the digits change with anything the shard is made from
home/index/shards/tmp-…               being made; swept by the next build
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from chatbot.archive import Progress
from chatbot.errors import IndexMissing, UnknownReport, UnreadableFile
from chatbot.settings import Settings
from chatbot.types import Report
from vectorstore.embed import Embedder
from vectorstore.fingerprint import fingerprint_of
from vectorstore.keys import Hit
from vectorstore.library import Holding, Library, make_folder
from vectorstore.saved import REPORT, Damaged, Saved
from vectorstore.shard import Shard, ShardManifest, manifest_of, write_shard

ADVICE = "请执行 python -m vectorstore build"
DAMAGE_MARK = "damaged"


@dataclass(frozen=True, slots=True)
class Current:
    """Fingerprints and shard folders, in the order of the reports; `failed` are fingerprints of unreadable files."""

    live: tuple[tuple[str, str], ...]
    failed: tuple[str, ...] = ()

    def covers(self, fingerprints: Sequence[str]) -> bool:
        return {fingerprint for fingerprint, _ in self.live} | set(self.failed) == set(fingerprints)


CURRENT = Saved(TypeAdapter(Current))


@dataclass(frozen=True, slots=True)
class IndexSummary:
    """What a build came to: the shards now live, those of them made anew, and what could not be read."""

    shards: tuple[ShardManifest, ...]
    made: tuple[str, ...]
    failures: tuple[UnreadableFile, ...]


def build(settings: Settings, embedder: Embedder, progress: Progress) -> IndexSummary:
    """Bring the index up to date; what has not changed is kept. Killed at any moment, the old index still answers."""
    folder = settings.home / "index"
    make_folder(folder / "shards")
    with _locked(folder, progress):
        for leftover in (folder / "shards").glob("tmp-*"):  # of a build that was killed; we hold the lock
            shutil.rmtree(leftover)
        return _Build(Library(settings), embedder, folder, progress).run()


class _Build:
    """One build, under the lock. Collects what became of each report."""

    def __init__(self, library: Library, embedder: Embedder, folder: Path, progress: Progress) -> None:
        self._library, self._embedder, self._folder, self._progress = library, embedder, folder, progress

    def run(self) -> IndexSummary:
        shards: dict[str, Path] = {}
        made: list[str] = []
        failures: dict[str, UnreadableFile] = {}
        for holding in self._library.holdings():
            fingerprint = fingerprint_of(holding.stamp, self._embedder.name)
            shard = self._kept(fingerprint)
            try:
                shards[fingerprint] = shard or self._made(holding, fingerprint)
                made += [] if shard else [manifest_of(shards[fingerprint]).report_id]
            except UnreadableFile as error:
                failures[fingerprint] = error
        self._switch(Current(tuple((f, shard.name) for f, shard in shards.items()), tuple(failures)))
        return IndexSummary(tuple(map(manifest_of, shards.values())), tuple(made), tuple(failures.values()))

    def _kept(self, fingerprint: str) -> Path | None:
        """The whole shard of that fingerprint, if there is one; a damaged one is cleared away."""
        for shard in (self._folder / "shards").glob(f"*-{fingerprint}-*"):
            with suppress(Damaged):
                manifest_of(shard)
                if not (shard / DAMAGE_MARK).exists():
                    return shard
            shutil.rmtree(shard)
        return None

    def _made(self, holding: Holding, fingerprint: str) -> Path:
        self._progress(f"正在读取 {holding.path.name}")
        report = self._library.open(holding)
        aside = self._folder / "shards" / f"tmp-{fingerprint}"
        aside.mkdir()
        write_shard(report, aside, self._embedder, lambda line: self._progress(f"{report.id} {line}"), fingerprint)
        # A name never used before: Chroma remembers the stores a process has opened by their paths.
        return aside.rename(aside.with_name(f"{report.id}-{fingerprint}-{token_hex(3)}"))

    def _switch(self, current: Current) -> None:
        """Point to the new shards. Those of the index before stay once more: a running program may be reading them."""
        path = self._folder / "CURRENT.json"
        before: Current | None = None
        with suppress(Damaged):
            before = CURRENT.load(path)
        if before == current:
            return
        CURRENT.save(current, path)
        wanted = {name for each in (before, current) if each for _, name in each.live}
        for shard in (self._folder / "shards").iterdir():
            if shard.name not in wanted:
                shutil.rmtree(shard)


class Index:
    """The reports of an index, by id their fingerprints, and their shards, which open on first use. To be closed."""

    def __init__(self, shards: Sequence[Path]) -> None:
        self._folders: dict[str, Path] = {}
        self._open: dict[str, Shard] = {}
        self._opening = threading.Lock()
        reports: list[Report] = []
        self.fingerprints: dict[str, str] = {}
        for folder in shards:
            with _damage_told(folder):
                manifest = manifest_of(folder)
                reports.append(REPORT.load(folder / "report.json"))
            self._folders[reports[-1].id] = folder
            self.fingerprints[reports[-1].id] = manifest.fingerprint
        self.reports: tuple[Report, ...] = tuple(reports)

    def shard(self, report_id: str) -> Shard:
        """Raises UnknownReport, or IndexMissing when the shard is damaged."""
        with self._opening:
            if report_id not in self._open:
                self._open[report_id] = self._opened(report_id)
            return self._open[report_id]

    def _opened(self, report_id: str) -> Shard:
        folder = self._folders.get(report_id)
        if folder is None:
            raise UnknownReport(f"没有编号为“{report_id}”的报告", "请用 python -m vectorstore list 查看已有报告")
        with _damage_told(folder):
            return Shard(folder)

    def close(self) -> None:
        with self._opening:
            for shard in self._open.values():
                shard.close()
            self._open.clear()

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def live_manifests(settings: Settings) -> dict[str, ShardManifest]:
    """What the index holds of each report, by its id; empty where there is no whole index."""
    folder = settings.home / "index"
    with suppress(Damaged):
        found = [manifest_of(folder / "shards" / name) for _, name in CURRENT.load(folder / "CURRENT.json").live]
        return {manifest.report_id: manifest for manifest in found}
    return {}


def open_index(settings: Settings, embedder: Embedder) -> Index:
    """The index as it stands. Raises IndexMissing when there is none, it is damaged, or it is not up to date."""
    folder = settings.home / "index"
    path = folder / "CURRENT.json"
    if not path.is_file():
        raise IndexMissing("还没有建立索引", ADVICE)
    with _damage_told(None):
        current = CURRENT.load(path)
    if not current.covers([fingerprint_of(holding.stamp, embedder.name) for holding in Library(settings).holdings()]):
        raise IndexMissing("索引与现有的报告、嵌入模型或程序版本不一致", ADVICE)
    return Index([folder / "shards" / name for _, name in current.live])


@contextmanager
def _damage_told(folder: Path | None) -> Iterator[None]:
    """Damage becomes IndexMissing, and is marked, so that the next build makes the shard again."""
    try:
        yield
    except Damaged as error:
        if folder and folder.is_dir():
            with suppress(OSError):
                (folder / DAMAGE_MARK).touch()
        raise IndexMissing(f"索引损坏了（{error.path.name}）", ADVICE) from error


@contextmanager
def _locked(folder: Path, progress: Progress) -> Iterator[None]:
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress("另一个程序正在建立索引，等它完成…")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


__all__ = ["Hit", "Index", "IndexSummary", "Shard", "build", "open_index"]
