"""What one document says as one JSON text, and vectors as Base64: how the RDF store keeps what is no fact."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any

import numpy as np

from clew.graph.model import Chunk, Document, Mention, Source, Triple, Value
from clew.graph.store import DocumentRecord, Vectors

_DOCUMENT = [field.name for field in fields(Document) if field.name != "text"]
_parts = {kind: attrgetter(*(field.name for field in fields(kind))) for kind in (Chunk, Mention, Source, Value)}


def pack(record: DocumentRecord) -> str:
    """The record as JSON, without the document's text."""
    document = [_plain(getattr(record.document, name)) for name in _DOCUMENT]
    chunks = [_parts[Chunk](chunk) for chunk in record.chunks]
    mentions = [_parts[Mention](mention) for mention in record.mentions]
    triples = [
        [
            triple.id,
            triple.head,
            triple.relation,
            _parts[Value](triple.tail) if isinstance(triple.tail, Value) else triple.tail,
            [[_plain(part) for part in _parts[Source](source)] for source in triple.sources],
        ]
        for triple in record.triples
    ]
    return json.dumps([document, chunks, mentions, triples], separators=(",", ":"))


def _plain(part: Any) -> Any:
    return dict(part) if isinstance(part, Mapping) else part


def unpack(packed: str) -> DocumentRecord:
    """The record that `pack` packed. Raises ValueError, TypeError or KeyError for a damaged one."""
    document, chunks, mentions, triples = json.loads(packed)
    told = dict(zip(_DOCUMENT, document, strict=True))
    told["access"] = tuple(told["access"])
    return DocumentRecord(
        Document(**told),
        tuple(map(_chunk, chunks)),
        tuple(Mention(*parts) for parts in mentions),
        tuple(
            Triple(id_, head, relation, tail if isinstance(tail, str) else Value(*tail), tuple(map(_source, sources)))
            for id_, head, relation, tail, sources in triples
        ),
    )


def _chunk(parts: list[Any]) -> Chunk:
    parts[-1] = tuple(parts[-1])  # the headings
    return Chunk(*parts)


def _source(parts: list[Any]) -> Source:
    parts[6] = tuple(parts[6])  # the flags
    return Source(*parts)


def pack_vectors(vectors: Vectors) -> str:
    """Vectors, float32 [n, dimension] or [dimension], little-endian in Base64."""
    return base64.b64encode(np.ascontiguousarray(vectors, dtype="<f4").tobytes()).decode("ascii")


def unpack_vectors(packed: str, dimension: int) -> Vectors:
    """Vectors, float32 [n, dimension]."""
    flat = np.frombuffer(base64.b64decode(packed), dtype="<f4").astype(np.float32)
    return flat.reshape(-1, max(dimension, 1))
