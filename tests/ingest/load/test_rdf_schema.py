"""A schema in an RDF file is no data: classes are types, properties relations, restrictions rules."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse, serialize

import clew
from clew.graph.model import Triple, Value
from clew.graph.rdf.exchange import export, restore
from clew.graph.rdf.terms import SCHEMA
from clew.graph.store import DocumentRecord
from clew.ingest.chunk import chunk
from clew.ingest.load.load import Loaded, load
from clew.ingest.ontology.draft import schema_of

PREFIXES = """
@prefix : <http://x.org/> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix schema: <https://schema.org/> .
"""
CLASSES = """
:Boat a owl:Class ; rdfs:label "Boat" ; rdfs:subClassOf :Vessel ,
  [ a owl:Restriction ; owl:onProperty :steeredBy ; owl:someValuesFrom :Rudder ] .
:Vessel a owl:Class ; rdfs:label "Vessel" . :Rudder a owl:Class ; rdfs:label "Rudder" .
:steeredBy a owl:ObjectProperty , owl:FunctionalProperty ; rdfs:label "steered by" ; rdfs:domain :Boat ;
  rdfs:range :Rudder ; owl:inverseOf :steers .
:steers a owl:ObjectProperty ; rdfs:label "steers" .
"""
THINGS = ':b a :Boat ; rdfs:label "Heron" ; :steeredBy :r . :r a :Rudder ; rdfs:label "Rudder 9" .'


def read(path: Path) -> tuple[list[DocumentRecord], list[Loaded]]:
    records, found = [], []
    for item in load([path]):
        assert isinstance(item, Loaded), item
        assert item.read is not None
        records.append(item.read(item.document, chunk(item.document, rows=True)))
        found.append(item)
    return records, found


def turtle(folder: Path, text: str, name: str = "data.ttl") -> tuple[list[DocumentRecord], list[Loaded]]:
    path = folder / name
    path.write_text(PREFIXES + text, encoding="utf-8")
    return read(path)


def told(records: list[DocumentRecord]) -> dict[tuple[str, str, str], Triple]:
    names = {mention.entity: mention.name for record in records for mention in record.mentions}
    return {
        (names[one.head], one.relation, one.tail.text if isinstance(one.tail, Value) else names[one.tail]): one
        for record in records
        for one in record.triples
    }


def things(records: list[DocumentRecord]) -> dict[str, str]:
    return {mention.name: mention.type for record in records for mention in record.mentions}


def rows(found: list[Loaded]) -> set[str]:
    return {row for one in found if SCHEMA in one.document.metadata for row in one.document.text.splitlines()}


def test_classes_properties_and_restrictions_are_no_things(tmp_path: Path) -> None:
    records, found = turtle(tmp_path, CLASSES + THINGS)
    assert things(records) == {"Heron": "BOAT", "Rudder 9": "RUDDER"}
    triples = told(records)
    assert set(triples) == {
        ("Heron", "type", "Boat"),
        ("Heron", "type", "Vessel"),
        ("Heron", "steered by", "Rudder 9"),
        ("Rudder 9", "steers", "Heron"),
        ("Rudder 9", "type", "Rudder"),
    }
    (source,) = triples["Heron", "type", "Vessel"].sources
    assert source.qualifiers == {"inferred": "Boat is a kind of Vessel"}
    (source,) = triples["Rudder 9", "steers", "Heron"].sources
    assert source.qualifiers == {"inferred": "inverse of steered by"}
    assert rows(found) >= {
        "Boat | sub class of | Vessel",
        "Boat | sub class of | steered by some Rudder",
        "steered by | domain | Boat",
        "steered by | range | Rudder",
        "steered by | type | functional property",
        "steered by | inverse of | steers",
    }
    assert [one.note for one in found] == ["", "is a schema of 3 classes and 2 properties"]


def test_a_schema_alone_holds_no_thing(tmp_path: Path) -> None:
    records, (found,) = turtle(tmp_path, CLASSES)
    assert not any(record.mentions or record.triples for record in records)
    assert records[0].chunks
    lines = list(parse(found.document.metadata[SCHEMA], RdfFormat.N_TRIPLES))
    assert len(lines) == len(list(parse(PREFIXES + CLASSES, RdfFormat.TURTLE)))


EXPRESSIONS = {
    "owl:unionOf ( :Boat :Raft )": "Boat or Raft",
    "owl:intersectionOf ( :Boat [ owl:complementOf :Raft ] )": "Boat and (not Raft)",
    "owl:oneOf ( :heron :ibis )": "{heron, ibis}",
    "owl:onProperty :has ; owl:allValuesFrom [ owl:unionOf ( :Mast :Oar ) ]": "has only (Mast or Oar)",
    "owl:onProperty :has ; owl:hasValue :ibis": "has value ibis",
    "owl:onProperty :has ; owl:minQualifiedCardinality 2 ; owl:onClass :Mast": "has min 2 Mast",
    "owl:onProperty :has ; owl:cardinality 1": "has exactly 1",
    "owl:onProperty [ owl:inverseOf :has ] ; owl:someValuesFrom :Port": "inverse of has some Port",
}


@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.parametrize("place", ["rdfs:subClassOf", "owl:equivalentClass", "owl:disjointWith"])
def test_a_class_without_a_name_is_said_in_words(expression: str, place: str, tmp_path: Path) -> None:
    records, found = turtle(tmp_path, f":Thing {place} [ {expression} ] . :heron a :Boat .")
    assert set(things(records)) <= {"heron"}
    relation = {"rdfs:subClassOf": "sub class of", "owl:equivalentClass": "equivalent class"}.get(
        place, "disjoint with"
    )
    assert f"Thing | {relation} | {EXPRESSIONS[expression]}" in rows(found)


def test_the_tree_of_classes_is_walked_through_expressions_and_circles(tmp_path: Path) -> None:
    records, _ = turtle(
        tmp_path,
        """:Ketch rdfs:subClassOf :Yacht . :Yacht owl:equivalentClass [ owl:intersectionOf ( :Boat
        [ a owl:Restriction ; owl:onProperty :has ; owl:someValuesFrom :Mast ] ) ] . :Boat owl:equivalentClass :Ship .
        :Craft owl:unionOf ( :Ship :Plane ) . :Craft rdfs:subClassOf :Ketch . :h a :Ketch .""",
    )
    kinds = {tail for _, relation, tail in told(records) if relation == "type"}
    assert kinds == {"Ketch", "Yacht", "Boat", "Ship", "Craft"}
    assert set(things(records)) == {"h"}


def test_a_type_that_clew_knows_is_found_above(tmp_path: Path) -> None:
    records, _ = turtle(
        tmp_path,
        """:Captain rdfs:subClassOf foaf:Person . :Harbour rdfs:subClassOf :Facility . :a a :Captain .
        :b a :Harbour , :Facility . :c a :Company .""",
    )
    assert things(records) == {"a": "PERSON", "b": "HARBOUR", "c": "ORGANISATION"}


def test_domains_and_ranges_give_a_type_where_nothing_else_does(tmp_path: Path) -> None:
    records, _ = turtle(
        tmp_path,
        """:steers a rdf:Property ; rdfs:domain :Sailor ; rdfs:range :Boat .
        :weighs a rdf:Property ; schema:domainIncludes :Boat , :Anchor .
        :ann :steers :heron . :x :weighs 4 . :y a :Pier ; :steers :heron .""",
    )
    assert things(records) == {"ann": "SAILOR", "heron": "BOAT", "x": "OTHER", "y": "PIER"}
    assert not any(relation == "type" for _, relation, _ in told(records) if _ == "ann")


def test_properties_above_and_symmetric_ones_follow(tmp_path: Path) -> None:
    records, _ = turtle(
        tmp_path,
        """:hasMother rdfs:subPropertyOf :hasParent . :hasParent rdfs:subPropertyOf :hasAncestor ; owl:inverseOf
        :hasChild . :marriedTo a owl:SymmetricProperty . :nick rdfs:subPropertyOf rdfs:label .
        :a :hasMother :b ; :marriedTo :c . :c :marriedTo :a . :a :hasAncestor :b .""",
    )
    assert set(told(records)) == {
        ("a", "has mother", "b"),
        ("a", "has parent", "b"),
        ("a", "has ancestor", "b"),
        ("a", "married to", "c"),
        ("c", "married to", "a"),
    }
    (source,) = told(records)["a", "has ancestor", "b"].sources
    assert not source.qualifiers


def test_a_class_told_of_as_of_a_thing_is_one_too(tmp_path: Path) -> None:
    records, found = turtle(
        tmp_path,
        """:Sloop a owl:Class ; rdfs:label "Sloop" ; rdfs:subClassOf :Boat ; dct:creator [ foaf:name "Kim" ] .
        :s a :Sloop . :ann :designed :Sloop . :Boat a owl:Class ; foaf:page <http://x.org/page> .""",
    )
    assert set(things(records)) == {"s", "ann", "Sloop"}
    assert {("ann", "designed", "Sloop"), ("s", "type", "Sloop"), ("s", "type", "Boat")} == set(told(records))
    assert "Sloop | sub class of | Boat" in rows(found)


def test_concepts_of_skos_are_things(tmp_path: Path) -> None:
    records, found = turtle(
        tmp_path,
        """:scheme a skos:ConceptScheme . :boats a skos:Concept ; skos:prefLabel "boats"@en ; skos:inScheme :scheme ;
        skos:broader :vessels . :vessels a skos:Concept , owl:Class ; skos:prefLabel "vessels" .""",
    )
    assert {("boats", "broader", "vessels"), ("boats", "in scheme", "scheme")} <= set(told(records))
    assert len(found) == 2
    assert "Class" in found[1].document.metadata[SCHEMA]


def test_the_head_of_an_ontology_and_what_it_imports_are_no_things(tmp_path: Path) -> None:
    records, found = turtle(
        tmp_path,
        """<http://x.org/boats> a owl:Ontology ; owl:imports <http://y.org/base> ; owl:versionInfo "1.2" ;
        dct:creator [ foaf:name "Kim Vale" ] . [] a owl:AllDisjointClasses ; owl:members ( :Boat :Rudder ) .
        [] a owl:AllDifferent ; owl:distinctMembers ( :b :r ) . :b a :Boat ."""
        + CLASSES,
    )
    assert things(records) == {"b": "BOAT"}
    assert {"boats | version info | 1.2", "Boat, Rudder | are | all disjoint classes"} <= rows(found)
    assert "what it imports is not fetched (http://y.org/base)" in found[-1].note


def test_shapes_are_no_things(tmp_path: Path) -> None:
    records, _ = turtle(
        tmp_path,
        """:BoatShape a sh:NodeShape ; sh:targetClass :Boat ; sh:property [ sh:path :name ; sh:minCount 1 ] .
        :Crew a rdfs:Class , sh:NodeShape ; sh:property [ sh:path :role ; sh:in ( "mate" "cook" ) ] . :b a :Boat .""",
    )
    assert set(things(records)) == {"b"}


def test_axioms_and_denials_are_read(tmp_path: Path) -> None:
    records, _ = turtle(
        tmp_path,
        """:a :owns :b .
        [] a owl:Axiom ; owl:annotatedSource :a ; owl:annotatedProperty :owns ; owl:annotatedTarget :b ;
        :source "deed 4" . [] a owl:NegativePropertyAssertion ; owl:sourceIndividual :a ; owl:assertionProperty :owns ;
        owl:targetIndividual :c . [] a owl:Axiom ; owl:annotatedSource :Boat ; owl:annotatedProperty rdfs:subClassOf ;
        owl:annotatedTarget :Vessel ; :source "lexicon" ."""
        + CLASSES,
    )
    (owns,) = told(records)["a", "owns", "b"].sources
    assert owns.qualifiers == {"source": "deed 4"}
    (denied,) = told(records)["a", "owns", "c"].sources
    assert denied.flags == ("negated",)
    assert set(things(records)) == {"a", "b", "c"}


def test_a_class_without_a_name_that_a_thing_is_of(tmp_path: Path) -> None:
    records, _ = turtle(tmp_path, ":h a [ a owl:Class ; owl:unionOf ( :Boat :Raft ) ] . :Boat rdfs:label 'Boat' .")
    assert set(told(records)) == {("h", "type", "Boat or Raft")}


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_a_file_changes_nothing(seed: int, tmp_path: Path) -> None:
    before, _ = turtle(tmp_path, CLASSES + THINGS)
    quads = list(parse(PREFIXES + CLASSES + THINGS, RdfFormat.TURTLE))
    random.Random(seed).shuffle(quads)
    path = tmp_path / "b.nt"
    path.write_bytes(serialize([quad.triple for quad in quads], format=RdfFormat.N_TRIPLES) or b"")
    after, _ = read(path)
    assert set(told(before)) == set(told(after))
    assert things(before) == things(after)


def test_a_long_schema_is_cut_into_documents(tmp_path: Path) -> None:
    text = "\n".join(
        f':C{n} a owl:Class ; rdfs:label "Class {n}" ; rdfs:subClassOf :C{n // 2} .' for n in range(1, 1200)
    )
    _, found = turtle(tmp_path, text)
    assert [one.document.uri.partition("#")[2] for one in found] == [
        "schema=1-1000",
        "schema=1001-2000",
    ]
    assert sum(one.document.metadata[SCHEMA].count("\n") for one in found) == 3 * 1199
    assert [bool(one.note) for one in found] == [True, False]


def test_the_schema_is_kept_exported_and_drafted(open_kb: Callable[..., clew.KnowledgeGraph], tmp_path: Path) -> None:
    path = tmp_path / "boats.ttl"
    path.write_text(PREFIXES + CLASSES + THINGS, encoding="utf-8")
    kg = open_kb("memory:")
    report = kg.ingest(path)
    assert any("is a schema of 3 classes and 2 properties" in note for note in report.notes)
    assert {entity.name for entity in kg.store.entities()} == {"Heron", "Rudder 9"}
    for format_ in ("trig", "ntriples"):
        written = io.BytesIO()
        export(kg.store, written, format_)
        kind = RdfFormat.TRIG if format_ == "trig" else RdfFormat.N_TRIPLES
        quads = list(parse(written.getvalue(), kind))
        above = NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
        assert sum(quad.predicate == above for quad in quads) == 2
        again = clew.graph.open.open_store("memory:")
        restore(io.BytesIO(written.getvalue()), again, kg.embedder.encode, encoder="x", dimension=384, format=format_)
        assert schema_of(again) == schema_of(kg.store)
    found = schema_of(kg.store)
    assert {one.name: one.parents for one in found.classes} == {"Boat": ("Vessel",), "Vessel": (), "Rudder": ()}
    steered = next(one for one in found.relations if one.name == "steered by")
    assert (steered.domain, steered.range, steered.inverses) == (("Boat",), ("Rudder",), ("steers",))
    assert "parents: Vessel" in kg.ontology_draft()
