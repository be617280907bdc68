"""What Clew writes, by choice, to the nodes of a graph that somebody else made: a label, a description and a vector."""

from __future__ import annotations

import json
from collections.abc import Mapping

import neo4j

from clew.graph.identifiers import identifier
from clew.graph.store import Described
from clew.graph.stores.cypher.rows import Row
from clew.graph.stores.neo4j.existing_read import OWN
from clew.graph.stores.neo4j.schema import check_dimension, vector_index
from clew.graph.stores.neo4j.server import Server
from clew.graph.stores.neo4j.write import VECTOR_NUMBERS, each

LABEL, DESCRIPTION, EMBEDDING = OWN  # the index is called like the property it holds
_SLICE = 5_000  # nodes changed in one transaction when all are


def prepare(server: Server, dimension: int) -> None:
    """The index takes vectors of this length, and no node carries an older one."""
    check_dimension(dimension)
    erase(server)
    server.command(f"CREATE {vector_index(server, EMBEDDING, LABEL, EMBEDDING, dimension)}")
    server.command("CALL db.awaitIndexes(600)")


def write(server: Server, described: Described, places: Mapping[str, Mapping[str, str]]) -> None:
    """The nodes of these entities carry the label `Clew`, their description and their vector."""
    groups: dict[str, list[Row]] = {}
    if described.entity_vectors is None:
        return
    for (id_, description), vector in zip(described.entities.items(), described.entity_vectors, strict=True):
        place = places.get(id_)
        if place is None or not vector.any():
            continue
        row = {"description": description, "vector": vector.tolist()}
        if "element" in place:
            found, row["value"] = "MATCH (n) WHERE elementId(n) = row.value", place["element"]
        else:
            found = f"MATCH (n:{identifier(place['label'])} {{{identifier(place['property'])}: row.value}})"
            row["value"] = json.loads(place["value"])
        groups.setdefault(found, []).append(row)

    def work(tx: neo4j.ManagedTransaction) -> None:
        for found, rows in sorted(groups.items()):
            cypher = (
                f"{found} SET n:{LABEL}, n.{DESCRIPTION} = row.description "
                f"WITH n, row CALL db.create.setNodeVectorProperty(n, '{EMBEDDING}', row.vector)"
            )
            each(tx, cypher, rows, max(1, VECTOR_NUMBERS // max(len(rows[0]["vector"]), 1)))

    server.writing(work)


def erase(server: Server) -> None:
    """No node carries what Clew wrote, and the index is gone."""
    server.command(f"DROP INDEX {EMBEDDING} IF EXISTS")

    def work(tx: neo4j.ManagedTransaction) -> int:
        cypher = (
            f"MATCH (n:{LABEL}) WITH n LIMIT {_SLICE} REMOVE n:{LABEL}, n.{DESCRIPTION}, n.{EMBEDDING} "
            "RETURN count(n) AS count"
        )
        (record,) = tx.run(cypher)
        return int(record["count"])

    while server.writing(work):
        pass
