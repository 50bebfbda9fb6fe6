"""The composition root: settings → index, model → bot → web app. `python app.py` serves the page."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import closing

from threadpoolctl import threadpool_limits

from chatbot.archive import Archive
from chatbot.bot import Bot
from chatbot.chain import Writer
from chatbot.errors import SetupError, ZhengwenError
from chatbot.job_runner import Runner
from chatbot.jobs import Jobs
from chatbot.live import Live
from chatbot.models import open_model
from chatbot.scope import scope
from chatbot.settings import Settings, keep_uploads_in, load_settings, stop_reporting
from chatbot.suggest import answered, suggest
from chatbot.types import Language
from vectorstore.archive import ReportArchive
from vectorstore.associations import open_associations
from vectorstore.embed import Embedder, open_embedder
from vectorstore.index import open_index
from vectorstore.retrieve import ReportRetriever
from vectorstore.shelf import Shelf

Examples = dict[str, tuple[str, ...]]  # language → questions to click on


def open_bot(settings: Settings | None = None) -> Bot:
    """The bot over the index of `settings` (the environment's by default); raises `IndexMissing` when there is none."""
    settings = settings or load_settings()
    bot, _ = _opened(settings, open_embedder(settings), _writer(settings))
    return bot


def open_live(settings: Settings, examples: Examples) -> tuple[Live, ReportArchive]:
    """The bot of the web app, and what looks after its reports: what is published there is asked here at once.

    `examples` are filled in, now and whenever a report is published or withdrawn.
    """
    embedder, writer = open_embedder(settings), _writer(settings)

    def opened() -> tuple[Bot, Callable[[], None]]:
        bot, close = _opened(settings, embedder, writer)
        # Asking them also reads the default report in, so that nobody has to wait for it.
        examples.update(suggestions(bot, settings.default_report))
        return bot, close

    live = Live(*opened())

    def take_up() -> None:
        live.change(*opened())

    return live, ReportArchive(settings, embedder, take_up)


def _writer(settings: Settings) -> Writer | None:
    model = open_model(settings)
    return Writer(model, settings.model_context_tokens) if model else None


def _opened(settings: Settings, embedder: Embedder, writer: Writer | None) -> tuple[Bot, Callable[[], None]]:
    """A bot over the index as it stands, and what closes it."""
    threadpool_limits(1, user_api="blas")  # our matrices are small: a second thread doubles the time of a question
    index = open_index(settings, embedder)
    associations = open_associations(settings.home / "index", embedder)
    retriever = ReportRetriever(index=index, embedder=embedder, associations=associations)
    fingerprints, shelf = index.fingerprints, Shelf(index)
    bot = Bot(index.reports, retriever, settings.default_report, writer, fingerprints, holdings=shelf)
    return bot, index.close


def suggestions(bot: Bot, default_report: str) -> Examples:
    """Questions to click on, in each language: about the report asked when none is named, and answered by it."""
    languages: tuple[Language, ...] = ("zh", "en")
    if not bot.reports:
        return {language: () for language in languages}
    report = scope("", bot.reports, default_report)[0]
    told = bot.passages(report.id), bot.sections(report.id)
    return {
        language: answered(suggest(report, *told, language), lambda question: bot.ask(question, mode="extractive"))
        for language in languages
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="政问：政府工作报告问答网页")
    parser.add_argument("--host", help="监听地址，默认 127.0.0.1")
    parser.add_argument("--port", type=int, help="端口，默认 7860")
    options = parser.parse_args()
    stop_reporting()
    try:
        settings = load_settings()
        _serve(settings, options.host or settings.host, options.port or settings.port)
    except ZhengwenError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    return 0


def _serve(settings: Settings, host: str, port: int) -> None:
    """The page, the doors for machines and the room of the staff, until interrupted."""
    # Gradio takes seconds to import, SQLAlchemy half a one; the command line, which shares this file, needs neither.
    from chatbot.records.database import open_records
    from chatbot.web.ledger import ledger_for, purging
    from chatbot.web.server import Doors, create_app, serve
    from chatbot.web.staff.briefing import add_briefing_files, briefing_tab
    from chatbot.web.staff.files import emptied
    from chatbot.web.staff.reports import reports_tab
    from chatbot.web.staff.staff import Staff

    uploads, days = settings.home / "uploads", settings.keep_answers_days
    keep_uploads_in(uploads)
    with (
        emptied(uploads),
        closing(open_records(settings.records_url)) as records,
        closing(Runner(Jobs(settings.home / "jobs"))) as runner,
        purging(records.receipts, days),
    ):
        examples: Examples = {}
        bot, archive = _live_or_error(settings, examples)
        staff = Staff(
            records,
            runner,
            before=[lambda texts: briefing_tab(bot, records.briefings, texts)],
            after=[lambda texts: reports_tab(archive, texts)],
            files=[lambda app: add_briefing_files(app, bot, records.briefings)],
        )
        doors = Doors(settings.api_key.get_secret_value(), settings.mcp, staff)
        app = create_app(bot, examples=examples, doors=doors, ledger=ledger_for(records, days))
        serve(app, host, port)


def _live_or_error(settings: Settings, examples: Examples) -> tuple[Live, Archive] | tuple[SetupError, SetupError]:
    """A missing index is shown on the page, with the command that mends it."""
    try:
        return open_live(settings, examples)
    except SetupError as error:
        print(error, file=sys.stderr)
        return error, error


if __name__ == "__main__":
    sys.exit(main())
