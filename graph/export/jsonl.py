"""A knowledge base as sorted JSON lines without wall-clock time: equal graphs are equal files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

from clew.graph.model import Document, Entity, Triple, Value
from clew.graph.store import GraphStore


def export_lines(store: GraphStore) -> Iterator[str]:
    """One JSON object a line: the header, then documents, chunks, mentions, entities and triples, each sorted by id."""
    info = store.info()
    yield _line(
        "clew",
        {
            "format_version": info.format_version,
            "encoder": info.encoder,
            "dimension": info.dimension,
            "extracted_with": info.extracted_with,
        },
    )
    for document in store.documents():
        yield _line("document", _document(document))
    for piece in store.chunks():
        yield _line("chunk", asdict(piece))
    for mention in store.mentions():
        yield _line("mention", asdict(mention))
    for entity in store.entities():
        yield _line("entity", entity_dict(entity))
    for triple in store.triples():
        yield _line("triple", triple_dict(triple))


def _line(kind: str, data: dict[str, Any]) -> str:
    return json.dumps({"kind": kind, **data}, ensure_ascii=False, sort_keys=True)


def _document(document: Document) -> dict[str, Any]:
    return {
        field.name: dict(document.metadata) if field.name == "metadata" else getattr(document, field.name)
        for field in fields(document)
        if field.name not in {"text", "annotations"}  # they travel with the document, and are not stored
    }


def entity_dict(entity: Entity) -> dict[str, Any]:
    """The entity ready for JSON, with what follows from its counts."""
    return {
        "id": entity.id,
        "name": entity.name,
        "type": entity.type,
        "aliases": list(entity.aliases),
        "iri": entity.iri,
        "description": entity.description,
        "names": dict(entity.names),
        "short_forms": dict(entity.short_forms),
        "types": dict(entity.types),
    }


def triple_dict(triple: Triple) -> dict[str, Any]:
    """The triple ready for JSON, with every source."""
    return {
        "id": triple.id,
        "head": triple.head,
        "relation": triple.relation,
        "tail": {"value": asdict(triple.tail)} if isinstance(triple.tail, Value) else triple.tail,
        "sources": [asdict(source) for source in triple.sources],
    }
