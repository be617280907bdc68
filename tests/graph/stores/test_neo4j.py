"""What only the store on Neo4j must keep: a graph that people can read, its indexes, other clients, plain values."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import clew
from clew.graph.errors import QueryError, StoreError
from clew.graph.export.jsonl import export_lines
from clew.graph.model import Chunk, Document, Mention, entity_id
from clew.graph.open import open_store
from clew.graph.store import Batch, DocumentRecord, GraphStore
from clew.graph.stores.neo4j import schema
from clew.graph.stores.neo4j import write as neo4j_write
from clew.graph.stores.neo4j.store import Neo4jStore

Records = tuple[DocumentRecord, ...]
Say = Callable[..., DocumentRecord]
MakeBatch = Callable[..., Batch]
DISRAELI = entity_id("Benjamin Disraeli")


@pytest.fixture
def kb(neo4j_url: str) -> Iterator[Neo4jStore]:
    store = open_store(neo4j_url)
    assert isinstance(store, Neo4jStore)
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    yield store
    store.close()


# -- the graph in the database -------------------------------------------------------------------------------------


def test_people_can_read_the_graph(kb: Neo4jStore, golden: Records, batch: MakeBatch) -> None:
    kb.add(batch(*golden))
    ask = partial(kb.query, timeout=120.0)  # planning the first statements takes long on a busy machine
    rows = ask(
        "MATCH (who:Entity:THING)-[r:PLACE_OF_BIRTH]->(where) RETURN who.name, r.relation, r.confidence, where.name"
    ).rows
    assert rows == (("Benjamin Disraeli", "place of birth", pytest.approx(0.9), "London"),)
    types = ask("MATCH (:Entity)-[r]->() RETURN DISTINCT type(r) AS type ORDER BY type").rows
    assert types == (("AUTHOR",), ("DATE_OF_BIRTH",), ("PLACE_OF_BIRTH",), ("SPOUSE",))
    told = ask("MATCH (d:Document)-[:HAS_CHUNK]->(:Chunk)-[:MENTIONS]->(:Entity {name: 'London'}) RETURN d.uri").rows
    assert told == (("disraeli.txt",),)
    ((london,),) = ask("MATCH (n:Entity {name: 'London'}) RETURN n").rows
    assert london == {
        "label": "Entity",
        "id": entity_id("London"),
        "name": "London",
        "type": "THING",
        "aliases": [],
        "description": "",
        "mentions": 1,
        "triples": 1,
        "stale": True,
    }


def _typed(uri: str, kind: str) -> DocumentRecord:
    document = Document.make(uri, "Ada spoke.")
    chunk = Chunk.make(document, 0, 10)
    return DocumentRecord(
        document, (chunk,), (Mention(chunk.id, document.id, 0, 3, "Ada", kind, 0.9, entity_id("Ada"), "Ada"),)
    )


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        ("PERSON", "PERSON"),
        ("Document", "Document_"),
        ("T`Y` {x: 1}) DETACH DELETE n //", "T_Y_x_1_DETACH_DELETE_n"),
        ("http://schema.org/Person", "http_schema_org_Person"),
        ("Städte", "Städte"),
    ],
)
def test_a_type_is_a_label_that_harms_nothing(kb: Neo4jStore, batch: MakeBatch, kind: str, label: str) -> None:
    kb.add(batch(_typed("a", kind)))
    assert kb.query("MATCH (n:Entity) RETURN labels(n)").rows == ((["Entity", label],),)
    assert next(kb.entities()).type == kind
    assert kb.counts().documents == 1
    kb.add(batch(_typed("b", "OTHER"), _typed("a", "CITY")))
    assert kb.query("MATCH (n:Entity) RETURN labels(n)").rows == ((["Entity", "CITY"],),)


def test_relations_named_like_our_own_types_are_kept_apart(kb: Neo4jStore, say: Say, batch: MakeBatch) -> None:
    kb.add(batch(say("a", ("Ada", "mentions", "Bob"), ("Ada", "has chunk", "Bob"), ("Ada", "", "Bob"))))
    types = kb.query("MATCH (:Entity)-[r]->(:Entity) RETURN type(r) AS type ORDER BY type").rows
    assert types == (("HAS_CHUNK_",), ("MENTIONS_",), ("RELATED_TO",))
    assert len(kb.neighborhood([entity_id("Ada")])) == 3
    assert kb.counts().mentions == 6


def test_an_older_server_gets_the_same_relationships(
    kb: Neo4jStore, golden: Records, batch: MakeBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "MATCH (a:Entity)-[r]->(b) RETURN a.name, type(r) AS type, properties(r) AS told, b.name ORDER BY r.id"
    kb.add(batch(*golden))
    new = kb.query(asked).rows
    kb.remove([record.document.id for record in golden])
    monkeypatch.setattr(kb._server, "version", (5, 18))
    assert kb._server.version < neo4j_write.DYNAMIC
    kb.add(batch(*golden))
    assert kb.query(asked).rows == new
    assert len(new) == 5


def test_a_whole_story_is_told_as_in_memory(
    neo4j_url: str, passages: Path, open_kb: Callable[..., clew.KnowledgeGraph]
) -> None:
    here, there = open_kb("memory:"), open_kb(neo4j_url)
    for kg in (here, there):
        report = kg.ingest(passages)
        assert (report.added, report.failed) == (6, 0)
    assert list(export_lines(there.store)) == list(export_lines(here.store))
    question = "Where was the performer of the song Changed It born?"
    answers = [kg.ask(question) for kg in (here, there)]
    assert answers[1].text == answers[0].text
    assert [one.name for one in answers[1].candidates] == [one.name for one in answers[0].candidates]
    assert there.path("Teutberga", "Lothair I") == here.path("Teutberga", "Lothair I")
    assert there.show("Nicki Minaj") == here.show("Nicki Minaj")
    assert there.remove("Li Yang.txt") == here.remove("Li Yang.txt")
    assert list(export_lines(there.store)) == list(export_lines(here.store))


# -- indexes -------------------------------------------------------------------------------------------------------


def _indexes(kb: Neo4jStore) -> dict[str, str]:
    return {row["name"]: row["state"] for row in kb._server.rows("SHOW INDEXES YIELD name, state")}


def test_a_missing_index_is_made_anew_at_opening(
    kb: Neo4jStore, neo4j_url: str, golden: Records, batch: MakeBatch, describe_all: Callable[[GraphStore], None]
) -> None:
    kb.add(batch(*golden))
    describe_all(kb)
    lost = [schema.VECTORS["entity"], schema.WORDS["chunk"], schema.KEYS, "clew_entity_stale"]
    for name in lost:
        kb._server.command(f"DROP INDEX {name}")
    kb._server.command("DROP CONSTRAINT clew_chunk_id")
    kb.close()
    again = open_store(neo4j_url, create=False)
    assert isinstance(again, Neo4jStore)
    states = _indexes(again)
    assert {states[name] for name in [*lost, "clew_chunk_id"]} == {"ONLINE"}
    assert [hit.id for hit in again.search_text("chunk", "Endymion", 5)] == [golden[2].chunks[0].id]
    assert again.find(["benjamin disraeli"]) == {"benjamin disraeli": [DISRAELI]}
    again.close()


def test_a_lost_index_is_told_where_it_is_missed(kb: Neo4jStore, golden: Records, batch: MakeBatch) -> None:
    kb.add(batch(*golden))
    kb._server.command(f"DROP INDEX {schema.WORDS['chunk']}")
    with pytest.raises(StoreError, match="Open the knowledge base again"):
        kb.search_text("chunk", "Endymion", 5)


def test_vectors_beyond_the_exact_scan_are_found_by_the_index(kb: Neo4jStore) -> None:
    count = 1_500
    document = Document.make("many", "".join(f"{number:04d} " for number in range(count)))
    chunks = tuple(Chunk.make(document, 5 * n, 5 * n + 5, position=n) for n in range(count))
    matrix = np.random.default_rng(11).normal(size=(count, 8)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    matrix[700:720] = matrix[700]  # equal ones stand in order of id
    kb.add(Batch((DocumentRecord(document, chunks),), matrix))
    ids = np.array([chunk.id for chunk in chunks])
    for query in (*matrix[:10], matrix[700]):
        scores = matrix @ query
        best = sorted(range(count), key=lambda row: (-round(float(scores[row]), 5), ids[row]))[:10]
        hits = kb.search_vectors("chunk", query, 10)
        assert [hit.id for hit in hits] == [str(ids[row]) for row in best]
        assert [hit.score for hit in hits] == pytest.approx([float(scores[row]) for row in best], abs=1e-5)


# -- several at once -----------------------------------------------------------------------------------------------


def test_two_clients_see_what_the_other_writes(
    kb: Neo4jStore, neo4j_url: str, golden: Records, batch: MakeBatch
) -> None:
    other = open_store(neo4j_url, create=False)
    assert len(other.adjacency().nodes) == 0
    kb.add(batch(*golden))
    assert other.info() == kb.info()
    assert other.counts() == kb.counts()
    assert len(other.adjacency().triple_ids) == 5
    other.close()
    assert kb.counts().documents == 3


def test_two_clients_that_write_at_once_lose_nothing(
    kb: Neo4jStore, neo4j_url: str, say: Say, batch: MakeBatch
) -> None:
    other = open_store(neo4j_url)
    wrong: list[BaseException] = []

    def write(store: GraphStore, who: str) -> None:
        try:
            for turn in range(6):
                store.add(batch(say(f"{who} {turn}", ("Hub", "knows", f"{who} {turn}"), ("Hub", "is", "Hub"))))
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=write, args=pair) for pair in ((kb, "Ada"), (other, "Bob"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert wrong == []
    counts = kb.counts()
    assert (counts.documents, counts.mentions, counts.entities, counts.triples) == (12, 48, 13, 13)
    assert next(kb.entities([entity_id("Hub")])).names == {"Hub": 36}


def test_the_adjacency_is_kept_for_the_next_opening(
    kb: Neo4jStore, neo4j_url: str, golden: Records, batch: MakeBatch, tmp_path: Path
) -> None:
    kb.add(batch(*golden))
    first = kb.adjacency()
    kept = list((tmp_path / "neo4j").rglob("head.npy"))
    assert len(kept) == 1
    again = open_store(neo4j_url)
    second = again.adjacency()
    assert isinstance(second.head if second.head.base is None else second.head.base, np.memmap)
    assert list(second.triple_ids) == list(first.triple_ids)
    again.close()


# -- queries -------------------------------------------------------------------------------------------------------


def test_values_come_back_plain(kb: Neo4jStore) -> None:
    asked = (
        "RETURN date('2024-02-29') AS day, datetime('2024-02-29T12:30:00+01:00') AS moment, time('12:30:00Z') AS hour, "
        "duration('P1DT2H') AS span, point({x: 1, y: 2}) AS flat, point({latitude: 51.5, longitude: -0.1}) AS globe, "
        "[date('2024-01-01')] AS days, {on: date('2024-01-01')} AS table, null AS nothing"
    )
    (row,) = kb.query(asked).rows
    assert row == (
        "2024-02-29",
        "2024-02-29T12:30:00.000000000+01:00",
        "12:30:00.000000000+00:00",
        "P1DT2H",
        {"srid": 7203, "x": 1.0, "y": 2.0},
        {"srid": 4326, "longitude": -0.1, "latitude": 51.5},
        ["2024-01-01"],
        {"on": "2024-01-01"},
        None,
    )


def test_a_path_comes_back_with_its_triples(kb: Neo4jStore, golden: Records, batch: MakeBatch) -> None:
    kb.add(batch(*golden))
    ((path,),) = kb.query("MATCH p = (:Entity {name: 'Endymion'})-[:AUTHOR]->(:Entity) RETURN p").rows
    assert [node["name"] for node in path["nodes"]] == ["Endymion", "Benjamin Disraeli"]
    assert [(edge["label"], edge["relation"]) for edge in path["relationships"]] == [("AUTHOR", "author")]


def test_a_query_cannot_write_even_past_the_guard(kb: Neo4jStore) -> None:
    with pytest.raises(QueryError):
        kb._server.query("CREATE (n:Entity {id: 'x'}) RETURN n", {}, timeout=5, limit=5)
    assert kb.counts().entities == 0


def test_a_query_that_takes_too_long_is_ended(kb: Neo4jStore) -> None:
    with pytest.raises(QueryError, match=r"longer than 0\.3 seconds"):
        kb.query("UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN count(a * b)", timeout=0.3)
    assert kb.query("RETURN 1").rows == ((1,),)


@pytest.mark.parametrize("value", [object(), {"x": object()}, 2**70, "\ud800"])
def test_a_parameter_that_cannot_be_sent_is_refused(kb: Neo4jStore, value: Any) -> None:
    with pytest.raises((QueryError, StoreError)):
        kb.query("RETURN $x", {"x": value})
    assert kb.query("RETURN $x", {"x": 1}).rows == ((1,),)
