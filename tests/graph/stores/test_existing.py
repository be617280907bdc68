"""A graph that somebody else made in Neo4j, opened as it stands: a small one of films, with labels of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import neo4j
import numpy as np
import pytest

import clew
from clew.graph.embeddings.embeddings import Embedder
from clew.graph.errors import QueryError, SettingsError, StoreError, StoreFormatError, StoreUnsupportedError
from clew.graph.model import Value, name_key
from clew.graph.open import open_store
from clew.graph.store import GraphStore
from clew.graph.stores.neo4j.existing import ExistingGraph
from clew.graph.stores.neo4j.existing_read import name_property, words_of
from clew.ingest.reembed import catch_up

MOVIES = """
CREATE (alien:Movie {title: 'Alien', released: 1979, tagline: 'In space no one can hear you scream.',
                     runtime: duration('PT117M'), premiere: date('1979-05-25'), genres: ['horror', 'science fiction']}),
       (blade:Movie {title: 'Blade Runner', released: 1982, tagline: 'Man has made his match.'}),
       (ridley:Person:Director {name: 'Ridley Scott', born: 1937}),
       (sigourney:Person:Actor {name: 'Sigourney Weaver', aliases: ['Susan Weaver'], born: 1949}),
       (harrison:Person:Actor {name: 'Harrison Ford', born: 1942}),
       (shields:Place {name: 'South Shields', at: point({latitude: 55.0, longitude: -1.43})}),
       (england:Place {name: 'England'}),
       (nameless:Place {population: 12}),
       (alien2:Movie {title: 'Alien', released: 2012, tagline: 'A short film of the same name.'}),
       (ridley)-[:DIRECTED]->(alien), (ridley)-[:DIRECTED]->(blade),
       (sigourney)-[:ACTED_IN {roles: ['Ellen Ripley']}]->(alien),
       (harrison)-[:ACTED_IN {roles: ['Rick Deckard']}]->(blade),
       (ridley)-[:`born in`]->(shields), (shields)-[:locatedIn]->(england), (england)-[:KNOWS_ITSELF]->(england)
"""
EVERYTHING = (
    "MATCH (n) OPTIONAL MATCH (n)-[r]->(m) "
    "RETURN labels(n), properties(n), type(r), properties(r), properties(m) ORDER BY elementId(n), elementId(r)"
)


@pytest.fixture
def database(neo4j_url: str, neo4j_server: Any) -> Iterator[neo4j.Driver]:
    auth = (neo4j_server.username, neo4j_server.password)
    with neo4j.GraphDatabase.driver(neo4j_server.uri, auth=auth) as driver:
        driver.execute_query(MOVIES)
        yield driver
        driver.execute_query("DROP CONSTRAINT person_name IF EXISTS")
        driver.execute_query("DROP INDEX clew_embedding IF EXISTS")


def _snapshot(database: neo4j.Driver) -> list[Any]:
    return [record.values() for record in database.execute_query(EVERYTHING).records]


@pytest.fixture
def url(neo4j_url: str) -> str:
    return f"{neo4j_url}&graph=existing&beside=memory:"


@pytest.fixture
def films(database: neo4j.Driver, url: str) -> Iterator[ExistingGraph]:
    store = open_store(url)
    assert isinstance(store, ExistingGraph)
    yield store
    store.close()


def _facts(store: GraphStore) -> set[tuple[str, str, str]]:
    names = {entity.id: entity.name for entity in store.entities()}
    return {
        (names[triple.head], triple.relation, names.get(triple.tail_id, getattr(triple.tail, "text", "")))
        for triple in store.triples()
    }


def test_nodes_are_entities_and_relationships_triples(films: ExistingGraph) -> None:
    assert films.counts().entities == 9
    names = sorted((entity.name, entity.type) for entity in films.entities())
    assert names == [
        ("Alien", "Movie"),
        ("Alien", "Movie"),
        ("Blade Runner", "Movie"),
        ("England", "PLACE"),
        ("Harrison Ford", "PERSON"),
        ("Ridley Scott", "PERSON"),
        ("Sigourney Weaver", "PERSON"),
        ("South Shields", "PLACE"),
        next(name for name in names if name[0].startswith("place "))[:2],
    ]
    facts = _facts(films)
    assert {
        ("Ridley Scott", "directed", "Alien"),
        ("Ridley Scott", "directed", "Blade Runner"),
        ("Sigourney Weaver", "acted in", "Alien"),
        ("Ridley Scott", "born in", "South Shields"),
        ("South Shields", "located in", "England"),
        ("England", "knows itself", "England"),
        ("Ridley Scott", "is a", "director"),
        ("Ridley Scott", "is a", "person"),
        ("Alien", "released", "1979"),
        ("Alien", "genres", "horror"),
        ("Alien", "genres", "science fiction"),
        ("Alien", "premiere", "1979-05-25"),
        ("Ridley Scott", "born", "1937"),
    } <= facts
    assert not any("scream" in tail for _, _, tail in facts)  # a tagline is text to read, not a value


def test_every_triple_has_a_place_that_says_it(films: ExistingGraph) -> None:
    chunks = {chunk.id: chunk for chunk in films.chunks()}
    names = {entity.id: entity.name for entity in films.entities()}
    triples = list(films.triples())
    assert len(triples) > 15
    for triple in triples:
        for source in triple.sources:
            chunk = chunks[source.chunk]
            said = chunk.text[source.start - chunk.start : source.end - chunk.start]
            assert names[triple.head] in said
            assert (triple.tail.text if isinstance(triple.tail, Value) else names[triple.tail]) in said
    (role,) = [triple for triple in triples if triple.relation == "acted in" and "Sigourney" in names[triple.head]]
    assert role.sources[0].qualifiers == {"roles": "Ellen Ripley"}
    for document in films.documents():
        text = "".join(chunk.text for chunk in films.chunks(document=document.id))
        for mention in films.mentions(chunks=[chunk.id for chunk in films.chunks(document=document.id)]):
            assert text[mention.start : mention.end] in {mention.text, ""}


def test_two_nodes_of_one_name_are_two_entities(films: ExistingGraph) -> None:
    ids = films.find(["alien"])["alien"]
    assert len(ids) == 2
    told = {triple.tail_id for id_ in ids for triple in films.neighborhood([id_]) if triple.relation == "released"}
    assert told == {Value("1979", "number", "1979").id, Value("2012", "number", "2012").id}
    weaver = films.find([name_key("Susan Weaver")])[name_key("Susan Weaver")]
    assert [entity.name for entity in films.entities(weaver)] == ["Sigourney Weaver"]


def test_queries_go_to_the_graph_itself(films: ExistingGraph) -> None:
    asked = "MATCH (p:Person)-[r:ACTED_IN]->(m:Movie {title: $title}) RETURN p.name, r.roles, m.premiere, m.runtime"
    assert films.query(asked, {"title": "Alien"}).rows == (
        ("Sigourney Weaver", ["Ellen Ripley"], "1979-05-25", "PT1H57M"),
    )
    assert films.query("MATCH (p:Place {name: 'South Shields'}) RETURN p.at").rows == (
        ({"srid": 4326, "longitude": -1.43, "latitude": 55.0},),
    )
    with pytest.raises(QueryError):
        films.query("MATCH (n) DETACH DELETE n")


def test_every_feature_works_and_nothing_is_rewritten(
    database: neo4j.Driver, url: str, open_kb: Callable[..., clew.KnowledgeGraph], tmp_path: Path
) -> None:
    before = _snapshot(database)
    kg = open_kb(url)
    assert kg.show("Ridley Scott").type == "PERSON"
    assert kg.store.info().encoder == ""
    assert kg.reembed() > 9
    assert kg.store.waiting() == []
    assert kg.status().counts.stale == 0
    answer = kg.ask("Where was the director of Blade Runner born?")
    assert answer.candidates[0].name == "South Shields"
    assert [triple.relation for triple in answer.paths[0].triples]
    (path, *_) = kg.path("Sigourney Weaver", "Blade Runner")
    assert len(path.path.triples) == 3
    assert kg.query("MATCH (m:Movie) RETURN count(m)").rows == ((3,),)
    lines = tmp_path / "films.jsonl"
    assert kg.export(lines) == len(lines.read_text("utf-8").splitlines())
    assert {json.loads(line)["kind"] for line in lines.read_text("utf-8").splitlines()} >= {"entity", "triple"}
    near = kg.store.search_vectors("entity", kg.embedder.encode(["a town in the north of England"])[0], 3)
    assert near[0].score > near[1].score > 0
    assert _snapshot(database) == before


def test_catching_up_embeds_and_describes_only_what_waits(
    films: ExistingGraph, database: neo4j.Driver, embedder: Embedder
) -> None:
    everything = films.counts()
    assert catch_up(films, embedder) == everything.chunks + everything.entities
    assert films.info().encoder == embedder.fingerprint
    assert (films.waiting(), films.stale(99)) == ([], ([], []))
    assert catch_up(films, embedder) == 0
    database.execute_query("CREATE (:Movie {title: 'Legend', tagline: 'A unicorn in a forest.'})")
    assert films.refresh() == 1
    assert len(films.waiting()) == 1
    assert catch_up(films, embedder) == 2
    assert (films.waiting(), films.stale(99)) == ([], ([], []))
    (nearest,) = films.search_vectors("chunk", embedder.encode(["Legend: a unicorn in the woods"])[0], 1)
    assert "unicorn" in next(films.chunks([nearest.id])).text


def test_other_stores_have_nothing_to_catch_up_with(embedder: Embedder) -> None:
    store = open_store("memory:")
    assert catch_up(store, embedder) == 0
    assert store.info().encoder == ""


def test_what_changed_in_the_graph_is_seen_at_the_next_opening(
    database: neo4j.Driver, neo4j_url: str, vectors: Callable[..., Any], *, describe_all: Callable[[GraphStore], None]
) -> None:
    url = f"{neo4j_url}&graph=existing"
    store = open_store(url)
    assert isinstance(store, ExistingGraph)
    everything = [chunk.id for chunk in store.chunks()]
    assert store.waiting() == everything
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    store.set_chunk_vectors(everything, vectors(everything))
    describe_all(store)
    generation = store.info().generation
    store.close()

    store = open_store(url)
    assert isinstance(store, ExistingGraph)
    assert (store.info().encoder, store.info().dimension) == ("toy", 8)
    assert (store.waiting(), store.stale(99)) == ([], ([], []))
    assert store.info().generation == generation
    database.execute_query("MATCH (p:Person {name: 'Harrison Ford'}) SET p.born = 1943 SET p.website = 'https://x.y'")
    database.execute_query("MATCH (m:Movie {released: 2012}) DETACH DELETE m")
    assert store.refresh() == 2
    store.close()

    store = open_store(url)
    assert isinstance(store, ExistingGraph)
    assert len(store.waiting()) == 1
    assert ("Harrison Ford", "born", "1943") in _facts(store)
    assert ("Harrison Ford", "website", "https://x.y") in _facts(store)
    assert store.counts().entities == 8
    assert len(store.find(["alien"])["alien"]) == 1
    store.close()


def test_a_unique_property_names_nodes_for_good(database: neo4j.Driver, url: str) -> None:
    database.execute_query("CREATE CONSTRAINT person_name FOR (p:Person) REQUIRE p.name IS UNIQUE")
    store = open_store(url)
    ridley = store.find(["ridley scott"])["ridley scott"]
    store.close()
    database.execute_query("MATCH (p:Person) DETACH DELETE p")
    database.execute_query("CREATE (:Person {name: 'Ridley Scott', born: 1937})")
    store = open_store(url)
    assert store.find(["ridley scott"])["ridley scott"] == ridley
    store.close()


def test_by_choice_descriptions_and_vectors_are_written_to_the_nodes(
    database: neo4j.Driver, url: str, vectors: Callable[..., Any], *, describe_all: Callable[[GraphStore], None]
) -> None:
    before = _snapshot(database)
    database.execute_query("CREATE CONSTRAINT person_name FOR (p:Person) REQUIRE p.name IS UNIQUE")
    store = open_store(f"{url}&write=yes")
    assert isinstance(store, ExistingGraph)
    assert _snapshot(database) == before
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    describe_all(store)
    told = "Ridley Scott is told of."
    found = store.query(
        "CALL db.index.vector.queryNodes('clew_embedding', 1, $vector) YIELD node, score "
        "RETURN node.name, node.clew_description, score",
        {"vector": vectors([told])[0].tolist()},
    )
    assert found.rows == (("Ridley Scott", told, pytest.approx(1.0, abs=1e-3)),)
    assert store.query("MATCH (n:Clew) RETURN count(n)").rows == ((9,),)
    assert store.refresh() == 0  # what was written is not read back
    store.erase()
    assert _snapshot(database) == before
    store.close()


def test_documents_cannot_be_added_to_it(films: ExistingGraph, golden: Any, batch: Callable[..., Any]) -> None:
    with pytest.raises(StoreUnsupportedError, match="as it stands"):
        films.add(batch(golden[0]))
    with pytest.raises(StoreUnsupportedError, match="as it stands"):
        films.remove(["x"])
    assert films.search_vectors("chunk", np.ones(8, dtype=np.float32), 3) == []
    assert films.stale(9) == ([], [])
    films.close()
    with pytest.raises(StoreError, match="closed"):
        films.counts()


def test_a_knowledge_base_of_ours_is_opened_as_one(neo4j_url: str) -> None:
    open_store(neo4j_url).close()
    with pytest.raises(StoreFormatError, match=r"without \?graph=existing"):
        open_store(f"{neo4j_url}&graph=existing&beside=memory:")


def test_an_empty_database_is_an_empty_graph(neo4j_url: str) -> None:
    store = open_store(f"{neo4j_url}&graph=existing&beside=memory:")
    assert store.counts().entities == 0
    assert len(store.adjacency().nodes) == 0
    store.close()


def test_the_naming_property_can_be_chosen(database: neo4j.Driver, url: str) -> None:
    store = open_store(f"{url}&name=Movie.tagline")
    assert "Man has made his match." in {entity.name for entity in store.entities()}
    store.close()
    with pytest.raises(SettingsError, match=r"LABEL\.PROPERTY"):
        open_store(f"{url}&name=tagline")


@pytest.mark.parametrize(
    ("label", "sample", "name"),
    [
        ("Film", [{"filmTitle": "Alien", "studio": "Fox"}, {"filmTitle": "Aliens", "studio": "Fox"}], "filmTitle"),
        ("Gene", [{"symbol": "TP53", "url": "https://x/1"}, {"symbol": "MYC", "url": "https://x/2"}], "symbol"),
        (
            "Node",
            [{"city": "Bonn", "land": "DE"}, {"city": "Köln", "land": "DE"}, {"city": "Ulm", "land": "DE"}],
            "city",
        ),
        ("Event", [{"at": 12, "kind": "x"}, {"at": 13, "kind": "x"}, {"at": 14, "kind": "x"}], ""),
        ("Empty", [], ""),
        ("Person", [{"fullName": "Ada L.", "name": "Ada"}, {"fullName": "Bob M."}], "name"),
    ],
)
def test_the_naming_property_is_found(label: str, sample: list[dict[str, Any]], name: str) -> None:
    assert name_property(label, sample) == name


def test_types_become_words() -> None:
    assert [words_of(name) for name in ("ACTED_IN", "releaseDate", "born in", "HTTPServer", "is-a", "__")] == [
        "acted in",
        "release date",
        "born in",
        "http server",
        "is a",
        "__",
    ]
