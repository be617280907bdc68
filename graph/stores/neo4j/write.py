"""Writing to a Clew graph in Neo4j: a planned change as a few statements, each over many rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import neo4j
import numpy as np

from clew.graph.identifiers import identifier
from clew.graph.store import DocumentRecord, Vectors
from clew.graph.stores.cypher import rows
from clew.graph.stores.cypher.change import Change, plan
from clew.graph.stores.cypher.rows import Row
from clew.graph.stores.neo4j.server import rows as read_rows

SLICE = 5_000  # rows in one statement
VECTOR_NUMBERS = 500_000  # in one statement: about 4 MB
DYNAMIC = (5, 26)  # from this version on, a statement may take labels and relationship types from its rows
_VECTOR = "CALL db.create.setNodeVectorProperty(n, 'embedding', row.vector)"


def each(tx: neo4j.ManagedTransaction, cypher: str, items: Iterable[Any], size: int = SLICE) -> None:
    """The statement, which begins after `UNWIND $rows AS row`, is done for every row."""
    many = list(items)
    for start in range(0, len(many), size):
        tx.run(f"UNWIND $rows AS row {cypher}", rows=many[start : start + size]).consume()


def fetch(tx: neo4j.ManagedTransaction, label: str, ids: Iterable[str], names: Sequence[str]) -> dict[str, Row]:
    """These properties of the nodes of a label, by id; relations go by their name."""
    wanted = list(dict.fromkeys(ids))
    keys = {rows.relation_id(name): name for name in wanted} if label == "Relation" else {id_: id_ for id_ in wanted}
    told = ", ".join(f"n.{identifier(name)} AS {identifier(name)}" for name in names if name != "id")
    cypher = f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) RETURN n.id AS id{', ' if told else ''}{told}"
    found: dict[str, Row] = {}
    known = list(keys)
    for start in range(0, len(known), SLICE):
        found |= {keys[row["id"]]: row for row in read_rows(tx, cypher, ids=known[start : start + SLICE])}
    return found


def mentions_in(tx: neo4j.ManagedTransaction, chunks: Iterable[str]) -> list[Row]:
    """The rows of all mentions in these chunks."""
    cypher = (
        "UNWIND $ids AS id MATCH (:Chunk {id: id})-[m:MENTIONS]->() "
        "RETURN m.document AS document, m.chunk AS chunk, m.entity AS entity, m.spans AS spans"
    )
    return read_rows(tx, cypher, ids=list(chunks))


def apply(
    tx: neo4j.ManagedTransaction,
    records: Sequence[DocumentRecord],
    removed: Sequence[str],
    vectors: Vectors | None,
    version: tuple[int, int],
) -> Change:
    """The store says what these records say, and no longer what earlier versions of them and the removed documents
    said. `vectors` holds a vector for each of the records' chunks; None where these are there and keep theirs."""
    change = plan(
        records, removed, lambda label, ids, names: fetch(tx, label, ids, names), lambda ids: mentions_in(tx, ids)
    )
    _take_away(tx, change, removed)
    _put_documents(tx, records, vectors)
    dynamic = version >= DYNAMIC
    _put_entities(tx, change.entities, dynamic=dynamic)
    each(tx, "MERGE (n:Value {id: row.id}) SET n += row", change.values)
    named = [{"id": rows.relation_id(row["name"]), **row} for row in change.relations]
    each(tx, "MERGE (n:Relation {id: row.id}) SET n += row", named)
    each(
        tx,
        "MATCH (c:Chunk {id: row.chunk}) MATCH (e:Entity {id: row.entity}) CREATE (c)-[m:MENTIONS]->(e) SET m = row",
        change.pairs,
    )
    each(tx, "CREATE (n:Triple) SET n = row", change.triples)
    each(tx, "MATCH (n:Triple {id: row.id}) SET n += row", change.changed_triples)
    _link(tx, change.triples, dynamic=dynamic)
    for tail, group in _by_tail(change.changed_triples):
        each(tx, f"{_between(tail)} SET r.confidence = row.confidence, r.count = row.count", group)
    return change


def _take_away(tx: neo4j.ManagedTransaction, change: Change, removed: Sequence[str]) -> None:
    pairs = [{"chunk": chunk, "entity": entity} for chunk, entity in change.gone_pairs]
    each(tx, "MATCH (:Chunk {id: row.chunk})-[m:MENTIONS]->(:Entity {id: row.entity}) DELETE m", pairs)
    for tail, group in _by_tail(change.gone_triples):
        each(tx, f"{_between(tail)} DELETE r", group)
    for label, ids in (
        ("Triple", [row["id"] for row in change.gone_triples]),
        ("Chunk", change.gone_chunks),
        ("Document", removed),
        ("Entity", change.gone_entities),
        ("Value", change.gone_values),
        ("Relation", [rows.relation_id(name) for name in change.gone_relations]),
    ):
        each(tx, f"MATCH (n:{label} {{id: row}}) DETACH DELETE n", ids)


def _put_documents(tx: neo4j.ManagedTransaction, records: Sequence[DocumentRecord], vectors: Vectors | None) -> None:
    each(tx, "MERGE (n:Document {id: row.id}) SET n = row", [rows.document_row(record) for record in records])
    chunks = [rows.chunk_row(chunk, record) for record in records for chunk in record.chunks]
    each(
        tx,
        "MATCH (d:Document {id: row.document}) MERGE (n:Chunk {id: row.id}) SET n += row MERGE (d)-[:HAS_CHUNK]->(n)",
        chunks,
    )
    if vectors is not None:
        put_vectors(tx, "Chunk", [row["id"] for row in chunks], vectors)


def records(tx: neo4j.ManagedTransaction, documents: Sequence[str]) -> list[DocumentRecord]:
    """All that these documents say, those that are there."""
    return rows.stored_records(
        documents, lambda label, ids, names: fetch(tx, label, ids, names), lambda ids: mentions_in(tx, ids)
    )


def put_vectors(tx: neo4j.ManagedTransaction, label: str, ids: Sequence[str], vectors: Vectors) -> None:
    """These nodes carry these vectors. One of length zero has no direction, which Neo4j refuses: it is left out."""
    matrix = np.asarray(vectors, dtype=np.float32)
    pointing = np.flatnonzero(matrix.any(axis=1)).tolist() if matrix.size else []
    size = max(1, VECTOR_NUMBERS // max(matrix.shape[-1], 1))
    told = [{"id": ids[row], "vector": matrix[row].tolist()} for row in pointing]
    each(tx, f"MATCH (n:{label} {{id: row.id}}) {_VECTOR}", told, size)


def _put_entities(tx: neo4j.ManagedTransaction, entities: Sequence[Row], *, dynamic: bool) -> None:
    told = [{name: value for name, value in row.items() if name != "was"} for row in entities]
    each(tx, "MERGE (n:Entity {id: row.id}) SET n += row, n.stale = true", told)
    relabelled: dict[tuple[str, str], list[str]] = {}
    for row in entities:
        labels = rows.label_of(row["was"]), rows.label_of(row["type"])
        if labels[0] != labels[1]:
            relabelled.setdefault(labels, []).append(row["id"])
    if dynamic:
        named = [
            {"id": id_, "old": [old] if old else [], "new": [new] if new else []}
            for (old, new), ids in sorted(relabelled.items())
            for id_ in ids
        ]
        each(tx, "MATCH (n:Entity {id: row.id}) REMOVE n:$(row.old) SET n:$(row.new)", named)
        return
    for (old, new), ids in sorted(relabelled.items()):
        change = (f" REMOVE n:{identifier(old)}" if old else "") + (f" SET n:{identifier(new)}" if new else "")
        each(tx, f"MATCH (n:Entity {{id: row}}){change}", ids)


def _link(tx: neo4j.ManagedTransaction, triples: Sequence[Row], *, dynamic: bool) -> None:
    """A relationship for each triple, of a type that people can read."""
    groups: dict[str, list[Row]] = {}
    for row in triples:
        name = rows.type_of(row["relation"])
        told = {key: row[key] for key in ("id", "relation", "confidence", "count")}
        place = {key: row[key] for key in ("head", "tail", "datatype")}
        groups.setdefault("$(row.type)" if dynamic else identifier(name), []).append(
            {**place, "type": name, "told": told}
        )
    for name, group in sorted(groups.items()):
        for tail, part in _by_tail(group):
            ends = f"MATCH (h:Entity {{id: row.head}}) MATCH (t:{tail} {{id: row.tail}})"
            each(tx, f"{ends} CREATE (h)-[r:{name}]->(t) SET r = row.told", part)


def _by_tail(triples: Iterable[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Rows of triples by the label of their tail: with its own index, each end is found at once."""
    groups: dict[str, list[Row]] = {"Entity": [], "Value": []}
    for row in triples:
        groups["Value" if row["datatype"] else "Entity"].append(row)
    return iter(groups.items())


def _between(tail: str) -> str:
    return f"MATCH (h:Entity {{id: row.head}}) MATCH (t:{tail} {{id: row.tail}}) MATCH (h)-[r {{id: row.id}}]->(t)"


def describe(tx: neo4j.ManagedTransaction, entities: Sequence[tuple[str, str]], vectors: Vectors) -> None:
    """These entities, those that are there, carry these descriptions and vectors and are no longer stale."""
    held = fetch(tx, "Entity", [id_ for id_, _ in entities], rows.ENTITY)
    told = [
        rows.described_row(rows.entity_of({**held[id_], "description": description}))
        for id_, description in entities
        if id_ in held
    ]
    each(tx, "MATCH (n:Entity {id: row.id}) SET n += row REMOVE n.stale", told)
    put_vectors(tx, "Entity", [id_ for id_, _ in entities], vectors)


def describe_relations(tx: neo4j.ManagedTransaction, names: Sequence[str], vectors: Vectors) -> None:
    """These relations, those that are there, carry these vectors and are no longer stale."""
    ids = [rows.relation_id(name) for name in names]
    each(tx, "MATCH (n:Relation {id: row}) REMOVE n.stale", ids)
    put_vectors(tx, "Relation", ids, vectors)


def drop_vectors(tx: neo4j.ManagedTransaction) -> None:
    """No node carries a vector; entities and relations are stale."""
    tx.run("MATCH (n:Chunk) WHERE n.embedding IS NOT NULL REMOVE n.embedding").consume()
    for label in ("Entity", "Relation"):
        tx.run(f"MATCH (n:{label}) SET n.stale = true REMOVE n.embedding").consume()


__all__ = [
    "apply",
    "describe",
    "describe_relations",
    "drop_vectors",
    "each",
    "fetch",
    "mentions_in",
    "put_vectors",
    "records",
]
