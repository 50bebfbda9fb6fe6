"""Values ↔ JSON files that are there in full or not at all."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from chatbot.types import Passage, Report, Section

T = TypeVar("T")


class Saved(Generic[T]):
    """How one type of value lies on disk, as JSON."""

    def __init__(self, adapter: TypeAdapter[T]) -> None:
        self._adapter = adapter

    def load(self, path: Path) -> T:
        """Raises Damaged when the file is missing or not what `save` wrote."""
        try:
            return self._adapter.validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise Damaged(path) from error

    def save(self, value: T, path: Path) -> None:
        write(path, self._adapter.dump_json(value))


class Damaged(Exception):
    """A file of ours is missing or is not what we wrote; the index and the library turn it into advice."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"damaged: {path}")
        self.path = path


REPORT = Saved(TypeAdapter(Report))
SECTIONS = Saved(TypeAdapter(tuple[Section, ...]))
PASSAGES = Saved(TypeAdapter(tuple[Passage, ...]))


def write(path: Path, data: bytes) -> None:
    """Replace `path` in one step: after a crash it holds the old bytes or the new ones, never a part."""
    aside = path.with_name(f"tmp-{path.name}-{os.getpid()}-{threading.get_ident()}")
    try:
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
