"""What the tests of the core hand in: an invented report, hand-made values, and retrievers that only know so much."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from index_fakes import HashEmbedder, silent

from chatbot.bot import Bot
from chatbot.relevance import Weighed, score_clauses, weigh
from chatbot.settings import Settings
from chatbot.types import Answer, DraftSentence, Evidence, Passage, Period, Question, Report, Span
from chatbot.understand import understand
from vectorstore.associations import open_associations
from vectorstore.embed import Embedder
from vectorstore.index import Index, build, open_index
from vectorstore.passages import clauses
from vectorstore.retrieve import ReportRetriever

REVIEW, PLAN, STANDING = Period("review", 2030), Period("plan", 2031), Period("standing")
FROM_INDEX = (
    "dense",
    "sentence",
    "late",
    "weakest",
    "hint",
    "hint_near",
    "bm25",
)  # features that only an index can tell
WEIGHTS = {"own": 2.0, "cover": 2.0, "period": 2.0, "type": 1.0, "unit": 1.0}
STATUSES = {"answered", "partial", "refused", "out_of_scope", "blocked"}
TIMINGS = ("understand", "retrieve", "draft", "verify", "total")
LINES = (
    "{region}人民政府工作报告",
    "——{year}年1月8日在{region}第九届人民代表大会第二次会议上",
    "{region}人民政府市长 李某某",
    "各位代表：",
    "现在，我代表市人民政府，向大会报告工作，请予审议。",
    "一、{before}年工作回顾",
    "（一）经济运行稳中有进",
    "全市地区生产总值达到3210.5亿元、增长5.8%，一般公共预算收入增长3.2%。"
    "规上工业增加值、固定资产投资、社会消费品零售总额分别增长6.6%、4.3%、8.7%。",
    "（二）城乡面貌持续改善",
    "轨道交通三号线开通运营，新增里程21公里。建成口袋公园41个，改造老旧小区87个。",
    "累计培育“青松计划”示范企业260家。城镇新增就业4.6万人，城镇调查失业率控制在5.1%。",
    "二、{year}年主要任务",
    "今年发展主要预期目标是：地区生产总值增长6%左右，一般公共预算收入增长4%，城镇新增就业4.5万人以上。",
    "（一）持续改善民生",
    "改造老旧小区130个，新建公园25个；筹集保障性住房8000套，解决新市民住房困难。办好15件民生实事。",
    "（二）筑牢水安全底线",
    "开工建设青石、白鹭、云门三座水库，压减一般性支出3.4亿元。",
    "各位代表，让我们团结奋斗！",
)

HARBOUR = """云川市人民政府工作报告
——2031年1月8日在云川市第九届人民代表大会第二次会议上
云川市人民政府市长 李某某
各位代表：
一、2030年工作回顾
（一）渔业稳步发展
远洋捕捞量增长5.8%，新建渔港3座。渔船改造有序推进。
渔业发展还有不少差距：渔港设施比较陈旧；冷链能力仍有短板，渔船老化；渔民收入增长不快。我们将认真加以解决。
二、2031年主要任务
今年渔业发展的主要预期目标是：远洋捕捞量增长7%，新建渔港4座，渔民收入稳步提高。
各位代表，让我们团结奋斗！
"""


def report_text(region: str = "云川市", year: int = 2031) -> str:
    """A report of a city that does not exist, with results, targets, a total, an aligned list and a bare count."""
    return "\n".join(LINES).format(region=region, year=year, before=year - 1) + "\n"


def settings_for(folder: Path, *reports: tuple[str, int]) -> Settings:
    """Settings with a home of their own and these reports as the shipped ones."""
    shipped = folder / "shipped"
    shipped.mkdir(exist_ok=True)
    for region, year in reports:
        (shipped / f"{region}{year}.txt").write_text(report_text(region, year), encoding="utf-8")
    return Settings(home=folder / "home", reports_dir=shipped, _env_file=None)


def retriever_over(index: Index, settings: Settings, embedder: Embedder) -> ReportRetriever:
    associations = open_associations(settings.home / "index", embedder)
    return ReportRetriever(index=index, embedder=embedder, associations=associations)


def built_index(settings: Settings, embedder: Embedder | None = None) -> Index:
    embedder = embedder or HashEmbedder()
    build(settings, embedder, silent)
    return open_index(settings, embedder)


@contextmanager
def index_over(folder: Path, text: str) -> Iterator[tuple[Index, Settings]]:
    """An index of one report with this text, and its settings."""
    settings = settings_for(folder)
    (settings.reports_dir / "report.txt").write_text(text, encoding="utf-8")
    with built_index(settings) as index:
        yield index, settings


def a_report(id: str = "yunchuan-2031", region: str = "云川", year: int | None = 2031, text: str = "") -> Report:
    return Report(id, f"{region}政府工作报告", region, "市级", year, "", "", "town.txt", "0" * 64, text)


def a_passage(text: str, period: Period = REVIEW, start: int = 0, path: Sequence[str] = ("一、工作回顾",)) -> Passage:
    """A passage whose words stand at `start` of a report."""
    span = Span(start, start + len(text))
    return Passage(f"p{start}", "yunchuan-2031", span, tuple(path), None, period, text)


def span_of(passage: Passage, words: str) -> Span:
    """Where `words` stand in the report; they must stand in the passage."""
    start = passage.span.start + passage.text.index(words)
    return Span(start, start + len(words))


def evidence_for(
    question: Question, *passages: Passage, likeness: float = 1.0, fair: float = 0.0
) -> tuple[Evidence, ...]:
    """Evidence with every feature that the core finds itself; `likeness` stands for what only an index can tell.

    Keys are E1, E2, … in the order given; the weights are plain ones.
    """
    weighed, known = weigh(question, passages), dict.fromkeys(FROM_INDEX, likeness) | {"fair": fair}
    return tuple(_scored(f"E{i}", weighed, passage, known) for i, passage in enumerate(passages, 1))


def _scored(key: str, weighed: Weighed, passage: Passage, known: Mapping[str, float]) -> Evidence:
    spans = clauses(passage)
    found = score_clauses(weighed, passage, spans, WEIGHTS, [known] * len(spans))
    return Evidence(key, passage, max(clause.score for clause in found), found)


def whole(question: Question, passage: Passage) -> dict[str, float]:
    """The features that the core finds when the passage is taken as one clause."""
    return dict(score_clauses(weigh(question, [passage]), passage, [passage.span], {}, [{}])[0].features)


def asked(message: str, year: int | None = 2031) -> Question:
    """`message` as understood beside a report of that year."""
    return understand(message, None, [a_report(year=year)])


def quoting(passage: Passage, text: str, *words: str, key: str = "E1") -> DraftSentence:
    """A drafted sentence that says `text` and quotes `words` of the passage."""
    return DraftSentence(text, (key,), tuple(span_of(passage, quote) for quote in words))


class KnownEvidence:
    """Finds the same evidence whatever is asked, and remembers the questions."""

    def __init__(self, *evidence: Evidence) -> None:
        self.evidence = evidence
        self.asked: list[Question] = []

    def find(self, question: Question) -> tuple[Evidence, ...]:
        self.asked.append(question)
        return self.evidence


class NothingMayBeAsked:
    """A retriever that must not be reached."""

    def find(self, question: Question) -> tuple[Evidence, ...]:
        raise AssertionError(f"nothing should have been looked up: {question.text}")


def faults(answer: Answer, bot: Bot) -> list[str]:
    """What an answer shows that must never be shown, in words; empty for any answer that keeps our promise."""
    found = [] if answer.status in STATUSES else [f"status {answer.status}"]
    for citation in answer.citations:
        if bot.text_of(citation.report_id)[citation.start : citation.end] != citation.quote or not citation.quote:
            found.append(f"quote {citation.marker} is not in the report")
    if answer.citations and answer.status not in ("answered", "partial"):
        found.append(f"{answer.status} with citations")
    return found + [f for sentence in answer.sentences for f in _unquoted_figures(answer, sentence)]


def _unquoted_figures(answer: Answer, sentence: str) -> list[str]:
    """Figures of a shown sentence that none of its quotes holds; the year we name before it is not one of them."""
    markers = {int(m) for m in re.findall(r"\[(\d+)\]", sentence)}
    quotes = "".join(c.quote for c in answer.citations if c.marker in markers)
    body = re.sub(r"^【[^\n]*】\n|\[\d+\]|^\d{4}年(?:目标或安排)?：|, (?:planned )?for \d{4}:", "", sentence)
    held = set(re.findall(r"\d+(?:\.\d+)?", quotes))
    return [f"figure {n} in no quote: {sentence}" for n in re.findall(r"\d+(?:\.\d+)?", body) if n not in held]
