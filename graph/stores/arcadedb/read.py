"""What is read of a Clew graph in ArcadeDB: nouns, neighbourhoods, and the whole as arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from clew.graph import store_rules as rules
from clew.graph.adjacency.adjacency import Adjacency, build
from clew.graph.adjacency.refresh import Touched, refresh
from clew.graph.model import Chunk, Mention, Triple
from clew.graph.store import DocumentRecord
from clew.graph.stores.arcadedb import rows
from clew.graph.stores.arcadedb.engine import Engine, Row

_Noun = TypeVar("_Noun")


def nouns(
    engine: Engine, type_name: str, names: Sequence[str], make: Callable[[Row], _Noun], ids: Sequence[str] | None
) -> list[_Noun]:
    """The nouns in the order asked, unknown ones left out; all, by id, where None."""
    if ids is None:
        found = {row["id"]: row for row in engine.rows(rows.selected(names, type_name))}
        return [make(found[id_]) for id_ in sorted(found)]
    found = engine.fetch(type_name, dict.fromkeys(ids), names)
    return [make(found[id_]) for id_ in ids if id_ in found]


def chunks_of(engine: Engine, document: str) -> list[Chunk]:
    """The chunks of one document, in order."""
    place = "(SELECT expand(out('HAS_CHUNK')) FROM Document WHERE id = :document)"
    found = [rows.chunk_of(row) for row in engine.rows(rows.selected(rows.CHUNK, place), document=document)]
    return sorted(found, key=lambda chunk: (chunk.position, chunk.start))


def mentions(engine: Engine, chunks: Sequence[str] | None, entity: str | None) -> list[Mention]:
    """Mentions in these chunks, or of this entity, or all, in order."""
    if chunks is not None:
        place = "(SELECT expand(outE('MENTIONS')) FROM Chunk WHERE id IN :ids)"
    elif entity is not None:
        place = "(SELECT expand(inE('MENTIONS')) FROM Entity WHERE id IN :ids)"
    else:
        place = "MENTIONS"
    ids = list(dict.fromkeys(chunks)) if chunks is not None else [entity]
    found = (
        mention
        for row in engine.rows(rows.selected(rows.MENTION, place), ids=ids)
        if entity in {None, row["entity"]}
        for mention in rows.mentions_of(row)
    )
    return sorted(found, key=rules.mention_key)


def records(engine: Engine, documents: Sequence[str]) -> list[DocumentRecord]:
    """All that these documents say, those that are there."""

    def groups(chunks: Iterable[str]) -> list[Row]:
        place = "(SELECT expand(outE('MENTIONS')) FROM Chunk WHERE id IN :ids)"
        return engine.rows(rows.selected(rows.MENTION, place), ids=list(chunks))

    return rows.stored_records(
        documents, lambda label, ids, names: engine.fetch("RELATES" if label == "Triple" else label, ids, names), groups
    )


def neighborhood(engine: Engine, ids: Sequence[str], limit: int) -> list[Triple]:
    """The most confident triples that have one of these ids as an end, by id."""
    found: dict[str, Row] = {}
    for type_name in ("Entity", "Value") if limit else ():
        place = f"(SELECT expand(bothE('RELATES')) FROM {type_name} WHERE id IN :ids)"  # noqa: S608 - our own names
        # A triple comes once for each end that was asked for: twice at most.
        best_first = f"ORDER BY confidence DESC, id ASC LIMIT {2 * limit}"
        sql = f"{rows.selected((*rows.TRIPLE, 'confidence'), place)} {best_first}"
        found |= {row["id"]: row for row in engine.rows(sql, ids=list(dict.fromkeys(ids)))}
    best = sorted(found.values(), key=lambda row: (-row["confidence"], row["id"]))[:limit]
    return [rows.triple_of(row) for row in sorted(best, key=lambda row: str(row["id"]))]


def adjacency(engine: Engine, generation: int) -> Adjacency:
    """The whole graph as arrays."""

    def columns(type_name: str, *names: str) -> list[list[Any]]:
        return engine.columns(rows.selected(names, type_name), names)

    chunk, entity, count = columns("MENTIONS", "chunk", "entity", "count")
    chunks, titles = columns("Chunk", "id", "title_entity")
    return build(
        generation,
        entities=columns("Entity", "id")[0],
        chunks=chunks,
        triples=zip(*columns("RELATES", "id", "head", "relation", "tail", "confidence"), strict=True),
        mentions=(
            (one, other) for one, other, times in zip(chunk, entity, count, strict=True) for _ in range(int(times))
        ),
        titles=((one, title) for one, title in zip(chunks, titles, strict=True) if title),
    )


def refreshed(engine: Engine, adjacency: Adjacency, touched: Touched, generation: int) -> Adjacency:
    """The arrays brought up to date: only what was touched is read."""
    names = ("id", "head", "relation", "tail", "confidence")
    chunks = engine.fetch("Chunk", sorted(touched.chunks), ("id", "title_entity"))
    place = "(SELECT expand(outE('MENTIONS')) FROM Chunk WHERE id IN :ids)"
    groups = engine.rows(rows.selected(("chunk", "entity", "count"), place), ids=list(chunks)) if chunks else []
    triples = engine.fetch("RELATES", sorted(touched.triples), names)
    return refresh(
        adjacency,
        touched,
        generation,
        entities=engine.fetch("Entity", sorted(touched.entities), ("id",)),
        chunks=chunks,
        triples=[tuple(row[name] for name in names) for row in triples.values()],
        mentions=[(row["chunk"], row["entity"]) for row in groups for _ in range(int(row["count"]))],
        titles=[(id_, row["title_entity"]) for id_, row in chunks.items() if row["title_entity"]],
    )
