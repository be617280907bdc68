"""Statements of an RDF file as rows of text, and the mentions and triples that lie in them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from clew.graph.model import Chunk, Document, Mention, Source, Triple, Value
from clew.graph.store import DocumentRecord

EXTRACTOR = "rdf"
_PART = " | "
_LONGEST_PART = 20_000  # characters of one literal in a row; the Value keeps it whole


@dataclass(frozen=True, slots=True)
class End:
    """An entity at one end of a statement: its id, name and type."""

    id: str
    name: str
    type: str = "OTHER"


@dataclass(frozen=True, slots=True)
class Statement:
    """One row. Without a relation it names `head` by its alias `tail`, and makes no triple."""

    head: End
    relation: str
    tail: End | Value
    confidence: float = 1.0
    flags: tuple[str, ...] = ()
    qualifiers: Mapping[str, str] = field(default_factory=dict)
    valid_from: str = ""
    valid_to: str = ""
    graph: str = ""

    @property
    def row(self) -> str:
        """The statement as a line of text."""
        said = self.tail.text if isinstance(self.tail, Value) else self.tail.name
        more = [f"{name}: {value}" for name, value in sorted(self.qualifiers.items())]
        parts = [self.head.name, self.relation or "also called", " ".join(said[:_LONGEST_PART].split()), *more]
        return _PART.join(parts)


def record(document: Document, chunks: Sequence[Chunk], statements: Sequence[Statement]) -> DocumentRecord:
    """The record of a document whose text is the rows of these statements, a line each."""
    starts = [chunk.start for chunk in chunks]
    mentions: list[Mention] = []
    triples: dict[str, Triple] = {}
    at = 0
    for told in statements:
        end = at + len(told.row)
        chunk = chunks[max(bisect_right(starts, at) - 1, 0)].id
        tail_at = at + len(told.head.name) + len(told.relation or "also called") + 2 * len(_PART)
        mentions.append(_mention(document, chunk, told.head, at, told.head.name))
        if not told.relation and isinstance(told.tail, Value):
            mentions.append(_mention(document, chunk, told.head, tail_at, told.tail.text, form="alias"))
        elif told.relation:
            if isinstance(told.tail, End):
                mentions.append(_mention(document, chunk, told.tail, tail_at, told.tail.name))
            tail = told.tail.id if isinstance(told.tail, End) else told.tail
            triple = Triple.make(told.head.id, told.relation, tail, (_source(document, chunk, told, at, end),))
            if triple.id in triples:
                triple = Triple.make(
                    triple.head, triple.relation, triples[triple.id].tail, triples[triple.id].sources + triple.sources
                )
            triples[triple.id] = triple
        at = end + 1
    return DocumentRecord(document, tuple(chunks), tuple(mentions), tuple(triples[id_] for id_ in sorted(triples)))


def _mention(document: Document, chunk: str, end: End, at: int, text: str, *, form: str = "name") -> Mention:
    return Mention(chunk, document.id, at, at + len(text), text, end.type, 1.0, end.id, end.name, form)


def _source(document: Document, chunk: str, told: Statement, start: int, end: int) -> Source:
    return Source(
        document.id,
        chunk,
        start,
        end,
        EXTRACTOR,
        told.confidence,
        told.flags,
        told.qualifiers,
        told.valid_from,
        told.valid_to,
        told.graph,
    )
