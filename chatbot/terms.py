"""The content words of a question, and how well a stretch of a report speaks of each."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping

from chatbot.figures import chinese_number
from chatbot.segment import Word, bigrams, is_county, words
from chatbot.types import Span, Term
from chatbot.wordlists import asking, filler, filler_phrases, glossary, lexicon, longest, place_names, places_in_letters

_QUOTED = re.compile(r"[“《\"「『]\x00*([^“”《》\"「」『』\x00]{1,30})\x00*[”》\"」』]")
_NUMBERED = re.compile(
    r"(?<![0-9A-Za-z])(?:[A-Za-z]?\d+|[一二三四五六七八九十]+)号线(?:[一二三四]期)?|[A-Za-z]\d+[A-Za-z]?航站楼"
)  # one of a row: no other will do
_LINE = re.compile("[一二三四五六七八九十]+(?=号线)")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9.\-]*|\d+(?:\.\d+)?")
_YEAR = re.compile(r"(?:19|20)?\d{2}\s*年|(?<!\d)(?:19|20)\d{2}(?!\d)")
_LEADING_PLACE = re.compile(
    r"(?:^|[\x00，、和与跟]|隔壁|邻近)([\u4e00-\u9fff]{2}(?:新区|高新区|经开区)|[\u4e00-\u9fff]{2,3}[市县区])(?=[\x00的在]|今年|去年)"
)
_ZONES = ("新区", "高新区", "经开区")
_COMMON_PLACE = re.compile(
    "[全本我各们壁城都上早集救股楼夜超开]市|[全本我各们壁强穷大外的]县"
    "|[全本我各们小社地园山校灾景辖城郊市片库湖矿厂街专新老发成业洪棚设]区"
)
_RANKED_PLACE = re.compile(r"(?![各每]|[全本我][省市区县州旗盟镇乡村]).{2,}[省市区县州旗盟镇乡村]")
_SCALE = re.compile("[十百千万]亿级")
_LONGEST_PHRASE = 60
_CONTENT = re.compile(r"[^\x00\s，。？！、；：,.?!;:（）()]+")
_PLAIN_WEIGHT = {"n": 1.0, "j": 1.0, "l": 1.0, "i": 1.0, "e": 1.0, "v": 0.6, "a": 0.6, "b": 0.6, "t": 0.3, "s": 0.6}
_NAMED = 1.6
_SINGLE_CHARACTER = 0.4  # one character says little: 奖, 水, 路
_COORDINATED = 0.9
_PARTIAL_FROM = 0.5  # share of a word's bigrams from which it counts as half said


def terms(text: str, english: bool = False) -> tuple[Term, ...]:
    """The terms of `text` in its order: quoted names, codes, lexicon entries, then plain content words."""
    found: list[tuple[int, Term]] = []
    rest = _YEAR.sub(lambda m: "\x00" * len(m[0]), text)
    for pattern in _blanks():
        rest = pattern.sub(lambda m: "\x00" * len(m[0]), rest)
    for finder in (_names, _glossary) if english else (_names, _everyday):
        for span, term in finder(rest):
            found.append((span.start, term))
            rest = rest[: span.start] + "\x00" * (span.end - span.start) + rest[span.end :]
    found += _plain(rest, english) or ([] if found else _plain(rest, english, idle=True))
    return tuple(term for _, term in _first_of_each(sorted(found, key=lambda pair: pair[0])))


def _names(text: str) -> Iterator[tuple[Span, Term]]:
    for m in _LEADING_PLACE.finditer(text):
        if m[1].endswith(_ZONES) or not _COMMON_PLACE.search(m[1]):
            yield Span(*m.span(1)), Term(m[1], kind="place")
    for m in _SCALE.finditer(text):
        yield Span(*m.span()), Term(m[0])
    for m in _QUOTED.finditer(text):
        yield Span(*m.span()), Term(m[1], weight=_NAMED, kind="name")
    for m in _NUMBERED.finditer(text):
        yield Span(*m.span()), Term(m[0], weight=_NAMED, kind="name")


def _everyday(text: str) -> Iterator[tuple[Span, Term]]:
    known = _known(text)
    for span in longest(text, known):
        word = span.of(text)
        if not _idle(word) and not _inside_a_code(text, span):
            yield span, Term(word, known[word.lower()], kind="everyday")


def _known(text: str) -> Mapping[str, tuple[str, ...]]:
    """The everyday words, and of those that `text` says the official words that it says too: 全社会研发投入强度."""
    heard = {span.of(text).lower() for span in longest(text, lexicon())}
    wholes = {n: lexicon()[word] for word in heard for n in lexicon()[word] if n in text and _is_longer_noun(n, word)}
    return ChainMap(wholes, lexicon())


def _is_longer_noun(name: str, word: str) -> bool:
    """Whether `name` holds `word`, and neither is a verb beside the other, a term of its own: 新增学位, 签约项目."""
    said = words(word) if word in name else []
    rest = words(name.replace(word, "，"))
    return bool(said) and not any(part.pos.startswith("v") for part in (*rest, *said[: len(said) == 1]))


def _inside_a_code(text: str, span: Span) -> bool:
    """Whether it is part of a longer name in letters: AI in AITO."""
    codes = (Span(*m.span()) for m in _CODE.finditer(text))
    return any(span != code and code.holds(span) for code in codes)


def _glossary(text: str) -> Iterator[tuple[Span, Term]]:
    for span in longest(text, glossary().keys(), _LONGEST_PHRASE):
        phrase = span.of(text)
        if _whole_words(text, span) and not _idle(phrase):
            official = glossary()[phrase.lower()]
            yield span, Term(phrase, official, kind="place" if place_names() >= {*official} else "everyday")


def _whole_words(text: str, span: Span) -> bool:
    return not re.match(r"[a-z]", text[span.end : span.end + 1] + "-", re.I) and not text[: span.start][-1:].isalpha()


def _plain(text: str, english: bool, idle: bool = False) -> list[tuple[int, Term]]:
    """Content words outside the spans already taken; `idle` ones too when there are no others (主要目标有哪些)."""
    if not english:
        text = filler_phrases().sub(lambda m: "\x00" * len(m[0]), text)
    found: list[tuple[int, Term]] = []
    for m in _CONTENT.finditer(text):
        offset = m.start()
        for word in words(m[0]):
            term = _english_term(word) if english else _term(word)
            if term and not (word.text.lower() in filler() if idle else _idle(word.text)):
                found.append((offset, term))
            offset += len(word.text)
    return found


def _idle(word: str) -> bool:
    """A word without content, or one that only says which side of a figure is meant."""
    return word.lower() in filler() or bool(asking("words", "sides").match(word))


def _blanks() -> list[re.Pattern[str]]:
    """Question words and words of time: what they say is kept elsewhere in the question."""
    times = [asking("periods", "last_year"), asking("periods", "this_year")]
    return [*times, asking("words", "changed"), asking("words", "asks")]


def _term(word: Word) -> Term | None:
    if _CODE.fullmatch(word.text):
        return Term(word.text, weight=1.2, kind="name")
    if _is_place(word):
        return Term(word.text, kind="place")
    weight = _PLAIN_WEIGHT.get(word.pos[:1], 0.0)
    if not weight:
        return None
    return Term(word.text, weight=weight * (_SINGLE_CHARACTER if len(word.text) == 1 else 1.0))


def _is_place(word: Word) -> bool:
    if word.text in place_names():
        return True
    ranked = word.pos == "ns" and _RANKED_PLACE.fullmatch(word.text) and not _COMMON_PLACE.search(word.text)
    named = word.pos in ("ns", "nr") and is_county(word.text) and not asking("words", "no_county").match(word.text)
    return bool(ranked) or named


def _english_term(word: Word) -> Term | None:
    if not _CODE.fullmatch(word.text) or len(word.text) < 2:
        return None
    if word.text[0].isupper() and (place := places_in_letters().get(word.text.lower())):
        return Term(word.text, place, kind="place")
    known = next((glossary()[form] for form in _singulars(word.text.lower()) if form in glossary()), ())
    return Term(word.text, known, weight=1.0 if known else 0.5, kind="everyday" if known else "plain")


def _singulars(word: str) -> Iterator[str]:
    yield word
    for ending, instead in (("ies", "y"), ("es", ""), ("s", "")):
        if word.endswith(ending):
            yield word.removesuffix(ending) + instead


def _first_of_each(found: Iterable[tuple[int, Term]]) -> Iterator[tuple[int, Term]]:
    seen: set[str] = set()
    for position, term in found:
        if term.text.lower() not in seen:
            seen.add(term.text.lower())
            yield position, term


def is_numbered(text: str) -> bool:
    """Whether it is one of a row by its number (7号线, T2航站楼), for which no other stands in."""
    return bool(_NUMBERED.fullmatch(text))


def _in_digits(text: str) -> str:
    """三号线 → 3号线."""
    return _LINE.sub(lambda m: f"{chinese_number(m[0])}", text)


def said(term: Term, text: str) -> bool:
    """Whether `text` holds the term itself or an official word for it."""
    return term.text in text or any(word in text for word in term.official)


def match(term: Term, text: str) -> float:
    """How fully `text` speaks of `term`, from 0 to 1: the word itself, an official word for it, or part of either."""
    if is_numbered(term.text):
        return float(bool(re.search(rf"(?<![0-9A-Za-z]){re.escape(_in_digits(term.text))}", _in_digits(text))))
    if term.text in text:
        return 1.0
    if any(word in text for word in term.official):
        return term.trust
    if term.kind == "name" and term.text.isascii():
        return 0.0
    return max((_partial(word, text) for word in (term.text, *term.official)), default=0.0)


def _partial(word: str, text: str) -> float:
    """Of words of three characters and more, how large a share of the bigrams `text` holds."""
    if len(word) < 3:
        return 0.0
    pairs = bigrams(word)
    share = sum(pair in text for pair in pairs) / len(pairs)
    if share < _PARTIAL_FROM:
        return 0.0
    return _COORDINATED if is_coordinated(word, text) else 0.7 * share


def is_coordinated(word: str, text: str) -> bool:
    """Whether `text` says `word` with its end shared: 工业投资 in 工业、基础设施投资."""
    for cut in range(2, len(word) - 1):
        start = text.find(word[:cut])
        if start >= 0 and re.match(rf"[、和及与][^，；。]{{1,16}}{re.escape(word[cut:])}", text[start + cut :]):
            return True
    return False
