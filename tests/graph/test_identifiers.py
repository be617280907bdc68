"""Any string as label, relationship type, property key and value, on real servers: it comes back as it was or is
refused with its name, and nothing else in the database changes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import neo4j
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from clew.graph.errors import QueryError, StoreError
from clew.graph.export.interchange import edges, interchange, nodes
from clew.graph.identifiers import LONGEST, identifier
from clew.graph.model import Chunk, Document, Mention, Source, Triple, entity_id
from clew.graph.open import open_store
from clew.graph.store import Batch, Described, DocumentRecord, GraphStore
from clew.graph.stores.neo4j.existing import ExistingGraph

PIECES = (
    "\\",
    "\\\\",
    "\\u0060",
    "\\u005C",
    "\\uu0060",
    "\\U00000060",
    "\\`",
    "`",
    "``",
    "u0060",
    "`) DETACH DELETE n //",
    "\\u0060) WITH count(n) AS c LOAD CSV FROM 'http://127.0.0.1:1/x' AS line RETURN 1 AS count //",
    "\\u0060]=1 SET n.stolen = 1 //",
    "'}) DETACH DELETE n //",
    "\n",
    "\r",
    "\x00",
    "\x1b",
    "\u0085",
    "\u200b",
    "\u202e",
    "\u2028",
    "{name}",
    "$(x)",
    "%s",
    "a b",
)
NAMES = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), min_size=1, max_size=6).map("".join).filter(bool)
REAL = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
LABELS = "A\\u0060) DETACH DELETE (n) //"


@pytest.fixture
def database(neo4j_url: str, neo4j_server: Any) -> Iterator[neo4j.Driver]:
    auth = (neo4j_server.username, neo4j_server.password)
    with neo4j.GraphDatabase.driver(neo4j_server.uri, auth=auth) as driver:
        yield driver
        driver.execute_query("MATCH (n) DETACH DELETE n")
        driver.execute_query("DROP CONSTRAINT hostile IF EXISTS")
        driver.execute_query("DROP INDEX clew_embedding IF EXISTS")


def _run(database: neo4j.Driver, cypher: str, **parameters: Any) -> list[Any]:
    return [record.values() for record in database.execute_query(cypher, parameters).records]


def _all(database: neo4j.Driver) -> list[Any]:
    told = (
        "MATCH (n) OPTIONAL MATCH (n)-[r]->(m) RETURN labels(n), properties(n), type(r), properties(r), properties(m) "
        "ORDER BY elementId(n), elementId(r)"
    )
    return _run(database, told)


# -- the function itself -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", "a\0b", "a\ud800", "x" * (LONGEST + 1)])
@pytest.mark.parametrize("dialect", ["neo4j", "arcadedb", "sparql"])
def test_what_no_engine_can_hold_is_refused_with_its_name(name: str, dialect: Any) -> None:
    with pytest.raises(QueryError, match="cannot stand in a query"):
        identifier(name, dialect)


def test_what_neo4j_would_decode_is_written_as_it_decodes_it() -> None:
    assert identifier("Work of art") == "`Work of art`"
    assert identifier("a`b") == "`a``b`"
    assert identifier("\\u0060") == "`\\u005Cu0060`"
    assert identifier("a\n\u202e\U000e0001") == "`a\\u000A\\u202E\\uDB40\\uDC01`"
    assert identifier("\\u0060", "arcadedb") == "`\\u0060`"


@pytest.mark.parametrize("name", ["http://a.org/> ?x ?y . <b", "http://a.org/\\u003E", "a b", "a\tb", "x{y}"])
def test_what_ends_an_iri_is_refused(name: str) -> None:
    with pytest.raises(QueryError, match="is no IRI"):
        identifier(name, "sparql")
    assert identifier("http://a.org/ä#b", "sparql") == "<http://a.org/ä#b>"


# -- a graph of somebody else's ------------------------------------------------------------------------------------


def test_any_name_is_only_a_name_to_neo4j(database: neo4j.Driver) -> None:
    _run(database, "CREATE (:Bystander {name: 'held'})-[:KNOWS]->(:Bystander)")

    @settings(max_examples=150, deadline=None, suppress_health_check=REAL)
    @given(NAMES)
    @example(LABELS)
    def check(name: str) -> None:
        try:
            told = identifier(name)
        except QueryError:
            assert "\0" in name  # nothing else is refused
            return
        make = f"CREATE (a:{told} {{{told}: $value}})-[r:{told}]->(b:Ended) RETURN labels(a), keys(a), type(r)"
        assert _run(database, make, value=name) == [[[name], [name], name]]
        assert _run(database, f"MATCH (n:{told})-[r:{told}]->() RETURN n.{told} AS {told}") == [[name]]
        assert _run(database, f"MATCH (n:{told})-[r:{told}]->(m) DELETE r, n, m RETURN 1") == [[1]]
        assert _run(database, "MATCH (n) RETURN count(n), collect(n.name)") == [[2, ["held"]]]

    check()


def test_a_graph_with_any_names_is_read_and_not_changed(database: neo4j.Driver, neo4j_url: str) -> None:
    @settings(max_examples=12, deadline=None, suppress_health_check=REAL)
    @given(st.lists(NAMES.filter(lambda name: "\0" not in name), min_size=1, max_size=12, unique=True))
    @example([LABELS, "\\u0060]->() DELETE r //", "\\u0060}) DETACH DELETE n //"])
    def check(names: list[str]) -> None:
        _run(database, "MATCH (n) DETACH DELETE n")
        make = "CREATE (a:$($name) {name: $name})-[r:$($name)]->(b:Ended) SET a[$name] = $name, r[$name] = $name"
        for name in names:
            _run(database, make, name=name)
        before = _all(database)
        store = open_store(f"{neo4j_url}&graph=existing&beside=memory:")
        assert isinstance(store, ExistingGraph)
        with contextlib.closing(store):
            assert store.shape.labels.keys() == {*names, "Ended"}
            assert store.shape.types == dict.fromkeys(names, 1)
            with pytest.raises(StoreError, match="reading only"):
                store.erase()
        assert _all(database) == before

    check()


@pytest.mark.parametrize("name", [LABELS, "\\u0060}) DETACH DELETE n //", "`}) DETACH DELETE n //", "\\", "a\nb"])
def test_what_is_written_to_such_nodes_is_written_to_them_alone(
    name: str, database: neo4j.Driver, neo4j_url: str, describe_all: Callable[[GraphStore], None]
) -> None:
    _run(database, "CREATE (n:$($name) {name: 'Ada'}) SET n[$name] = $name", name=name)
    told = identifier(name)
    database.execute_query(f"CREATE CONSTRAINT hostile FOR (n:{told}) REQUIRE n.{told} IS UNIQUE")
    with contextlib.closing(open_store(f"{neo4j_url}&graph=existing&beside=memory:&write=yes")) as store:
        store.configure(encoder="toy", dimension=8, extracted_with="hand")
        describe_all(store)
    ((labels, *rest),) = _run(database, "MATCH (n) RETURN labels(n), n[$name], n.name, n.clew_description", name=name)
    assert (set(labels), rest) == ({name, "Clew"}, [name, "Ada", "Ada is told of."])


# -- Clew's own graphs ---------------------------------------------------------------------------------------------


def _record(names: list[str]) -> DocumentRecord:
    """Each name as the name and type of an entity, and as the relation to the next one."""
    document = Document.make("hostile.txt", " ".join(names), title="", read_with="hand")
    chunk = Chunk.make(document, 0, len(document.text), position=0)
    at = [sum(len(name) + 1 for name in names[:place]) for place in range(len(names))]
    mentions = tuple(
        Mention(chunk.id, document.id, start, start + len(name), name, name, 0.9, entity_id(name), name)
        for start, name in zip(at, names, strict=True)
    )
    source = Source(document.id, chunk.id, 0, len(document.text), "hand 1", 0.5)
    triples = tuple(
        Triple.make(entity_id(head), head, entity_id(tail), (source,))
        for head, tail in zip(names, [*names[1:], names[0]], strict=True)
    )
    return DocumentRecord(document, (chunk,), mentions, triples)


def _said(store: GraphStore, names: list[str]) -> None:
    entities = {entity.id: entity for entity in store.entities()}
    assert {entity.type for entity in entities.values()} == set(names)
    assert {triple.relation for triple in store.triples()} == set(names)
    assert {entity_id(name) for name in names} == entities.keys()


@pytest.mark.parametrize("engine", ["memory", "arcadedb", "neo4j"], indirect=True)
def test_any_types_and_relations_come_back_as_they_were(store: GraphStore) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=REAL)
    @given(st.lists(NAMES, min_size=1, max_size=8, unique_by=entity_id))
    @example([LABELS, "T`) DETACH DELETE n //", "R`]->() DETACH DELETE (n) //"])
    def check(names: list[str]) -> None:
        record = _record(names)
        store.add(Batch((record,), np.ones((1, 8), dtype=np.float32) / np.float32(8**0.5)))
        _said(store, names)
        waiting, relations = store.stale(100)
        vectors = np.ones((len(waiting), 8), dtype=np.float32), np.ones((len(relations), 8), dtype=np.float32)
        store.describe(Described(dict.fromkeys(waiting, "told of"), vectors[0], tuple(relations), vectors[1]))
        _said(store, names)
        assert store.counts().documents == 1
        assert store.remove([record.document.id]) == 1
        assert not list(store.entities())

    check()


@pytest.mark.parametrize("engine", ["arcadedb"], indirect=True)
def test_any_name_is_only_a_name_to_the_embedded_engine(store: GraphStore) -> None:
    store.add(Batch((_record(["held"]),), np.ones((1, 8), dtype=np.float32) / np.float32(8**0.5)))

    @settings(max_examples=100, deadline=None, suppress_health_check=REAL)
    @given(NAMES)
    def check(name: str) -> None:
        try:
            found = store.query(f"RETURN 1 AS {identifier(name, 'arcadedb')}")
        except QueryError:
            assert not name.isprintable() or "\\u" in name.lower()  # refused by the guard
        else:
            assert (found.columns, found.rows) == ((name,), ((1,),))
        assert store.query("MATCH (n) RETURN count(n)").rows == before

    before = store.query("MATCH (n) RETURN count(n)").rows
    check()


def test_an_exported_script_makes_the_graph_and_nothing_else(database: neo4j.Driver, tmp_path: Path) -> None:
    @settings(max_examples=15, deadline=None, suppress_health_check=REAL)
    @given(st.lists(NAMES, min_size=1, max_size=8, unique_by=entity_id))
    @example([LABELS, "T`) DETACH DELETE n //", "\\' + '\\u0027"])
    def check(names: list[str]) -> None:
        _run(database, "MATCH (n) DETACH DELETE n")
        with contextlib.closing(open_store("memory:")) as store:
            store.configure(encoder="toy", dimension=8, extracted_with="hand")
            store.add(Batch((_record(names),), np.ones((1, 8), dtype=np.float32)))
            interchange(store, tmp_path / "kb.cypher", "cypher")
            for statement in (tmp_path / "kb.cypher").read_text(encoding="utf-8").split(";\n"):
                if statement.strip():
                    database.execute_query(statement)
            found = _run(database, "MATCH (n) RETURN n.id, n.name, n.type ORDER BY n.id")
            assert found == [[row["id"], row["name"], row["type"] or None] for row in nodes(store)]
            told = _run(database, "MATCH (h)-[r]->(t) RETURN r.id, h.id, r.relation, t.id ORDER BY r.id")
            assert told == [[row[key] for key in ("id", "head", "relation", "tail")] for row in edges(store)]

    check()
    _run(database, "DROP CONSTRAINT clew_entity_id IF EXISTS")
    _run(database, "DROP CONSTRAINT clew_value_id IF EXISTS")
