"""The bot of each question set: the one users get, alone with the report that the set is about."""

from __future__ import annotations

import shutil
from pathlib import Path

from chatbot.archive import Progress
from chatbot.errors import SetupError
from chatbot.settings import Settings
from vectorstore.embed import Embedder
from vectorstore.index import build
from vectorstore.library import make_folder


def settings_for(report: Path, home: Path, settings: Settings) -> Settings:
    """`settings`, but in `home`, and with the file `report` as the only one shipped. Raises SetupError without it."""
    shipped = home / "shipped"
    make_folder(shipped)
    try:
        shutil.copyfile(report, shipped / report.name)
    except OSError as error:
        raise SetupError(f"没有题集所问的报告 {report.name}", "请恢复这个文件") from error
    return settings.model_copy(update={"home": home, "reports_dir": shipped, "default_report": ""})


def ready(report: Path, settings: Settings, embedder: Embedder, progress: Progress) -> Settings:
    """Settings under which `report` alone is indexed, in a home kept under that of `settings`."""
    ours = settings_for(report, settings.home / "eval" / report.stem, settings)
    build(ours, embedder, progress)
    return ours
