"""What all stores must agree on: which batches are refused, under which keys and words an entity is found."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from clew.graph.errors import StoreError
from clew.graph.model import Document, Entity, Mention, Triple, Value, name_key
from clew.graph.name_keys import block_keys
from clew.graph.store import Batch, Described, DocumentRecord, StoreInfo, Vectors

_TITLED = re.compile(r"(.*\S) ?\([^()]*\)", re.DOTALL)


def check_batch(batch: Batch, info: StoreInfo) -> None:
    """The batch may be written as a whole. Raises StoreError with the first thing that is wrong with it."""
    if not info.encoder:
        raise StoreError(
            "The knowledge base has no encoder yet, so vectors cannot be added.", hint="Call configure(...) first."
        )
    seen: set[str] = set()
    for record in batch.records:
        if record.document.id in seen:
            raise StoreError(f"{_named(record.document)} stands twice in one batch.", hint="Hand it over once.")
        seen.add(record.document.id)
        _check_record(record)
    check_vectors(batch.chunk_vectors, sum(len(record.chunks) for record in batch.records), info, "chunks")


def _check_record(record: DocumentRecord) -> None:
    document = record.document.id
    chunks = {chunk.id for chunk in record.chunks}
    if len(chunks) < len(record.chunks):
        raise StoreError(f"{_named(record.document)} has two chunks with one id.")
    strangers = [f"chunk {chunk.id}" for chunk in record.chunks if chunk.document != document]
    strangers += [
        f"mention {mention.text[:60]!r}"
        for mention in record.mentions
        if mention.document != document or mention.chunk not in chunks
    ]
    strangers += [
        f"triple {triple.id}"
        for triple in record.triples
        if not triple.sources
        or any(source.document != document or source.chunk not in chunks for source in triple.sources)
    ]
    if strangers:
        raise StoreError(
            f"{_named(record.document)} is said to hold {strangers[0]}, which lies elsewhere.",
            hint="Chunks, mentions and every source of a triple must name their own document and one of its chunks.",
        )


def _named(document: Document) -> str:
    return f"Document {document.title or document.uri!r} ({document.id})"


def check_vectors(vectors: Vectors | None, count: int, info: StoreInfo, what: str) -> None:
    """There is one finite vector of the knowledge base's dimension for each thing, else StoreError."""
    shape = (0, info.dimension) if vectors is None else np.shape(vectors)
    if not count and shape[:1] == (0,):
        return
    if shape != (count, info.dimension):
        raise StoreError(
            f"The vectors of {count} {what} have shape {shape}, not {(count, info.dimension)}.",
            hint="Embed them with the encoder that the knowledge base was configured with.",
        )
    if not np.isfinite(np.asarray(vectors)).all():
        raise StoreError(f"A vector of the {what} holds NaN or infinity.", hint="Embed them again.")


def check_described(described: Described, info: StoreInfo) -> None:
    """Descriptions and vectors match in number and dimension, else StoreError."""
    check_vectors(described.entity_vectors, len(described.entities), info, "entities")
    check_vectors(described.relation_vectors, len(described.relations), info, "relations")


def check_vector(vector: Vectors, info: StoreInfo) -> None:
    """A query vector has the knowledge base's dimension, else StoreError."""
    if np.shape(vector) != (info.dimension,):
        raise StoreError(
            f"The query vector has shape {np.shape(vector)}, not {(info.dimension,)}.",
            hint="Use the encoder that the knowledge base was made with.",
        )


def entity_keys(entity: Entity) -> set[str]:
    """The keys under which `find` knows an entity: of every name and alias, of the part before a trailing bracket
    ("lothair" for "Lothair (novel)"), and the looser ones under which resolution looks for it (`blocking`)."""
    keys = {name_key(form) for form in (*entity.names, *entity.short_forms)}
    titled = (_TITLED.fullmatch(key) for key in tuple(keys))
    titled_keys = {name_key(match[1]) for match in titled if match}
    return keys.union(titled_keys, *(block_keys(name_key(name)) for name in entity.names))


def entity_text(entity: Entity) -> str:
    """What lexical search reads of an entity: its forms and its description."""
    return "\n".join([*sorted({*entity.names, *entity.short_forms}), entity.description])


def join_triples(triples: Iterable[Triple]) -> Triple:
    """One triple out of several of the same id: all their sources, sorted, and of their tails (which may be written
    differently, "11 Nov 1875", "1875-11-11") the alphabetically first. Any order of the same triples gives the same."""
    same = list(triples)
    if len(same) == 1 and len(same[0].sources) <= 1:
        return same[0]
    tail = min((triple.tail for triple in same), key=_tail_key)
    sources = sorted((source for triple in same for source in triple.sources), key=lambda source: source.sort_key)
    return Triple(same[0].id, same[0].head, same[0].relation, tail, tuple(sources))


def triples_by_id(triples: Iterable[Triple]) -> dict[str, Triple]:
    """The triples of one document by id, those told twice joined."""
    same: dict[str, list[Triple]] = {}
    for triple in triples:
        same.setdefault(triple.id, []).append(triple)
    return {id_: join_triples(group) for id_, group in same.items()}


def mentions_by_entity(mentions: Iterable[Mention]) -> dict[str, list[Mention]]:
    """The mentions of each entity, in the order given."""
    groups: dict[str, list[Mention]] = {}
    for mention in mentions:
        groups.setdefault(mention.entity, []).append(mention)
    return groups


def _tail_key(tail: str | Value) -> tuple[str, str]:
    return (tail.text, tail.normal) if isinstance(tail, Value) else (tail, "")


def mention_key(mention: Mention) -> tuple[str, int, int, str, str, str, str]:
    """Orders mentions independently of when they were read."""
    return (
        mention.document,
        mention.start,
        mention.end,
        mention.entity,
        mention.chunk,
        mention.text,
        mention.name,
    )


def title_entity(mentions: Iterable[Mention]) -> str:
    """The entity that a document is about, by the mention that stands outside its text; `""` where there is none."""
    return min((mention.entity for mention in mentions if mention.start == mention.end == 0), default="")
