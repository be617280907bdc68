"""Ontologies out of files: what they say, and what is wrong with them, named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from clew.graph.errors import InputError
from clew.ingest.ontology.draft import to_yaml
from clew.ingest.ontology.ontology import Class, Ontology, Relation, check, key
from clew.ingest.ontology.read import read_ontology

YAML = """\
classes:
  work: {labels: [creative work]}
  film: {parents: work, labels: [movie, motion picture]}
  human:
relations:
  director:
    labels: [directed by]
    inverses: [directed]
    domain: film
    range: human
  publication date: {domain: work, range: date}
"""

TURTLE = """\
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <http://example.org/> .
:Work a owl:Class ; rdfs:label "work"@en , "Werk"@de ; skos:altLabel "creative work"@en .
:Film a owl:Class ; rdfs:subClassOf :Work ; rdfs:label "film" ; skos:altLabel "movie" , "motion picture" .
:Human a owl:Class ; rdfs:label "human" .
:directedBy a owl:ObjectProperty ; rdfs:label "director" ; skos:altLabel "directed by" ; rdfs:domain :Film ;
  rdfs:range :Human ; owl:inverseOf :directed ; rdfs:comment "Who directed it." .
:directed a owl:ObjectProperty ; rdfs:domain :Human ; rdfs:range :Film .
:published a owl:DatatypeProperty ; rdfs:label "publication date" ; rdfs:range xsd:date ;
  rdfs:domain [ a owl:Class ; owl:unionOf ( :Work :Film ) ] .
"""


def read(folder: Path, text: str, name: str = "my.yaml") -> Ontology:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_ontology(path)


def test_yaml_says_classes_and_relations(tmp_path: Path) -> None:
    found = read(tmp_path, YAML)
    film = found.classes[1]
    assert (film.name, film.parents, film.labels, film.line) == ("film", ("work",), ("movie", "motion picture"), 3)
    director, published = found.relations
    assert (director.domain, director.range, director.inverses) == (("film",), ("human",), ("directed",))
    assert published.range == ("date",)
    assert found.is_a("film", ("work",))
    assert not found.is_a("work", ("film",))


def test_turtle_says_the_same(tmp_path: Path) -> None:
    found = read(tmp_path, TURTLE, "my.ttl")
    by_name = {each.name: each for each in found.relations}
    assert {each.name: each.parents for each in found.classes} == {"work": (), "film": ("work",), "human": ()}
    assert next(each for each in found.classes if each.name == "work").labels == ("creative work",)
    director = by_name["director"]
    assert (director.domain, director.range) == (("film",), ("human",))
    assert (director.labels, director.inverses) == (("directed by",), ("directed",))
    assert (director.comment, director.iri) == ("Who directed it.", "http://example.org/directedBy")
    assert (by_name["publication date"].domain, by_name["publication date"].range) == (("work", "film"), ("date",))


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    found = read(tmp_path, YAML)
    assert read(tmp_path, to_yaml(found), "again.yaml") == Ontology(found.classes, found.relations) or (
        read(tmp_path, to_yaml(found), "again.yaml").fingerprint == found.fingerprint
    )


def test_the_fingerprint_follows_what_is_said_and_nothing_else(tmp_path: Path) -> None:
    first = read(tmp_path, YAML).fingerprint
    assert read(tmp_path, "# a remark\n\n" + YAML, "moved.yaml").fingerprint == first
    assert read(tmp_path, YAML.replace("[directed by]", "[made by]"), "other.yaml").fingerprint != first


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 0, "no relations and no classes"),
        ("classes: {film: }\n", 0, "it has no relations"),
        ("relations:\n  director: [\n", 3, "this is no YAML"),
        ("relations:\n\tdirector:\n", 2, "this is no YAML"),
        ("- director\n", 1, "the file should hold classes, relations"),
        ("relations:\n  director:\n    domain: flim\nclasses:\n  film:\n", 2, "'flim', which is no class here; did"),
        ("relations:\n  director: {range: human}\n", 2, "range of relation 'director' is 'human'"),
        ("relations:\n  director: {domian: film}\n", 2, "'domian'; it may have"),
        ("classes: {a: {parents: b}, b: {parents: [c]}, c: {parents: a}}\nrelations: {r: }\n", 1, "a kind of itself"),
        ("classes: {a: {parents: a}}\nrelations: {r: }\n", 1, "a -> a"),
        ("classes:\n  film:\n  Film:\nrelations: {r: }\n", 3, "class 'Film' stands there twice, first in line 2"),
        ("relations:\n  directedBy:\n  directed by:\n", 3, "relation 'directed by' stands there twice"),
        ("classes: {a: }\nrelations:\n  r: {range: [a, date]}\n", 3, "mixes classes with values"),
        ("relations:\n  r: {labels: {a: b}}\n", 2, "labels of relation 'r' should be a text"),
        ("relations: director\n", 1, "a name and a colon is expected"),
        ("relations:\n  '--': \n", 2, "holds no word"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, text)
    assert words in str(caught.value)
    assert "my.yaml" in str(caught.value)
    if line:
        assert f"line {line}:" in str(caught.value)


def test_broken_turtle_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"line 5: .*no valid turtle"):
        read(tmp_path, TURTLE.replace("rdfs:subClassOf :Work ;", "rdfs:subClassOf ;"), "my.ttl")


@pytest.mark.parametrize("name", ["missing.yaml", "", "nul\0.yaml"])
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_ontology(tmp_path / name)


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="RDF format"):
        read(tmp_path, YAML, "my.txt")


def test_nothing_in_yaml_runs(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"line 1: the tag .* means nothing here"):
        read(tmp_path, "relations: !!python/object/apply:os.mkdir ['made']\n")
    assert not Path("made").exists()


def test_many_problems_are_counted() -> None:
    relations = tuple(Relation(f"r{place}", ("nothing",)) for place in range(30))
    assert len(list(check(Ontology((Class("a"),), relations)))) == 30


def test_names_in_any_spelling_are_one() -> None:
    assert key("directedBy") == key("directed_by") == key("Directed by ") == "directed by"
