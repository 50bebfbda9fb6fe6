"""The composition root: settings → index, model → bot → web app. `python app.py` serves the page."""

from __future__ import annotations

import argparse
import sys

from threadpoolctl import threadpool_limits

from chatbot.bot import Bot
from chatbot.chain import Writer
from chatbot.errors import SetupError, ZhengwenError
from chatbot.models import open_model
from chatbot.settings import Settings, load_settings, stop_reporting
from vectorstore.associations import open_associations
from vectorstore.embed import open_embedder
from vectorstore.index import open_index
from vectorstore.retrieve import ReportRetriever


def open_bot(settings: Settings | None = None) -> Bot:
    """The bot over the index of `settings` (the environment's by default); raises `IndexMissing` when there is none."""
    threadpool_limits(1, user_api="blas")  # our matrices are small: a second thread doubles the time of a question
    settings = settings or load_settings()
    embedder = open_embedder(settings)
    index = open_index(settings, embedder)
    associations = open_associations(settings.home / "index", embedder)
    retriever = ReportRetriever(index=index, embedder=embedder, associations=associations)
    model = open_model(settings)
    writer = Writer(model, settings.model_context_tokens) if model else None
    return Bot(index.reports, retriever, settings.default_report, writer, index.fingerprints)


def main() -> int:
    parser = argparse.ArgumentParser(description="政问：政府工作报告问答网页")
    parser.add_argument("--host", help="监听地址，默认 127.0.0.1")
    parser.add_argument("--port", type=int, help="端口，默认 7860")
    options = parser.parse_args()
    stop_reporting()
    # Gradio takes seconds to import; the command line, which shares this file, never needs it.
    from chatbot.web.server import create_app, serve

    try:
        settings = load_settings()
        serve(create_app(_bot_or_error(settings)), options.host or settings.host, options.port or settings.port)
    except ZhengwenError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    return 0


def _bot_or_error(settings: Settings) -> Bot | SetupError:
    """A missing index is shown on the page, with the command that mends it."""
    try:
        return open_bot(settings)
    except SetupError as error:
        print(error, file=sys.stderr)
        return error


if __name__ == "__main__":
    sys.exit(main())
