"""The stored nouns as rows of a Cypher store, and back. Plain Python: nothing here knows an engine."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from clew.graph import store_rules as rules
from clew.graph.model import Chunk, Document, Entity, Mention, Source, Triple, Value, stable_id
from clew.graph.store import DocumentRecord
from clew.graph.stores.bm25 import tokens

Row = dict[str, Any]
Span = tuple[Any, ...]
Fetch = Callable[[str, Iterable[str], Sequence[str]], dict[str, Row]]
"""(type of node, ids, names of properties) -> rows by id, unknown ids left out; relations go by their name."""
MentionsIn = Callable[[Iterable[str]], list[Row]]
"""Chunk ids -> rows of the mentions there, with the fields of `MENTION`."""

DOCUMENT = ("id", "uri", "title", "content_hash", "language", "metadata", "access", "version", "read_with")
CHUNK = ("id", "document", "start", "end", "text", "position", "headings")
MENTION = ("document", "chunk", "entity", "spans")
ENTITY = ("id", "forms", "description")
TRIPLE = ("id", "head", "relation", "tail", "datatype", "language", "sources")
_SPAN = ("start", "end", "text", "type", "confidence", "name", "form")
_KEPT = {"document", "chunk", "start", "end", "confidence"}
_encoded = json.JSONEncoder(sort_keys=True).encode  # json.dumps would make one a time
_SOURCE = attrgetter(*Source.__slots__)
# Labels and relationship types with a meaning of their own: what documents speak of is never named like them.
OWN_NAMES = frozenset({"Document", "Chunk", "Entity", "Value", "Triple", "Relation", "KnowledgeBase"})
OWN_TYPES = frozenset({"HAS_CHUNK", "MENTIONS"})
# Words in almost every English text cost the index most and say least; left out where the query has others.
_COMMON = frozenset(
    "a an and are as at by did do doe for from has have in is it of on or that the to was were with".split()  # noqa: SIM905
)


def label_of(kind: str) -> str:
    """The node label of an entity type, of letters, digits and `_` alone: `PERSON`, `Work_of_art`; `""` for none."""
    label = re.sub(r"\W+", "_", kind).strip("_")[:100]
    return f"{label}_" if label in OWN_NAMES else label


def type_of(relation: str) -> str:
    """The relationship type of a relation, of letters, digits and `_` alone: "place of birth" -> `PLACE_OF_BIRTH`."""
    name = re.sub(r"\W+", "_", relation).strip("_").upper()[:100]
    return f"{name}_" if name in OWN_TYPES else name or "RELATED_TO"


def telling_words(query: str) -> list[str]:
    """The words of a query without those in almost every text, or all where it has no others."""
    words = tokens(query)
    return [word for word in words if word not in _COMMON] or words


def search_words(query: str) -> list[str]:
    """The words of a query that are worth looking up, each once, with how often it was said: `film`, `king^2`."""
    words = telling_words(query)
    return [word if times == 1 else f"{word}^{times}" for word, times in Counter(words).items()]


def key_id(key: str) -> str:
    """A normalised name as one word of fixed length, whatever characters it holds."""
    return stable_id("key", key)


def relation_id(name: str) -> str:
    """A relation's name as a key of fixed length."""
    return stable_id("relation", name)


def document_row(record: DocumentRecord) -> Row:
    """A Document, with what is needed to take it back: the ids of its chunks and triples."""
    document = record.document
    return {
        **{name: getattr(document, name) for name in DOCUMENT},
        "metadata": json.dumps(dict(document.metadata), sort_keys=True),
        "access": json.dumps(document.access),
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
        **{name: getattr(chunk, name) for name in CHUNK},
        "headings": json.dumps(chunk.headings),
        "words": " ".join(tokens(f"{record.document.title}\n{chunk.text}")),
        "title_entity": rules.title_entity(record.mentions),
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
    """All mentions of one entity in one chunk, as one relationship."""
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
    return {**named_row(entity), "keys": " ".join(sorted(map(key_id, rules.entity_keys(entity))))}


def named_row(entity: Entity) -> Row:
    """The same without the keys by which it is found, which each store has in its own way."""
    return {
        "name": entity.name,
        "type": entity.type,
        "aliases": list(entity.aliases),
        "forms": _encoded([dict(entity.names), dict(entity.short_forms), dict(entity.types)]),
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
    return [_source_row(source) | tail for source in triple.sources]


def _source_row(source: Source) -> Row:
    values = zip(Source.__slots__, _SOURCE(source), strict=True)
    row = {name: value for name, value in values if value or name in _KEPT}
    if source.flags:
        row["flags"] = list(source.flags)
    if source.qualifiers:
        row["qualifiers"] = dict(source.qualifiers)
    return row


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
        "sources": _encoded(sources),
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


def stored_records(documents: Sequence[str], fetch: Fetch, mentions_in: MentionsIn) -> list[DocumentRecord]:
    """All that these documents say, read back from their rows; unknown ones are left out."""
    held = fetch("Document", dict.fromkeys(documents), (*DOCUMENT, "chunks", "triples"))
    chunks = fetch("Chunk", [id_ for row in held.values() for id_ in json.loads(row["chunks"])], CHUNK)
    triples = fetch("Triple", sorted({id_ for row in held.values() for id_ in json.loads(row["triples"])}), TRIPLE)
    mentions: dict[str, list[Mention]] = {}
    for row in mentions_in(sorted(chunks)):
        mentions.setdefault(row["document"], []).extend(mentions_of(row))
    return [
        DocumentRecord(
            document_of(row),
            tuple(chunk_of(chunks[chunk]) for chunk in json.loads(row["chunks"])),
            tuple(sorted(mentions.get(id_, ()), key=rules.mention_key)),
            tuple(_told_by(triples[triple], id_) for triple in json.loads(row["triples"])),
        )
        for id_, row in held.items()
    ]


def _told_by(row: Row, document: str) -> Triple:
    """The triple as this one document tells it."""
    said = [source for source in json.loads(row["sources"]) if source["document"] == document]
    return triple_of({**row, "sources": json.dumps(said)})
