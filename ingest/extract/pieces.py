"""The pieces of a document that are parsed: passages without what is silent, their lines joined."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, takewhile

from clew.graph.model import Document, name_key
from clew.ingest.extract.names.cleaning import Cleaned, clean, cleaned_line
from clew.ingest.extract.rules.speech import with_subject
from clew.ingest.structure.blocks import Span
from clew.ingest.structure.facts.facts import Passage
from clew.ingest.structure.facts.outline import Subject
from clew.ingest.structure.turns import Annotations, Turn, turns_of

_LONGEST = 20_000  # characters parsed at once at most; the parser's memory follows the longest piece
_BREAK = re.compile(r"\n")


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage, or a part of a long one: its document's number, its place, and how its clean text maps to the
    document's. `turn` says who speaks; where the subject was `supplied`, the first word is not in the text."""

    document: int
    offset: int
    cleaned: Cleaned
    passage: Passage
    turn: Turn | None = None
    supplied: bool = False


def pieces_of(number: int, document: Document, subject: str, passages: Sequence[Passage]) -> Iterator[Piece]:
    """The pieces of a document, in the order of its text. Where the first begins with the document's subject, that is
    known."""
    first, turns, text = True, turns_of(document), document.text
    unsaid = isinstance(document.annotations, Annotations) and bool(document.annotations.subject or turns)
    for passage in sorted(passages, key=lambda passage: (passage.start, passage.end)):
        for turn, part in _parts(passage, turns):
            title = part.subject.name if part.subject else subject if first else ""
            piece = replace(piece_of(number, text, part, title), turn=turn)
            if not piece.cleaned.text.strip():
                continue
            yield piece
            first = first and (part.subject is not None or name_key(piece.cleaned.text) == name_key(subject))
            for at, cleaned in with_subject(text[part.start : part.end]) if unsaid else ():
                yield Piece(number, part.start + at, cleaned, part, turn, supplied=True)


def _parts(passage: Passage, turns: Sequence[Turn]) -> Iterator[tuple[Turn | None, Passage]]:
    """The passage in parts that are not too long to parse, each in one turn; what lies in none is not read where there
    are turns."""
    spans: list[tuple[Turn | None, int, int]] = [(None, passage.start, passage.end)]
    if turns:
        at = bisect_right(turns, passage.start, key=lambda turn: turn.end)
        inside = (turn for turn in islice(turns, at, None))
        met = takewhile(lambda turn: turn.start < passage.end, inside)
        spans = [(turn, max(turn.start, passage.start), min(turn.end, passage.end)) for turn in met]
    for turn, low, high in spans:
        for start in range(low, high, _LONGEST):
            yield turn, replace(passage, start=start, end=min(start + _LONGEST, high))


def piece_of(number: int, text: str, passage: Passage, title: str) -> Piece:
    """The piece that a passage makes."""
    if passage.opening:
        begin = min(passage.named[0], passage.start) if passage.named[1] else passage.start
        lead = passage.named if passage.named[1] else (passage.start, passage.start)
        words = _flat(text, begin, passage.end, passage.silent)
        shifted = lead[0] - begin, lead[1] - begin
        return Piece(number, begin, cleaned_line(words, passage.start - begin, passage.opening, shifted), passage)
    words = _flat(text, passage.start, passage.end, passage.silent)
    return Piece(number, passage.start, clean(words, title=title), passage)


def _flat(text: str, start: int, end: int, silent: Sequence[Span]) -> str:
    """The words of a span, blanks for what is silent and for line ends, each character at its place."""
    words = _BREAK.sub(" ", text[start:end])
    for first, last in silent:
        if start <= first < last <= end:
            words = words[: first - start] + " " * (last - first) + words[last - start :]
    return words


def with_opening(passage: Passage, subject: str, opening: str) -> Passage:
    """The passage, said of its subject, which it lacks."""
    return replace(passage, opening=opening, subject=passage.subject or Subject(subject))


__all__ = ["Piece", "piece_of", "pieces_of", "with_opening"]
