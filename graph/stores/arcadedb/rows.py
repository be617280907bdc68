"""The rows of a Cypher store as ArcadeDB has them: the keys of an entity are a list, and rows are read by SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clew.graph import store_rules as rules
from clew.graph.identifiers import identifier
from clew.graph.model import Entity
from clew.graph.store import StoreInfo
from clew.graph.stores.cypher import rows as cypher_rows
from clew.graph.stores.cypher.rows import (
    CHUNK,
    DOCUMENT,
    ENTITY,
    MENTION,
    TRIPLE,
    Row,
    Span,
    chunk_of,
    chunk_row,
    described_row,
    document_of,
    document_row,
    entity_of,
    mention_row,
    mentions_of,
    spans,
    stored_records,
    telling_words,
    told,
    triple_of,
    triple_row,
    value_row,
)


def selected(names: Sequence[str], type_name: str) -> str:
    """The SQL that reads these properties of a type (or of a subquery)."""
    return f"SELECT {', '.join(identifier(name, 'arcadedb') for name in names)} FROM {type_name}"  # noqa: S608 - our own names only


def entity_row(entity: Entity) -> Row:
    """What a reader and the searches want of an Entity."""
    return {**cypher_rows.named_row(entity), "keys": sorted(rules.entity_keys(entity))}


def info_row(info: StoreInfo, mentions: int, stale: int) -> dict[str, Any]:
    """What the knowledge base says of itself, with how many mentions and stale entities it holds."""
    held = {name: getattr(info, name) for name in StoreInfo.__slots__}
    return {"id": "knowledge base", **held, "mentions": mentions, "stale": stale}


__all__ = [
    "CHUNK",
    "DOCUMENT",
    "ENTITY",
    "MENTION",
    "TRIPLE",
    "Row",
    "Span",
    "chunk_of",
    "chunk_row",
    "described_row",
    "document_of",
    "document_row",
    "entity_of",
    "entity_row",
    "info_row",
    "mention_row",
    "mentions_of",
    "selected",
    "spans",
    "stored_records",
    "telling_words",
    "told",
    "triple_of",
    "triple_row",
    "value_row",
]
