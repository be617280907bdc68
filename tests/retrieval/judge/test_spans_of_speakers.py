"""A span that is no more than "I" names who speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from clew.graph.model import Chunk, Document, Mention, entity_id
from clew.retrieval.judge.spans import Passage, read_spans
from clew.retrieval.question.form import Form
from clew.retrieval.question.syntax import Syntax

TEXT = "[10:00] Ana Torres: I approved the order."


@dataclass
class Span:
    start: int
    end: int
    text: str
    probability: float = 0.9


@dataclass
class Reading:
    spans: Sequence[Span]
    relevance: float = 0.9
    answerable: float = 0.9
    others: list[str] = field(default_factory=list)


def test_i_is_said_as_the_speaker() -> None:
    document = Document.make("file:///a.txt", TEXT)
    chunk = Chunk.make(document, 0, len(TEXT))
    at = TEXT.index("I approved")
    id_ = entity_id("Ana Torres")
    mention = Mention(chunk.id, document.id, at, at + 1, "I", "PERSON", 0.9, id_, "Ana Torres", "pronoun")

    readings = [Reading([Span(at, at + 1, "I")])]
    passages = [Passage(chunk, 0, len(TEXT), "", 1.0)]
    form = Form("who", Syntax("Who approved the order?"), types=frozenset({"PERSON"}))
    (found,) = read_spans("Who approved the order?", form, passages, {chunk.id: [mention]}, readings)
    assert (found.text, found.entity) == ("Ana Torres", id_)
    assert (found.start, found.end) == (at, at + 1)
    assert read_spans("Who approved the order?", form, passages, {}, readings) == [], "a mere pronoun names nobody"
