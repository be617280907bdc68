"""What in a sentence may stand at an end of a relation: mentions, dates, capitalised runs and short runs of words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clew.graph.model import Value
from clew.ingest.extract.names.dates import date_in, number_value
from clew.ingest.extract.types import RawMention

LONGEST_SENTENCE = 1200  # characters; the rest of a longer one is not looked at
MOST = 160  # candidates in a sentence, the mentions first
_WORDS = 5  # of a run without a name
_LONGEST_RUN = 12
_TOKEN = re.compile(r"[^\W_]+(?:[-'’./&][^\W_]+)*\.?(?=[^\W_])?|[^\W_]+(?:[-'’./&][^\W_]+)*|\S")
_ENDS = re.compile(r"(?<=[.!?][\"”’)\]]|[^.!?][.!?])[^\S\n]+(?=[\"“'(\[]?[A-Z0-9])|\n\s*")
_SHORT = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Jr|Sr|No|vs|Op|c|ca|b|d|Inc|Ltd|Co|Lt|Col|Gen|Capt|Prof|Rev|Hon|etc|i\.e|e\.g)\.)$"
)
_QUOTED = re.compile(r"[\"“]([^\"”“\n]{2,80})[\"”]")
_STOP = frozenset({
    "a", "an", "the", "and", "or", "but", "nor", "of", "in", "on", "at", "by", "for", "with", "from", "to", "into",
    "onto", "as", "is", "was", "are", "were", "be", "been", "being", "has", "had", "have", "which", "that", "who",
    "whom", "whose", "it", "its", "he", "his", "she", "her", "they", "their", "them", "this", "these", "those", "not",
    "no", "also", "after", "before", "during", "over", "under", "between", "among", "through", "than", "then", "when",
    "where", "while", "since", "until", "about", "against", "both", "such", "there", "so", "if", "i", "we", "you",
    "our", "my", "one", "two", "first", "second", "most", "more", "other", "some", "any", "all", "each", "many",
    "only", "just", "well", "very", "later",
})  # fmt: skip
_INSIDE = frozenset(
    {"of", "the", "and", "for", "in", "on", "to", "at", "a", "&", "de", "la", "le", "du", "von", "-", ":"}
)
_JOINS = frozenset({"in", "of", "for", "and", "on", "at"})  # may stand inside a run, once: "killed in action"
_OPENING = re.compile(r"[\"“']*(.{2,100}?)[\"”']*(?=,? (?:is|was|are|were|has|had|\() ?|, )")
_EDGE = " .,;:!?-–—\"'“”‘’()[]"


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]`, what it stands for (a name or a Value), its type where known, and how it was found:
    `name`, `alias`, `nominal`, `pronoun` (a mention), `date`, `number`, `title` (capitalised words) or `words`."""

    start: int
    end: int
    stands_for: str | Value
    type: str
    form: str


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The spans of the sentences, in order, without the blanks between them."""
    at = 0
    for match in [*_ENDS.finditer(text), None]:
        stop = match.start() if match else len(text)
        if match and "\n" not in match[0] and _SHORT.search(text[max(at, stop - 12) : stop]):
            continue
        start = at + len(text[at:stop]) - len(text[at:stop].lstrip())
        if text[start:stop].strip():
            yield start, min(start + len(text[start:stop].rstrip()), start + LONGEST_SENTENCE)
        at = match.end() if match else stop


def candidates(text: str, start: int, end: int, mentions: Sequence[RawMention]) -> list[Span]:
    """The candidates in `text[start:end]`, at most 160, each span once; `mentions` are those that lie in it."""
    found: dict[tuple[int, int], Span] = {}
    for mention in mentions:
        if start <= mention.start < mention.end <= end:
            value = number_value(mention.text) if mention.text.isdecimal() else None
            if value is None:
                found.setdefault(
                    (mention.start, mention.end),
                    Span(mention.start, mention.end, mention.name, mention.type, mention.form),
                )
    for span in (*_values(text, start, end), *_titles(text, start, end), *_runs(text, start, end)):
        if len(found) >= MOST:
            break
        found.setdefault((span.start, span.end), span)
    return sorted(found.values(), key=lambda span: (span.start, span.end))


def _values(text: str, start: int, end: int) -> Iterator[Span]:
    sentence, at = text[start:end], 0
    while (date := date_in(sentence, at)) is not None:
        at = max(date.end, at + 1)
        value = Value(sentence[date.start : date.end], "date", date.normal)
        yield Span(start + date.start, start + date.end, value, "", "date")


def _tokens(text: str, start: int, end: int) -> list[tuple[int, int]]:
    return [match.span() for match in _TOKEN.finditer(text, start, end)]


def _titles(text: str, start: int, end: int) -> Iterator[Span]:
    """How the sentence opens, quoted text, and runs of capitalised words with the small words inside them."""
    opening = _OPENING.match(text, start, end)
    if opening:
        yield from _plain(text, *opening.span(1), "title")
    for match in _QUOTED.finditer(text, start, end):
        yield from _plain(text, *match.span(1), "title")
    tokens = _tokens(text, start, end)
    caps = [text[a].isupper() or text[a].isdecimal() for a, _ in tokens]
    for first, capital in enumerate(caps):
        if not capital or (first and caps[first - 1]):
            continue
        last = first
        for place in range(first + 1, min(first + _LONGEST_RUN, len(tokens))):
            word = text[slice(*tokens[place])]
            if caps[place]:
                last = place
                owner = _owner(word)
                if owner:
                    yield from _plain(text, tokens[first][0], tokens[place][0] + owner, "title")
                if text[tokens[first][0]].isupper():
                    yield from _plain(text, tokens[first][0], tokens[last][1], "title")
            elif word.lower() not in _INSIDE:
                break


def _runs(text: str, start: int, end: int) -> Iterator[Span]:
    """Up to five words between function words and punctuation; one preposition or "and" may stand inside."""
    run: list[tuple[int, int]] = []
    joined = -1  # where in the run the joining word stands
    for token in [*_tokens(text, start, end), (end, end)]:
        word = text[slice(*token)].lower().rstrip(".")
        if word in _JOINS and run and joined < 0:
            joined = len(run)
            run.append(token)
            continue
        if word and word[0].isalnum() and word not in _STOP:
            run.append(token)
            continue
        yield from _within(text, run, joined)
        tail = run[joined + 1 :] if word in _JOINS and joined >= 0 else []
        run, joined = ([*tail, token], len(tail)) if tail else ([], -1)


def _within(text: str, run: Sequence[tuple[int, int]], joined: int) -> Iterator[Span]:
    for first in range(len(run)):
        for last in range(first, min(first + _WORDS, len(run))):
            if joined not in (first, last):
                yield from _plain(text, run[first][0], run[last][1], "words")


def _owner(word: str) -> int:
    """How long the word is without its possessive ending; 0 where it has none."""
    return len(word) - 2 if len(word) > 3 and word.endswith(("'s", "’s")) else 0


def _plain(text: str, start: int, end: int, form: str) -> Iterator[Span]:
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    while start < end and text[start] in _EDGE:
        start += 1
    if end - start > 1:
        yield Span(start, end, " ".join(text[start:end].split()), "", form)
        owner = _owner(text[start:end])
        if owner:
            yield Span(start, start + owner, " ".join(text[start : start + owner].split()), "", form)
