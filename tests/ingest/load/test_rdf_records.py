"""RDF files become documents of statements: names, values, qualifiers, and every error named."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse, serialize

from clew.graph.model import Triple, Value
from clew.graph.store import DocumentRecord
from clew.ingest.chunk import chunk
from clew.ingest.load.load import Loaded, count, load

PREFIXES = """
@prefix x: <http://x.org/> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix schema: <https://schema.org/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix dc: <http://purl.org/dc/elements/1.1/> .
"""
ADA, LONDON = "http://x.org/Ada", "http://x.org/London"


def read(path: Path) -> tuple[list[DocumentRecord], list[str]]:
    records, problems = [], []
    for item in load([path]):
        if isinstance(item, Loaded):
            assert item.read is not None
            record = item.read(item.document, chunk(item.document, rows=True))
            text = item.document.text
            assert all(text[mention.start : mention.end] == mention.text for mention in record.mentions)
            assert all(text[source.start : source.end] for triple in record.triples for source in triple.sources)
            records.append(record)
        else:
            problems.append(item.reason)
    return records, problems


def turtle(folder: Path, text: str, name: str = "data.ttl") -> tuple[DocumentRecord, list[str]]:
    path = folder / name
    path.write_text(PREFIXES + text, encoding="utf-8")
    records, problems = read(path)
    assert len(records) == 1, (records, problems)
    return records[0], problems


def told(record: DocumentRecord) -> dict[tuple[str, str, str], Triple]:
    return {
        (triple.head, triple.relation, triple.tail.text if isinstance(triple.tail, Value) else triple.tail): triple
        for triple in record.triples
    }


def named(record: DocumentRecord) -> dict[str, str]:
    return {mention.entity: mention.name for mention in record.mentions}


def test_labels_name_and_other_labels_are_aliases(tmp_path: Path) -> None:
    record, problems = turtle(
        tmp_path,
        """x:Ada rdfs:label "Ada Lovelace"@en, "Ada de Lovelace"@fr ; skos:altLabel "Lady Lovelace" ; a x:Person ;
        x:birthPlace x:London ; x:livedIn x:Ockham_Park . x:London foaf:name "London" .
        x:a skos:prefLabel "Preferred" ; rdfs:label "Plain" . x:b schema:name "Schema" . x:c dc:title "Title" .
        x:birthPlace rdfs:label "place of birth" . x:a x:r x:b . x:b x:r x:c .""",
    )
    assert not problems
    names = named(record)
    assert names[ADA] == "Ada Lovelace"
    assert names[LONDON] == "London"
    assert [names[f"http://x.org/{one}"] for one in "abc"] == ["Preferred", "Schema", "Title"]
    aliases = {mention.text for mention in record.mentions if mention.form == "alias" and mention.entity == ADA}
    assert aliases == {"Ada de Lovelace", "Lady Lovelace"}
    assert {mention.type for mention in record.mentions if mention.entity == ADA} == {"PERSON"}
    assert {(ADA, "place of birth", LONDON), (ADA, "lived in", "http://x.org/Ockham_Park")} <= told(record).keys()
    assert names["http://x.org/Ockham_Park"] == "Ockham Park"


def test_literals_become_values(tmp_path: Path) -> None:
    record, _ = turtle(
        tmp_path,
        """x:Ada x:birthDate "1815-12-10"^^xsd:date ; x:diedIn "1852"^^xsd:gYear ;
        x:at "1833-06-05T10:00:00Z"^^xsd:dateTime ;
        x:height 1.650 ; x:mass 5.2e1 ; x:never "1815-13-45"^^xsd:date ; x:motto "Vorwärts"@de ;
        x:shape "POINT(1 2)"^^x:wkt ; rdfs:comment "A mathematician."@en ; schema:description "English." .""",
    )
    values = {relation: triple.tail for (_, relation, _), triple in told(record).items()}
    assert values["birth date"] == Value("1815-12-10", "date", "1815-12-10")
    assert values["died in"] == Value("1852", "date", "1852")
    assert values["at"] == Value("1833-06-05T10:00:00Z", "date", "1833-06-05")
    assert values["height"] == Value("1.650", "number", "1.65")
    assert values["mass"] == Value("5.2e1", "number", "52")
    assert values["never"] == Value("1815-13-45")
    assert values["motto"] == Value("Vorwärts", language="de")
    (shape,) = told(record)[(ADA, "shape", "POINT(1 2)")].sources
    assert shape.qualifiers == {"datatype": "http://x.org/wkt"}
    assert {(ADA, "description", "A mathematician."), (ADA, "description", "English.")} <= told(record).keys()


def test_same_as_makes_one_entity_in_any_order(tmp_path: Path) -> None:
    links = [
        "x:b owl:sameAs x:a .",
        "x:c owl:sameAs x:b .",
        "x:d owl:sameAs x:c .",
        'x:d rdfs:label "One" .',
        "x:c x:r x:z .",
    ]
    for seed in range(6):
        random.Random(seed).shuffle(links)
        record, _ = turtle(tmp_path, "\n".join(links))
        assert {mention.entity for mention in record.mentions} == {"http://x.org/a", "http://x.org/z"}
        assert named(record)["http://x.org/a"] == "One"


def test_statements_about_statements_become_qualifiers(tmp_path: Path) -> None:
    record, _ = turtle(
        tmp_path,
        """x:Ada x:knows x:Babbage {| x:since 1833 ; x:confidence 0.75 ; x:source "letters" |} .
        x:s a rdf:Statement ; rdf:subject x:Ada ; rdf:predicate x:visited ; rdf:object x:London ; x:placedAt x:Court .
        x:Ada x:visited x:London .
        << x:Ada x:loved x:Math >> x:saidBy x:Byron .""",
    )
    triples = told(record)
    (knows,) = triples[(ADA, "knows", "http://x.org/Babbage")].sources
    assert (knows.valid_from, knows.confidence, knows.qualifiers) == ("1833", 0.75, {"source": "letters"})
    (visited,) = triples[(ADA, "visited", LONDON)].sources
    assert visited.qualifiers == {"placed at": "Court"}
    (loved,) = triples[(ADA, "loved", "http://x.org/Math")].sources
    assert (loved.flags, loved.qualifiers) == (("hedged",), {"said by": "Byron"})
    assert len(triples) == 3


def test_lists_are_opened_and_cycles_named(tmp_path: Path) -> None:
    record, problems = turtle(
        tmp_path,
        """x:Ada x:children ( "Byron" x:Anne ) . x:none x:children () .
        _:l rdf:first 1 ; rdf:rest _:l . x:Q x:list _:l . _:m rdf:first 2 . x:R x:list _:m .
        _:a x:p _:b . _:b x:p _:a .""",
    )
    children = {
        tail: triple.sources[0].qualifiers for (_, name, tail), triple in told(record).items() if name == "children"
    }
    assert children == {"Byron": {"position": "1"}, "http://x.org/Anne": {"position": "2"}}
    assert sorted(problem.partition(";")[0] for problem in problems) == [
        "has a list that comes back to itself (Q list)",
        "has a list that has no end (R list)",
    ]
    assert len({end for (head, name, end) in told(record) if name == "p"}) == 2


def test_named_graphs_are_kept(tmp_path: Path) -> None:
    record, _ = turtle(tmp_path, "x:g { x:a x:p x:b } x:a x:p x:b .", "data.trig")
    (triple,) = record.triples
    assert sorted(source.graph for source in triple.sources) == ["", "http://x.org/g"]


BLANKS = """x:Ada x:address [ x:street "St James" ; x:city [ x:name "London" ] ] , [ x:street "Ockham" ] .
_:one x:next _:two . _:two x:next _:one . _:one x:tag "first" ."""


def test_blank_nodes_keep_their_ids_whatever_their_labels_and_order(tmp_path: Path) -> None:
    record, _ = turtle(tmp_path, BLANKS)
    before = set(told(record))
    assert "address of Ada" in named(record).values()
    quads = list(parse(PREFIXES + BLANKS, RdfFormat.TURTLE))
    random.Random(3).shuffle(quads)
    (tmp_path / "b.nt").write_bytes(serialize([quad.triple for quad in quads], format=RdfFormat.N_TRIPLES) or b"")
    (again,), _ = read(tmp_path / "b.nt")
    assert set(told(again)) == before
    more, _ = turtle(tmp_path, BLANKS + ' x:Bob x:address [ x:street "Else" ] .')
    assert before < set(told(more))


@pytest.mark.parametrize("suffix", [".nt", ".nq", ".trig", ".jsonld", ".rdf", ".ttl.gz"])
def test_every_syntax_says_the_same(suffix: str, tmp_path: Path) -> None:
    text = PREFIXES + 'x:Ada rdfs:label "Ada \\"A.\\" <&>" ; x:born "1815"^^xsd:gYear ; x:knows [ rdfs:label "B"@en ] .'
    path = tmp_path / f"data{suffix}"
    if suffix == ".ttl.gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        kind = RdfFormat.from_extension(suffix[1:])
        assert kind is not None
        quads = list(parse(text, RdfFormat.TURTLE))
        path.write_bytes(serialize(quads if kind.supports_datasets else [q.triple for q in quads], format=kind) or b"")
    (record,), problems = read(path)
    plain = tmp_path / "plain.ttl"
    plain.write_text(text, encoding="utf-8")
    (expected,), _ = read(plain)
    assert not problems
    assert set(told(record)) == set(told(expected))
    assert named(record) == named(expected)


BROKEN = {
    "illegal.ttl": ("x:a x:p <bad iri> .\nx:a x:p x:good .", "no valid turtle: Invalid IRI"),
    "syntax.ttl": ("x:a x:p .\nx:a x:p x:b .\nx:a x:p x:good .", "line 7 is no valid turtle"),
    "context.jsonld": ('{"@context": "http://127.0.0.1:9/c", "name": "x"}', "remote JSON-LD context"),
    "cut.jsonld": ('[{"@id": "http://x.org/a", "http://x.org/p": {"@id": "http://x.org/good"}}', "no valid json-ld"),
    "entity.rdf": (
        '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x.org/">'
        '<rdf:Description rdf:about="http://x.org/a"><x:p>&x;</x:p></rdf:Description></rdf:RDF>',
        "no valid rdfxml",
    ),
    "empty.nt": ("", "holds no statements"),
    "broken.nt.gz": ("not gzip", "cannot be read: Not a gzipped file"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_named_and_the_rest_goes_on(name: str, tmp_path: Path) -> None:
    text, reason = BROKEN[name]
    (tmp_path / name).write_text((PREFIXES if name.endswith(".ttl") else "") + text, encoding="utf-8")
    (tmp_path / "sound.nt").write_text("<http://x.org/a> <http://x.org/p> <http://x.org/b> .\n", encoding="utf-8")
    items = list(load([tmp_path / name, tmp_path / "sound.nt"]))
    problems = [item.reason for item in items if not isinstance(item, Loaded)]
    assert any(reason in problem for problem in problems), problems
    assert any(isinstance(item, Loaded) and item.document.uri.endswith("sound.nt#statements=1-1000") for item in items)
    if name.endswith(".ttl"):
        assert any(isinstance(item, Loaded) and "good" in item.document.text for item in items)


def test_huge_literals_are_left_out_without_filling_memory(tmp_path: Path) -> None:
    line = '<http://x.org/a> <http://x.org/p> "{}" .\n'
    for name, size in (("long.nt", 20_000_000), ("long.ttl", 2_000_000)):
        (tmp_path / name).write_text(line.format("1") + line.format("x" * size) + line.format("3"), encoding="utf-8")
    (record,), problems = read(tmp_path / "long.nt")
    assert problems == ["line 2 has over 8 MB; it is left out"]
    assert {tail for *_, tail in told(record)} == {"1", "3"}
    (record,), problems = read(tmp_path / "long.ttl")
    assert problems == ["has a literal of over 1,000,000 characters (<http://x.org/p>); it is left out"]
    assert {tail for *_, tail in told(record)} == {"1", "3"}
    (tmp_path / "huge.ttl").write_text(line.format("1") + line.format("x" * 20_000_000), encoding="utf-8")
    (record,), problems = read(tmp_path / "huge.ttl")
    assert problems == ["holds a name or literal of over 16 MB; what follows is not read"]
    assert {tail for *_, tail in told(record)} == {"1"}


def test_a_longer_file_keeps_its_first_documents(tmp_path: Path) -> None:
    path = tmp_path / "many.nt"
    path.write_text("".join(f"<http://x.org/{i}> <http://x.org/p> <http://x.org/{i + 1}> .\n" for i in range(2500)))
    before, _ = read(path)
    with path.open("a") as file:
        file.write("<http://x.org/new> <http://x.org/p> <http://x.org/1> .\n")
    after, _ = read(path)
    assert [record.document.id for record in before] == [record.document.id for record in after]
    hashes = [record.document.content_hash for record in before], [record.document.content_hash for record in after]
    assert [one == other for one, other in zip(*hashes, strict=True)] == [True, True, False]


def test_documents_are_counted_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "many.nt"
    path.write_text("".join(f"<http://x.org/{i}> <http://x.org/p> <http://x.org/{i + 1}> .\n" for i in range(2500)))
    assert count([path]) == len(list(load([path]))) == 3
    assert count(["sparql+http://127.0.0.1:9/x"]) is None
    (tmp_path / "few.ttl").write_text("<http://x.org/a> <http://x.org/p> <http://x.org/b> .")
    assert count([tmp_path / "few.ttl"]) == 1
