"""The types, properties and indexes of a Clew graph in ArcadeDB.

(Document)-[HAS_CHUNK]->(Chunk)-[MENTIONS]->(Entity)-[RELATES]->(Entity | Value), one (Relation) for each relation's
name, and one (KnowledgeBase) that says what the whole is made with. Ids are our own strings.
"""

from __future__ import annotations

from clew.graph.stores.arcadedb.engine import Engine

VERTICES = {
    "KnowledgeBase": "id",
    "Document": "id",
    "Chunk": "id",
    "Entity": "id",
    "Value": "id",
    "Relation": "name",
}
EDGES = ("HAS_CHUNK", "MENTIONS", "RELATES")
ENTITY_KEYS = "Entity[keysbyitem]"
WORDS = {"chunk": "Chunk[words]", "entity": "Entity[words]"}
# `words` holds tokens that `bm25.tokens` made, so that every store splits and folds words alike.
_FULL_TEXT = (
    'FULL_TEXT METADATA {"analyzer": "org.apache.lucene.analysis.core.WhitespaceAnalyzer", "similarity": "BM25"}'
)


def make(engine: Engine) -> None:
    """The database has every type and index of a Clew graph, and holds nothing."""
    for name, key in VERTICES.items():
        engine.run(f"CREATE VERTEX TYPE {name} BUCKETS 1")
        engine.run(f"CREATE PROPERTY {name}.{key} STRING")
        engine.run(f"CREATE INDEX ON {name} ({key}) UNIQUE")
    for name in EDGES:
        engine.run(f"CREATE EDGE TYPE {name} BUCKETS 1")
    engine.run("CREATE PROPERTY RELATES.id STRING")
    engine.run("CREATE INDEX ON RELATES (id) UNIQUE")
    for name in ("Chunk", "Entity", "Relation"):
        engine.run(f"CREATE PROPERTY {name}.embedding ARRAY_OF_FLOATS")
    for name in ("Chunk", "Entity"):
        engine.run(f"CREATE PROPERTY {name}.words STRING")
        engine.run(f"CREATE INDEX ON {name} (words) {_FULL_TEXT}")
    engine.run("CREATE PROPERTY Entity.keys LIST OF STRING")
    engine.run("CREATE INDEX ON Entity (keys BY ITEM) NOTUNIQUE")
