"""What is read of a Clew graph in Neo4j: nouns, neighbourhoods, search results, and the whole as arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import neo4j
import numpy as np

from clew.graph import store_rules as rules
from clew.graph.adjacency.adjacency import Adjacency, build
from clew.graph.identifiers import identifier
from clew.graph.model import Chunk, Mention, Triple
from clew.graph.store import Counts, Hit, Vectors
from clew.graph.stores.cypher import rows
from clew.graph.stores.cypher.rows import Row
from clew.graph.stores.neo4j import schema
from clew.graph.stores.neo4j.server import Server
from clew.graph.stores.neo4j.server import rows as read_rows
from clew.graph.stores.neo4j.write import fetch

_Noun = TypeVar("_Noun")
EXACT = 1_000  # up to so many nodes are compared with a vector one by one: exact, and as fast as the index
_SPARE = 100  # hits of an index beyond those asked: for recall, and so that ties are cut by id


def nouns(
    server: Server, label: str, names: Sequence[str], make: Callable[[Row], _Noun], ids: Sequence[str] | None
) -> list[_Noun]:
    """The nouns in the order asked, unknown ones left out; all, by id, where None."""
    if ids is None:
        found = {row["id"]: row for row in server.rows(f"MATCH (n:{label}) RETURN {_told('n', names)}")}
        return [make(found[id_]) for id_ in sorted(found)]
    found = server.reading(lambda tx: fetch(tx, label, ids, names)) if ids else {}
    return [make(found[id_]) for id_ in ids if id_ in found]


def _told(variable: str, names: Sequence[str]) -> str:
    return ", ".join(f"{variable}.{identifier(name)} AS {identifier(name)}" for name in names)


def counts(server: Server, mentions: int) -> Counts:
    """How many of each noun there are."""
    names = {
        "documents": "Document",
        "chunks": "Chunk",
        "entities": "Entity",
        "triples": "Triple",
        "relations": "Relation",
    }
    parts = [f"CALL {{ MATCH (n:{label}) RETURN count(n) AS {name} }}" for name, label in names.items()]
    parts.append("CALL { MATCH (n:Entity) WHERE n.stale = true RETURN count(n) AS stale }")
    (row,) = server.rows(f"{' '.join(parts)} RETURN {', '.join((*names, 'stale'))}")
    return Counts(mentions=mentions, **row)


def stale(server: Server, limit: int) -> tuple[list[str], list[str]]:
    """Ids of entities and names of relations that await a description."""

    def read(tx: neo4j.ManagedTransaction) -> tuple[list[str], list[str]]:
        entities, relations = (
            [
                row["it"]
                for row in read_rows(
                    tx, f"MATCH (n:{label}) WHERE n.stale = true RETURN n.{key} AS it LIMIT $limit", limit=limit
                )
            ]
            for label, key in (("Entity", "id"), ("Relation", "name"))
        )
        return entities, relations

    return server.reading(read)


def chunks_of(server: Server, document: str) -> list[Chunk]:
    """The chunks of one document, in order."""
    cypher = f"MATCH (:Document {{id: $document}})-[:HAS_CHUNK]->(n:Chunk) RETURN {_told('n', rows.CHUNK)}"
    found = map(rows.chunk_of, server.rows(cypher, document=document))
    return sorted(found, key=lambda chunk: (chunk.position, chunk.start))


def mentions(server: Server, chunks: Sequence[str] | None, entity: str | None) -> list[Mention]:
    """Mentions in these chunks, or of this entity, or all, in order."""
    if chunks is not None:
        place = "UNWIND $ids AS id MATCH (:Chunk {id: id})-[m:MENTIONS]->(:Entity)"
    elif entity is not None:
        place = "UNWIND $ids AS id MATCH (:Entity {id: id})<-[m:MENTIONS]-(:Chunk)"
    else:
        place = "MATCH (:Chunk)-[m:MENTIONS]->(:Entity)"
    ids = list(dict.fromkeys(chunks)) if chunks is not None else [entity]
    found = (
        mention
        for row in server.rows(f"{place} RETURN {_told('m', rows.MENTION)}", ids=ids)
        if entity in {None, row["entity"]}
        for mention in rows.mentions_of(row)
    )
    return sorted(found, key=rules.mention_key)


def neighborhood(server: Server, ids: Sequence[str], limit: int) -> list[Triple]:
    """The most confident triples that have one of these ids as an end, by id."""
    cypher = (
        "CALL { UNWIND $ids AS id MATCH (:Entity {id: id})-[r:!MENTIONS]-(:Entity|Value) RETURN r "
        "UNION UNWIND $ids AS id MATCH (:Value {id: id})<-[r]-(:Entity) RETURN r } "
        "WITH r.id AS id, r.confidence AS confidence ORDER BY confidence DESC, id LIMIT $limit "
        f"MATCH (n:Triple {{id: id}}) RETURN {_told('n', rows.TRIPLE)}"
    )
    if limit <= 0 or not ids:
        return []
    found = server.rows(cypher, ids=list(dict.fromkeys(ids)), limit=limit)
    return [rows.triple_of(row) for row in sorted(found, key=lambda row: str(row["id"]))]


def find(server: Server, keys: Sequence[str]) -> dict[str, list[str]]:
    """The ids of the entities that go by each key."""
    wanted = {rows.key_id(key): key for key in keys}
    found: dict[str, list[str]] = {key: [] for key in keys}
    ids = list(wanted)
    cypher = (
        f"CALL db.index.fulltext.queryNodes('{schema.KEYS}', $words) YIELD node RETURN node.id AS id, node.keys AS keys"
    )
    for start in range(0, len(ids), 500):  # Lucene takes up to 1,024 words
        for row in server.rows(cypher, words=" ".join(ids[start : start + 500])):
            for id_ in wanted.keys() & set(row["keys"].split()):
                found[wanted[id_]].append(row["id"])
    return {key: sorted(set(group)) for key, group in found.items()}


def nearest(server: Server, kind: str, vector: Vectors, k: int) -> list[Hit]:
    """The nodes nearest to a unit vector by cosine: exactly where they are few, else by the index, with the scores of
    its candidates computed again from the vectors."""
    label, key = schema.KINDS[kind], "name" if kind == "relation" else "id"
    score = "vector.similarity.cosine(n.embedding, $vector)" if np.any(vector) else "0.5"
    scan = f"MATCH (n:{label}) WHERE n.embedding IS NOT NULL"
    lookup = f"CALL db.index.vector.queryNodes('{schema.VECTORS[kind]}', $most, $vector) YIELD node AS n"

    def read(tx: neo4j.ManagedTransaction) -> list[Row]:
        total = read_rows(tx, f"MATCH (n:{label}) RETURN count(n) AS total")[0]["total"]
        place = scan if total <= max(EXACT, k) or score == "0.5" else lookup
        cypher = f"{place} RETURN n.{key} AS id, {score} AS score ORDER BY score DESC, id LIMIT $k"
        return read_rows(tx, cypher, vector=np.asarray(vector).tolist(), k=k, most=min(total, 2 * k + _SPARE))

    # Neo4j gives (1 + cosine) / 2.
    return [Hit(row["id"], 2 * row["score"] - 1) for row in server.reading(read)] if k > 0 else []


def matching(server: Server, kind: str, query: str, k: int) -> list[Hit]:
    """The nodes that match words of the query best (BM25)."""
    words = rows.search_words(query)[:1000]  # Lucene takes up to 1,024
    if not words or k <= 0:
        return []
    cypher = (
        f"CALL db.index.fulltext.queryNodes('{schema.WORDS[kind]}', $words, {{limit: $most}}) YIELD node, score "
        "RETURN node.id AS id, score ORDER BY score DESC, id LIMIT $k"
    )
    # A few more than asked, so that of equal scores the smallest ids come back, not any.
    return [Hit(row["id"], row["score"]) for row in server.rows(cypher, words=" ".join(words), k=k, most=k + 50)]


def adjacency(server: Server, generation: int) -> Adjacency:
    """The whole graph as arrays, read in one transaction."""

    def read(tx: neo4j.ManagedTransaction) -> Adjacency:
        def columns(cypher: str) -> list[tuple[Any, ...]]:
            return [tuple(record.values()) for record in tx.run(cypher)]

        chunks = columns("MATCH (n:Chunk) RETURN n.id, n.title_entity")
        return build(
            generation,
            entities=(row[0] for row in columns("MATCH (n:Entity) RETURN n.id")),
            chunks=(row[0] for row in chunks),
            triples=columns("MATCH (n:Triple) RETURN n.id, n.head, n.relation, n.tail, n.confidence"),
            mentions=(
                (chunk, entity)
                for chunk, entity, count in columns(
                    "MATCH (:Chunk)-[m:MENTIONS]->(:Entity) RETURN m.chunk, m.entity, m.count"
                )
                for _ in range(count)
            ),
            titles=((chunk, title) for chunk, title in chunks if title),
        )

    return server.reading(read)
