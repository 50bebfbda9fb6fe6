"""The bot in use, changed for another while it is asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from web_fakes import GROWTH, TOPIC, FakeBot, report

from chatbot.errors import UnknownReport
from chatbot.live import Live

GROWN = "去年地区生产总值增长多少？"


class Closing:
    """Counts how often it is closed."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


class SlowBot(FakeBot):
    """Answers only when it is let go on; says when it has been asked."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()

    def ask(self, *question, **more):
        self.begun.set()
        assert self.go_on.wait(10)
        return super().ask(*question, **more)


NEXT = report("harbour-2025", "某港政府工作报告", 2025)


def test_it_answers_as_the_bot_it_was_given():
    live = Live(FakeBot())
    assert live.ask(GROWN) == GROWTH
    assert [stage for stage, _ in live.stages(GROWN)][-1] == "done"
    assert live.brief(TOPIC).citations
    assert live.passages("town-2024") and live.sections("town-2024")
    assert live.text_of("town-2024") == live.reports[0].text


def test_after_the_change_the_other_reports_are_asked():
    live = Live(FakeBot())
    live.change(FakeBot(NEXT))
    assert [held.id for held in live.reports] == ["harbour-2025"]
    assert live.passages("harbour-2025")
    with pytest.raises(UnknownReport):
        live.text_of("town-2024")


def test_a_bot_out_of_use_is_closed_once():
    closing = Closing()
    live = Live(FakeBot(), closing)
    live.change(FakeBot())
    live.change(FakeBot())
    assert closing.times == 1


def test_a_question_under_way_keeps_its_bot_open():
    slow, closing = SlowBot(), Closing()
    live = Live(slow, closing)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(live.ask, GROWN)
        assert slow.begun.wait(10)
        live.change(FakeBot(NEXT))
        assert closing.times == 0
        slow.go_on.set()
        assert asked.result(10) == GROWTH
    assert closing.times == 1


def test_a_stream_under_way_goes_on_with_the_bot_it_began_with():
    first, closing = FakeBot(), Closing()
    live = Live(first, closing)
    stages = live.stages(GROWN)
    next(stages)
    live.change(FakeBot(NEXT))
    assert closing.times == 0
    assert [answer for _, answer in stages][-1] == GROWTH
    assert len(first.asked) == 1 and closing.times == 1


def test_a_stream_that_nobody_reads_on_lets_its_bot_go():
    closing = Closing()
    live = Live(FakeBot(), closing)
    stages = live.stages(GROWN)
    next(stages)
    live.change(FakeBot())
    assert isinstance(stages, Iterator)
    stages.close()
    assert closing.times == 1


def test_a_question_that_fails_lets_its_bot_go():
    closing = Closing()
    live = Live(FakeBot(), closing)
    with pytest.raises(UnknownReport):
        live.passages("nowhere")
    live.change(FakeBot())
    assert closing.times == 1


def test_many_ask_while_it_is_changed_and_every_bot_is_closed_but_the_last():
    closings = [Closing() for _ in range(20)]
    live = Live(FakeBot(), closings[0])
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(live.ask, GROWN) for _ in range(200)]
        for closing in closings[1:]:
            live.change(FakeBot(), closing)
        assert all(done.result(10) == GROWTH for done in asked)
    assert [closing.times for closing in closings] == [1] * 19 + [0]
