"""What the reader finds in the best passages: spans that may answer, each with its place and what speaks for it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from clew.graph.model import Chunk, Mention, name_key
from clew.retrieval.judge.dates import date_in
from clew.retrieval.judge.rows import Row
from clew.retrieval.judge.wording import meaning, rarity, same_word, share
from clew.retrieval.question.form import Form
from clew.retrieval.question.words import sentence_around

PER_PASSAGE = 3  # spans looked at in each passage
LONGEST = 300  # characters of a span
_BREAK = re.compile(r"[^\W\d_]{2,}[.!?]\s+[A-Z]|\n\s*\n")  # a sentence ends within
_NEW_LINE = re.compile(r"\n\s*[^\sa-z]|\n.*\n")  # a line that does not go on the one before
_WRAPPED = 4  # words of a name that a line's end may cut
_DIGIT = re.compile(r"\d")
_NAME = re.compile(r"\b(?:[A-Z][\w'’-]*|\w*\d[\w.,/-]*)")
_NUMBER_WORDS = frozenset(
    [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fifteen",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "sixty",
    ]
)
_PRONOUN = re.compile(  # it names nothing; one that stands for a name has become that name
    r"i|me|my|we|us|our|you|your|he|him|his|she|her|its?|they|them|their|this|that|these|those|who|which", re.I
)
_MONTHS = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)[a-z]*\b|today|tomorrow|yesterday|\d",
    re.I,
)


class ReadSpan(Protocol):
    """A span of a passage that may answer: offsets, text, and the probability that it does."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def probability(self) -> float: ...


class PassageReading(Protocol):
    """What the reader says of a passage: how likely it answers, and its best spans."""

    @property
    def relevance(self) -> float: ...
    @property
    def answerable(self) -> float: ...
    @property
    def spans(self) -> Sequence[ReadSpan]: ...


Read = Callable[[str, Sequence[str]], Sequence[PassageReading]]


def unread(question: str, passages: Sequence[str]) -> Sequence[PassageReading]:  # noqa: ARG001 - the type has it
    """No passage is read: what there is where no reader is."""
    return ()


@dataclass(frozen=True, slots=True)
class Passage:
    """`chunk.text[start:end]` with the words that stand above it (`heading`: title and headings), its chunk's rank
    and how recent its document is among those read, both in 0..1; `row` where it is a table's row."""

    chunk: Chunk
    start: int
    end: int
    heading: str
    rank: float
    recent: float = 0.5
    row: Row | None = None

    @property
    def text(self) -> str:
        """What is read: the heading on a line of its own, then the window, or the row with its columns' names."""
        own = self.row.text if self.row else self.chunk.text[self.start : self.end]
        return f"{self.heading}\n{own}" if self.heading else own

    @property
    def above(self) -> int:
        """How many characters of `text` are the heading's line."""
        return len(self.heading) + 1 if self.heading else 0

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` lies in the chunk's text; before `self.start` where it is in the heading, or across
        the cells of a row."""
        if self.row is None:
            return start - self.above + self.start, end - self.above + self.start
        return self.row.place(start - self.above, end - self.above) or (self.start - 1, self.start - 1)


@dataclass(frozen=True, slots=True)
class SpanAnswer:
    """`chunk.text[start:end]` may answer (of a heading: `start == end == 0`); `text` is what it says, for a pronoun the
    name that it stands for. `features` are in 0..1 but for `type` in -1..1; `sentence` is where its sentence lies in
    the chunk, `neighbours` where names of its type do."""

    passage: Passage
    start: int
    end: int
    text: str
    type: str
    sentence: tuple[int, int]
    features: Mapping[str, float]
    entity: str = ""
    neighbours: tuple[tuple[int, int], ...] = ()


def read_spans(
    question: str,
    form: Form,
    passages: Sequence[Passage],
    mentions: Mapping[str, Sequence[Mention]],
    readings: Sequence[PassageReading],
) -> list[SpanAnswer]:
    """The spans in the passages that the reader takes for answers, in the order of the passages; a span that only
    repeats the question is none. `mentions` are those of each chunk, by its id; `readings` those of each passage."""
    asked = meaning(question)
    bags = [set(meaning(passage.text)) for passage in passages]
    weights = rarity(asked, bags)
    names = names_in(question)
    found: list[SpanAnswer] = []
    for passage, reading, bag in zip(passages, readings, bags, strict=False):
        relevance = reading.relevance
        for rank, span in enumerate(reading.spans[:PER_PASSAGE]):
            one = _answer(form, passage, span, mentions.get(passage.chunk.id, ()))
            if one is None or _PRONOUN.fullmatch(one.text) or _repeats(asked, one.text, form):
                continue
            around = _context(passage, one)
            told = meaning(around)
            named = share(asked, told, weights)
            features = {
                "read": float(span.probability),
                "relevant": relevance,
                "rank": passage.rank,
                "type": max(one.features["type"], 0.0),
                "mistyped": max(-one.features["type"], 0.0),
                "recent": passage.recent - 0.5,
                "denied": 0.0 if _NO_MORE.search(question) else _denied(asked, one, passage),
                "revised": 1.0 if _REVISED.search(around) else 0.0,
                "named": named,
                "names": share(names, told),
                "stranger": 1.0 if names and not share(names, bag) else 0.0,
                "first": 1.0 if rank == 0 else 0.0,
                "answerable": reading.answerable,
                "name": _looks_named(one),
                "odds": _odds(span.probability),
                "said": span.probability * named,
                "long": min(len(one.text.split()) / 10, 1.0),
                **_label(form, asked, one),
            }
            found.append(replace(one, features=features))
    return _again(found)


_KEY = re.compile(r"[\s\-*•>|]*(?P<key>[^:\n|]{1,40}?)\**:\**[ \t]")


def _label(form: Form, asked: Sequence[str], one: SpanAnswer) -> dict[str, float]:
    """What stands for what the span is: its column's name, or the key before it. `label` 1 where that is the noun asked
    for, less where the question says some of it; `unlike` 1 where it says none of it."""
    text = one.passage.chunk.text
    line = text.rfind("\n", 0, one.start) + 1
    cell = one.passage.row.cell(one.start, one.end) if one.passage.row else None
    key = _KEY.match(text, line, one.start) if one.passage.row is None else None
    said = meaning(cell.column if cell else key["key"] if key and key.end() <= one.start else "")
    if not said or one.start == one.end:
        return {"label": 0.0, "unlike": 0.0}
    if form.noun and any(same_word(form.noun, word) for word in said):
        return {"label": 1.0, "unlike": 0.0}
    fits = share(said, asked)
    return {"label": 0.8 * fits, "unlike": float(not fits)}


def _odds(probability: float) -> float:
    """A quarter of the logit, so that 0 and 1 lie within -2..2."""
    kept = min(max(probability, 1e-3), 1 - 1e-3)
    return math.log(kept / (1 - kept)) / 4


def _again(found: Sequence[SpanAnswer]) -> list[SpanAnswer]:
    """With `again`, the logarithm of the number of places that say the same."""
    places: dict[str, set[tuple[str, int]]] = {}
    for one in found:
        places.setdefault(name_key(one.text), set()).add((one.passage.chunk.id, one.start))
    again = {key: math.log(len(own)) for key, own in places.items()}
    return [replace(one, features={**one.features, "again": again[name_key(one.text)]}) for one in found]


def _answer(form: Form, passage: Passage, span: ReadSpan, mentions: Sequence[Mention]) -> SpanAnswer | None:
    text = span.text.strip()
    start, end = passage.place(span.start, span.end)
    if not text or len(text) > LONGEST or _BREAK.search(text) or span.start < passage.above < span.end:
        return None
    if len(text.split()) > _WRAPPED and _NEW_LINE.search(text):
        return None
    chunk = passage.chunk
    if start < passage.start:  # in the heading
        sentence = sentence_around(chunk.text, 0, 0)
        return SpanAnswer(passage, 0, 0, text, "", sentence, {"type": type_fit(form, text, "")})
    start, end, kind, entity = _grown(chunk, start, min(end, len(chunk.text)), mentions)
    number = _NUMBERED.match(chunk.text, end)
    if number and chunk.text[start].isupper() and not _DIGIT.search(chunk.text[start:end]):  # "PostgreSQL 14"
        end, entity = number.end(), ""
    text = _meant(chunk, start, end, mentions) or chunk.text[start:end]
    fit = {"type": type_fit(form, text, kind)}
    sentence = (passage.start, passage.end) if passage.row else sentence_around(chunk.text, start, end)
    alike = sorted(
        {
            (m.start - chunk.start, m.end - chunk.start)
            for m in mentions
            if m.form in {"name", "alias"} and m.type == kind
        }
    )
    return SpanAnswer(passage, start, end, " ".join(text.split()), kind, sentence, fit, entity, tuple(alike))


_NUMBERED = re.compile(r" \d+(?:\.\d+)*(?![\w%.,]*\w)")


def _grown(chunk: Chunk, start: int, end: int, mentions: Sequence[Mention]) -> tuple[int, int, str, str]:
    """The span, grown to the name that it is a part of; with that name's type and entity, "" where it is no name."""
    for mention in mentions:
        low, high = mention.start - chunk.start, mention.end - chunk.start
        if mention.form == "pronoun" or mention.start == mention.end or low > start or high < end:
            continue
        if mention.form in {"name", "alias"} and (high - low) <= 3 * (end - start) + 12:
            return low, high, mention.type, mention.entity
    for mention in mentions:
        low, high = mention.start - chunk.start, mention.end - chunk.start
        if mention.start < mention.end and start <= low and high <= end and (high - low) * 2 > (end - start):
            return start, end, mention.type, mention.entity if (low, high) == (start, end) else ""
    return start, end, "", ""


def names_in(question: str) -> list[str]:
    """The words of the question that are names or numbers: capitals within it, and digits."""
    runs = [match.group() for match in _NAME.finditer(question) if match.start() or _DIGIT.search(match.group())]
    return list(dict.fromkeys(word for run in runs for word in meaning(run)))


_NO_MORE = re.compile(r"\b(?:no longer|not|never|former|used to)\b|\bex-|n['’]t\b", re.I)
_CONTRAST = re.compile(r"\b(?:but|now|instead|since then|today|became|while|whereas)\b|;", re.I)
_REACH = 5  # words after a denial that it denies


def _denied(asked: Sequence[str], one: SpanAnswer, passage: Passage) -> float:
    """1 where the span's sentence says of what is asked that it is not, or no longer, so, and nothing against it."""
    said = passage.chunk.text[slice(*one.sentence)]
    if _CONTRAST.search(said):
        return 0.0
    for match in _NO_MORE.finditer(said):
        after = meaning(" ".join(said[match.end() :].split()[:_REACH]))
        if after and share(asked, after) > 0:
            return 1.0
    return 0.0


_REVISED = re.compile(
    r"\b(?:now|no longer|instead|until further notice|amend\w*|correct(?:ed|ion)\w*|errat\w+|replac\w+|new)\b", re.I
)


def _meant(chunk: Chunk, start: int, end: int, mentions: Sequence[Mention]) -> str:
    """The name that a span stands for which is no more than a pronoun: "I" is the one who speaks; "" for any other."""
    spoken = (mention for mention in mentions if mention.form == "pronoun")
    at = (chunk.start + start, chunk.start + end)
    return next((mention.name for mention in spoken if (mention.start, mention.end) == at), "")


def _looks_named(one: SpanAnswer) -> float:
    """1 for a name by the recogniser or by its capitals, else 0."""
    return 1.0 if one.entity or one.type or one.text[:1].isupper() else 0.0


def _context(passage: Passage, one: SpanAnswer) -> str:
    """The span's sentence, with the one before it and what stands above it."""
    text, (low, high) = passage.chunk.text, one.sentence
    before = sentence_around(text, max(low - 2, 0), max(low - 1, 0))[0] if low > 0 else 0
    return f"{passage.heading}\n{text[before:high]}"


def _repeats(asked: Sequence[str], text: str, form: Form) -> bool:
    """Whether the span says nothing that the question does not say itself."""
    if form.kind in {"choice", "yes-no"}:
        return False
    own = meaning(text)
    return bool(own) and share(own, asked) > 0.99


def type_fit(form: Form, text: str, kind: str) -> float:
    """How well a span of this type fits the form of the question: 1 it does, -1 it does not, 0 unknown."""
    low = text.casefold()
    if form.kind == "where" and date_in(text):
        return -1.0
    if form.kind == "number":
        return 1.0 if _DIGIT.search(low) or set(re.findall(r"[a-z]+", low)) & _NUMBER_WORDS else -1.0
    if "DATE" in form.types:
        return 1.0 if _MONTHS.search(low) else -0.6
    if form.types and kind:
        return 1.0 if kind in form.types else (0.0 if kind == "OTHER" else -0.7)
    if form.kind == "who":
        return 0.3 if text[:1].isupper() and not _DIGIT.search(text) else -0.5
    return 0.4 if form.noun and name_key(form.noun) in name_key(text).split() else 0.0
