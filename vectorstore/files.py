"""A path → the raw text of every report under it: one file, a folder, or a zip archive.

A bad file never takes the others with it: `read_all` yields the text of each file, or what is wrong with it.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from chatbot.errors import UnreadableFile
from vectorstore.formats import ADVICE_BROKEN, ADVICE_LOCK, ADVICE_TYPES, is_docx, parse

MAX_BYTES = 20 * 1024 * 1024
MAX_ARCHIVE_BYTES = 10 * MAX_BYTES  # an archive of a few hundred reports
MAX_UNPACKED_BYTES = 20 * MAX_BYTES
MAX_MEMBERS = 2000
UTF8_NAME = 0x800  # zip flag bits
ENCRYPTED = 0x1
ADVICE_SIZE = "请拆分成较小的文件再添加"

Content = tuple[str, bytes | UnreadableFile]


class Source(NamedTuple):
    """The raw text of one file. `pages` has one item unless `paged`: then item i is page i + 1 of the file."""

    name: str
    pages: tuple[str, ...]
    paged: bool
    sha256: str


def read(path: Path) -> list[Source]:
    """The reports in a file, a folder or a zip archive; what cannot be read in a folder or archive is left out.

    Raises UnreadableFile when nothing at all can be read.
    """
    found = list(read_all(path))
    sources = [item for item in found if isinstance(item, Source)]
    if not sources:
        raise next(item for item in found if isinstance(item, UnreadableFile))
    return sources


def read_all(path: Path) -> Iterator[Source | UnreadableFile]:
    """Each file under `path` in the order of names: its text, or why it cannot be read. Yields at least one item."""
    empty = True
    for name, content in _contents(path):
        empty = False
        yield content if isinstance(content, UnreadableFile) else _source(name, content)
    if empty:
        yield UnreadableFile(f"《{path.name}》里没有文件", ADVICE_TYPES)


def _source(name: str, data: bytes) -> Source | UnreadableFile:
    try:
        pages, paged = parse(name, data)
    except UnreadableFile as error:
        return error
    return Source(name, pages, paged, sha256(data).hexdigest())


def _contents(path: Path) -> Iterator[Content]:
    """Names and bytes of the files under `path`."""
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            name = file.relative_to(path).as_posix()
            if file.is_file() and not _hidden(name):
                yield from _file_contents(file, name)
    elif path.is_file():
        yield from _file_contents(path, path.name)
    else:
        yield path.name, UnreadableFile(f"找不到文件“{path}”", "请检查路径")


def _file_contents(file: Path, name: str) -> Iterator[Content]:
    """One file, or the members of an archive."""
    try:
        size = file.stat().st_size
        if size > MAX_ARCHIVE_BYTES:
            yield name, _too_big(name, MAX_ARCHIVE_BYTES)
        elif zipfile.is_zipfile(file) and not is_docx(file):
            yield from _members(file, name)
        else:
            yield name, file.read_bytes() if size <= MAX_BYTES else _too_big(name, MAX_BYTES)
    except (OSError, zipfile.BadZipFile):
        yield name, UnreadableFile(f"《{name}》打不开", ADVICE_BROKEN)


def _members(file: Path, name: str) -> Iterator[Content]:
    with zipfile.ZipFile(file) as archive:
        members = {_member_name(info): info for info in archive.infolist() if not info.is_dir()}
        if len(members) > MAX_MEMBERS or sum(info.file_size for info in members.values()) > MAX_UNPACKED_BYTES:
            yield name, UnreadableFile(f"《{name}》解压后过大", ADVICE_SIZE)
            return
        shown = sorted(inner for inner in members if not _hidden(inner))
        yield from ((inner, _unpack(archive, members[inner], inner)) for inner in shown)
        if not shown:
            yield name, UnreadableFile(f"《{name}》里没有文件", ADVICE_TYPES)


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes | UnreadableFile:
    """The bytes of a member; never more than allowed, whatever its header says."""
    if info.flag_bits & ENCRYPTED:
        return UnreadableFile(f"《{name}》加了密码", ADVICE_LOCK)
    try:
        with archive.open(info) as member:
            data = member.read(MAX_BYTES + 1)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        return UnreadableFile(f"《{name}》解压失败", ADVICE_BROKEN)
    return data if len(data) <= MAX_BYTES else _too_big(name, MAX_BYTES)


def _member_name(info: zipfile.ZipInfo) -> str:
    """The name as it was typed: zip tools on Chinese Windows write GBK and do not say so."""
    if info.flag_bits & UTF8_NAME:
        return info.filename
    raw = info.filename.encode("cp437", errors="replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _hidden(name: str) -> bool:
    """Files that systems and office programs leave behind."""
    return any(
        part.startswith((".", "~$", "__MACOSX")) or part in {"Thumbs.db", "desktop.ini"} for part in name.split("/")
    )


def _too_big(name: str, limit: int) -> UnreadableFile:
    return UnreadableFile(f"《{name}》超过 {limit // 1024 // 1024} MB", ADVICE_SIZE)
