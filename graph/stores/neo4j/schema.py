"""The constraints and indexes of a Clew graph in Neo4j.

(Document)-[HAS_CHUNK]->(Chunk)-[MENTIONS]->(Entity:PERSON)-[PLACE_OF_BIRTH {id, relation, confidence}]->(Entity |
Value), one (Relation) for each relation's name, one (Triple) for each relationship between entities and values, with
all its sources, and one (KnowledgeBase) that says what the whole is made with. Ids are our own strings.
"""

from __future__ import annotations

from clew.graph.errors import StoreError
from clew.graph.stores.cypher.rows import Row
from clew.graph.stores.neo4j.server import Server

NODES = ("KnowledgeBase", "Document", "Chunk", "Entity", "Value", "Relation", "Triple")
KINDS = {"chunk": "Chunk", "entity": "Entity", "relation": "Relation"}
WORDS = {"chunk": "clew_chunk_words", "entity": "clew_entity_words"}
KEYS = "clew_entity_keys"
VECTORS = {kind: f"clew_{kind}_vectors" for kind in KINDS}
LONGEST_VECTOR = 4096  # what Neo4j indexes
_PLAIN = {
    **{
        f"clew_{name.lower()}_id": f"CONSTRAINT {{}} IF NOT EXISTS FOR (n:{name}) REQUIRE n.id IS UNIQUE"
        for name in NODES
    },
    **{
        f"clew_{name.lower()}_stale": f"INDEX {{}} IF NOT EXISTS FOR (n:{name}) ON (n.stale)"
        for name in ("Entity", "Relation")
    },
    **{
        name: f"FULLTEXT INDEX {{}} IF NOT EXISTS FOR (n:{label}) ON EACH [n.{key}] "
        "OPTIONS {{indexConfig: {{`fulltext.analyzer`: 'whitespace'}}}}"
        # The texts hold tokens that `bm25.tokens` made, so that every store splits and folds words alike.
        for name, label, key in (
            (WORDS["chunk"], "Chunk", "words"),
            (WORDS["entity"], "Entity", "words"),
            (KEYS, "Entity", "keys"),
        )
    },
}


def check_dimension(dimension: int) -> None:
    """Vectors of this length can be indexed, else StoreError."""
    if dimension > LONGEST_VECTOR:
        raise StoreError(
            f"Neo4j indexes vectors of up to {LONGEST_VECTOR:,} numbers, not of {dimension:,}.",
            hint="Choose an encoder with shorter vectors, or another store.",
        )


def ensure(server: Server, dimension: int) -> None:
    """Every constraint and index is there and awaited, those for vectors of this length (0: none asked)."""
    cypher = "SHOW INDEXES YIELD name, state, options RETURN name, state, options"
    held = {row["name"]: row for row in server.rows(cypher)}
    wanted = {name: making.format(name) for name, making in _PLAIN.items()}
    if dimension:
        for kind, label in KINDS.items():
            wanted[VECTORS[kind]] = vector_index(server, VECTORS[kind], label, "embedding", dimension)
    broken = [name for name in wanted.keys() & held.keys() if not _is_sound(held[name], dimension)]
    for name in sorted(broken):
        server.command(f"DROP INDEX {name} IF EXISTS")
    missing = [name for name in wanted if name not in held or name in broken]
    for name in missing:
        server.command(f"CREATE {wanted[name]}")
    if missing or any(held[name]["state"] != "ONLINE" for name in wanted):
        server.command("CALL db.awaitIndexes(600)")


def _is_sound(index: Row, dimension: int) -> bool:
    """It has not failed, and where it is for vectors, it is for those of this length."""
    length = ((index["options"] or {}).get("indexConfig") or {}).get("vector.dimensions", dimension)
    return bool(index["state"] != "FAILED" and length == dimension)


def vector_index(server: Server, name: str, label: str, key: str, dimension: int) -> str:
    """What makes this index of cosine similarity, after `CREATE`."""
    # Scores are computed again from the vectors, so quantising would save memory only at the cost of recall.
    exact = ", `vector.quantization.enabled`: false" if server.version >= (5, 23) else ""
    return (
        f"VECTOR INDEX {name} IF NOT EXISTS FOR (n:{label}) ON (n.{key}) OPTIONS "
        f"{{indexConfig: {{`vector.dimensions`: {dimension}, `vector.similarity_function`: 'cosine'{exact}}}}}"
    )
