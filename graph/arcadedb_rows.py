"""The stored nouns as rows of ArcadeDB, and back. Plain Python: nothing here knows the engine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from clew.graph import rules
from clew.graph.bm25 import tokens
from clew.graph.model import Chunk, Document, Entity, Mention, Source, Triple, Value
from clew.graph.store import DocumentRecord

Row = dict[str, Any]
Span = tuple[Any, ...]

DOCUMENT = ("id", "uri", "title", "content_hash", "language", "metadata", "access", "version", "read_with")
CHUNK = ("id", "document", "start", "end", "text", "position", "headings")
MENTION = ("document", "chunk", "entity", "spans")
ENTITY = ("id", "forms", "description")
TRIPLE = ("id", "head", "relation", "tail", "datatype", "language", "sources")
_SPAN = ("start", "end", "text", "type", "confidence", "name", "form")


def selected(names: Sequence[str], type_name: str) -> str:
    """The SQL that reads these properties of a type (or of a subquery)."""
    return f"SELECT {', '.join(f'`{name}`' for name in names)} FROM {type_name}"  # noqa: S608 - our own names only


def document_row(record: DocumentRecord) -> Row:
    """A Document, with what is needed to take it back: the ids of its chunks and triples."""
    document = record.document
    return {
        "id": document.id,
        "uri": document.uri,
        "title": document.title,
        "content_hash": document.content_hash,
        "language": document.language,
        "metadata": json.dumps(dict(document.metadata), sort_keys=True),
        "access": json.dumps(document.access),
        "version": document.version,
        "read_with": document.read_with,
        "chunks": json.dumps([chunk.id for chunk in record.chunks]),
        "triples": json.dumps(sorted({triple.id for triple in record.triples})),
    }


def document_of(row: Row) -> Document:
    """The Document of a row."""
    values = {name: row[name] for name in DOCUMENT}
    return Document(**{**values, "metadata": json.loads(row["metadata"]), "access": tuple(json.loads(row["access"]))})


def chunk_row(chunk: Chunk, record: DocumentRecord) -> Row:
    """A Chunk, with its document's title among the words to find it by, and the entity that title names."""
    return {
        "id": chunk.id,
        "document": chunk.document,
        "start": chunk.start,
        "end": chunk.end,
        "text": chunk.text,
        "position": chunk.position,
        "headings": json.dumps(chunk.headings),
        "words": " ".join(tokens(f"{record.document.title}\n{chunk.text}")),
        "title_entity": rules.title_entity(record.document, record.mentions),
    }


def chunk_of(row: Row) -> Chunk:
    """The Chunk of a row."""
    return Chunk(**{**{name: row[name] for name in CHUNK}, "headings": tuple(json.loads(row["headings"]))})


def spans(mentions: Iterable[Mention]) -> dict[tuple[str, str], list[Span]]:
    """Where each chunk names each entity, by (chunk, entity): sorted tuples of the fields in `_SPAN`."""
    found: dict[tuple[str, str], list[Span]] = {}
    for mention in mentions:
        span = tuple(getattr(mention, name) for name in _SPAN)
        found.setdefault((mention.chunk, mention.entity), []).append(span)
    return {pair: sorted(group) for pair, group in found.items()}


def mention_row(document: str, pair: tuple[str, str], group: Sequence[Span]) -> Row:
    """All mentions of one entity in one chunk, as one edge."""
    return {
        "document": document,
        "chunk": pair[0],
        "entity": pair[1],
        "count": len(group),
        "spans": json.dumps(group),
    }


def mentions_of(row: Row) -> list[Mention]:
    """The Mentions of a row."""
    place = {name: row[name] for name in ("document", "chunk", "entity")}
    return [Mention(**place, **dict(zip(_SPAN, span, strict=True))) for span in json.loads(row["spans"])]


def entity_row(entity: Entity) -> Row:
    """What a reader and the searches want of an Entity."""
    return {
        "id": entity.id,
        "name": entity.name,
        "type": entity.type,
        "aliases": list(entity.aliases),
        "forms": json.dumps([dict(entity.names), dict(entity.short_forms), dict(entity.types)], sort_keys=True),
        "keys": sorted(rules.entity_keys(entity)),
        **described_row(entity),
    }


def described_row(entity: Entity) -> Row:
    """What changes of an Entity when it is described."""
    return {
        "id": entity.id,
        "description": entity.description,
        "words": " ".join(tokens(rules.entity_text(entity))),
    }


def entity_of(row: Mapping[str, Any]) -> Entity:
    """The Entity of a row."""
    names, short_forms, types = json.loads(row["forms"])
    return Entity(row["id"], names, short_forms, types, description=row["description"])


def value_row(value: Value) -> Row:
    """A Value under the form that is the same for all that say it; how each wrote it stands in the triple."""
    return {
        "id": value.id,
        "name": value.normal or value.text,
        "datatype": value.datatype,
        "language": value.language,
    }


def told(triple: Triple) -> list[Row]:
    """The sources of one document's triple, each with the tail as that document writes it; no empty fields."""
    tail = {"text": triple.tail.text, "normal": triple.tail.normal} if isinstance(triple.tail, Value) else {}
    return [
        {name: value for name, value in {**_source_row(source), **tail}.items() if value or name in _KEPT}
        for source in triple.sources
    ]


_KEPT = {"document", "chunk", "start", "end", "confidence", "text", "normal"}


def _source_row(source: Source) -> Row:
    row = {name: getattr(source, name) for name in Source.__slots__}
    return {**row, "flags": list(source.flags), "qualifiers": dict(source.qualifiers)}


def triple_row(triple: Triple, sources: Sequence[Row]) -> Row:
    """A triple with everything that is told of it."""
    value = triple.tail if isinstance(triple.tail, Value) else None
    return {
        "id": triple.id,
        "head": triple.head,
        "relation": triple.relation,
        "tail": triple.tail_id,
        "datatype": value.datatype if value else "",
        "language": value.language if value else "",
        "confidence": max(source["confidence"] for source in sources),
        "count": len(sources),
        "sources": json.dumps(sources, sort_keys=True),
    }


def triple_of(row: Row) -> Triple:
    """The Triple of a row."""
    said = json.loads(row["sources"])
    return rules.join_triples(
        Triple(row["id"], row["head"], row["relation"], _tail(row, source), (_source_of(source),)) for source in said
    )


def _tail(row: Row, source: Row) -> str | Value:
    if not row["datatype"]:
        return str(row["tail"])
    return Value(source["text"], row["datatype"], source["normal"], row["language"])


def _source_of(row: Row) -> Source:
    fields = {name: row[name] for name in Source.__slots__ if name in row}
    source = Source(**fields)
    return replace(source, flags=tuple(source.flags))
