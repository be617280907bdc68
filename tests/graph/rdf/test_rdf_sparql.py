"""SPARQL over a store: what it finds, what it refuses."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from pyoxigraph import Store

from clew.graph.errors import QueryError
from clew.graph.open import open_store
from clew.graph.rdf.sparql import as_rdflib, sparql
from clew.graph.rdf.terms import relation_node, relation_of
from clew.graph.store import Batch, DocumentRecord, GraphStore

Records = tuple[DocumentRecord, ...]


@pytest.fixture
def told(golden: Records, batch: Callable[..., Batch]) -> Iterator[GraphStore]:
    store = open_store("memory:")
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    store.add(batch(*golden))
    yield store
    store.close()


def test_facts_names_and_provenance_are_found(told: GraphStore) -> None:
    found = sparql(told, "SELECT ?name { ?book rel:author ?who . ?who rel:place_of_birth/rdfs:label ?name }")
    assert (found.columns, set(found.rows), found.truncated) == (("name",), {("London",)}, False)
    born = sparql(told, 'SELECT ?d { ?who rdfs:label "Benjamin Disraeli" ; rel:date_of_birth ?d }')
    assert born.rows == (("1804-12-21",),)
    places = sparql(
        told,
        "SELECT DISTINCT ?uri { ?s rdf:predicate rel:spouse ; prov:wasDerivedFrom/prov:wasQuotedFrom ?chunk ."
        " ?chunk prov:wasDerivedFrom/clew:uri ?uri } ORDER BY ?uri",
    )
    assert places.rows == (("disraeli.txt",), ("endymion.txt",))
    graphs = sparql(told, "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s rel:spouse ?o } }")
    assert graphs.rows == ((2,),)
    assert sparql(told, "ASK { ?s rel:spouse ?o }").rows == ((True,),)
    assert len(sparql(told, "CONSTRUCT { ?s rel:spouse ?o } WHERE { ?s rel:spouse ?o }").rows) == 1
    cut = sparql(told, "SELECT ?s { ?s rdfs:label ?n }", limit=2)
    assert (len(cut.rows), cut.truncated) == (2, True)


def test_a_changed_store_is_asked_anew(told: GraphStore, golden: Records) -> None:
    query = "SELECT ?o { ?s rel:place_of_birth ?o }"
    assert len(sparql(told, query).rows) == 1
    told.remove([golden[1].document.id])
    assert sparql(told, query).rows == ()


def test_rdflib_sees_the_same(told: GraphStore) -> None:
    rows = as_rdflib(told).query(
        "SELECT ?n { ?b <urn:clew:relation:author> ?w . ?b <http://www.w3.org/2000/01/rdf-schema#label> ?n }"
    )
    assert sorted(str(row[0]) for row in rows) == ["Endymion", "Lothair (novel)"]


@pytest.fixture
def host() -> Iterator[tuple[str, list[bytes]]]:
    """A host on loopback that notes who calls."""
    calls: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    connection, _ = server.accept()
                except OSError:
                    continue
                calls.append(connection.recv(100))
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x", calls
        done.set()
        thread.join()


CALLS = [
    "SELECT * { SERVICE <HOST> { ?s ?p ?o } }",
    "SELECT * { service silent <HOST> { ?s ?p ?o } }",
    "SELECT * { SERVICE<HOST>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o.SERVICE<HOST>{ ?s ?p ?o } }",
    "SELECT * { ?s ?p true.SERVICE <HOST> { ?s ?p ?o } }",
    "SELECT * { VALUES ?s { 1 } FILTER(?s<2)SERVICE#>\n<HOST>{ ?x ?y ?z } }",
    "SELECT * { VALUES ?s { 1 } FILTER(?s<2)#> '''\nSERVICE <HOST> { ?x ?y ?z } #'''\n}",
    "PREFIX h: <HOST> SELECT * { SERVICE h: { ?s ?p ?o } }",
    "SELECT * { VALUES ?h { <HOST> } SERVICE ?h { ?s ?p ?o } }",
    "SELECT * { S\\u0045RVICE <HOST> { ?s ?p ?o } }",
    "SELECT * FROM <HOST> { ?s ?p ?o }",
    "SELECT * FROM NAMED <HOST> { GRAPH ?g { ?s ?p ?o } }",
    "LOAD <HOST>",
    "ASK { ?s ?p trueSERVICE <HOST> { ?s ?p ?o } }",
]


@pytest.mark.parametrize("query", CALLS)
def test_no_query_calls_another_host(query: str, told: GraphStore, host: tuple[str, list[bytes]]) -> None:
    address, calls = host
    with pytest.raises(QueryError, match=r"not allowed|escape|cannot begin"):
        sparql(told, query.replace("HOST", address))
    assert calls == []


def test_the_engine_itself_would_call(host: tuple[str, list[bytes]]) -> None:
    address, calls = host
    with pytest.raises(OSError, match=r"(?i)service|http|connection|response|header|closed|invalid|protocol|frame|end"):
        list(Store().query(f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}"))  # type: ignore[arg-type]
    assert calls


@pytest.mark.parametrize(
    "query",
    [
        "INSERT DATA { <a:a> <a:b> <a:c> }",
        "PREFIX x: <urn:x> DELETE WHERE { ?s ?p ?o }",
        "CLEAR ALL",
        "SELECT",
        "",
        "SELECT * { ?s ?p ?o } ; DROP ALL",
        "\ud800",
        "SELECT * { ?s ?p '",
    ],
)
def test_what_is_no_query_is_refused(query: str, told: GraphStore) -> None:
    with pytest.raises(QueryError):
        sparql(told, query)
    assert told.counts().entities == 5


def test_names_with_service_in_them_go_free(told: GraphStore) -> None:
    query = 'PREFIX s: <http://a.org/service#> SELECT ?service { ?service s:service "public service"; rdfs:label "x" }'
    assert sparql(told, query).rows == ()


def test_a_query_without_end_is_ended(told: GraphStore) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(8)) + " }"
    with pytest.raises(QueryError, match=r"more than 0\.5 seconds"):
        sparql(told, "ASK {}") and sparql(told, endless, timeout=0.5)
    assert sparql(told, "ASK { ?s rel:spouse ?o }").rows == ((True,),)


@pytest.mark.parametrize(
    "name", ["author", "place of birth", "1st `x`", "a_b", " x", "_x", "é-Ü", "", "x.y", "東京", "\ud800"]
)
def test_relations_read_back(name: str) -> None:
    assert relation_of(relation_node(name)) == name
