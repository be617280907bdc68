"""What the reader finds in the best passages: spans that may answer, each with its place and what speaks for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from clew.graph.model import Chunk, Mention, name_key
from clew.retrieval.judge.wording import meaning, rarity, share
from clew.retrieval.question.form import Form
from clew.retrieval.question.words import sentence_around

PER_PASSAGE = 3  # spans looked at in each passage
LONGEST = 300  # characters of a span
_DIGIT = re.compile(r"\d")
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
    """A chunk with the words that stand above it (`heading`: title and headings) and its rank in 0..1."""

    chunk: Chunk
    heading: str
    rank: float

    @property
    def text(self) -> str:
        """What is read: the heading on a line of its own, then the chunk."""
        return f"{self.heading}\n{self.chunk.text}" if self.heading else self.chunk.text

    @property
    def shift(self) -> int:
        """Where the chunk's own text begins in `text`."""
        return len(self.heading) + 1 if self.heading else 0


@dataclass(frozen=True, slots=True)
class SpanAnswer:
    """`chunk.text[start:end]` may answer (of a heading: `start == end == 0`); `text` is what it says, for a pronoun the
    name that it stands for. `features` are in 0..1 but for
    `type` in -1..1; `sentence` is where its sentence lies in the chunk."""

    passage: Passage
    start: int
    end: int
    text: str
    type: str
    sentence: tuple[int, int]
    features: Mapping[str, float]
    entity: str = ""


def read_spans(
    question: str,
    form: Form,
    passages: Sequence[Passage],
    mentions: Mapping[str, Sequence[Mention]],
    read: Read,
) -> list[SpanAnswer]:
    """The spans in the passages that the reader takes for answers, in the order of the passages; a span that only
    repeats the question is none. `mentions` are those of each chunk, by its id."""
    if not passages:
        return []
    readings = read(question, [passage.text for passage in passages])
    asked = meaning(question)
    bags = [set(meaning(passage.text)) for passage in passages]
    weights = rarity(asked, bags)
    found: list[SpanAnswer] = []
    for passage, reading in zip(passages, readings, strict=False):
        relevance = reading.relevance
        for rank, span in enumerate(reading.spans[:PER_PASSAGE]):
            one = _answer(form, passage, span, mentions.get(passage.chunk.id, ()))
            if one is None or _repeats(asked, one.text, form):
                continue
            around = _context(passage, one)
            features = {
                "read": float(span.probability),
                "relevant": relevance,
                "rank": passage.rank,
                "type": one.features["type"],
                "named": share(asked, meaning(around), weights),
                "first": 1.0 if rank == 0 else 0.0,
                "answerable": reading.answerable,
                "name": _looks_named(one),
                "key": _is_key(one),
                "long": min(len(one.text) / 100, 1.0),
            }
            found.append(replace(one, features=features))
    return found


def _answer(form: Form, passage: Passage, span: ReadSpan, mentions: Sequence[Mention]) -> SpanAnswer | None:
    start, end, text = span.start - passage.shift, span.end - passage.shift, span.text.strip()
    if not text or len(text) > LONGEST:
        return None
    chunk = passage.chunk
    if start < 0:  # in the heading
        sentence = sentence_around(chunk.text, 0, 0)
        return SpanAnswer(passage, 0, 0, text, "", sentence, {"type": type_fit(form, text, "")})
    start, end, kind, entity = _grown(chunk, start, min(end, len(chunk.text)), mentions)
    number = _NUMBERED.match(chunk.text, end)
    if number and chunk.text[start].isupper() and not _DIGIT.search(chunk.text[start:end]):  # "PostgreSQL 14"
        end, entity = number.end(), ""
    text = _meant(chunk, start, end, mentions) or chunk.text[start:end]
    fit = type_fit(form, text, kind)
    return SpanAnswer(
        passage,
        start,
        end,
        " ".join(text.split()),
        kind,
        sentence_around(chunk.text, start, end),
        {"type": fit},
        entity,
    )


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


def _meant(chunk: Chunk, start: int, end: int, mentions: Sequence[Mention]) -> str:
    """The name that a span stands for which is no more than a pronoun: "I" is the one who speaks; "" for any other."""
    spoken = (mention for mention in mentions if mention.form == "pronoun")
    at = (chunk.start + start, chunk.start + end)
    return next((mention.name for mention in spoken if (mention.start, mention.end) == at), "")


def _looks_named(one: SpanAnswer) -> float:
    """1 for a name by the recogniser or by its capitals, else 0."""
    return 1.0 if one.entity or one.type or one.text[:1].isupper() else 0.0


def _is_key(one: SpanAnswer) -> float:
    """1 for words that only announce what follows: before a colon, or a line of their own above others."""
    text = one.passage.chunk.text
    return 1.0 if one.start == one.end or text[one.end : one.end + 1] == ":" else 0.0


def _context(passage: Passage, one: SpanAnswer) -> str:
    """The span's sentence, with the one before it and what stands above."""
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
    if form.kind == "number":
        return 1.0 if _DIGIT.search(low) or set(re.findall(r"[a-z]+", low)) & _NUMBER_WORDS else -1.0
    if "DATE" in form.types:
        return 1.0 if _MONTHS.search(low) else -0.6
    if form.types and kind:
        return 1.0 if kind in form.types else (0.0 if kind == "OTHER" else -0.7)
    if form.kind == "who":
        return 0.3 if text[:1].isupper() and not _DIGIT.search(text) else -0.5
    return 0.4 if form.noun and name_key(form.noun) in name_key(text).split() else 0.0
