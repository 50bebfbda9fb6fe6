"""Fixtures that many tests share: one index of two invented reports, and a bot over it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from core_fakes import built_index, retriever_over, settings_for
from index_fakes import HashEmbedder
from playwright.sync_api import Browser
from web_browser import chromium

from chatbot.bot import Bot
from chatbot.settings import Settings
from vectorstore.index import Index
from vectorstore.retrieve import ReportRetriever
from vectorstore.shelf import Shelf


@pytest.fixture(scope="session")
def town_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Two invented reports of one city: 2031, which is the default, and 2032."""
    return settings_for(tmp_path_factory.mktemp("towns"), ("云川市", 2031), ("云川市", 2032))


@pytest.fixture(scope="session")
def town_index(town_settings: Settings) -> Iterator[Index]:
    with built_index(town_settings) as index:
        yield index


@pytest.fixture(scope="session")
def town_retriever(town_index: Index, town_settings: Settings) -> ReportRetriever:
    return retriever_over(town_index, town_settings, HashEmbedder())


@pytest.fixture(scope="session")
def town(town_index: Index, town_retriever: ReportRetriever) -> Bot:
    return Bot(town_index.reports, town_retriever, town_index.reports[0].id, holdings=Shelf(town_index))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests, since Playwright runs only once in a thread; each test has a profile of its own in it."""
    with chromium() as browser:
        yield browser
