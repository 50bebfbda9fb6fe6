"""Files to take away, which are made when they are asked for and stored nowhere; and files that were brought in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from starlette.responses import Response

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
DOCUMENTS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown; charset=utf-8",
}


def attached(content: bytes, name: str) -> Response:
    """A file to be saved under that name, which ends in one of `KINDS` or `DOCUMENTS`."""
    kind = (KINDS | DOCUMENTS)[name.rsplit(".", 1)[1]]
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=kind, headers={"content-disposition": disposition})


@contextmanager
def emptied(uploads: Path) -> Iterator[None]:
    """The folder of what was brought in: nothing in it is of use to the next server, nor to anybody after this one."""
    shutil.rmtree(uploads, ignore_errors=True)
    try:
        yield
    finally:
        shutil.rmtree(uploads, ignore_errors=True)
